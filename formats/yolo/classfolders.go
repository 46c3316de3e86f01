package yolo

import (
	"slices"
	"strings"

	"datum/dataset"
)

// classFolders makes classes of the folders of pictures, as Ultralytics
// numbers them: by name. Where data.yaml lists classes, those come first.
func (m *importer) classFolders() {
	known := map[string]bool{}
	for _, c := range m.classes {
		known[c.name] = true
	}
	var more []string
	for _, p := range m.parts {
		for i := range p.entries {
			folder, _, ok := strings.Cut(p.entries[i].name, "/")
			p.entries[i].label = ""
			if ok && !known[folder] {
				known[folder] = true
				more = append(more, folder)
			}
		}
	}
	slices.Sort(more)
	next := 0
	if n := len(m.classes); n > 0 {
		next = m.classes[n-1].id + 1
	} else if m.classes == nil {
		m.classes = []class{}
	}
	for i, name := range more {
		m.classes = append(m.classes, class{next + i, name})
	}
}

// inClasses reports whether all pictures are in folders called as the classes
// of data.yaml, and there is no label file.
func (m *importer) inClasses() bool {
	known := map[string]bool{}
	for _, c := range m.classes {
		known[c.name] = true
	}
	for j := range m.each() {
		folder, _, ok := strings.Cut(j.entry.name, "/")
		if !ok || !known[folder] || j.entry.label != "" {
			return false
		}
	}
	return m.entries() > 0
}

// readClass labels an item with the folder that it is in.
func (m *importer) readClass(j job, it *dataset.Item) error {
	folder, _, ok := strings.Cut(j.entry.name, "/")
	if !ok {
		return m.opts.Bad(m.placed(j.entry.picture, corrupt("the picture is in no folder of a class")))
	}
	it.Annotations = append(it.Annotations, &dataset.Label{Base: newBase(), Label: m.byName[folder]})
	return nil
}
