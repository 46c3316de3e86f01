package cityscapes

import (
	"strings"

	"datum/dataset"
	"datum/internal/planes"
)

// class is a label with what the format says of it.
type class struct {
	name     string
	id       int32
	train    int32 // 255 and -1 are not trained
	category string
	things   bool // has instances
	ignored  bool // in evaluation
	color    [3]int32
}

// standard are the classes of Cityscapes.
var standard = []class{
	{"unlabeled", 0, 255, "void", false, true, [3]int32{0, 0, 0}},
	{"ego vehicle", 1, 255, "void", false, true, [3]int32{0, 0, 0}},
	{"rectification border", 2, 255, "void", false, true, [3]int32{0, 0, 0}},
	{"out of roi", 3, 255, "void", false, true, [3]int32{0, 0, 0}},
	{"static", 4, 255, "void", false, true, [3]int32{0, 0, 0}},
	{"dynamic", 5, 255, "void", false, true, [3]int32{111, 74, 0}},
	{"ground", 6, 255, "void", false, true, [3]int32{81, 0, 81}},
	{"road", 7, 0, "flat", false, false, [3]int32{128, 64, 128}},
	{"sidewalk", 8, 1, "flat", false, false, [3]int32{244, 35, 232}},
	{"parking", 9, 255, "flat", false, true, [3]int32{250, 170, 160}},
	{"rail track", 10, 255, "flat", false, true, [3]int32{230, 150, 140}},
	{"building", 11, 2, "construction", false, false, [3]int32{70, 70, 70}},
	{"wall", 12, 3, "construction", false, false, [3]int32{102, 102, 156}},
	{"fence", 13, 4, "construction", false, false, [3]int32{190, 153, 153}},
	{"guard rail", 14, 255, "construction", false, true, [3]int32{180, 165, 180}},
	{"bridge", 15, 255, "construction", false, true, [3]int32{150, 100, 100}},
	{"tunnel", 16, 255, "construction", false, true, [3]int32{150, 120, 90}},
	{"pole", 17, 5, "object", false, false, [3]int32{153, 153, 153}},
	{"polegroup", 18, 255, "object", false, true, [3]int32{153, 153, 153}},
	{"traffic light", 19, 6, "object", false, false, [3]int32{250, 170, 30}},
	{"traffic sign", 20, 7, "object", false, false, [3]int32{220, 220, 0}},
	{"vegetation", 21, 8, "nature", false, false, [3]int32{107, 142, 35}},
	{"terrain", 22, 9, "nature", false, false, [3]int32{152, 251, 152}},
	{"sky", 23, 10, "sky", false, false, [3]int32{70, 130, 180}},
	{"person", 24, 11, "human", true, false, [3]int32{220, 20, 60}},
	{"rider", 25, 12, "human", true, false, [3]int32{255, 0, 0}},
	{"car", 26, 13, "vehicle", true, false, [3]int32{0, 0, 142}},
	{"truck", 27, 14, "vehicle", true, false, [3]int32{0, 0, 70}},
	{"bus", 28, 15, "vehicle", true, false, [3]int32{0, 60, 100}},
	{"caravan", 29, 255, "vehicle", true, true, [3]int32{0, 0, 90}},
	{"trailer", 30, 255, "vehicle", true, true, [3]int32{0, 0, 110}},
	{"train", 31, 16, "vehicle", true, false, [3]int32{0, 80, 100}},
	{"motorcycle", 32, 17, "vehicle", true, false, [3]int32{0, 0, 230}},
	{"bicycle", 33, 18, "vehicle", true, false, [3]int32{119, 11, 32}},
	{"license plate", -1, -1, "vehicle", false, true, [3]int32{0, 0, 142}},
}

// noNumber is the number of a class that has no pixels in masks.
const noNumber = -1

// table is the list of classes of a dataset.
type table struct {
	classes  []class
	colored  []bool // which have a colour of their own
	standard bool
	index    map[string]int32
	byID     map[int32]int32
	byTrain  map[int32]int32
}

func newTable(classes []class, colored []bool, isStandard bool) *table {
	t := &table{classes: classes, colored: colored, standard: isStandard, index: map[string]int32{}, byID: map[int32]int32{}, byTrain: map[int32]int32{}}
	for i, c := range classes {
		setFirst(t.index, c.name, int32(i))
		setFirst(t.byID, c.id, int32(i))
		if c.train >= 0 && c.train < 255 {
			setFirst(t.byTrain, c.train, int32(i))
		}
	}
	for i, c := range classes {
		setFirst(t.index, squeeze(c.name), int32(i))
	}
	return t
}

func setFirst[K comparable](m map[K]int32, key K, value int32) {
	if _, taken := m[key]; !taken {
		m[key] = value
	}
}

// squeeze takes the blanks out of a name, as Datumaro does.
func squeeze(name string) string { return strings.ReplaceAll(name, " ", "") }

func standardTable() *table {
	colored := make([]bool, len(standard))
	for i := range colored {
		colored[i] = true
	}
	return newTable(standard, colored, true)
}

// customTable numbers labels by their places: from 1 where no label is black,
// since 0 is the background then.
func customTable(names []string, colors []*[3]int32) *table {
	classes, colored := make([]class, len(names)), make([]bool, len(names))
	first := int32(1)
	for i, name := range names {
		classes[i] = class{name: name, train: noNumber, things: true, color: planes.PaletteColor(int32(i) + 1)}
		if c := colors[i]; c != nil {
			classes[i].color, colored[i] = *c, true
			if *c == ([3]int32{}) {
				first = 0
			}
		}
	}
	for i := range classes {
		classes[i].id = first + int32(i)
	}
	return newTable(classes, colored, false)
}

// with returns the table with labels added that it lacks.
func (t *table) with(names []string) *table {
	classes, colored := t.classes, t.colored
	next := int32(0)
	for _, c := range classes {
		next = max(next, c.id+1)
	}
	for i, name := range names {
		classes = append(classes[:len(classes):len(classes)], class{name: name, id: next + int32(i), train: noNumber, things: true, color: planes.PaletteColor(next + int32(i))})
		colored = append(colored[:len(colored):len(colored)], false)
	}
	return newTable(classes, colored, t.standard && len(names) == 0)
}

// categories returns the labels, and their colours where there are any.
func (t *table) categories() dataset.Categories {
	labels := make([]dataset.LabelCategory, len(t.classes))
	c := dataset.Categories{Labels: &dataset.LabelCategories{Labels: labels}}
	for i, k := range t.classes {
		labels[i] = dataset.LabelCategory{Name: k.name, Parent: k.category}
		if !t.colored[i] {
			continue
		}
		if c.Masks == nil {
			c.Masks = &dataset.MaskCategories{}
		}
		c.Masks.Colors = append(c.Masks.Colors, dataset.LabelColor{Label: int32(i), R: k.color[0], G: k.color[1], B: k.color[2]})
	}
	return c
}

// colorIndex gives the colours of classes their numbers, the first class
// first; black is 0.
func (t *table) colorIndex() map[[3]uint8]uint32 {
	index := map[[3]uint8]uint32{{}: 0}
	for _, c := range t.classes {
		rgb := [3]uint8{uint8(c.color[0]), uint8(c.color[1]), uint8(c.color[2])}
		if _, taken := index[rgb]; !taken && c.id >= 0 {
			index[rgb] = uint32(c.id)
		}
	}
	return index
}

// group returns the class of a label like cargroup.
func (t *table) group(label string) (int32, bool) {
	name, ok := strings.CutSuffix(label, "group")
	if !ok {
		return 0, false
	}
	i, ok := t.index[name]
	return i, ok
}

// knows tells whether a file can give a label, or a group of it, this name.
func (t *table) knows(name string) bool {
	_, ok := t.index[name]
	_, group := t.group(name)
	return ok || group
}
