package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
)

var (
	// ErrLeaves says that a path leads out of the folder.
	ErrLeaves = errors.New("the path leaves the dataset")
	// ErrLimit says that something is larger than the [Limits] allow.
	ErrLimit = errors.New("too large")
)

// outside is the prefix of a folder that is not in the tree.
const outside = ".."

// File is an open file of a folder. Reading at an offset does not move the
// place for Read.
type File interface {
	fs.File
	io.Seeker
	io.ReaderAt
}

// tree is what a folder is made of. Names are clean and local; the files that
// it opens are of type [File], or folders.
type tree interface {
	fs.StatFS
	fs.ReadDirFS
	io.Closer
}

// Folder is a folder of files, all of them read only. Several goroutines may
// use it. It is an [fs.FS].
type Folder struct {
	tree   tree
	prefix string // of names, "." for the whole tree
	path   string // for people
	local  string // for the operating system, empty inside an archive
	only   string
	closer io.Closer // nil where another folder owns the tree
	list   *lister
	above  *above // shared with the folders that Sub gave
	// trouble is shared with all folders that came of this one.
	trouble *trouble
	// up opens the folder above the tree; nil where it is one of this machine,
	// or there is none.
	up func() (*Folder, string, error)
}

// above has what Parent opened: it is closed with the folder, at the latest.
type above struct {
	mu     sync.Mutex
	opened []*Folder
}

func (a *above) add(f *Folder) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.opened = append(a.opened, f)
}

func (a *above) close() (err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.opened {
		err = errors.Join(err, f.Close())
	}
	a.opened = nil
	return err
}

// OpenFolder opens a folder of this machine. Where name is a file, the folder
// is the one that it is in, and [Folder.Only] says which file was meant.
func OpenFolder(name string) (*Folder, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	only := ""
	if !st.IsDir() {
		name, only = filepath.Split(filepath.Clean(name))
		name = filepath.Clean(name)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	f := folderOf(rootTree{root, &handles{}}, name)
	f.local, f.only = name, only
	return f, nil
}

// folderOf returns the whole of a tree, which is closed with it.
func folderOf(t tree, path string) *Folder {
	return &Folder{tree: t, prefix: ".", path: path, closer: t, list: new(lister), above: new(above), trouble: new(trouble)}
}

// FollowLinks makes the folder follow symbolic links that lead out of it, for
// datasets that are trusted. It does nothing to an archive. It is called before
// the folder is used.
func (f *Folder) FollowLinks() {
	if t, ok := f.tree.(rootTree); ok && f.closer != nil {
		f.tree = linkTree{os.DirFS(t.root.Name()).(dirFS)}
	}
}

// Close closes the folder and all that [Folder.Sub] gave of it. A folder that
// Sub gave need not be closed.
func (f *Folder) Close() error {
	if f.closer == nil {
		return nil
	}
	return errors.Join(f.above.close(), f.closer.Close())
}

// Path returns the path of a file for people to read; "." is the folder.
func (f *Folder) Path(name string) string {
	return joinPath(f.path, name)
}

// Local returns the path of a file for the operating system; ok is false where
// the folder is not a plain one of this machine.
func (f *Folder) Local(name string) (p string, ok bool) {
	if f.local == "" {
		return "", false
	}
	return filepath.Join(f.local, filepath.FromSlash(name)), true
}

// Only is the file that was asked for, where it was one and not a folder: a
// format reads that annotation file only. Empty means all.
func (f *Folder) Only() string { return f.only }

// Sub returns the folder called dir in f. It does not check that it exists; one
// that is not below f has nothing in it that could be opened.
func (f *Folder) Sub(dir string) *Folder {
	sub := *f
	sub.closer, sub.only, sub.list = nil, "", new(lister)
	sub.prefix = path.Join(f.prefix, dir)
	if dir != "" && !filepath.IsLocal(dir) {
		sub.prefix = outside
	}
	sub.path = f.Path(dir)
	if f.local != "" {
		sub.local, _ = f.Local(dir)
	}
	return &sub
}

// Parent returns the folder in which f lies, and the name of f in it. It is
// for formats whose annotation files lie in a folder of their own, where that
// folder or a file in it was named. A folder at the top of an archive has none,
// which is an error that matches [fs.ErrNotExist].
func (f *Folder) Parent() (parent *Folder, name string, err error) {
	if !fs.ValidPath(f.prefix) {
		return nil, "", &fs.PathError{Op: "open", Path: f.path, Err: ErrLeaves}
	}
	if f.prefix != "." {
		up := *f
		up.closer, up.list = nil, new(lister)
		up.prefix, name = path.Dir(f.prefix), path.Base(f.prefix)
		up.path = joinPath(f.path, "..")
		if f.local != "" {
			up.local = filepath.Dir(f.local)
		}
		up.only = joinOnly(name, f.only)
		return &up, name, nil
	}
	none := fmt.Errorf("%s: the folder above: %w", f.path, fs.ErrNotExist)
	if f.up != nil {
		return f.parentElsewhere()
	}
	if f.local == "" {
		return nil, "", none
	}
	abs, err := filepath.Abs(f.local)
	if err != nil {
		return nil, "", err
	}
	if filepath.Dir(abs) == abs {
		return nil, "", none
	}
	if parent, err = OpenFolder(filepath.Dir(abs)); err != nil {
		return nil, "", err
	}
	f.above.add(parent)
	parent.trouble = f.trouble
	if _, follows := f.tree.(linkTree); follows {
		parent.FollowLinks()
	}
	name = filepath.Base(abs)
	parent.only = joinOnly(name, f.only)
	parent.path = filepath.Join(f.path, "..")
	return parent, name, nil
}

// parentElsewhere is Parent for the top of a tree that is not of this machine.
func (f *Folder) parentElsewhere() (parent *Folder, name string, err error) {
	if parent, name, err = f.up(); err != nil {
		return nil, "", err
	}
	f.above.add(parent)
	parent.only = joinOnly(name, f.only)
	return parent, name, nil
}

func joinOnly(dir, only string) string {
	if only == "" {
		return ""
	}
	return path.Join(dir, only)
}

// Outside reports whether something outside of the folder counts too: the folder
// above was opened, or links may lead anywhere.
func (f *Folder) Outside() bool {
	f.above.mu.Lock()
	defer f.above.mu.Unlock()
	_, follows := f.tree.(linkTree)
	return follows || len(f.above.opened) > 0
}

// Base returns the name of the folder itself.
func (f *Folder) Base() string {
	if abs, err := filepath.Abs(f.path); err == nil && !IsURL(f.path) {
		return filepath.Base(abs)
	}
	return filepath.Base(f.path)
}

// clean turns a name into one of the tree.
func (f *Folder) clean(op, name string) (string, error) {
	p := path.Join(f.prefix, name)
	if !filepath.IsLocal(name) || !fs.ValidPath(p) || strings.Contains(name, "\x00") {
		return "", &fs.PathError{Op: op, Path: name, Err: ErrLeaves}
	}
	return p, nil
}

// Open opens a file or folder, for [fs.FS].
func (f *Folder) Open(name string) (fs.File, error) {
	p, err := f.clean("open", name)
	if err != nil {
		return nil, err
	}
	file, err := f.tree.Open(p)
	if err != nil {
		f.trouble.saw(err)
		return nil, leaves(err)
	}
	return f.watch(file), nil
}

// OpenFile opens a file. The error is an [fs.PathError] and matches
// fs.ErrNotExist or [ErrLeaves].
func (f *Folder) OpenFile(name string) (File, error) {
	file, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	st, err := file.Stat()
	if err == nil && st.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: errors.New("it is a folder")}
	}
	if err == nil && !st.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: errors.New("it is no regular file")}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	seekable, ok := file.(File)
	if !ok {
		file.Close()
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.ErrUnsupported}
	}
	return seekable, nil
}

// ReadFile reads a file of at most most bytes; a larger one is [ErrLimit].
func (f *Folder) ReadFile(name string, most int64) ([]byte, error) {
	b, err := f.AppendFile(nil, name, most)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// Stat describes a file or folder, links followed inside of the folder.
func (f *Folder) Stat(name string) (fs.FileInfo, error) {
	p, err := f.clean("stat", name)
	if err != nil {
		return nil, err
	}
	st, err := f.tree.Stat(p)
	f.trouble.saw(err)
	return st, leaves(err)
}

// Has reports whether there is a regular file called name.
func (f *Folder) Has(name string) bool {
	st, err := f.Stat(name)
	return err == nil && st.Mode().IsRegular()
}

// HasDir reports whether there is a folder called name.
func (f *Folder) HasDir(name string) bool {
	st, err := f.Stat(name)
	return err == nil && st.IsDir()
}

// ReadDir lists a folder by name. What begins with a dot, and the folder
// __MACOSX of archives, is left out.
func (f *Folder) ReadDir(name string) ([]fs.DirEntry, error) { return f.readDir(name, true) }

// readDir lists a folder by name, or, which takes less time, in no order.
func (f *Folder) readDir(name string, sorted bool) ([]fs.DirEntry, error) {
	p, err := f.clean("readdir", name)
	if err != nil {
		return nil, err
	}
	read := f.tree.ReadDir
	if t, ok := f.tree.(rootTree); ok && !sorted {
		read = t.entries
	}
	entries, err := read(p)
	if err != nil {
		f.trouble.saw(err)
		return nil, leaves(err)
	}
	kept := entries[:0]
	for _, e := range entries {
		if !hidden(e.Name()) {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || name == "__MACOSX" }

// Leaves reports whether an error, of this package or of an [os.Root], says that
// a path leads out.
func Leaves(err error) bool {
	var p *fs.PathError
	return errors.Is(err, ErrLeaves) || errors.As(err, &p) && strings.Contains(p.Err.Error(), "escapes")
}

// leaves gives the error of an os.Root about a path that leaves it, for which
// package os has no sentinel, one of ours.
func leaves(err error) error {
	var p *fs.PathError
	if !errors.Is(err, ErrLeaves) && Leaves(err) && errors.As(err, &p) {
		return &fs.PathError{Op: p.Op, Path: p.Path, Err: ErrLeaves}
	}
	return err
}
