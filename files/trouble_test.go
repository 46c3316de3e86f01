package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// failingTree fails every call.
type failingTree struct{ err error }

func (t failingTree) Open(string) (fs.File, error)          { return nil, t.err }
func (t failingTree) Stat(string) (fs.FileInfo, error)      { return nil, t.err }
func (t failingTree) ReadDir(string) ([]fs.DirEntry, error) { return nil, t.err }
func (t failingTree) Close() error                          { return nil }

// TestTrouble remembers errors of the machine, and no answers about files.
func TestTrouble(t *testing.T) {
	for err, want := range map[error]bool{
		fs.ErrNotExist: false, ErrLeaves: false, syscall.ENOENT: false, syscall.EACCES: false, syscall.ENOTDIR: false,
		syscall.EIO: true, syscall.EMFILE: true, syscall.ESTALE: true,
		&fs.PathError{Op: "open", Path: "x", Err: syscall.ENFILE}: true,
	} {
		for what, look := range map[string]func(f *Folder){
			"Has": func(f *Folder) { f.Has("x") }, "List": func(f *Folder) { f.List() }, "Open": func(f *Folder) { f.Open("x") },
			"Sub": func(f *Folder) { f.Sub("a").HasDir("b") },
		} {
			f := &Folder{tree: failingTree{err}, prefix: ".", list: new(lister), above: new(above), trouble: new(trouble)}
			look(f)
			if got := f.Trouble(); (got != nil) != want || want && !errors.Is(got, err) {
				t.Errorf("%s, %v: %v", what, err, got)
			}
		}
	}
}

// TestTroubleOfAnOpenFile is met while a file is read.
func TestTroubleOfAnOpenFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("text"), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	file, err := f.OpenFile("a")
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 8)
	if n, err := file.ReadAt(b, 1); n != 3 || err == nil {
		t.Errorf("%d, %v", n, err)
	}
	if err := f.Trouble(); err != nil {
		t.Errorf("the end of a file is no trouble: %v", err)
	}
	w := file.(watchedFile)
	w.trouble.saw(&fs.PathError{Op: "read", Path: "a", Err: syscall.EIO})
	if err := f.Trouble(); err == nil || !strings.Contains(err.Error(), "reliably") {
		t.Error(err)
	}
	file.Close()
	if _, err := file.Stat(); err == nil {
		t.Error("a closed file")
	}
}
