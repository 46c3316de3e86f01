package segmentation

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// table is what a dataset_meta.json says: names and colours by the numbers of
// pixels.
type table struct {
	numbers []uint32 // ascending
	names   map[uint32]string
	colors  map[uint32][3]int32
}

// meta is dataset_meta.json.
type meta struct {
	Labels   []string          `json:"labels,omitempty"`
	LabelMap map[string]string `json:"label_map,omitempty"`
	Colors   []*[3]int32       `json:"segmentation_colors,omitempty"`
}

// maxNumber bounds the numbers of labels.
const maxNumber = 1<<16 - 1

// parseMeta reads label_map, or a plain list of labels.
func parseMeta(text []byte) (*table, error) {
	var m meta
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "no description of labels: %w", err)
	}
	t := &table{names: map[uint32]string{}, colors: map[uint32][3]int32{}}
	if len(m.LabelMap) == 0 {
		for i, name := range m.Labels {
			t.names[uint32(i)] = name
		}
	}
	for key, name := range m.LabelMap {
		n, err := strconv.ParseUint(key, 10, 32)
		if err != nil || n > maxNumber {
			return nil, formats.Reason(formats.ErrCorrupt, "label_map has the key %q, want a number", key)
		}
		t.names[uint32(n)] = name
	}
	for n := range t.names {
		t.numbers = append(t.numbers, n)
		if int(n) < len(m.Colors) && m.Colors[n] != nil {
			t.colors[n] = *m.Colors[n]
		}
	}
	slices.Sort(t.numbers)
	return t, nil
}

// void are names of labels that mean no label.
var void = map[string]bool{"unlabeled": true, "unlabelled": true, "background": true, "void": true, "ignore": true, "none": true, "_background_": true}

func isVoid(name string) bool { return void[strings.ToLower(name)] }

// isNothing tells whether pixels of a number belong to no mask.
func (t *table) isNothing(number uint32) bool {
	name, listed := t.names[number]
	return number == 0 && (!listed || isVoid(name)) || number == 255 && !listed
}

// byColor gives the colours of labels their numbers, the first label first;
// black is 0 where it is the colour of no label.
func (t *table) byColor() map[[3]uint8]uint32 {
	index := map[[3]uint8]uint32{}
	for _, n := range t.numbers {
		c, ok := t.colors[n]
		rgb := [3]uint8{uint8(c[0]), uint8(c[1]), uint8(c[2])}
		if _, taken := index[rgb]; ok && !taken {
			index[rgb] = n
		}
	}
	if _, taken := index[[3]uint8{}]; !taken {
		index[[3]uint8{}] = 0
	}
	return index
}

// tableFor numbers the labels of a dataset for writing.
func tableFor(labels []dataset.LabelCategory, colors map[int32][3]int32) *table {
	t := &table{names: map[uint32]string{}, colors: map[uint32][3]int32{}}
	first := firstNumber(labels)
	for i, l := range labels {
		n := first + uint32(i)
		t.numbers = append(t.numbers, n)
		t.names[n] = l.Name
		if c, ok := colors[int32(i)]; ok {
			t.colors[n] = c
		}
	}
	return t
}

// firstNumber is that of the first label: 0 is kept for the background.
func firstNumber(labels []dataset.LabelCategory) uint32 {
	if len(labels) > 0 && isVoid(labels[0].Name) {
		return 0
	}
	return 1
}

// text is the content of dataset_meta.json.
func (t *table) text() ([]byte, error) {
	m := meta{LabelMap: map[string]string{}}
	for _, n := range t.numbers {
		m.LabelMap[strconv.Itoa(int(n))] = t.names[n]
		c, ok := t.colors[n]
		if !ok {
			continue
		}
		for len(m.Colors) <= int(n) {
			m.Colors = append(m.Colors, nil)
		}
		m.Colors[n] = &c
	}
	return dataset.MarshalValue(m)
}
