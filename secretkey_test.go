package datum

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/formats"
	"datum/internal/atomicdir"
)

func TestNewKey(t *testing.T) {
	b := newBench(t)
	res, err := b.export(t, ExportOptions{Encrypt: true})
	if err != nil || res.KeyFile != filepath.Join(b.out, SecretKeyFile) {
		t.Fatalf("%+v, %v", res, err)
	}
	first := readKey(t, res.KeyFile)
	if first.Fingerprint() != res.Fingerprint {
		t.Errorf("the key in the file is %s, not %s", first.Fingerprint(), res.Fingerprint)
	}

	// Overwriting uses the same key again: it may be written down elsewhere.
	again, err := b.export(t, ExportOptions{Encrypt: true, Overwrite: true})
	if err != nil || again.Fingerprint != res.Fingerprint || !readKey(t, res.KeyFile).Equal(first) {
		t.Errorf("%+v, %v", again, err)
	}
	// Also when it is given: it may have been read from that very file.
	again, err = b.export(t, ExportOptions{Overwrite: true, ExportOptions: formats.ExportOptions{Key: first}})
	if err != nil || again.KeyFile != res.KeyFile || !readKey(t, res.KeyFile).Equal(first) {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestKeyOfTheOldFolderIsNotLost(t *testing.T) {
	other, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	for content, file := range map[string]string{
		"": SecretKeyFile, "datum-xyz": SecretKeyFile, "xyz": SecretKeyFile, "datum-wrapped xyz": "my.key", string(other.AppendText(nil)): "other.key",
	} {
		name := file + " with " + content
		b := newBench(t)
		if _, err := b.export(t, ExportOptions{Encrypt: content == ""}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(b.out, file)
		if content != "" {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		given, err := key.New()
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range []ExportOptions{
			{}, {ExportOptions: formats.ExportOptions{Key: given}}, {Encrypt: true, KeyOut: filepath.Join(b.dir, "new")},
		} {
			o.Overwrite = true
			if _, err := b.export(t, o); !errors.Is(err, formats.ErrExists) || strings.Contains(err.Error(), "xyz") {
				t.Errorf("%s, %+v: %v", name, o, err)
			}
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
			t.Errorf("%s: changed, %v", name, err)
		}
		if got := b.files(t); got != "out/a out/b out/"+file {
			t.Errorf("%s: there is %s", name, got)
		}
	}
}

// TestKeyThatAppearsInTheOldFolder puts a key into the old folder while the new
// one is made.
func TestKeyThatAppearsInTheOldFolder(t *testing.T) {
	b := newBench(t)
	if _, err := b.export(t, ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	b.w.atClose = func() error { return os.WriteFile(filepath.Join(b.out, "other.key"), []byte("datum-xyz"), 0o600) }
	if _, err := b.export(t, ExportOptions{Overwrite: true}); !errors.Is(err, formats.ErrExists) {
		t.Errorf("%v", err)
	}
	if got := b.files(t); got != "out/a out/b out/other.key" {
		t.Errorf("there is %s", got)
	}
}

// TestKeyThatWasMovedAside is about a run that was killed after it had moved the
// old folder, with its key, out of the way.
func TestKeyThatWasMovedAside(t *testing.T) {
	b := newBench(t)
	if _, err := b.export(t, ExportOptions{Encrypt: true}); err != nil {
		t.Fatal(err)
	}
	before := readKey(t, filepath.Join(b.out, SecretKeyFile))
	if err := os.Rename(b.out, filepath.Join(b.dir, ".out.old")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.export(t, ExportOptions{Encrypt: true, Overwrite: true}); err != nil {
		t.Fatal(err)
	}
	if !readKey(t, filepath.Join(b.out, SecretKeyFile)).Equal(before) {
		t.Error("the key was lost")
	}
}

// TestKeyThatIsBeingWritten lets a second run come while the first one has made
// the file of its key and not filled it.
func TestKeyThatIsBeingWritten(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(b.dir, "k")
	d, err := atomicdir.Stage(b.out, false)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Abort()
	if err := errors.Join(d.Note(keyNote+"dk1:x"), os.WriteFile(path, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.export(t, ExportOptions{Encrypt: true, KeyOut: path}); !errors.Is(err, formats.ErrExists) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the key of the other: %v", err)
	}
}

func TestKeyOut(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(b.dir, "k")
	res, err := b.export(t, ExportOptions{Encrypt: true, KeyOut: path})
	if err != nil || res.KeyFile != path || readKey(t, path).Fingerprint() != res.Fingerprint || b.files(t) != "k out/a out/b" {
		t.Fatalf("%+v, %v, there is %s", res, err, b.files(t))
	}
	before := readKey(t, path)
	for name, o := range map[string]ExportOptions{
		"it exists":         {KeyOut: path},
		"it is a dead link": {KeyOut: filepath.Join(b.dir, "link")},
	} {
		os.Symlink("nowhere", filepath.Join(b.dir, "link"))
		o.Encrypt, o.Overwrite = true, true
		if _, err := b.export(t, o); !errors.Is(err, formats.ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.export(t, ExportOptions{Encrypt: true, Overwrite: true, KeyOut: filepath.Join(b.out, "k")}); !errors.Is(err, formats.ErrUsage) {
		t.Errorf("in the dataset: %v", err)
	}
	if !readKey(t, path).Equal(before) {
		t.Error("the key was changed")
	}
}

// TestKeyGoesWithItsDataset lets things go wrong after the last item.
func TestKeyGoesWithItsDataset(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(b.dir, "k")
	b.w.atClose = func() error { // somebody else makes the folder meanwhile
		os.Mkdir(b.out, 0o777)
		return os.WriteFile(filepath.Join(b.out, "theirs"), nil, 0o666)
	}
	if _, err := b.export(t, ExportOptions{Encrypt: true, KeyOut: path}); err == nil {
		t.Fatal("no error")
	}
	if got := b.files(t); got != "out/theirs" {
		t.Errorf("there is %s", got)
	}

	b = newBench(t)
	path = filepath.Join(b.dir, "k")
	b.w.atClose = func() error { return os.WriteFile(path, []byte("theirs"), 0o666) }
	if _, err := b.export(t, ExportOptions{Encrypt: true, KeyOut: path}); !errors.Is(err, formats.ErrExists) {
		t.Errorf("the key appears meanwhile: %v", err)
	}
	if got := b.files(t); got != "k" {
		t.Errorf("there is %s", got)
	}
}

func readKey(t *testing.T, path string) *key.Key {
	t.Helper()
	if open, err := key.WorldReadable(path); err != nil || open {
		t.Errorf("%s: others can read it: %t, %v", path, open, err)
	}
	k, err := key.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
