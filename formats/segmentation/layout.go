package segmentation

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
	"datum/internal/imagesize"
)

// entry is one item before it is read.
type entry struct {
	id     string
	image  string // below the folder of pictures
	mask   string // below the folder of the dataset
	second bool   // another picture of the same id came first
}

// part is a folder with pictures and masks: a subset.
type part struct {
	name, dir string
	entries   []*entry
	table     *table
	labels    map[uint32]int32 // of the dataset, by the numbers of the part
	colors    map[[3]uint8]uint32
}

// find looks for the parts of a dataset.
func find(f *files.Folder, limits files.Limits) ([]*part, error) {
	dirs := findParts(f)
	names := formats.SubsetNames(dirs)
	var parts []*part
	for i, dir := range dirs {
		p := &part{dir: dir, name: names[i]}
		var err error
		if p.table, err = readTable(f, dir, limits); err != nil {
			return nil, err
		}
		if err := p.scan(f); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func readTable(f *files.Folder, dir string, limits files.Limits) (*table, error) {
	for _, dir := range []string{dir, "."} {
		name := path.Join(dir, metaFile)
		text, err := f.ReadFile(name, limits.RecordBytes)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, formats.At(f, formatName, name, err)
		}
		t, err := parseMeta(text)
		if err != nil {
			return nil, placed(f, name, err)
		}
		return t, nil
	}
	return nil, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s has no %s", f.Path(dir), metaFile),
		`it says what the numbers in masks are: {"label_map": {"1": "cat"}}`)
}

// scan lists the items of a part.
func (p *part) scan(f *files.Folder) error {
	byID := map[string]*entry{}
	err := scanFolder(f, path.Join(p.dir, imageDir), false, func(name string) {
		if !imagesize.IsImage(name) {
			return
		}
		e := &entry{id: stem(name), image: name, second: byID[stem(name)] != nil}
		p.entries = append(p.entries, e)
		if !e.second {
			byID[e.id] = e
		}
	})
	if err != nil {
		return err
	}
	err = scanFolder(f, path.Join(p.dir, maskDir), true, func(name string) {
		if !strings.EqualFold(path.Ext(name), ".png") {
			return
		}
		file := path.Join(p.dir, maskDir, name)
		if e := byID[stem(name)]; e != nil && e.mask == "" {
			e.mask = file
			return
		}
		p.entries = append(p.entries, &entry{id: stem(name), mask: file})
	})
	slices.SortStableFunc(p.entries, func(a, b *entry) int { return cmp.Compare(a.id, b.id) })
	return err
}

func scanFolder(f *files.Folder, dir string, strict bool, found func(name string)) error {
	if !f.HasDir(dir) {
		return nil
	}
	for name, err := range f.Walk(dir, strict) {
		if err != nil {
			return formats.At(f, formatName, path.Join(dir, name), err)
		}
		found(name)
	}
	return nil
}

// only leaves the item that one mask is about.
func only(parts []*part, name string) []*part {
	for _, p := range parts {
		p.entries = slices.DeleteFunc(p.entries, func(e *entry) bool { return e.mask != name })
	}
	return slices.DeleteFunc(parts, func(p *part) bool { return len(p.entries) == 0 })
}

// merge makes one list of labels for all parts.
func merge(parts []*part, notes *formats.Loss) dataset.Categories {
	labels := &dataset.LabelCategories{}
	index := map[string]int32{}
	colors := map[int32][3]int32{}
	for _, p := range parts {
		p.labels, p.colors = map[uint32]int32{}, p.table.byColor()
		inPart := map[string]bool{}
		for _, n := range p.table.numbers {
			name := p.table.names[n]
			i, known := index[name]
			if !known || inPart[name] {
				i = int32(len(labels.Labels))
				labels.Labels = append(labels.Labels, dataset.LabelCategory{Name: name})
				index[name] = i
			}
			inPart[name], p.labels[n] = true, i
			c, ok := p.table.colors[n]
			if old, has := colors[i]; ok && has && old != c {
				notes.Add("colours of labels that differ from that in an earlier subset, left out", name+" of "+p.name, 1)
			} else if ok {
				colors[i] = c
			}
		}
	}
	c := dataset.Categories{Labels: labels}
	for i := range labels.Labels {
		if rgb, ok := colors[int32(i)]; ok {
			if c.Masks == nil {
				c.Masks = &dataset.MaskCategories{}
			}
			c.Masks.Colors = append(c.Masks.Colors, dataset.LabelColor{Label: int32(i), R: rgb[0], G: rgb[1], B: rgb[2]})
		}
	}
	return c
}
