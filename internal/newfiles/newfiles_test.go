package newfiles

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func folder(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	f := In(root)
	t.Cleanup(func() {
		f.Close()
		root.Close()
	})
	return f, dir
}

// TestWrite fills more folders than are kept open, from several goroutines.
func TestWrite(t *testing.T) {
	t.Parallel()
	f, dir := folder(t)
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 3 * maxOpen {
				name := fmt.Sprintf("a/%d/%d.txt", i, g)
				if err := f.Write(name, []byte(name)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, name := range []string{"a/0/0.txt", "a/191/3.txt"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != name {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
	for name, content := range map[string][]byte{"top": nil, "large": bytes.Repeat([]byte("x"), 3<<20)} {
		if err := f.Write(name, content); err != nil {
			t.Error(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s holds %d bytes, %v", name, len(got), err)
		}
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	f, dir := folder(t)
	file, err := f.Create("b/c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("abc")); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "b/c")); string(got) != "abc" {
		t.Errorf("it holds %q", got)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	f, dir := folder(t)
	outside := t.TempDir()
	if err := errors.Join(os.Symlink(outside, filepath.Join(dir, "out")), os.Symlink(filepath.Join(outside, "x"), filepath.Join(dir, "link"))); err != nil {
		t.Fatal(err)
	}
	if err := f.Write("once", nil); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{
		"once": fs.ErrExist, "link": fs.ErrExist, "": fs.ErrInvalid, "a/": fs.ErrInvalid, "..": fs.ErrInvalid, "a/.": fs.ErrInvalid, "a\x00b": fs.ErrInvalid,
		"out/x": nil, "../x": nil, "once/x": nil,
	} {
		err := f.Write(name, []byte("x"))
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if list, _ := os.ReadDir(outside); len(list) > 0 {
		t.Errorf("%s was written outside", list[0].Name())
	}
	f.Close()
	if err := f.Write("late", nil); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
