package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"syscall"
)

// trouble remembers the first error that says nothing of a dataset and much of
// the machine, such as a disk that fails or too many open files. Those who look
// whether a file is there, or what a folder may be, take every error for a no;
// of such an error that would be a wrong answer, and part of a dataset would be
// missing without a word.
type trouble struct {
	mu    sync.Mutex
	first error
}

// answers are the errors that answer a question about a file: it is not there,
// it is something else, it is not for us.
var answers = []error{
	syscall.ENOENT, syscall.ENOTDIR, syscall.EISDIR, syscall.ELOOP, syscall.ENAMETOOLONG, syscall.EINVAL, syscall.EACCES, syscall.EPERM,
	syscall.ENXIO, syscall.EOPNOTSUPP,
}

func (t *trouble) saw(err error) {
	var errno syscall.Errno
	if err == nil || t == nil || !errors.As(err, &errno) || slices.ContainsFunc(answers, func(a error) bool { return errors.Is(err, a) }) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first == nil {
		t.first = err
	}
}

// Trouble returns the first error of the machine, and not of the dataset, that
// was met while the folder, or what was opened of it, was read. Whatever was
// found out about the dataset may be wrong then.
func (f *Folder) Trouble() error {
	f.trouble.mu.Lock()
	defer f.trouble.mu.Unlock()
	if f.trouble.first == nil {
		return nil
	}
	return fmt.Errorf("the dataset could not be read reliably: %w", f.trouble.first)
}

// watch returns a file whose troubles are remembered.
func (f *Folder) watch(file fs.File) fs.File {
	switch file := file.(type) {
	case *os.File:
		return watchedFile{file, f.trouble}
	case File:
		return watchedMember{file, f.trouble}
	}
	return file
}

// watchedFile is a file of this machine. All else that it can do, such as being
// copied without passing through this process, stays.
type watchedFile struct {
	*os.File
	trouble *trouble
}

func (w watchedFile) Read(b []byte) (int, error) {
	n, err := w.File.Read(b)
	w.trouble.saw(err)
	return n, err
}

func (w watchedFile) ReadAt(b []byte, at int64) (int, error) {
	n, err := w.File.ReadAt(b, at)
	w.trouble.saw(err)
	return n, err
}

func (w watchedFile) Stat() (fs.FileInfo, error) {
	st, err := w.File.Stat()
	w.trouble.saw(err)
	return st, err
}

func (w watchedFile) ReadDir(n int) ([]fs.DirEntry, error) {
	list, err := w.File.ReadDir(n)
	w.trouble.saw(err)
	return list, err
}

// watchedMember is a file of an archive.
type watchedMember struct {
	File
	trouble *trouble
}

func (w watchedMember) Read(b []byte) (int, error) {
	n, err := w.File.Read(b)
	w.trouble.saw(err)
	return n, err
}

func (w watchedMember) ReadAt(b []byte, at int64) (int, error) {
	n, err := w.File.ReadAt(b, at)
	w.trouble.saw(err)
	return n, err
}
