package labelme

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// specialLabels are lines of a labels.txt that are no labels, unless shapes
// have them all the same.
var specialLabels = []string{"__ignore__", "_background_"}

// readLists reads the files labels.txt and subsets.txt, where they are.
func (m *importer) readLists() (labels []string, err error) {
	lines, _, err := m.lines(labelsFile)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		} else {
			m.opening.Add("labels that "+labelsFile+" lists again", l, 1)
		}
	}
	lines, m.layout.listed, err = m.lines(subsetsFile)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		if _, err := formats.SubsetFileName(l); err != nil {
			return nil, formats.At(m.folder, formatName, path.Join(m.layout.base, subsetsFile), err)
		}
	}
	m.layout.subsets = slices.Compact(lines)
	return labels, nil
}

// lines reads the lines of a file that are not empty.
func (m *importer) lines(name string) (lines []string, there bool, err error) {
	name = path.Join(m.layout.base, name)
	text, err := m.folder.ReadFile(name, m.limits.RecordBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, formats.At(m.folder, formatName, name, err)
	}
	for l := range strings.Lines(string(bytes.ToValidUTF8(bytes.TrimPrefix(text, byteOrderMark), []byte("\uFFFD")))) {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return lines, true, nil
}

// fillLabels makes the categories: the labels that labels.txt lists, and then
// those that only shapes have, in alphabetical order.
func (m *importer) fillLabels(listed []string, used map[string]bool) {
	c := &dataset.LabelCategories{}
	add := func(name string) {
		m.labels[name] = int32(len(c.Labels))
		c.Labels = append(c.Labels, dataset.LabelCategory{Name: name})
	}
	var special []string
	for _, l := range listed {
		if slices.Contains(specialLabels, l) && !used[l] {
			special = append(special, l)
		} else {
			add(l)
		}
	}
	if special != nil {
		carry(&m.info.Attributes, carrySpecial, special)
	}
	var rest []string
	for l := range used {
		if _, ok := m.labels[l]; !ok {
			rest = append(rest, l)
		}
	}
	slices.Sort(rest)
	for _, l := range rest {
		add(l)
		if len(listed) > 0 {
			m.opening.Add("labels of shapes that "+labelsFile+" does not list", l, 1)
		}
	}
	m.info.Categories.Labels = c
}
