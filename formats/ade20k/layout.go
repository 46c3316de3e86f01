package ade20k

import (
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
)

// layout is what was found in the folder of a dataset.
type layout struct {
	base    string // in which the folders of subsets lie
	subsets []subset
}

// find lists the items of all subsets.
func find(f *files.Folder, notes *formats.Loss) (*layout, error) {
	l := &layout{base: baseOf(f.List())}
	if isSubsetName(f.Base()) && l.base == "." && !slices.ContainsFunc(f.List().Dirs("."), isSubsetName) {
		return l, l.add(f, f.Base(), ".", true, notes)
	}
	if err := l.add(f, defaultSubset, l.base, false, notes); err != nil {
		return nil, err
	}
	dirs, err := f.ReadDir(l.base)
	if err != nil {
		return nil, formats.At(f, formatName, l.base, err)
	}
	for _, d := range dirs {
		name := path.Join(l.base, d.Name())
		if f.HasDir(name) && !l.isInstances(f, name) {
			if err := l.add(f, d.Name(), name, true, notes); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

// isInstances tells a folder with the instances of a picture beside it.
func (l *layout) isInstances(f *files.Folder, dir string) bool {
	return len(l.subsets) > 0 && l.subsets[0].name == defaultSubset &&
		slices.ContainsFunc(l.subsets[0].entries, func(e *entry) bool { return e.id == path.Base(dir) && e.json != "" })
}

// add lists the items of one subset, if there are any.
func (l *layout) add(f *files.Folder, name, top string, deep bool, notes *formats.Loss) error {
	entries, err := scan(f, top, deep, notes)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(l.subsets, func(s subset) bool { return s.name == name }); i >= 0 {
		l.subsets[i].entries = append(l.subsets[i].entries, entries...)
	} else if len(entries) > 0 {
		l.subsets = append(l.subsets, subset{name, entries})
	}
	return nil
}

// baseOf returns the folder in which the folders of subsets lie: the top, or
// further down where only folders of other purposes are on the way, as in
// ADE20K_2021_17_01/images/ADE/training.
func baseOf(list *files.Listing) string {
	for _, dir := range list.Folders() {
		if slices.ContainsFunc(list.Dirs(dir), isSubsetName) && leadsTo(list, dir) {
			return dir
		}
	}
	return "."
}

// leadsTo tells whether no folder above dir holds pictures, or other folders
// that could be subsets.
func leadsTo(list *files.Listing, dir string) bool {
	for dir != "." {
		up, name := path.Dir(dir), path.Base(dir)
		wrapper := strings.EqualFold(name, "images") || strings.EqualFold(name, "ADE")
		if !wrapper && len(list.Dirs(up)) > 1 {
			return false
		}
		for _, file := range list.Files(up) {
			if r, _, _ := roleOf(file); r == rolePicture || r == roleText || r == roleLevel {
				return false
			}
		}
		dir = up
	}
	return true
}

// only leaves the item that the annotation file called name is about.
func (l *layout) only(name string) {
	for i := range l.subsets {
		s := &l.subsets[i]
		s.entries = slices.DeleteFunc(s.entries, func(e *entry) bool {
			return name != path.Join(e.dir, e.json) && name != path.Join(e.dir, e.text)
		})
	}
	l.dropEmpty()
}

// hasAnnotations tells whether something is said about any picture.
func (l *layout) hasAnnotations() bool {
	return slices.ContainsFunc(l.subsets, func(s subset) bool { return hasAnnotations(s.entries) })
}

func (l *layout) dropEmpty() {
	l.subsets = slices.DeleteFunc(l.subsets, func(s subset) bool { return len(s.entries) == 0 })
}

// drop leaves out some entries.
func (l *layout) drop(some map[*entry]bool) {
	for i := range l.subsets {
		s := &l.subsets[i]
		s.entries = slices.DeleteFunc(s.entries, func(e *entry) bool { return some[e] })
	}
	l.dropEmpty()
}
