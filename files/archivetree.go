package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// archiveTree is the folder in an archive.
type archiveTree struct {
	*index
	// data opens a file that is no other than a regular one.
	data func(name string, e *entry) (File, error)
	// closer has the bytes of the archive.
	closer io.Closer
}

// Close closes the archive.
func (t *archiveTree) Close() error { return t.closer.Close() }

func (t *archiveTree) Stat(name string) (fs.FileInfo, error) {
	e, err := t.find(name)
	if err == nil && e.kind == link {
		err = refusals[link]
	}
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	return e, nil
}

func (t *archiveTree) Open(name string) (fs.File, error) {
	e, err := t.find(name)
	switch {
	case err != nil:
	case e.kind == folder:
		return &openDir{entry: e, tree: t, name: name}, nil
	case e.kind == regular:
		var f File
		if f, err = t.data(name, e); err == nil {
			return f, nil
		}
	default:
		err = refusals[e.kind]
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: err}
}

// ReadDir returns a list of its own, which the caller may change.
func (t *archiveTree) ReadDir(name string) ([]fs.DirEntry, error) {
	e, err := t.find(name)
	if err == nil && e.kind != folder {
		if err = refusals[e.kind]; err == nil {
			err = errors.New("it is no folder")
		}
	}
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	entries := t.dirs[name].entries
	list := make([]fs.DirEntry, len(entries))
	for i := range entries {
		list[i] = &entries[i]
	}
	return list, nil
}

// openDir is an open folder.
type openDir struct {
	*entry
	tree *archiveTree
	name string
	left []fs.DirEntry
	read bool
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.entry, nil }
func (d *openDir) Close() error               { return nil }

func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errors.New("it is a folder")}
}

// ReadDir is that of [fs.ReadDirFile].
func (d *openDir) ReadDir(n int) (list []fs.DirEntry, err error) {
	if !d.read {
		if d.left, err = d.tree.ReadDir(d.name); err != nil {
			return nil, err
		}
		d.read = true
	}
	if n <= 0 {
		n = len(d.left)
	} else if len(d.left) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.left))
	list, d.left = d.left[:n:n], d.left[n:]
	return list, nil
}

// sectionFile is an open file that lies in the archive as it is.
type sectionFile struct {
	*io.SectionReader
	entry *entry
}

func (f sectionFile) Stat() (fs.FileInfo, error) { return f.entry, nil }

// Close does nothing: the archive is the open file.
func (f sectionFile) Close() error { return nil }

// total adds up the sizes of what an archive unpacks to.
type total struct {
	bytes, most int64
}

// freeBytes is what an archive may unpack to, however small it is.
const freeBytes = 100_000_000

func newTotal(archive int64, l Limits) *total {
	return &total{most: mostUnpacked(archive, l)}
}

func mostUnpacked(archive int64, l Limits) int64 {
	const largest = 1<<63 - 1
	if l.ArchiveRatio > 0 && archive > largest/l.ArchiveRatio {
		return largest
	}
	return max(freeBytes, archive*l.ArchiveRatio)
}

func (t *total) add(n int64) error {
	if n < 0 || n > t.most-t.bytes {
		return fmt.Errorf("%w: the archive unpacks to more than %d bytes", ErrLimit, t.most)
	}
	t.bytes += n
	return nil
}
