package dota

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// entry is one item before it is read.
type entry struct {
	id    string
	image string // below the folder of pictures
	label string // below the folder of the dataset
	// second says that another picture of the same id came first.
	second bool
}

// part is a folder with labels, pictures or both: a subset.
type part struct {
	name    string
	dir     string
	labels  string // the folder of labels that is read, empty for none
	entries []*entry
}

// find looks for the parts of a dataset. What is left out is noted.
func find(f *files.Folder, notes *formats.Loss) ([]*part, error) {
	parts := findParts(f, notes)
	for _, p := range parts {
		if err := p.scan(f); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// findParts lists the folders that have a folder of labels, and those that have
// pictures beside them. Of several versions it is the newest one that counts,
// or the one whose file was asked for.
func findParts(f *files.Folder, notes *formats.Loss) []*part {
	wanted := path.Dir(f.Only())
	byDir := map[string]*part{}
	of := func(dir string) *part {
		if byDir[dir] == nil {
			byDir[dir] = &part{dir: dir}
		}
		return byDir[dir]
	}
	for _, dir := range f.List().Folders() {
		if !isLabelDir(path.Base(dir)) || slices.ContainsFunc(strings.Split(path.Dir(dir), "/"), isOurs) {
			continue
		}
		p := of(path.Dir(dir))
		if other := p.labels; other == "" || other != wanted && (dir == wanted || newer(dir, other)) {
			p.labels = dir
			dir = other
		}
		if dir != "" {
			notes.Add("files in older versions of labelTxt not read", dir, f.List().Count(dir))
		}
	}
	if len(byDir) > 0 {
		for _, dir := range f.List().Folders() {
			up := path.Dir(dir)
			if path.Base(dir) == imageDir && !slices.ContainsFunc(strings.Split(up, "/"), isOurs) {
				of(up)
			}
		}
	}
	return named(byDir)
}

func isOurs(name string) bool { return name == imageDir || isLabelDir(name) }

// newer prefers the folder without a version, and then the larger version.
func newer(a, b string) bool {
	x, y := path.Base(a), path.Base(b)
	if len(x) == len(labelDir) || len(y) == len(labelDir) {
		return len(x) < len(y)
	}
	return x > y
}

// named sorts the parts by their folders and gives them names.
func named(byDir map[string]*part) []*part {
	dirs := slices.Sorted(maps.Keys(byDir))
	names := formats.SubsetNames(dirs)
	parts := make([]*part, len(dirs))
	for i, dir := range dirs {
		parts[i] = byDir[dir]
		parts[i].name = names[i]
	}
	return parts
}

// scan lists the items of a part.
func (p *part) scan(f *files.Folder) error {
	byID := map[string]*entry{}
	var unmatched []*entry
	byBase := map[string][]*entry{}
	if dir := path.Join(p.dir, imageDir); f.HasDir(dir) {
		for name, err := range f.Walk(dir, false) {
			if err != nil {
				return formats.At(f, formatName, path.Join(dir, name), err)
			}
			if !imagesize.IsImage(name) {
				continue
			}
			e := &entry{id: stem(name), image: name, second: byID[stem(name)] != nil}
			p.entries = append(p.entries, e)
			if !e.second {
				byID[e.id] = e
				byBase[path.Base(e.id)] = append(byBase[path.Base(e.id)], e)
			}
		}
	}
	if p.labels != "" {
		for name, err := range f.Walk(p.labels, true) {
			if err != nil {
				return formats.At(f, formatName, path.Join(p.labels, name), err)
			}
			if !hasExt(name, ".txt") || name == classesFile {
				continue
			}
			file := path.Join(p.labels, name)
			if e := byID[stem(name)]; e != nil && e.label == "" {
				e.label = file
				continue
			}
			unmatched = append(unmatched, &entry{id: stem(name), label: file})
		}
	}
	for _, e := range unmatched {
		if same := byBase[path.Base(e.id)]; len(same) == 1 && same[0].label == "" {
			same[0].label = e.label
			continue
		}
		p.entries = append(p.entries, e)
	}
	slices.SortStableFunc(p.entries, func(a, b *entry) int { return cmp.Compare(a.id, b.id) })
	return nil
}

// only leaves the item that one label file is about.
func only(parts []*part, name string) []*part {
	for _, p := range parts {
		p.entries = slices.DeleteFunc(p.entries, func(e *entry) bool { return e.label != name })
	}
	return slices.DeleteFunc(parts, func(p *part) bool { return len(p.entries) == 0 })
}
