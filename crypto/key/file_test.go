package key_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"datum/crypto/key"
)

func TestWriteFileAndReadFile(t *testing.T) {
	k := mustNew(t)
	path := filepath.Join(t.TempDir(), "secret_key.txt")
	if err := k.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || string(data) != string(k.AppendText(nil)) {
		t.Fatalf("the file holds %d bytes, %v", len(data), err)
	}
	again, err := key.ReadFile(path)
	if err != nil || !again.Equal(k) {
		t.Errorf("another key came back: %v", err)
	}
}

func TestWriteFileNeverReplaces(t *testing.T) {
	folder := t.TempDir()
	inside := filepath.Join(folder, "inside")
	targets := map[string]func(path string) error{
		"file":          func(p string) error { return os.WriteFile(p, []byte("precious"), 0o644) },
		"folder":        func(p string) error { return os.Mkdir(p, 0o755) },
		"dangling link": func(p string) error { return os.Symlink(inside, p) },
	}
	for name, prepare := range targets {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder, name)
			if err := prepare(path); err != nil {
				t.Skipf("NOT TESTED: it cannot be made here: %v", err)
			}
			if err := mustNew(t).WriteFile(path); !errors.Is(err, fs.ErrExist) {
				t.Errorf("error %v", err)
			}
			if _, err := os.Lstat(path); err != nil {
				t.Errorf("what was there is gone: %v", err)
			}
		})
	}
	if data, _ := os.ReadFile(filepath.Join(folder, "file")); string(data) != "precious" {
		t.Errorf("the file holds %q", data)
	}
	if _, err := os.Lstat(inside); err == nil {
		t.Error("the link was followed")
	}
}

func TestWriteFileWhereNothingCanBe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "k.txt")
	err := mustNew(t).WriteFile(path)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
}

func TestReadFileRefuses(t *testing.T) {
	tests := []struct {
		name, content string
		want          error
	}{
		{"empty", "", key.ErrMalformed},
		{"line break only", "\n", key.ErrMalformed},
		{"cut", publishedText[:30], key.ErrMalformed},
		{"a picture", "\xff\xd8\xff\xe0\x00\x10JFIF\x00", key.ErrMalformed},
		{"too long, a key in front", publishedText + strings.Repeat("\n", 4096), key.ErrMalformed},
		{"far too long", strings.Repeat("x", 1<<20), key.ErrMalformed},
		{"wrapped, unknown version", "datum-wrapped-key v9\n", key.ErrWrapped},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "k.txt")
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			k, err := key.ReadFile(path)
			if k != nil || !errors.Is(err, test.want) {
				t.Fatalf("error %v", err)
			}
			if !strings.Contains(err.Error(), path) {
				t.Errorf("error %q does not name the file", err)
			}
			checkNoLeak(t, err.Error(), strings.TrimPrefix(test.content, "datum-wrapped-key"))
		})
	}
}

func TestReadFileAtTheBound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.txt")
	text := publishedText + strings.Repeat("\n", 4096-len(publishedText))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := key.ReadFile(path); err != nil {
		t.Error(err)
	}
}

func TestReadFileOfNoFile(t *testing.T) {
	folder := t.TempDir()
	if _, err := key.ReadFile(filepath.Join(folder, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if _, err := key.ReadFile(folder); err == nil {
		t.Error("a folder is a key")
	}
	if _, err := key.ReadFile(""); err == nil {
		t.Error("no path is a key")
	}
}

// People pass the key where the path of its file belongs. The error must not
// repeat it then.
func TestKeyInPlaceOfAPath(t *testing.T) {
	t.Chdir(t.TempDir())
	k := mustParse(t, publishedText)
	_, readErr := key.ReadFile(publishedText)
	_, lookErr := key.WorldReadable(publishedText)
	for name, err := range map[string]error{
		"ReadFile": readErr, "WriteFile": k.WriteFile(publishedText), "WorldReadable": lookErr,
	} {
		if !errors.Is(err, key.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkNoLeak(t, err.Error(), publishedText)
	}
	if entries, _ := os.ReadDir("."); len(entries) != 0 {
		t.Error("a file is named after the key")
	}
}

// Datumaro's own key files are open to all: they are read, and warned about.
func TestWorldReadable(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED: permission bits say nothing on Windows")
	}
	for mode, want := range map[fs.FileMode]bool{0o600: false, 0o400: false, 0o644: true, 0o604: true, 0o666: true} {
		path := filepath.Join(t.TempDir(), "k.txt")
		if err := os.WriteFile(path, []byte(publishedText), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		got, err := key.WorldReadable(path)
		if err != nil || got != want {
			t.Errorf("%o: %v, %v", mode, got, err)
		}
		if _, err := key.ReadFile(path); err != nil {
			t.Errorf("%o: %v", mode, err)
		}
	}
	if _, err := key.WorldReadable(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}
