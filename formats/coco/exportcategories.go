package coco

import (
	"bufio"
	"strconv"

	"datum/dataset"
)

// outCategory is an entry of a file's list of categories.
type outCategory struct {
	label int32
	id    []byte
	patch []byte
}

// listCategories begins the list of a file: as the source had it, as far as
// the labels are still there, or all labels. A file of captions has none, but
// for what its annotations use.
func (f *outFile) listCategories(c carriedFile) {
	cats := &f.s.e.info.Categories
	switch {
	case c.Categories != nil:
		for _, e := range c.Categories {
			if label, ok := findLabel(cats, e); ok {
				f.list(outCategory{label, []byte(idText(e.ID)), e.Patch})
			}
		}
	case f.task != taskCaptions && f.task != taskImageInfo || c.Members != nil:
		for label := range int32(cats.Len()) {
			if id := ownID(cats, label); id != nil && !f.used(id) {
				f.list(outCategory{label: label, id: id})
			} else {
				f.list(outCategory{label: label})
			}
		}
		for i := range f.listed {
			f.giveID(&f.listed[i])
		}
	}
}

// findLabel finds the label of a carried entry: by id and name, or by the id
// alone if the label was renamed since.
func findLabel(c *dataset.Categories, e carriedCategory) (label int32, ok bool) {
	id := idText(e.ID)
	if id == "" {
		return 0, false
	}
	same := 0
	for i := range int32(c.Len()) {
		if string(ownID(c, i)) != id {
			continue
		}
		if c.Labels.Labels[i].Name == e.Name {
			return i, true
		}
		label, same = i, same+1
	}
	return label, same == 1
}

// ownID is the id that a label had in its source, nil where it had none.
func ownID(c *dataset.Categories, label int32) []byte {
	if int(label) >= c.Len() {
		return nil
	}
	raw, _ := c.Labels.Labels[label].Carried.Get(carryID)
	if id := idText(raw); id != "" {
		return []byte(id)
	}
	return nil
}

func (f *outFile) list(c outCategory) {
	f.listed = append(f.listed, c)
	if c.id != nil && f.ids[c.label] == nil {
		f.setID(c.label, c.id)
	}
}

func (f *outFile) setID(label int32, id []byte) {
	f.ids[label] = id
	f.usedIDs[string(id)] = true
}

func (f *outFile) used(id []byte) bool { return f.usedIDs[string(id)] }

// giveID gives an entry without id the next free number from its place among
// the labels on: 1 to N where no label has an id.
func (f *outFile) giveID(c *outCategory) {
	for n := int64(c.label) + 1; c.id == nil; n++ {
		if id := strconv.AppendInt(nil, n, 10); !f.used(id) {
			c.id = id
			f.setID(c.label, id)
		}
	}
}

// category returns the JSON text of the id of a label in this file. A label
// that is not in the list yet is put there.
func (f *outFile) category(label int32) []byte {
	if label < 0 {
		return []byte("null")
	}
	if f.ids[label] == nil {
		c := outCategory{label: label}
		if id := ownID(&f.s.e.info.Categories, label); id != nil && !f.used(id) {
			c.id = id
			f.setID(label, id)
		}
		f.giveID(&c)
		f.listed = append(f.listed, c)
		f.s.knows = nil
	}
	return f.ids[label]
}

// writeCategories writes the list, one a line.
func (f *outFile) writeCategories(w *bufio.Writer) {
	w.WriteByte('[')
	for i, c := range f.listed {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('\n')
		r := categoryJSON(&f.s.e.info.Categories, c.label, c.id, f.task)
		w.Write(apply(r, c.patch).AppendJSON(nil))
	}
	w.WriteByte(']')
}
