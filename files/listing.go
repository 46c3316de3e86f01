package files

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// Bounds of a [Listing]: enough for every layout, and little work on a tree of
// millions of files.
const (
	maxPerExtension = 200     // names kept of one extension in one folder
	maxFolders      = 4000    // folders looked into
	maxNames        = 400_000 // names read in all
	maxDeep         = 8       // folders in folders
)

// Listing is a bounded look at the names below a folder, for finding out what
// is in it: every extension of every folder is there, but not every file.
type Listing struct {
	dirs map[string]*dirListing
	// order has the folders, upper ones first.
	order []string
	// Complete says that nothing was left out.
	Complete bool
}

type dirListing struct {
	dirs  []string
	byExt map[string][]string // lower-case extension with its dot → names
	count map[string]int
}

// lister makes the listing of a folder once.
type lister struct {
	once sync.Once
	list *Listing
}

// List looks at the folder. It is made on first use and kept.
func (f *Folder) List() *Listing {
	f.list.once.Do(func() { f.list.list = f.look() })
	return f.list.list
}

func (f *Folder) look() *Listing {
	l := &Listing{dirs: map[string]*dirListing{}, Complete: true}
	queue, names := []string{"."}, 0
	for len(queue) > 0 {
		dir := queue[0]
		queue = queue[1:]
		if len(l.order) == maxFolders || names > maxNames {
			l.Complete = false
			break
		}
		entries, err := f.readDir(dir, false)
		if err != nil {
			l.Complete = false
			continue
		}
		names += len(entries)
		d := f.sortOut(dir, entries)
		l.dirs[dir] = d
		l.order = append(l.order, dir)
		for ext, n := range d.count {
			l.Complete = l.Complete && n == len(d.byExt[ext])
		}
		for _, sub := range d.dirs {
			if deep := path.Join(dir, sub); strings.Count(deep, "/") < maxDeep {
				queue = append(queue, deep)
			} else {
				l.Complete = false
			}
		}
	}
	return l
}

// sortOut tells files from folders, which may come in any order. A link to a
// folder is one; where links go round in circles, the bounds end it.
func (f *Folder) sortOut(dir string, entries []fs.DirEntry) *dirListing {
	d := &dirListing{byExt: map[string][]string{}, count: map[string]int{}}
	kinds := map[string]*firstNames{}
	var last *firstNames // files of one kind often lie together
	for _, e := range entries {
		name := e.Name()
		isDir := e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 {
			st, err := f.Stat(path.Join(dir, name))
			isDir = err == nil && st.IsDir()
		}
		if isDir {
			d.dirs = append(d.dirs, name)
			continue
		}
		if ext := path.Ext(name); last == nil || last.ext != ext {
			if last = kinds[ext]; last == nil {
				last = &firstNames{ext: ext}
				kinds[ext] = last
			}
		}
		last.add(name)
	}
	slices.Sort(d.dirs)
	for _, k := range kinds {
		ext := strings.ToLower(k.ext)
		d.count[ext] += k.seen
		names := append(d.byExt[ext], k.names...)
		slices.Sort(names)
		d.byExt[ext] = names[:min(len(names), maxPerExtension)]
	}
	return d
}

// firstNames keeps the names of one extension that come first in order, without
// putting all of them in order.
type firstNames struct {
	ext   string // as it is written
	seen  int
	names []string
	bound string // nothing behind it is wanted; empty while all is
}

func (k *firstNames) add(name string) {
	k.seen++
	if k.bound != "" && name > k.bound {
		return
	}
	k.names = append(k.names, name)
	if len(k.names) < 4*maxPerExtension {
		return
	}
	slices.Sort(k.names)
	k.names = k.names[:maxPerExtension]
	k.bound = k.names[maxPerExtension-1]
}

// Dirs returns the folders directly in dir, by name.
func (l *Listing) Dirs(dir string) []string {
	if d := l.dirs[path.Clean(dir)]; d != nil {
		return d.dirs
	}
	return nil
}

// Files returns names of files directly in dir with one of the extensions
// (lower-case, with the dot; none means all), by name.
func (l *Listing) Files(dir string, exts ...string) []string {
	d := l.dirs[path.Clean(dir)]
	if d == nil {
		return nil
	}
	var out []string
	for ext, names := range d.byExt {
		if len(exts) == 0 || slices.Contains(exts, ext) {
			out = append(out, names...)
		}
	}
	slices.Sort(out)
	return out
}

// Count returns how many files with one of the extensions lie directly in dir,
// those that are not listed included.
func (l *Listing) Count(dir string, exts ...string) int {
	n := 0
	if d := l.dirs[path.Clean(dir)]; d != nil {
		for ext, c := range d.count {
			if len(exts) == 0 || slices.Contains(exts, ext) {
				n += c
			}
		}
	}
	return n
}

// Folders returns all folders that were looked into, upper ones first and "."
// at the beginning.
func (l *Listing) Folders() []string { return l.order }

// All returns the paths of all listed files with one of the extensions, those
// of upper folders first.
func (l *Listing) All(exts ...string) []string {
	var out []string
	for _, dir := range l.order {
		for _, name := range l.Files(dir, exts...) {
			out = append(out, path.Join(dir, name))
		}
	}
	return out
}
