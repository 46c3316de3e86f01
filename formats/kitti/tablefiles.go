package kitti

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

const (
	colorsFile = "label_colors.txt"
	metaFile   = "dataset_meta.json"
)

// readTable reads the labels that a folder declares, nil where it declares
// none.
func readTable(f *files.Folder, dirs []string, limits files.Limits) (*table, error) {
	for _, dir := range dirs {
		for _, file := range []struct {
			name  string
			parse func([]byte) (*table, error)
		}{{metaFile, parseMeta}, {colorsFile, parseColors}} {
			name := path.Join(dir, file.name)
			text, err := f.ReadFile(name, limits.RecordBytes)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, formats.At(f, formatName, name, err)
			}
			t, err := file.parse(text)
			if err != nil {
				return nil, placed(f, name, 0, err)
			}
			return t, nil
		}
	}
	return nil, nil
}

// parseColors reads lines of "R G B name" or "name".
func parseColors(text []byte) (*table, error) {
	if !utf8.Valid(text) {
		return nil, formats.Reason(formats.ErrCorrupt, "it is no text in UTF-8")
	}
	var labels []dataset.LabelCategory
	colors := map[int32][3]int32{}
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Fields(line)
		if c, ok := colorOf(fields); ok {
			colors[int32(len(labels))] = c
			line = strings.Join(fields[3:], " ")
		}
		labels = append(labels, dataset.LabelCategory{Name: line})
	}
	return newTable(labels, colors), nil
}

func colorOf(fields []string) (c [3]int32, ok bool) {
	if len(fields) < 4 {
		return c, false
	}
	for i := range c {
		v, err := strconv.ParseInt(fields[i], 10, 32)
		if err != nil {
			return c, false
		}
		c[i] = int32(v)
	}
	return c, true
}

// meta is dataset_meta.json.
type meta struct {
	Labels   []string          `json:"labels,omitempty"`
	LabelMap map[string]string `json:"label_map,omitempty"`
	Colors   []*[3]int32       `json:"segmentation_colors,omitempty"`
}

// parseMeta reads labels, and label_map where there are none: its numbers are
// those of the colours.
func parseMeta(text []byte) (*table, error) {
	var m meta
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "no description of labels: %w", err)
	}
	numbers := make([]int, 0, len(m.LabelMap))
	names := map[int]string{}
	for key, name := range m.LabelMap {
		n, err := strconv.Atoi(key)
		if err != nil || n < 0 {
			return nil, formats.Reason(formats.ErrCorrupt, "label_map has the key %q, want a number", key)
		}
		names[n] = name
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	if len(m.Labels) == 0 {
		for _, n := range numbers {
			m.Labels = append(m.Labels, names[n])
		}
	}
	labels := make([]dataset.LabelCategory, len(m.Labels))
	for i, name := range m.Labels {
		labels[i].Name = name
	}
	colors := map[int32][3]int32{}
	for i, name := range m.Labels {
		at := i
		if i < len(numbers) && names[numbers[i]] == name {
			at = numbers[i]
		}
		if at < len(m.Colors) && m.Colors[at] != nil {
			colors[int32(i)] = *m.Colors[at]
		}
	}
	return newTable(labels, colors), nil
}

// colorsText is the content of label_colors.txt.
func (t *table) colorsText() []byte {
	var b strings.Builder
	for i, name := range t.written {
		if c, ok := t.colors[int32(i)]; ok {
			fmt.Fprintf(&b, "%d %d %d ", c[0], c[1], c[2])
		}
		b.WriteString(name + "\n")
	}
	return []byte(b.String())
}

// metaText is the content of dataset_meta.json.
func (t *table) metaText() ([]byte, error) {
	m := meta{LabelMap: map[string]string{}}
	for i, l := range t.labels {
		m.Labels = append(m.Labels, l.Name)
		m.LabelMap[strconv.Itoa(i)] = l.Name
		if len(t.colors) > 0 {
			m.Colors = append(m.Colors, nil)
			if c, ok := t.colors[int32(i)]; ok {
				m.Colors[i] = &c
			}
		}
	}
	return dataset.MarshalValue(m)
}

// isPlain tells whether label_colors.txt gives the labels back.
func (t *table) isPlain() bool {
	again, err := parseColors(t.colorsText())
	return err == nil && slices.EqualFunc(t.labels, again.labels, func(a, b dataset.LabelCategory) bool { return a.Name == b.Name }) &&
		len(again.colors) == len(t.colors)
}
