package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"sync"
)

// appender is a tree that reads small files in fewer steps than opening one
// takes; ok is false where it leaves a file to the usual way, as it does with all
// that is unusual.
type appender interface {
	appendFile(dst []byte, name string, most int64) (b []byte, ok bool)
}

// AppendFile appends a file of at most most bytes to dst; a larger one is
// [ErrLimit]. It is for those who read very many files and use the buffer again.
func (f *Folder) AppendFile(dst []byte, name string, most int64) ([]byte, error) {
	if quick, is := f.tree.(appender); is {
		if p, err := f.clean("open", name); err == nil {
			if b, ok := quick.appendFile(dst, p, most); ok {
				return b, nil
			}
		}
	}
	file, err := f.OpenFile(name)
	if err != nil {
		return dst, err
	}
	defer file.Close()
	in := io.LimitReader(file, max(most, most+1)) // the largest number has no next one
	from := len(dst)
	for {
		if len(dst) == cap(dst) {
			dst = slices.Grow(dst, 512)
		}
		n, err := in.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		switch {
		case err != nil && !errors.Is(err, io.EOF):
			return dst[:from], err
		case int64(len(dst)-from) > most:
			return dst[:from], &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("%w: more than %d bytes", ErrLimit, most)}
		case err != nil:
			return dst, nil
		}
	}
}

// handles are folders that stay open, since many files are read from each.
type handles struct {
	mu     sync.Mutex
	dirs   map[string]*os.File
	closed bool
}

// maxHandles bounds the folders that are kept open.
const maxHandles = 64

// of opens a folder of a root. It is nil where that does not work.
func (h *handles) of(root *os.Root, dir string) *os.File {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d := h.dirs[dir]; d != nil || h.closed {
		return d
	}
	d, err := root.Open(dir)
	if err != nil {
		return nil
	}
	if len(h.dirs) >= maxHandles {
		clear(h.dirs) // which are closed when nobody uses them any more
	}
	if h.dirs == nil {
		h.dirs = map[string]*os.File{}
	}
	h.dirs[dir] = d
	return d
}

func (h *handles) close() (err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.dirs {
		err = errors.Join(err, d.Close())
	}
	h.dirs, h.closed = nil, true
	return err
}

// appendFile reads a regular file that is no link. Its folder was opened by the
// root, which no link leads out of.
func (t rootTree) appendFile(dst []byte, name string, most int64) ([]byte, bool) {
	dir := t.handles.of(t.root, path.Dir(name))
	if dir == nil {
		return dst, false
	}
	return appendFrom(dst, dir, path.Base(name), most)
}
