package files

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// kind is what an entry of an archive is.
type kind uint8

const (
	regular kind = iota
	folder
	link
	special
	sparse
	encrypted
	foreign
)

// refusals say why an entry cannot be opened.
var refusals = [...]error{
	link:      fmt.Errorf("%w: it is a link, and those of archives are not followed", ErrLeaves),
	special:   fmt.Errorf("%w: it is a device, a pipe or the like", ErrArchive),
	sparse:    fmt.Errorf("%w: it is a sparse file, which is not read", ErrArchive),
	encrypted: fmt.Errorf("%w: it is encrypted, which is not read", ErrArchive),
	foreign:   fmt.Errorf("%w: it is packed by a method that is not read", ErrArchive),
}

// entry is a file or folder of an archive. It describes itself, as an
// [fs.FileInfo] and an [fs.DirEntry].
type entry struct {
	base   string
	length int64
	at     int64 // of its data in a tar, of its own header in a zip
	// Of a zip only: the bytes that it has there, how far they may go, their
	// checksum unpacked.
	packed, end int64
	crc         uint32
	stored      bool
	kind        kind
}

func (e *entry) Name() string               { return e.base }
func (e *entry) Size() int64                { return e.length }
func (e *entry) IsDir() bool                { return e.kind == folder }
func (e *entry) ModTime() time.Time         { return time.Time{} }
func (e *entry) Sys() any                   { return nil }
func (e *entry) Type() fs.FileMode          { return e.Mode().Type() }
func (e *entry) Info() (fs.FileInfo, error) { return e, nil }
func (e *entry) String() string             { return fs.FormatDirEntry(e) }

func (e *entry) Mode() fs.FileMode {
	switch e.kind {
	case folder:
		return fs.ModeDir | 0o555
	case link:
		return fs.ModeSymlink | 0o444
	case special:
		return fs.ModeIrregular | 0o444
	}
	return 0o444
}

// index has the entries of an archive by folder.
type index struct {
	dirs map[string]*archiveDir
	most int // entries and folders that are allowed
	has  int
}

// archiveDir is a folder of an archive. Its entries lie beside each other,
// which costs much less than a map of all paths.
type archiveDir struct{ entries []entry }

func newIndex(l Limits) *index {
	return &index{dirs: map[string]*archiveDir{".": {}}, most: l.ArchiveEntries}
}

// add puts an entry in. What is wrong with all of them together, finish finds.
func (x *index) add(name string, e entry) error {
	clean, isFolder, err := entryName(name)
	if err == nil && isFolder && e.kind == regular {
		e.kind = folder
	}
	switch {
	case err != nil:
	case e.kind == folder && e.length > 0:
		err = fmt.Errorf("%w: a folder that has content", ErrArchive)
	case e.kind == folder:
		err = x.addFolder(clean)
	case clean == ".":
		err = fmt.Errorf("%w: the top folder is no folder", ErrArchive)
	default:
		err = x.addFile(clean, e)
	}
	return named(name, err)
}

// named says which entry of an archive err is about. Names are quoted, as they
// may be made for the terminal that shows them.
func named(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("entry %q: %w", name, err)
}

func (x *index) addFile(name string, e entry) error {
	dir, base := splitName(name)
	d, err := x.dir(dir)
	if err != nil {
		return err
	}
	e.base = base
	d.entries = append(d.entries, e)
	return x.count()
}

// addFolder counts a folder that is known as well: an archive may repeat it
// without end.
func (x *index) addFolder(name string) error {
	if x.dirs[name] != nil {
		return x.count()
	}
	_, err := x.dir(name)
	return err
}

func (x *index) count() error {
	if x.has++; x.has > x.most {
		return fmt.Errorf("%w: more than %d files and folders", ErrLimit, x.most)
	}
	return nil
}

// dir returns a folder; it and those above it are made where they are missing,
// since most archives do not name them.
func (x *index) dir(name string) (*archiveDir, error) {
	if d := x.dirs[name]; d != nil {
		return d, nil
	}
	up, base := splitName(name)
	above, err := x.dir(up)
	if err != nil {
		return nil, err
	}
	above.entries = append(above.entries, entry{base: base, kind: folder})
	d := new(archiveDir)
	x.dirs[name] = d
	return d, x.count()
}

// finish sorts, and refuses two of the same name.
func (x *index) finish() error {
	for _, dir := range slices.Sorted(maps.Keys(x.dirs)) {
		entries := slices.Clip(x.dirs[dir].entries)
		if !slices.IsSortedFunc(entries, byBase) {
			slices.SortFunc(entries, byBase)
		}
		for i := 1; i < len(entries); i++ {
			if entries[i].base == entries[i-1].base {
				return named(joined(dir, entries[i].base), fmt.Errorf("%w: the name is there twice", ErrArchive))
			}
		}
		x.dirs[dir].entries = entries
	}
	return nil
}

func byBase(a, b entry) int { return strings.Compare(a.base, b.base) }

func joined(dir, base string) string {
	if dir == "." {
		return base
	}
	return dir + "/" + base
}

var topFolder = entry{base: ".", kind: folder}

// find returns the entry called name. Links are found; below one is nothing
// that could be.
func (x *index) find(name string) (*entry, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	if name == "." {
		return &topFolder, nil
	}
	dir, base := splitName(name)
	d := x.dirs[dir]
	if d == nil {
		if e, err := x.find(dir); err == nil && e.kind == link || errors.Is(err, ErrLeaves) {
			return nil, refusals[link]
		}
		return nil, fs.ErrNotExist
	}
	i, ok := slices.BinarySearchFunc(d.entries, base, func(e entry, base string) int { return strings.Compare(e.base, base) })
	if !ok {
		return nil, fs.ErrNotExist
	}
	return &d.entries[i], nil
}
