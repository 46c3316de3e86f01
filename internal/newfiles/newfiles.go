// Package newfiles writes new files into a folder, tens of thousands of them,
// with as little besides the three calls that each needs as the system allows:
// open, write, close.
//
// A dataset of many small files is mostly their creation, and the usual way to
// make one in a folder that no link may lead out of asks the system for each
// folder on the way, again for every file. Here a folder is opened once, through
// [os.Root], and its files are made from there.
package newfiles

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
)

// Folder is a folder to be filled. Several goroutines may use it.
type Folder struct {
	root *os.Root
	mu   sync.Mutex
	dirs map[string]*os.File
}

// maxOpen bounds the folders that are kept open. A dataset has a few; where it
// has thousands, they are opened anew now and then.
const maxOpen = 64

// In returns a Folder that writes below root, which has to stay open until the
// Folder is closed.
func In(root *os.Root) *Folder { return &Folder{root: root, dirs: map[string]*os.File{}} }

// Write makes a file with the slash-separated name and the given content. The
// folders above it are made; a file that is there already is an error.
func (f *Folder) Write(name string, content []byte) error {
	dir, base, err := f.place(name)
	if err == nil {
		err = write(dir, base, content)
	}
	return about(name, err)
}

// Create makes a file that the caller writes and closes.
func (f *Folder) Create(name string) (*os.File, error) {
	dir, base, err := f.place(name)
	if err != nil {
		return nil, about(name, err)
	}
	file, err := create(dir, base)
	return file, about(name, err)
}

// place opens the folder of a file.
func (f *Folder) place(name string) (dir *os.File, base string, err error) {
	up, base := path.Split(name)
	if base == "" || base == "." || base == ".." || strings.IndexByte(base, 0) >= 0 {
		return nil, "", fs.ErrInvalid
	}
	dir, err = f.folder(path.Clean(up))
	return dir, base, err
}

// MakeFolder makes a folder and those above it.
func (f *Folder) MakeFolder(name string) error {
	_, err := f.folder(path.Clean(name))
	return about(name, err)
}

// folder opens a folder, which is made where it is not there.
func (f *Folder) folder(name string) (*os.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dirs == nil {
		return nil, fs.ErrClosed
	}
	if dir := f.dirs[name]; dir != nil {
		return dir, nil
	}
	if err := f.root.MkdirAll(name, 0o777); err != nil {
		return nil, err
	}
	dir, err := f.root.Open(name)
	if err == nil {
		f.keep(name, dir)
	}
	return dir, err
}

// keep notes an open folder. One that has to give way is closed when nobody
// uses it any more, by the runtime: another goroutine may be about to.
func (f *Folder) keep(name string, dir *os.File) {
	if len(f.dirs) >= maxOpen {
		clear(f.dirs)
	}
	f.dirs[name] = dir
}

// Close closes the folders. It waits for nobody: what is still being written
// ends with an error or as it should.
func (f *Folder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var err error
	for _, dir := range f.dirs {
		err = errors.Join(err, dir.Close())
	}
	f.dirs = nil
	return err
}

// about says which file an error is about, in the words of package os.
func about(name string, err error) error {
	var path *fs.PathError
	if err == nil || errors.As(err, &path) {
		return err
	}
	return &fs.PathError{Op: "create", Path: name, Err: err}
}
