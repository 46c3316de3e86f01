package kitti

import (
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/planes"
)

// table is the list of labels with the names that they have in files.
type table struct {
	labels  []dataset.LabelCategory
	colors  map[int32][3]int32
	written []string
	index   map[string]int32
}

// newTable prepares a list of labels; colours may be nil.
func newTable(labels []dataset.LabelCategory, colors map[int32][3]int32) *table {
	t := &table{labels: labels, colors: colors, written: formats.WordNames(namesOf(labels)), index: map[string]int32{}}
	for i, l := range labels {
		if _, dup := t.index[l.Name]; !dup {
			t.index[l.Name] = int32(i)
		}
	}
	for i, name := range t.written {
		if _, taken := t.index[name]; !taken {
			t.index[name] = int32(i)
		}
	}
	return t
}

// knows tells whether a file can give a label this name.
func (t *table) knows(name string) bool {
	_, ok := t.index[name]
	return ok
}

func namesOf(labels []dataset.LabelCategory) []string {
	names := make([]string, len(labels))
	for i, l := range labels {
		names[i] = l.Name
	}
	return names
}

// colorOf returns the colour of a label, or one made for its number as in the
// palettes of PASCAL VOC.
func (t *table) colorOf(label int32) [3]int32 {
	if c, ok := t.colors[label]; ok {
		return c
	}
	return planes.PaletteColor(label)
}

// standard are the labels of KITTI's masks, as Datumaro names them; the number
// of a label is its place.
var standard = []struct {
	name  string
	color [3]int32
}{
	{"unlabeled", [3]int32{0, 0, 0}}, {"egovehicle", [3]int32{0, 0, 0}}, {"rectificationborder", [3]int32{0, 0, 0}},
	{"outofroi", [3]int32{0, 0, 0}}, {"static", [3]int32{0, 0, 0}}, {"dynamic", [3]int32{111, 74, 0}},
	{"ground", [3]int32{81, 0, 81}}, {"road", [3]int32{128, 64, 128}}, {"sidewalk", [3]int32{244, 35, 232}},
	{"parking", [3]int32{250, 170, 160}}, {"railtrack", [3]int32{230, 150, 140}}, {"building", [3]int32{70, 70, 70}},
	{"wall", [3]int32{102, 102, 156}}, {"fence", [3]int32{190, 153, 153}}, {"guardrail", [3]int32{180, 165, 180}},
	{"bridge", [3]int32{150, 100, 100}}, {"tunnel", [3]int32{150, 120, 90}}, {"pole", [3]int32{153, 153, 153}},
	{"polegroup", [3]int32{153, 153, 153}}, {"trafficlight", [3]int32{250, 170, 30}}, {"trafficsign", [3]int32{220, 220, 0}},
	{"vegetation", [3]int32{107, 142, 35}}, {"terrain", [3]int32{152, 251, 152}}, {"sky", [3]int32{70, 130, 180}},
	{"person", [3]int32{220, 20, 60}}, {"rider", [3]int32{255, 0, 0}}, {"car", [3]int32{0, 0, 142}},
	{"truck", [3]int32{0, 0, 70}}, {"bus", [3]int32{0, 60, 100}}, {"caravan", [3]int32{0, 0, 90}},
	{"trailer", [3]int32{0, 0, 110}}, {"train", [3]int32{0, 80, 100}}, {"motorcycle", [3]int32{0, 0, 230}},
	{"bicycle", [3]int32{119, 11, 32}}, {"licenseplate", [3]int32{0, 0, 142}},
}

func standardTable() *table {
	labels := make([]dataset.LabelCategory, len(standard))
	colors := map[int32][3]int32{}
	for i, s := range standard {
		labels[i].Name = s.name
		colors[int32(i)] = s.color
	}
	return newTable(labels, colors)
}

// void are names of labels that mean no label.
var void = map[string]bool{"unlabeled": true, "unlabelled": true, "background": true, "void": true, "ignore": true, "none": true, "_background_": true}

func (t *table) firstIsVoid() bool {
	return len(t.labels) == 0 || void[strings.ToLower(t.labels[0].Name)]
}

// categories returns the labels, and their colours where there are any.
func (t *table) categories() dataset.Categories {
	c := dataset.Categories{Labels: &dataset.LabelCategories{Labels: t.labels}}
	if len(t.colors) == 0 {
		return c
	}
	c.Masks = &dataset.MaskCategories{}
	for i := range t.labels {
		if rgb, ok := t.colors[int32(i)]; ok {
			c.Masks.Colors = append(c.Masks.Colors, dataset.LabelColor{Label: int32(i), R: rgb[0], G: rgb[1], B: rgb[2]})
		}
	}
	return c
}
