package cityscapes

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
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

// readTable reads the labels that a dataset declares, those of Cityscapes where
// it declares none.
func readTable(f *files.Folder, limits files.Limits) (*table, error) {
	for _, file := range []struct {
		name  string
		parse func([]byte) (*table, error)
	}{{metaFile, parseMeta}, {colorsFile, parseColors}} {
		text, err := f.ReadFile(file.name, limits.RecordBytes)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, formats.At(f, formatName, file.name, err)
		}
		t, err := file.parse(text)
		if err != nil {
			return nil, placed(f, file.name, err)
		}
		return t, nil
	}
	return standardTable(), nil
}

// parseColors reads lines of "R G B name" or "name".
func parseColors(text []byte) (*table, error) {
	if !utf8.Valid(text) {
		return nil, formats.Reason(formats.ErrCorrupt, "it is no text in UTF-8")
	}
	var names []string
	var colors []*[3]int32
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Fields(line)
		c := colorOf(fields)
		if c != nil {
			line = strings.Join(fields[3:], " ")
		}
		names, colors = append(names, line), append(colors, c)
	}
	return customTable(names, colors), nil
}

func colorOf(fields []string) *[3]int32 {
	if len(fields) < 4 {
		return nil
	}
	c := new([3]int32)
	for i := range c {
		v, err := strconv.ParseInt(fields[i], 10, 32)
		if err != nil {
			return nil
		}
		c[i] = int32(v)
	}
	return c
}

// meta is dataset_meta.json.
type meta struct {
	Labels   []string          `json:"labels,omitempty"`
	LabelMap map[string]string `json:"label_map,omitempty"`
	Colors   []*[3]int32       `json:"segmentation_colors,omitempty"`
}

// maxID bounds the numbers of classes.
const maxID = 1 << 16

// parseMeta reads label_map, whose numbers are those of pixels, or a plain list
// of labels.
func parseMeta(text []byte) (*table, error) {
	var m meta
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "no description of labels: %w", err)
	}
	colorAt := func(i int) *[3]int32 {
		if i < len(m.Colors) {
			return m.Colors[i]
		}
		return nil
	}
	var names []string
	var colors []*[3]int32
	if len(m.LabelMap) == 0 {
		for i, name := range m.Labels {
			names, colors = append(names, name), append(colors, colorAt(i))
		}
		return customTable(names, colors), nil
	}
	numbers := make([]int, 0, len(m.LabelMap))
	byNumber := map[int]string{}
	for key, name := range m.LabelMap {
		n, err := strconv.Atoi(key)
		if err != nil || n < 0 || n >= maxID {
			return nil, formats.Reason(formats.ErrCorrupt, "label_map has the key %q, want a number", key)
		}
		byNumber[n] = name
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		names, colors = append(names, byNumber[n]), append(colors, colorAt(n))
	}
	t := customTable(names, colors)
	for i, n := range numbers {
		t.classes[i].id = int32(n)
	}
	return newTable(t.classes, t.colored, false), nil
}

// tableFor returns the table with which labels are written, and the file that
// lists them, if one is needed.
func tableFor(names []string, colors []*[3]int32) (t *table, file string, text []byte, err error) {
	isStandard := len(names) == len(standard)
	for i := 0; isStandard && i < len(names); i++ {
		isStandard = names[i] == standard[i].name && colors[i] != nil && *colors[i] == standard[i].color
	}
	switch {
	case isStandard:
		return standardTable(), "", nil, nil
	case len(names) == 0:
		return customTable(nil, nil), "", nil, nil
	}
	t = customTable(names, colors)
	oneWord := !slices.ContainsFunc(names, func(n string) bool { return len(strings.Fields(n)) != 1 })
	// Where the first label is not the black one, its number may not be 0.
	if shifted := t.classes[0].id == 0 && t.classes[0].color != [3]int32{}; shifted {
		for i := range t.classes {
			t.classes[i].id++
		}
		t = newTable(t.classes, t.colored, false)
		oneWord = false
	}
	if again, err := parseColors(t.colorsText()); err == nil && oneWord && slices.Equal(again.classes, t.classes) && slices.Equal(again.colored, t.colored) {
		return t, colorsFile, t.colorsText(), nil
	}
	text, err = t.metaText()
	return t, metaFile, text, err
}

// colorsText is the content of label_colors.txt.
func (t *table) colorsText() []byte {
	var b strings.Builder
	for i, c := range t.classes {
		if t.colored[i] {
			fmt.Fprintf(&b, "%d %d %d ", c.color[0], c.color[1], c.color[2])
		}
		b.WriteString(c.name + "\n")
	}
	return []byte(b.String())
}

// metaText is the content of dataset_meta.json.
func (t *table) metaText() ([]byte, error) {
	m := meta{LabelMap: map[string]string{}}
	for i, c := range t.classes {
		m.LabelMap[strconv.Itoa(int(c.id))] = c.name
		if !t.colored[i] {
			continue
		}
		for len(m.Colors) <= int(c.id) {
			m.Colors = append(m.Colors, nil)
		}
		m.Colors[c.id] = &t.classes[i].color
	}
	return dataset.MarshalValue(m)
}
