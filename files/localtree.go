package files

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// rootTree is a folder of this machine.
type rootTree struct {
	root    *os.Root
	handles *handles
}

// Open does not wait for somebody to write into a pipe that lies in the folder:
// what is opened is looked at afterwards.
func (t rootTree) Open(name string) (fs.File, error) {
	flag := os.O_RDONLY
	if runtime.GOOS != "windows" {
		flag |= syscall.O_NONBLOCK
	}
	f, err := t.root.OpenFile(name, flag, 0)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (t rootTree) Stat(name string) (fs.FileInfo, error) { return t.root.Stat(name) }

func (t rootTree) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := t.entries(name)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// entries lists a folder in the order of the file system.
func (t rootTree) entries(name string) ([]fs.DirEntry, error) {
	dir, err := t.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return readDir(dir)
}

func (t rootTree) Close() error { return errors.Join(t.handles.close(), t.root.Close()) }

// linkTree is a folder of this machine in which links lead anywhere.
type linkTree struct{ dirFS }

// dirFS is what os.DirFS returns.
type dirFS interface {
	fs.StatFS
	fs.ReadDirFS
}

func (linkTree) Close() error { return nil }
