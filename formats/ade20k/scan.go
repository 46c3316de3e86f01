package ade20k

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// entry is one item before it is read: names of files in the folder dir, empty
// where there is no such file.
type entry struct {
	dir     string // below the folder of the dataset
	id      string // below the folder of the subset
	picture string
	json    string
	text    string
	levels  []string // by level: the objects, their parts, the parts of these
	second  bool     // another picture of the same name came first
}

// annotated tells whether something is said about the item.
func (e *entry) annotated() bool { return e.json != "" || e.text != "" || len(e.levels) > 0 }

// subset is a named list of entries.
type subset struct {
	name    string
	entries []*entry
}

// scanner lists the items of a subset.
type scanner struct {
	folder  *files.Folder
	top     string // of the subset
	entries []*entry
	notes   *formats.Loss
}

// maxDeep bounds folders in folders, as links can make endless ones.
const maxDeep = 32

// scan lists the items in the folder top and, if deep is set, in those below.
func scan(f *files.Folder, top string, deep bool, notes *formats.Loss) ([]*entry, error) {
	s := scanner{folder: f, top: top, notes: notes}
	left := maxDeep
	if !deep {
		left = 0
	}
	if err := s.dir(top, left, false); err != nil {
		return nil, err
	}
	slices.SortFunc(s.entries, func(a, b *entry) int {
		return cmp.Or(strings.Compare(a.id, b.id), cmp.Compare(b2i(a.second), b2i(b.second)), strings.Compare(a.picture, b.picture))
	})
	return s.entries, nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// dir lists one folder. In a folder of instances only what is annotated itself
// is an item.
func (s *scanner) dir(dir string, left int, instances bool) error {
	list, err := s.folder.ReadDir(dir)
	if err != nil {
		return formats.At(s.folder, formatName, dir, err)
	}
	items := map[string]*entry{}
	var order []*entry
	var dirs []string
	for _, e := range list {
		switch isDir, err := s.isDir(dir, e); {
		case err != nil:
			return err
		case isDir:
			dirs = append(dirs, e.Name())
		default:
			order = s.file(dir, e.Name(), instances, items, order)
		}
	}
	for _, e := range order {
		if !instances || e.annotated() {
			s.entries = append(s.entries, e)
		}
	}
	for _, name := range dirs {
		if left == 0 {
			break
		}
		of := items[name]
		if err := s.dir(path.Join(dir, name), left-1, of != nil && of.json != ""); err != nil {
			return err
		}
	}
	return nil
}

// isDir follows links; one that leads out of the dataset is an error.
func (s *scanner) isDir(dir string, e fs.DirEntry) (bool, error) {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir(), nil
	}
	name := path.Join(dir, e.Name())
	st, err := s.folder.Stat(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		if r, _, _ := roleOf(e.Name()); r == rolePicture {
			return false, nil // found out when it is opened
		}
		return false, formats.At(s.folder, formatName, name, err)
	}
	return err == nil && st.IsDir(), nil
}

// file gives a file to its item.
func (s *scanner) file(dir, name string, instances bool, items map[string]*entry, order []*entry) []*entry {
	r, item, level := roleOf(name)
	switch {
	case strings.EqualFold(name, metaFile):
		return order
	case instances && r == rolePicture && isInstance(name):
		return order
	case r == roleOther:
		s.notes.Add("files of other kinds not read", path.Join(dir, name), 1)
		return order
	}
	e := items[item]
	if e == nil {
		e = &entry{dir: dir, id: s.id(dir, item)}
		items[item] = e
		order = append(order, e)
	}
	if r == rolePicture && e.picture != "" {
		s.notes.Add("pictures with the name of another one, without its annotations", path.Join(dir, name), 1)
		return append(order, &entry{dir: dir, id: e.id, picture: name, second: true})
	}
	e.take(r, name, level)
	return order
}

// take notes a file of the item.
func (e *entry) take(r role, name string, level int) {
	switch r {
	case rolePicture:
		e.picture = name
	case roleJSON:
		e.json = name
	case roleText:
		e.text = name
	case roleLevel:
		for len(e.levels) <= level {
			e.levels = append(e.levels, "")
		}
		e.levels[level] = name
	}
}

// id is the path of an item below the folder of the subset.
func (s *scanner) id(dir, item string) string {
	p := path.Join(dir, item)
	if s.top != "." {
		p = strings.TrimPrefix(p, s.top+"/")
	}
	return p
}

// hasAnnotations tells whether something is said about any of the items.
func hasAnnotations(list []*entry) bool { return slices.ContainsFunc(list, (*entry).annotated) }

// defaultSubset is the name for what lies in no folder of a subset.
const defaultSubset = dataset.DefaultSubset
