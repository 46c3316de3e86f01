package files

import (
	"errors"
	"io/fs"
	"iter"
	"path"
)

// maxWalk bounds folders in folders, as links can make endless ones.
const maxWalk = 32

// Walk yields the path of each file below dir, seen from there, folder by folder
// in the order of names, without what [Folder.ReadDir] leaves out. Links to
// folders are followed inside of f, and folders nested deeper than 32 are not
// looked into.
//
// A link that cannot be followed, as it leads out of f, is a file of an unknown
// kind: it is found out when that is opened. Where it could be a folder whose
// files would go unseen, strict makes it an error, unless it leads nowhere.
//
// An error comes with the path that it is about and is the last.
func (f *Folder) Walk(dir string, strict bool) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		w := walker{f: f, dir: dir, strict: strict, yield: yield}
		w.below(".", 0)
	}
}

type walker struct {
	f      *Folder
	dir    string
	strict bool
	yield  func(string, error) bool
}

// below yields what is in a folder; more says whether to go on.
func (w *walker) below(sub string, deep int) (more bool) {
	entries, err := w.f.ReadDir(path.Join(w.dir, sub))
	if err != nil {
		w.yield(sub, err)
		return false
	}
	for _, e := range entries {
		name := path.Join(sub, e.Name())
		isDir, err := w.isDir(name, e)
		switch {
		case err != nil:
			w.yield(name, err)
			return false
		case !isDir:
			more = w.yield(name, nil)
		default:
			more = deep == maxWalk || w.below(name, deep+1)
		}
		if !more {
			return false
		}
	}
	return true
}

func (w *walker) isDir(name string, e fs.DirEntry) (bool, error) {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir(), nil
	}
	st, err := w.f.Stat(path.Join(w.dir, name))
	if w.strict && err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	return err == nil && st.IsDir(), nil
}
