package datum

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"datum/formats"
)

// TestArchiveThatCannotAppear: what takes the archive's place while it is
// written is not replaced, and no key is left of a dataset that is not there.
func TestArchiveThatCannotAppear(t *testing.T) {
	for name, intrude := range map[string]func(string) error{
		"a file":   func(target string) error { return os.WriteFile(target, []byte("theirs"), 0o666) },
		"a folder": func(target string) error { return os.MkdirAll(filepath.Join(target, "x"), 0o777) },
	} {
		dir := t.TempDir()
		target, key := filepath.Join(dir, "o.zip"), filepath.Join(dir, "key")
		_, err := Export(t.Context(), twoItems(), target, "datumaro_binary", ExportOptions{
			Encrypt: true, KeyOut: key, Progress: func(int) {
				if err := intrude(target); err != nil {
					t.Error(err)
				}
			}})
		if !errors.Is(err, formats.ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Lstat(key); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: the key: %v", name, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
			t.Errorf("%s: %v, %v", name, left, err)
		}
	}
}

// TestOverwritingWantsADataset: a picture among other things makes no dataset of
// a folder.
func TestOverwritingWantsADataset(t *testing.T) {
	for name, want := range map[string]error{"thesis.doc": formats.ErrExists, "b.png": nil} {
		dir := filepath.Join(t.TempDir(), "home")
		for _, f := range []string{"Pictures/a.png", "Documents/" + name} {
			p := filepath.Join(dir, f)
			if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o777), os.WriteFile(p, []byte("x"), 0o666)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Export(t.Context(), twoItems(), dir, "coco", ExportOptions{Overwrite: true}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}
