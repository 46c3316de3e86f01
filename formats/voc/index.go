package voc

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// entry is a name of a part and the files that have it.
type entry struct {
	id string
	// Paths in the dataset, empty where there is no such file.
	xml, picture, class, object string
	// second says that another picture of the name has the XML file.
	second bool
	// listed says that a list of a subset names it.
	listed bool
	// shared says that several subsets have it.
	shared bool
}

// index are the entries of a part, by name.
type index struct {
	entries []entry
	byID    map[string]int32
	byBase  map[string]int32 // last element of an id → entry, -1 for several
}

// walker lists the files below a folder.
type walker struct {
	f     *files.Folder
	notes *formats.Loss
	skip  []string // folders that are not looked into
	take  func(name string) bool
	found []string
}

// maxWalk bounds folders in folders.
const maxWalk = 32

func (w *walker) walk(dir string, depth int) error {
	entries, err := w.f.ReadDir(dir)
	if err != nil {
		return at(w.f, dir, "", err)
	}
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		isDir := e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 {
			if st, err := w.f.Stat(p); err == nil && st.IsDir() {
				w.notes.Add("links to folders not followed", p, 1)
				continue
			}
		}
		switch {
		case !isDir && w.take(e.Name()):
			w.found = append(w.found, p)
		case !isDir || slices.Contains(w.skip, p):
		case depth == maxWalk:
			w.notes.Add("folders too deep to be looked into", p, 1)
		default:
			if err := w.walk(p, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func isXML(name string) bool { return strings.EqualFold(path.Ext(name), ".xml") }

func isPNG(name string) bool { return strings.EqualFold(path.Ext(name), ".png") }

// list returns the files below dir that take wants, and the folder from which
// their names count: dir itself, or for files that may lie anywhere the
// innermost one that has them all.
func (p *part) list(f *files.Folder, notes *formats.Loss, dir string, take func(string) bool) (found []string, base string, err error) {
	w := walker{f: f, notes: notes, take: take}
	if dir == "" {
		w.skip = []string{p.sets, p.class, p.object}
	}
	base = dir
	if dir == "" {
		dir = p.dir
	}
	if err := w.walk(dir, 0); err != nil {
		return nil, "", err
	}
	slices.Sort(w.found)
	if base == "" {
		base = commonDir(w.found)
	}
	return w.found, base, nil
}

// commonDir is the innermost folder that has all files, which are sorted.
func commonDir(found []string) string {
	if len(found) == 0 {
		return "."
	}
	dir := path.Dir(found[0])
	for dir != "." && !strings.HasPrefix(found[len(found)-1], dir+"/") {
		dir = path.Dir(dir)
	}
	return dir
}

// stem is the path of a file below base, without extension.
func stem(base, p string) string {
	if base != "." {
		p = p[len(base)+1:]
	}
	return strings.TrimSuffix(p, path.Ext(p))
}

// load finds the files of a part.
func (p *part) load(f *files.Folder, notes *formats.Loss) error {
	p.byID = map[string]int32{}
	xmls, base, err := p.list(f, notes, p.annotations, isXML)
	if err != nil {
		return err
	}
	for _, x := range xmls {
		e := p.entry(stem(base, x))
		if e.xml != "" {
			notes.Add("XML files with the name of another, left out", x, 1)
			continue
		}
		e.xml = x
	}
	if err := p.loadPictures(f, notes); err != nil {
		return err
	}
	if err := p.loadMasks(f, notes, p.class, func(e *entry) *string { return &e.class }); err != nil {
		return err
	}
	return p.loadMasks(f, notes, p.object, func(e *entry) *string { return &e.object })
}

// entry returns the entry called id, a new one where there is none.
func (p *part) entry(id string) *entry {
	i, ok := p.byID[id]
	if !ok {
		i = int32(len(p.entries))
		p.byID[id] = i
		p.entries = append(p.entries, entry{id: id})
	}
	return &p.entries[i]
}

// loadPictures finds the pictures. Where several have one name, the JPEG, or
// else the first, belongs to the XML file.
func (p *part) loadPictures(f *files.Folder, notes *formats.Loss) error {
	found, base, err := p.list(f, notes, p.pictures, imagesize.IsImage)
	if err != nil {
		return err
	}
	var second []entry
	for _, x := range found {
		id := stem(base, x)
		e := p.entry(id)
		switch {
		case e.picture == "":
			e.picture = x
		case isJPEG(x) && !isJPEG(e.picture):
			second = append(second, entry{id: id, picture: e.picture, second: true})
			e.picture = x
		default:
			second = append(second, entry{id: id, picture: x, second: true})
		}
	}
	for _, e := range second {
		notes.Add("pictures with the name of another, read without annotations", e.picture, 1)
	}
	p.entries = append(p.entries, second...)
	return nil
}

func isJPEG(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".jpg" || ext == ".jpeg"
}

func (p *part) loadMasks(f *files.Folder, notes *formats.Loss, dir string, field func(*entry) *string) error {
	if dir == "" {
		return nil
	}
	found, base, err := p.list(f, notes, dir, isPNG)
	for _, x := range found {
		*field(p.entry(stem(base, x))) = x
	}
	return err
}

// find returns the entry that a list or a file name means: the one of that
// name, or the only one of that name in any folder.
func (p *part) find(name string) (int32, bool) {
	if i, ok := p.byID[name]; ok {
		return i, true
	}
	if p.byBase == nil {
		p.byBase = map[string]int32{}
		for i, e := range p.entries {
			if e.second {
				continue
			}
			base := path.Base(e.id)
			if _, again := p.byBase[base]; again {
				p.byBase[base] = -1
			} else {
				p.byBase[base] = int32(i)
			}
		}
	}
	i, ok := p.byBase[path.Base(name)]
	return i, ok && i >= 0
}

// hasMasks reports whether there are pictures of classes or objects.
func (p *part) hasMasks() bool {
	return slices.ContainsFunc(p.entries, func(e entry) bool { return e.class != "" || e.object != "" })
}
