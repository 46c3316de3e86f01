package coco

import (
	"cmp"
	"slices"
	"strconv"

	"datum/dataset"
	"datum/formats"
)

// categoryTable collects the categories of all files of a dataset.
type categoryTable struct {
	cats  dataset.Categories
	known map[categoryKey]int32
}

// categoryKey identifies a category across files. Files that give one id to
// different names speak of different categories.
type categoryKey struct{ id, name string }

// categoryRecord is one entry of a file's list.
type categoryRecord struct {
	categoryKey
	members dataset.Attributes
	label   int32
}

// add reads the categories of one file.
func (t *categoryTable) add(raw []byte, task string, notes *formats.Loss, where string) ([]*categoryRecord, error) {
	records, err := categoryRecords(raw)
	if err != nil {
		return nil, err
	}
	// Datumaro numbers labels in the order of their ids.
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(a, b *categoryRecord) int { return compareIDs(a.id, b.id) })
	ids, names := map[string]string{}, map[string]bool{}
	for _, r := range sorted {
		switch name, twice := ids[r.id]; {
		case twice && name != r.name:
			return nil, corrupt("category id %s is given to %q and to %q", r.id, name, r.name)
		case twice:
			notes.Add("categories listed twice", where+": "+r.name, 1)
		case names[r.name]:
			notes.Add("categories with the name of another, kept apart by their ids", where+": "+r.name, 1)
		}
		ids[r.id], names[r.name] = r.name, true
		r.label = t.label(r, task)
	}
	return records, nil
}

func categoryRecords(raw []byte) (records []*categoryRecord, err error) {
	if raw == nil || string(raw) == "null" {
		return nil, nil
	}
	if raw[0] != '[' {
		return nil, corrupt("the categories are no list")
	}
	err = eachElement(raw, func(v []byte) error {
		r := &categoryRecord{}
		if v[0] == '{' {
			if r.members, err = members(v); err != nil {
				return corrupt("%w", err)
			}
		}
		rawID, _ := r.members.Get("id")
		rawName, _ := r.members.Get("name")
		r.id = idText(rawID)
		var ok bool
		if r.name, ok = text(rawName); !ok || r.id == "" {
			return corrupt("category %d has no id or no name: %s", len(records)+1, short(v))
		}
		records = append(records, r)
		return nil
	})
	return records, err
}

// compareIDs orders numbers before texts.
func compareIDs(a, b string) int {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	switch {
	case err1 == nil && err2 == nil:
		return cmp.Compare(x, y)
	case err1 == nil:
		return -1
	case err2 == nil:
		return 1
	}
	return cmp.Compare(a, b)
}

// label returns the label of a category, made on first sight.
func (t *categoryTable) label(r *categoryRecord, task string) int32 {
	if t.cats.Labels == nil {
		t.cats.Labels = &dataset.LabelCategories{}
		t.known = map[categoryKey]int32{}
	}
	label, ok := t.known[r.categoryKey]
	if !ok {
		label = int32(len(t.cats.Labels.Labels))
		c := dataset.LabelCategory{Name: r.name, Carried: dataset.Attributes{{Name: carryID, Value: []byte(r.id)}}}
		if super, ok := r.members.Get("supercategory"); ok {
			c.Parent, _ = text(super)
		}
		t.cats.Labels.Labels = append(t.cats.Labels.Labels, c)
		t.known[r.categoryKey] = label
	}
	t.addSkeleton(label, r)
	if !ok {
		made := categoryMembers(&t.cats, label, []byte(r.id), task)
		carry(&t.cats.Labels.Labels[label].Carried, carryCategory, diff(r.members, made))
	}
	return label
}

// addSkeleton reads the keypoints of a category, once.
func (t *categoryTable) addSkeleton(label int32, r *categoryRecord) {
	p := dataset.PointsCategory{Label: label}
	if !r.members.Decode("keypoints", &p.Names) || p.Names == nil || skeleton(&t.cats, label) != nil {
		return
	}
	r.members.Decode("skeleton", &p.Joints)
	if t.cats.Points == nil {
		t.cats.Points = &dataset.PointsCategories{}
	}
	t.cats.Points.Items = append(t.cats.Points.Items, p)
}

// skeleton returns the keypoints of a label, nil where it has none.
func skeleton(c *dataset.Categories, label int32) *dataset.PointsCategory {
	if c.Points == nil {
		return nil
	}
	for i := range c.Points.Items {
		if c.Points.Items[i].Label == label {
			return &c.Points.Items[i]
		}
	}
	return nil
}

// categoryMembers makes the record of a label in a file of the given task,
// without what is carried.
func categoryMembers(c *dataset.Categories, label int32, id []byte, task string) dataset.Attributes {
	l := &dataset.LabelCategory{Name: strconv.Itoa(int(label))} // a bare number
	if int(label) < c.Len() {
		l = &c.Labels.Labels[label]
	}
	r := dataset.Attributes{
		{Name: "id", Value: id},
		{Name: "name", Value: dataset.AppendString(nil, l.Name)},
		{Name: "supercategory", Value: dataset.AppendString(nil, l.Parent)},
	}
	if p := skeleton(c, label); p != nil && task == taskKeypoints {
		r = append(r,
			dataset.Attribute{Name: "keypoints", Value: namesJSON(p.Names)},
			dataset.Attribute{Name: "skeleton", Value: jointsJSON(p.Joints)})
	}
	return r
}

// categoryJSON is categoryMembers with what the label carries.
func categoryJSON(c *dataset.Categories, label int32, id []byte, task string) dataset.Attributes {
	r := categoryMembers(c, label, id, task)
	if int(label) < c.Len() {
		patch, _ := c.Labels.Labels[label].Carried.Get(carryCategory)
		r = apply(r, patch)
	}
	return r
}

func namesJSON(names []string) []byte {
	b := []byte{'['}
	for i, n := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = dataset.AppendString(b, n)
	}
	return append(b, ']')
}

func jointsJSON(joints [][2]int32) []byte {
	b := []byte{'['}
	for i, j := range joints {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, '['), int64(j[0]), 10)
		b = strconv.AppendInt(append(b, ','), int64(j[1]), 10)
		b = append(b, ']')
	}
	return append(b, ']')
}

// carriedCategory is an entry of a file's list of categories: that of the
// label with this id and name, with a patch where the file has its own idea of
// it.
type carriedCategory struct {
	ID    rawJSON `json:"id"`
	Name  string  `json:"name"`
	Patch rawJSON `json:"patch,omitempty"`
}

// carriedList is what a file carries of its list of categories, nil where the
// writer would make the same: every label in order.
func carriedList(c *dataset.Categories, records []*categoryRecord, task string) []carriedCategory {
	usual := len(records) == c.Len()
	list := make([]carriedCategory, 0, len(records))
	for i, r := range records {
		made := categoryJSON(c, r.label, []byte(r.id), task)
		e := carriedCategory{ID: rawJSON(r.id), Name: r.name, Patch: diff(r.members, made)}
		usual = usual && e.Patch == nil && int(r.label) == i
		list = append(list, e)
	}
	if usual {
		return nil
	}
	return list
}
