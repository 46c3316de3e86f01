package imagefolder

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// tree is what the folders of a dataset mean.
type tree struct {
	folder  *files.Folder
	format  string
	opts    formats.ImportOptions
	classes []string // sorted, once planned
	subsets []subset
	// any says that there are pictures.
	any bool
	// masks says that items may have a mask in ground_truth.
	masks bool
	notes formats.Loss
}

// subset is the folders of one subset, in the order of its items.
type subset struct {
	name   string
	places []place
}

// place is a folder with pictures. Names of media are paths below root.
type place struct {
	root, dir string
	class     string // empty: no label
	// deep says that folders further down belong to it.
	deep bool
	// stray says that class folders lie beside the pictures.
	stray bool
	// second says that root has another folder of the subset in front of it,
	// with whose names its own may clash.
	second bool
}

// look lists the folders in a folder and says whether pictures lie in it. A
// folder full of pictures is not read to its end with quick, and its folders
// may be missing then.
func (t *tree) look(dir string, quick bool) (pictures bool, dirs []string, err error) {
	d, err := t.folder.Open(dir)
	if err != nil {
		return false, nil, t.at(dir, err)
	}
	defer d.Close()
	list, ok := d.(fs.ReadDirFile)
	if !ok {
		return false, nil, t.at(dir, errors.ErrUnsupported)
	}
	const some = 512
	for {
		entries, err := list.ReadDir(some)
		for _, e := range entries {
			switch name := e.Name(); {
			case isHidden(name):
			case t.isDir(dir, e):
				dirs = append(dirs, name)
			case isPicture(name):
				pictures = true
			}
		}
		if err == io.EOF || err == nil && len(entries) == 0 || pictures && quick {
			slices.Sort(dirs)
			return pictures, dirs, nil
		}
		if err != nil {
			return false, nil, t.at(dir, err)
		}
	}
}

// isDir reports whether an entry is a folder or a link to one inside of the
// dataset.
func (t *tree) isDir(dir string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	return t.folder.HasDir(path.Join(dir, e.Name()))
}

// holds reports whether there are pictures in a folder or below it.
func (t *tree) holds(dir string, dirs []string) (bool, error) {
	for _, name := range dirs {
		sub := path.Join(dir, name)
		pictures, deeper, err := t.look(sub, true)
		if err != nil || pictures {
			return pictures, err
		}
		if strings.Count(sub, "/") > maxDeep {
			continue
		}
		if found, err := t.holds(sub, deeper); err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// maxDeep bounds how deep pictures are looked for, so that links that go round
// in circles end.
const maxDeep = 8

func (t *tree) at(name string, err error) error { return formats.At(t.folder, t.format, name, err) }

// subsetOf returns the subset called name, made where there is none.
func (t *tree) subsetOf(name string) *subset {
	i := slices.IndexFunc(t.subsets, func(s subset) bool { return s.name == name })
	if i < 0 {
		i = len(t.subsets)
		t.subsets = append(t.subsets, subset{name: name})
	}
	return &t.subsets[i]
}

// addClasses makes the folders dirs of root classes of a subset.
func (t *tree) addClasses(to, root string, dirs []string, second bool) {
	s := t.subsetOf(to)
	for _, dir := range dirs {
		p := place{root: root, dir: path.Join(root, dir), class: dir, deep: true, second: second}
		if dir == noLabelDir {
			p.class = ""
		} else {
			t.classes = append(t.classes, dir)
		}
		s.places = append(s.places, p)
	}
}

// addStray makes the pictures beside the class folders of root items of a
// subset.
func (t *tree) addStray(to, root string, second bool) {
	s := t.subsetOf(to)
	s.places = append(s.places, place{root: root, dir: root, stray: true, second: second})
}

// finish puts everything in order.
func (t *tree) finish() {
	slices.Sort(t.classes)
	t.classes = slices.Compact(t.classes)
}

func (t *tree) label(class string) int32 {
	if i, ok := slices.BinarySearch(t.classes, class); ok {
		return int32(i)
	}
	return dataset.NoLabel
}
