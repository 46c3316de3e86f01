package coco

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
	"datum/formats"
)

// carried attributes of this format.
var (
	carryID      = dataset.CarriedName("coco", "id")      // of a category: its id
	carryFiles   = dataset.CarriedName("coco", "files")   // of a subset: its files
	carryImage   = dataset.CarriedName("coco", "image")   // of an item: members of its record
	carryIn      = dataset.CarriedName("coco", "in")      // of an item: the files that list it
	carryRecord  = dataset.CarriedName("coco", "record")  // of an annotation that begins a record: members of it
	carryFile    = dataset.CarriedName("coco", "file")    // likewise: its file among those of the subset
	carryOrder   = dataset.CarriedName("coco", "order")   // likewise: its place in its file
	carryRLEList = dataset.CarriedName("coco", "rlelist") // of a mask: the counts were a list
)

// categoryTable collects the categories of all files of a dataset.
type categoryTable struct {
	cats  dataset.Categories
	known map[string]int32 // id and name → label
}

// add reads the categories of one file and returns its table from ids to
// labels. Categories with the same id and name in several files are one label.
func (t *categoryTable) add(raw []byte, notes *formats.Loss, where string) (map[string]int32, error) {
	ids := map[string]int32{}
	if raw == nil || string(raw) == "null" {
		return ids, nil
	}
	entries, ok := list(raw)
	if !ok {
		return nil, formats.Reason(formats.ErrCorrupt, "categories is no list")
	}
	var records []dataset.Attributes
	for i, e := range entries {
		r, err := members(e)
		name, _ := r.Get("name")
		id, _ := r.Get("id")
		if err != nil || idText(id) == "" || jsontext.Value(name).Kind() != '"' {
			return nil, formats.Reason(formats.ErrCorrupt, "category %d has no id or no name", i)
		}
		records = append(records, r)
	}
	// Datumaro numbers labels in the order of their ids.
	slices.SortStableFunc(records, func(a, b dataset.Attributes) int {
		x, _ := a.Get("id")
		y, _ := b.Get("id")
		n, _ := number(x)
		m, _ := number(y)
		return cmp.Compare(n, m)
	})
	names := map[string]bool{}
	for _, r := range records {
		raw, _ := r.Get("id")
		id := idText(raw)
		if _, twice := ids[id]; twice {
			return nil, formats.Reason(formats.ErrCorrupt, "category id %s is given twice", id)
		}
		label := t.label(id, r)
		if name := t.cats.Name(label); names[name] {
			notes.Add("categories with the name of another, kept apart by their ids", where+": "+name, 1)
		} else {
			names[name] = true
		}
		ids[id] = label
	}
	return ids, nil
}

// label returns the label of a category, made on first sight.
func (t *categoryTable) label(id string, r dataset.Attributes) int32 {
	if t.cats.Labels == nil {
		t.cats.Labels = &dataset.LabelCategories{}
		t.known = map[string]int32{}
	}
	var c dataset.LabelCategory
	r.Decode("name", &c.Name)
	r.Decode("supercategory", &c.Parent)
	k := id + " " + c.Name
	label, ok := t.known[k]
	if !ok {
		label = int32(len(t.cats.Labels.Labels))
		c.Carried = dataset.Attributes{{Name: carryID, Value: []byte(id)}}
		t.cats.Labels.Labels = append(t.cats.Labels.Labels, c)
		t.known[k] = label
	}
	t.addSkeleton(label, r)
	return label
}

func (t *categoryTable) addSkeleton(label int32, r dataset.Attributes) {
	p := dataset.PointsCategory{Label: label}
	if !r.Decode("keypoints", &p.Names) {
		return
	}
	r.Decode("skeleton", &p.Joints)
	if t.cats.Points == nil {
		t.cats.Points = &dataset.PointsCategories{}
	}
	if !slices.ContainsFunc(t.cats.Points.Items, func(x dataset.PointsCategory) bool { return x.Label == label }) {
		t.cats.Points.Items = append(t.cats.Points.Items, p)
	}
}

// categoryIDs gives every label an id: its own, or the next free number from
// its place in the list on.
func categoryIDs(c *dataset.Categories) []string {
	ids := make([]string, c.Len())
	used := map[string]bool{}
	for i := range ids {
		if raw, ok := c.Labels.Labels[i].Carried.Get(carryID); ok && !used[idText(raw)] {
			ids[i] = idText(raw)
			used[ids[i]] = true
		}
	}
	for i := range ids {
		for n := i + 1; ids[i] == ""; n++ {
			if id := strconv.Itoa(n); !used[id] {
				ids[i] = id
				used[id] = true
			}
		}
	}
	return ids
}

// categoriesJSON makes the list of categories of a file, with keypoints where
// wanted.
func categoriesJSON(c *dataset.Categories, ids []string, keypoints bool) []byte {
	b := []byte{'['}
	for i := range c.Len() {
		l := c.Labels.Labels[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, `{"id":`...), ids[i]...)
		b = dataset.AppendString(append(b, `,"name":`...), l.Name)
		b = dataset.AppendString(append(b, `,"supercategory":`...), l.Parent)
		if keypoints && c.Points != nil {
			for _, p := range c.Points.Items {
				if p.Label == int32(i) {
					b = appendSkeleton(b, p)
				}
			}
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

func appendSkeleton(b []byte, p dataset.PointsCategory) []byte {
	b = append(b, `,"keypoints":[`...)
	for i, n := range p.Names {
		if i > 0 {
			b = append(b, ',')
		}
		b = dataset.AppendString(b, n)
	}
	b = append(b, `],"skeleton":[`...)
	for i, j := range p.Joints {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = strconv.AppendInt(b, int64(j[0]), 10)
		b = strconv.AppendInt(append(b, ','), int64(j[1]), 10)
		b = append(b, ']')
	}
	return append(b, ']')
}
