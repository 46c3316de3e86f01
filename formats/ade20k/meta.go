package ade20k

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// labels is the list of labels, in their order, with their numbers.
type labels struct {
	names  []string
	index  map[string]int32
	colors []dataset.LabelColor
}

func newLabels(names []string) *labels {
	l := &labels{index: map[string]int32{}}
	for _, name := range names {
		l.add(name)
	}
	return l
}

// add appends a label, if it is new.
func (l *labels) add(name string) (added bool) {
	if _, known := l.index[name]; known {
		return false
	}
	l.index[name] = int32(len(l.names))
	l.names = append(l.names, name)
	return true
}

// categories returns the labels, and their colours where there are any.
func (l *labels) categories() dataset.Categories {
	c := dataset.Categories{Labels: &dataset.LabelCategories{}}
	for _, name := range l.names {
		c.Labels.Labels = append(c.Labels.Labels, dataset.LabelCategory{Name: name})
	}
	if len(l.colors) > 0 {
		c.Masks = &dataset.MaskCategories{Colors: l.colors}
	}
	return c
}

// readMeta reads dataset_meta.json, nil where no folder has it.
func readMeta(f *files.Folder, limits files.Limits, dirs ...string) (*labels, error) {
	for _, dir := range dirs {
		name := path.Join(dir, metaFile)
		text, err := f.ReadFile(name, limits.RecordBytes)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, formats.At(f, formatName, name, err)
		}
		l, err := parseMeta(trimBOM(text))
		if err != nil {
			return nil, placed(f, name, 0, err)
		}
		return l, nil
	}
	return nil, nil
}

// parseMeta reads the labels and colours that Datumaro keeps beside a dataset.
// The keys of label_map are the places of the colours.
func parseMeta(text []byte) (*labels, error) {
	var m struct {
		Labels   []string          `json:"labels"`
		LabelMap map[string]string `json:"label_map"`
		Colors   []*[3]int32       `json:"segmentation_colors"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "no description of labels: %w", err)
	}
	byNumber := map[int]string{}
	var numbers []int
	for key, name := range m.LabelMap {
		n, err := strconv.Atoi(key)
		if err != nil || n < 0 {
			return nil, formats.Reason(formats.ErrCorrupt, "label_map has the key %q, want a number", key)
		}
		if _, twice := byNumber[n]; twice {
			return nil, formats.Reason(formats.ErrCorrupt, "label_map has the key %d in two spellings", n)
		}
		byNumber[n] = name
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	l := newLabels(m.Labels)
	for _, n := range numbers {
		l.add(byNumber[n])
	}
	l.color(m.Labels, byNumber, numbers, m.Colors)
	return l, nil
}

// color gives labels their colours, by the numbers of label_map and else by
// the order of the list.
func (l *labels) color(list []string, byNumber map[int]string, numbers []int, colors []*[3]int32) {
	if len(numbers) == 0 {
		for i, name := range list {
			byNumber[i] = name
			numbers = append(numbers, i)
		}
	}
	seen := map[int32]bool{}
	for _, n := range numbers {
		label := l.index[byNumber[n]]
		if n < len(colors) && colors[n] != nil && !seen[label] {
			seen[label] = true
			c := colors[n]
			l.colors = append(l.colors, dataset.LabelColor{Label: label, R: c[0], G: c[1], B: c[2]})
		}
	}
}
