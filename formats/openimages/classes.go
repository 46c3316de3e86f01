package openimages

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// classes are the labels of a dataset.
type classes struct {
	list   []dataset.LabelCategory
	places map[string]int32 // by LabelName
}

// isClasses reports whether a file is one with the names of labels.
func isClasses(name string) bool {
	name = strings.ToLower(path.Base(name))
	return strings.Contains(name, "class-descriptions") || name == "classes.csv"
}

// The carried names of a label: the one that it is not called by.
var (
	carryDisplay = dataset.CarriedName(formatName, "display_name")
	carryLabel   = dataset.CarriedName(formatName, "label_name")
)

// add adds a label, unless it is there.
func (c *classes) add(label, display string, byDisplay bool) bool {
	if _, twice := c.places[label]; twice {
		return false
	}
	x := dataset.LabelCategory{Name: strings.ToValidUTF8(label, "\ufffd")}
	if display != "" && display != label {
		other, carry := display, carryDisplay
		if byDisplay {
			x.Name, other, carry = strings.ToValidUTF8(display, "\ufffd"), label, carryLabel
		}
		x.Carried.SetRaw(carry, dataset.AppendString(nil, other))
	}
	c.places[label] = int32(len(c.list))
	c.list = append(c.list, x)
	return true
}

// readClasses reads the files with the names of labels.
func readClasses(f *files.Folder, byDisplay bool, notes *formats.Loss) (*classes, error) {
	c := &classes{places: map[string]int32{}}
	for _, name := range f.List().All(".csv") {
		if isClasses(name) {
			if err := c.read(f, name, byDisplay, notes); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func (c *classes) read(f *files.Folder, name string, byDisplay bool, notes *formats.Loss) error {
	file, err := f.OpenFile(name)
	if err != nil {
		return formats.At(f, formatName, name, err)
	}
	defer file.Close()
	in := newRows(file)
	for n := 0; ; n++ {
		row, err := in.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &formats.Error{Format: formatName, Path: f.Path(name), Err: err}
		}
		label, display := row[0], ""
		if n == 0 {
			label = strings.TrimPrefix(label, "\ufeff")
		}
		if len(row) > 1 {
			display = row[1]
		}
		if n == 0 && label == "LabelName" || label == "" {
			continue
		}
		if !c.add(strings.Clone(label), strings.Clone(display), byDisplay) {
			notes.Add("labels described twice", f.Path(name)+": "+label, 1)
		}
	}
}

// addUnknown adds the labels that rows name and no file describes.
func (c *classes) addUnknown(names map[string]bool, notes *formats.Loss) {
	described := len(c.list) > 0
	var unknown []string
	for n := range names {
		if _, ok := c.places[n]; !ok {
			unknown = append(unknown, n)
		}
	}
	slices.Sort(unknown)
	for _, n := range unknown {
		c.add(n, "", false)
		if described {
			notes.Add("labels that no class description names", n, 1)
		}
	}
}

// node is a label in the hierarchy, with those below it.
type node struct {
	LabelName   string
	Subcategory []*node `json:",omitempty"`
}

// readHierarchy gives labels their parents. The top of the hierarchy is none.
func (c *classes) readHierarchy(f *files.Folder, limit int64, notes *formats.Loss) error {
	for _, name := range f.List().All(".json") {
		if !strings.Contains(strings.ToLower(path.Base(name)), "hierarchy") {
			continue
		}
		text, err := f.ReadFile(name, limit)
		if err != nil {
			return formats.At(f, formatName, name, err)
		}
		var top node
		if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &top); err != nil {
			return &formats.Error{Format: formatName, Path: f.Path(name), Err: formats.Reason(formats.ErrCorrupt, "no hierarchy of labels: %w", err)}
		}
		for _, n := range top.Subcategory {
			c.parents(n, notes)
		}
	}
	return nil
}

func (c *classes) parents(n *node, notes *formats.Loss) {
	if n == nil {
		return
	}
	for _, child := range n.Subcategory {
		if child == nil {
			continue
		}
		if i, ok := c.places[child.LabelName]; ok {
			parent := n.LabelName
			if p, ok := c.places[parent]; ok {
				parent = c.list[p].Name
			}
			if old := &c.list[i].Parent; cmp.Or(*old, parent) == parent {
				*old = parent
			} else {
				notes.Add("further parents of labels ignored", c.list[i].Name, 1)
			}
		}
		c.parents(child, notes)
	}
}
