package kitti

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// entry is one item before it is read: paths below the folder of the dataset,
// empty where there is no such file.
type entry struct {
	id     string
	image  string // below the folder of pictures
	part   string
	label  string
	masks  string // of instances, classes or colours
	masked maskKind
	second bool // another picture of the same id came first
}

// maskKind says what the numbers of a mask are.
type maskKind int

const (
	noMask    maskKind = iota
	ofColors           // semantic_rgb
	ofClasses          // semantic
	ofInstances
)

// subset is a named list of entries.
type subset struct {
	name    string
	entries []*entry
}

// layout is what was found in the folder of a dataset.
type layout struct {
	subsets []subset
	parts   []string
	// listedOnly counts the names in lists that have no file.
	listedOnly  int
	firstListed string
	twice       int
	firstTwice  string
}

// isOurs tells whether a folder of this name holds files of a part.
func isOurs(name string) bool {
	switch name {
	case labelDir, instanceDir, semanticDir, rgbDir, imageDir:
		return true
	}
	return false
}

// findParts returns the folders that hold folders of pictures, labels or masks.
// What lies inside of those is a folder in the ids of items.
func findParts(f *files.Folder) []string {
	var parts []string
	for _, dir := range f.List().Folders() {
		part := path.Dir(dir)
		if isOurs(path.Base(dir)) && !slices.ContainsFunc(strings.Split(part, "/"), isOurs) && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	slices.Sort(parts)
	return parts
}

// find looks for everything in the folder of a dataset.
func find(f *files.Folder, limits files.Limits) (*layout, error) {
	l := &layout{parts: findParts(f)}
	names := formats.SubsetNames(l.parts)
	for i, part := range l.parts {
		entries, err := scanPart(f, part)
		if err != nil {
			return nil, err
		}
		lists, err := readLists(f, part, slices.ContainsFunc(l.parts, isTestPart), limits)
		if err != nil {
			return nil, err
		}
		l.add(names[i], entries, lists)
	}
	l.dropEmpty()
	return l, nil
}

// scanPart lists the items of a part by their ids.
func scanPart(f *files.Folder, part string) ([]*entry, error) {
	byID := map[string]*entry{}
	of := func(id string) *entry {
		e := byID[id]
		if e == nil {
			e = &entry{id: id, part: part}
			byID[id] = e
		}
		return e
	}
	if err := scanFolder(f, path.Join(part, labelDir), ".txt", func(id, name string) { of(id).label = name }); err != nil {
		return nil, err
	}
	for _, m := range []struct {
		dir  string
		kind maskKind
	}{{rgbDir, ofColors}, {semanticDir, ofClasses}, {instanceDir, ofInstances}} {
		err := scanFolder(f, path.Join(part, m.dir), ".png", func(id, name string) {
			e := of(id)
			e.masks, e.masked = name, m.kind
		})
		if err != nil {
			return nil, err
		}
	}
	var others []*entry
	if dir := path.Join(part, imageDir); f.HasDir(dir) {
		for name, err := range f.Walk(dir, false) {
			if err != nil {
				return nil, formats.At(f, formatName, path.Join(dir, name), err)
			}
			if !imagesize.IsImage(name) {
				continue
			}
			e := of(stem(name))
			if e.image == "" {
				e.image = name
				continue
			}
			other := &entry{id: e.id, part: part, image: name, second: true}
			if hasExt(name, ".png") && !hasExt(e.image, ".png") {
				e.image, other.image = other.image, e.image
			}
			others = append(others, other)
		}
	}
	return sortEntries(byID, others), nil
}

func scanFolder(f *files.Folder, dir, ext string, found func(id, name string)) error {
	if !f.HasDir(dir) {
		return nil
	}
	for name, err := range f.Walk(dir, true) {
		if err != nil {
			return formats.At(f, formatName, path.Join(dir, name), err)
		}
		if hasExt(name, ext) {
			found(stem(name), path.Join(dir, name))
		}
	}
	return nil
}

func sortEntries(byID map[string]*entry, others []*entry) []*entry {
	for _, e := range byID {
		others = append(others, e)
	}
	slices.SortFunc(others, func(a, b *entry) int {
		return cmp.Or(strings.Compare(a.id, b.id), cmp.Compare(b.weight(), a.weight()), strings.Compare(a.image, b.image))
	})
	return others
}

// weight puts the entry with annotations before others of its id.
func (e *entry) weight() int {
	if e.label != "" || e.masks != "" {
		return 1
	}
	return 0
}

// add gives the entries of a part to the lists that name them, and the rest to
// the subset of the part.
func (l *layout) add(name string, entries []*entry, lists []list) {
	byID := map[string][]*entry{}
	for _, e := range entries {
		byID[e.id] = append(byID[e.id], e)
	}
	taken := map[string]string{}
	for _, li := range lists {
		s := l.subset(li.name)
		for _, id := range li.ids {
			switch first, again := taken[id]; {
			case len(byID[id]) == 0:
				if l.listedOnly++; l.firstListed == "" {
					l.firstListed = id + " of " + li.name
				}
			case !again:
				taken[id] = li.name
				s.entries = append(s.entries, byID[id]...)
			case first != li.name && !li.union:
				if l.twice++; l.firstTwice == "" {
					l.firstTwice = id + " of " + li.name
				}
			}
		}
	}
	rest := l.subset(name)
	for _, e := range entries {
		if _, done := taken[e.id]; !done {
			rest.entries = append(rest.entries, e)
		}
	}
}

// subset returns the subset called name, a new one where there is none.
func (l *layout) subset(name string) *subset {
	for i := range l.subsets {
		if l.subsets[i].name == name {
			return &l.subsets[i]
		}
	}
	l.subsets = append(l.subsets, subset{name: name})
	return &l.subsets[len(l.subsets)-1]
}

func (l *layout) dropEmpty() {
	l.subsets = slices.DeleteFunc(l.subsets, func(s subset) bool { return len(s.entries) == 0 })
}

// only leaves the items that the annotation file called name is about.
func (l *layout) only(name string) {
	for i := range l.subsets {
		s := &l.subsets[i]
		s.entries = slices.DeleteFunc(s.entries, func(e *entry) bool { return name != e.label && name != e.masks })
		for _, e := range s.entries {
			if name == e.label {
				e.masks, e.masked = "", noMask
			} else {
				e.label = ""
			}
		}
	}
	l.dropEmpty()
}
