package cityscapes

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// kind is what a file of annotations holds; of masks the later one counts.
type kind int

const (
	nothing kind = iota
	ofColors
	ofTrainIDs
	ofLabels
	ofInstances
	polygons
)

var endings = []struct {
	text string
	kind kind
}{
	{"_instanceIds.png", ofInstances}, {"_labelIds.png", ofLabels}, {"_labelTrainIds.png", ofTrainIDs}, {"_color.png", ofColors}, {"_polygons.json", polygons},
}

// splitName returns the id in the name of a file of annotations, and what the
// file holds.
func splitName(name string) (id string, k kind) {
	for _, e := range endings {
		if len(name) < len(e.text) || !strings.EqualFold(name[len(name)-len(e.text):], e.text) {
			continue
		}
		rest := name[:len(name)-len(e.text)]
		for _, dir := range []string{fineDir, coarseDir} {
			if id, ok := strings.CutSuffix(rest, "_"+dir); ok && path.Base(id) != "." && id != "" && !strings.HasSuffix(id, "/") {
				return id, e.kind
			}
		}
	}
	return "", nothing
}

// entry is one item before it is read: paths below the folder of the dataset,
// empty where there is no such file.
type entry struct {
	id       string
	image    string
	ext      string // of the picture
	polygons string
	masks    string
	kind     kind // of the masks
	truth    string
	second   bool // another picture of the same id came first
}

// subset is a named list of entries.
type subset struct {
	name    string
	entries []*entry
}

// finder collects entries by subset and id.
type finder struct {
	subsets map[string]map[string]*entry
	others  map[string][]*entry
	coarse  int
	example string
}

// find looks for everything in the folder of a dataset.
func find(f *files.Folder, notes *formats.Loss) ([]*subset, error) {
	c := &finder{subsets: map[string]map[string]*entry{}, others: map[string][]*entry{}}
	for _, dir := range []string{fineDir, coarseDir} {
		if err := walk(f, dir, true, c.truth); err != nil {
			return nil, err
		}
	}
	for _, dir := range []string{imageDir, "imgsFine/" + imageDir, "imgsCoarse/" + imageDir} {
		if err := walk(f, dir, false, c.picture); err != nil {
			return nil, err
		}
	}
	notes.Add("files of gtCoarse not read, since gtFine has the item", c.example, c.coarse)
	return c.sorted(), nil
}

// walk calls found with each file below dir, where there is such a folder.
func walk(f *files.Folder, dir string, strict bool, found func(dir, name string)) error {
	if !f.HasDir(dir) {
		return nil
	}
	for name, err := range f.Walk(dir, strict) {
		if err != nil {
			return formats.At(f, formatName, path.Join(dir, name), err)
		}
		found(dir, name)
	}
	return nil
}

// of returns the entry of a file.
func (c *finder) of(subset, id string) *entry {
	if c.subsets[subset] == nil {
		c.subsets[subset] = map[string]*entry{}
	}
	e := c.subsets[subset][id]
	if e == nil {
		e = &entry{id: id}
		c.subsets[subset][id] = e
	}
	return e
}

// splitSubset takes the subset off a path.
func splitSubset(name string) (subset, rest string) {
	if subset, rest, ok := strings.Cut(name, "/"); ok {
		return subset, rest
	}
	return dataset.DefaultSubset, name
}

func (c *finder) truth(dir, name string) {
	split, rest := splitSubset(name)
	id, k := splitName(rest)
	if k == nothing {
		return
	}
	e := c.of(split, id)
	file := path.Join(dir, name)
	switch {
	case e.truth != "" && e.truth != dir:
		if c.coarse++; c.example == "" {
			c.example = file
		}
	case k == polygons:
		e.truth, e.polygons = dir, file
	default:
		if e.truth = dir; k > e.kind {
			e.masks, e.kind = file, k
		}
	}
}

func (c *finder) picture(dir, name string) {
	if !imagesize.IsImage(name) {
		return
	}
	split, rest := splitSubset(name)
	ext := path.Ext(rest)
	id := strings.TrimSuffix(strings.TrimSuffix(rest, ext), "_"+imageDir)
	if id == "" || strings.HasSuffix(id, "/") {
		id = strings.TrimSuffix(rest, ext)
	}
	e := c.of(split, id)
	if e.image == "" {
		e.image, e.ext = path.Join(dir, name), ext
		return
	}
	c.others[split] = append(c.others[split], &entry{id: id, image: path.Join(dir, name), ext: ext, second: true})
}

func (c *finder) sorted() []*subset {
	var subsets []*subset
	for name, entries := range c.subsets {
		s := &subset{name: name, entries: c.others[name]}
		for _, e := range entries {
			s.entries = append(s.entries, e)
		}
		slices.SortFunc(s.entries, func(a, b *entry) int {
			return cmp.Or(strings.Compare(a.id, b.id), cmp.Compare(b2i(a.second), b2i(b.second)), strings.Compare(a.image, b.image))
		})
		subsets = append(subsets, s)
	}
	slices.SortFunc(subsets, func(a, b *subset) int { return strings.Compare(a.name, b.name) })
	return subsets
}

// choose leaves of each entry the file that counts.
func choose(subsets []*subset, from string) {
	for _, s := range subsets {
		for _, e := range s.entries {
			if from == "polygons" || from == "auto" && e.polygons != "" {
				e.masks, e.kind = "", nothing
			} else {
				e.polygons = ""
			}
		}
	}
}

// only leaves the item that one file of annotations is about, and of it what
// that file says.
func only(f *files.Folder, subsets []*subset, name string) []*subset {
	dir, rest, _ := strings.Cut(name, "/")
	split, rest := splitSubset(rest)
	id, k := splitName(rest)
	if !isTruthDir(dir) || k == nothing || !f.Has(name) {
		return nil
	}
	for _, s := range subsets {
		if s.name != split {
			continue
		}
		for _, e := range s.entries {
			if e.id != id || e.second {
				continue
			}
			if e.polygons, e.masks, e.kind = "", name, k; k == polygons {
				e.polygons, e.masks, e.kind = name, "", nothing
			}
			return []*subset{{name: split, entries: []*entry{e}}}
		}
	}
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
