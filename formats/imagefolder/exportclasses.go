package imagefolder

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/internal/nameset"
)

// classPlaces puts pictures into class folders.
type classPlaces struct {
	labels  map[int32]string
	order   []int32
	used    map[int32]bool
	names   *nameset.Set
	flat    bool // the only subset is "default", whose folder is left out
	atTop   bool // pictures lie in class folders at the top
	subsets map[string]bool
}

func newClassPlaces() places {
	return &classPlaces{labels: map[int32]string{}, used: map[int32]bool{}, names: nameset.New(), subsets: map[string]bool{}}
}

func (p *classPlaces) begin(e *exporter) error {
	loseInfo(&e.Loss, &e.Info)
	p.flat = len(e.subsets) == 1 && e.subsets[0] == dataset.DefaultSubset
	p.names.Add(noLabelDir)
	p.names.Add(maskDir)
	var names []string
	for i := range int32(e.Info.Categories.Len()) {
		names = append(names, p.folder(e, i))
	}
	sorted := slices.Sorted(slices.Values(names))
	for i, n := range names {
		if sorted[i] != n {
			e.Loss.Add("labels given another number, since folders come in alphabetical order", n, 1)
		}
	}
	return nil
}

// folder returns the name of the folder of a label, which is that of the label
// where it can be.
func (p *classPlaces) folder(e *exporter, label int32) string {
	if name, ok := p.labels[label]; ok {
		return name
	}
	name := e.Info.Categories.Name(label)
	if e.Info.Categories.Labels == nil {
		name = strconv.Itoa(int(label))
		e.Loss.Add("labels without a name, named by their numbers", name, 1)
	}
	folder := p.names.Unique(folderName(name))
	if folder != name && e.Info.Categories.Labels != nil {
		e.Loss.Add("labels given another name, since theirs cannot be that of a folder of its own", name, 1)
	}
	p.labels[label] = folder
	p.order = append(p.order, label)
	return folder
}

// folderName makes a name that a folder can have on every system.
func folderName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	if trimmed := strings.TrimRight(name, ". "); trimmed != name {
		name = trimmed + "_"
	}
	if name == "" || isHidden(name) {
		name = "_" + name
	}
	return name
}

// label returns the label that counts.
func (p *classPlaces) label(it *dataset.Item) (first *dataset.Label) {
	for _, a := range it.Annotations {
		if l, ok := a.(*dataset.Label); ok && l.Label != dataset.NoLabel {
			return l
		}
	}
	return nil
}

func (p *classPlaces) place(e *exporter, it *dataset.Item, subset string) (folder, id string, err error) {
	id, class := path.Clean(it.ID), noLabelDir
	if l := p.label(it); l != nil {
		class = p.folder(e, l.Label)
		p.used[l.Label] = true
		if !strings.HasPrefix(id, class+"/") {
			id = class + "/" + id
		}
	} else {
		folder = noLabelDir
	}
	inClass := strings.TrimPrefix(id, class+"/")
	if p.flat && subset == dataset.DefaultSubset && !strings.Contains(inClass, "/") && class != dataset.DefaultSubset {
		p.atTop = true
		return folder, id, nil
	}
	p.subsets[subset] = true
	return path.Join(subset, folder), id, nil
}

func (p *classPlaces) path(folder, id string) string { return path.Join(folder, id) }

func (p *classPlaces) write(e *exporter, it *dataset.Item, _, _, _ string) error {
	first := p.label(it)
	for _, a := range it.Annotations {
		l, ok := a.(*dataset.Label)
		switch {
		case ok && l == first:
			e.Loss.AddParts(it, a, allParts)
		case ok && first != nil:
			e.Lost(it, "labels dropped, since an item has one", 1)
		default:
			e.Loss.AddDropped(it, a)
		}
	}
	return nil
}

// finish makes the folders of labels and subsets without items.
func (p *classPlaces) finish(e *exporter) error {
	for _, l := range p.order {
		if p.used[l] {
			continue
		}
		dir := p.labels[l]
		if !p.flat && len(e.subsets) > 0 {
			dir = path.Join(e.subsets[0], dir)
		} else if p.flat && !p.atTop && p.subsets[dataset.DefaultSubset] {
			dir = path.Join(dataset.DefaultSubset, dir)
		}
		if err := e.mkdir(dir, "labels without items dropped"); err != nil {
			return err
		}
	}
	for _, s := range e.subsets {
		if !p.flat && !p.subsets[s] {
			if err := e.mkdir(s, "subsets without items dropped"); err != nil {
				return err
			}
		}
	}
	return nil
}
