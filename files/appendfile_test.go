package files

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// TestAppendFile requires that the short way and the usual one read the same.
func TestAppendFile(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	content := bytes.Repeat([]byte("0123456789"), 1000)
	for name, text := range map[string][]byte{"empty": nil, "a/b/c": content, "one": {7}} {
		p := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o777), os.WriteFile(p, text, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	secret := filepath.Join(outside, "secret")
	if err := errors.Join(os.WriteFile(secret, content, 0o666), os.Symlink("a/b/c", filepath.Join(dir, "in")), os.Symlink(secret, filepath.Join(dir, "out")), os.Symlink(outside, filepath.Join(dir, "away"))); err != nil {
		t.Fatal(err)
	}
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sub := f.Sub("a")
	for _, test := range []struct {
		folder *Folder
		name   string
		most   int64
		size   int
		want   error
	}{
		{f, "empty", 0, 0, nil}, {f, "a/b/c", math.MaxInt64, 10_000, nil}, {f, "a/b/c", 10_000, 10_000, nil}, {sub, "b/c", 10_000, 10_000, nil},
		{f, "a/b/c", 9_999, 0, ErrLimit}, {f, "one", 1, 1, nil}, {f, "one", 0, 0, ErrLimit}, {f, "in", 10_000, 10_000, nil},
		{f, "out", 10_000, 0, ErrLeaves}, {f, "away/secret", 10_000, 0, ErrLeaves}, {f, "../x", 1, 0, ErrLeaves}, {f, "none", 1, 0, fs.ErrNotExist},
		{f, "none/x", 1, 0, fs.ErrNotExist}, {f, "a", 1, 0, nil},
	} {
		got, err := test.folder.AppendFile([]byte("before"), test.name, test.most)
		if !bytes.HasPrefix(got, []byte("before")) || len(got) != len("before")+test.size {
			t.Errorf("%s: %d bytes", test.name, len(got))
		}
		if test.want != nil && !errors.Is(err, test.want) || test.want == nil && (err != nil) != (test.name == "a") {
			t.Errorf("%s: %v", test.name, err)
		}
		if test.size > 1 && !bytes.Equal(got[len("before"):], content) {
			t.Errorf("%s: other content", test.name)
		}
	}
	f.Close()
	if _, err := f.AppendFile(nil, "one", 9); err == nil {
		t.Error("a folder that was closed is read")
	}
}

// TestAppendFileIsQuick requires that ordinary files are read the short way.
func TestAppendFileIsQuick(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x"), []byte("abc"), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	folder, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if _, quick := appendFrom(nil, folder, "x", 3); !quick {
		t.Skip("this system has only the usual way")
	}
	if b, ok := f.tree.(appender).appendFile(nil, "x", 3); !ok || string(b) != "abc" {
		t.Errorf("%q was read the usual way", b)
	}
}
