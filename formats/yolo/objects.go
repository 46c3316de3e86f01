package yolo

import (
	"fmt"
	"slices"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// record is what is to be written of one picture.
type record struct {
	Item          string // its id and subset, for messages
	Subset, Name  string // the name of its files without extension
	Width, Height int32
	Objects       []object
}

// object is what is known of one object in a picture: the annotations that
// share a group and a label.
type object struct {
	Label    int32
	Score    string // a number, empty without
	Box      *dataset.Bbox
	Rotated  *dataset.RotatedBbox
	Points   *dataset.Points
	Polygons []*dataset.Polygon
	Masks    []*dataset.Mask
}

// assembler makes objects of the annotations of an item. It may be used for
// one item after the other: what it returned is valid until the next.
type assembler struct {
	confidence bool
	loss       *formats.Loss
	where      string
	objects    []object
	keys       []objectKey                          // of objects
	last       map[objectKey]int                    // the last object of a key, where there are many
	polygons   []*dataset.Polygon                   // of objects that have one
	groups     []int64                              // of objects
	parts      struct{ ids, objectIDs, orders int } // that were counted
}

type objectKey struct {
	group int64
	label int32
}

func (s *assembler) lost(what string, n int) { s.loss.Add(what, s.where, n) }

// assemble makes the objects of an item. What no line can hold is counted.
func (s *assembler) assemble(annotations []dataset.Annotation, where string) []object {
	s.where, s.parts.ids, s.parts.objectIDs, s.parts.orders = where, 0, 0, 0
	clear(s.objects)
	clear(s.polygons)
	s.objects, s.keys, s.polygons = s.objects[:0], s.keys[:0], s.polygons[:0]
	clear(s.last)
	for _, a := range annotations {
		s.take(a)
	}
	s.lost("annotation ids dropped", s.parts.ids)
	s.lost("object ids of annotations dropped", s.parts.objectIDs)
	s.lost("drawing orders of annotations dropped", s.parts.orders)
	s.lost("groups of annotations dropped", s.tied())
	return s.objects
}

// tied counts the objects that share a group with another.
func (s *assembler) tied() int {
	s.groups = s.groups[:0]
	for _, k := range s.keys {
		if k.group != 0 {
			s.groups = append(s.groups, k.group)
		}
	}
	slices.Sort(s.groups)
	n, g := 0, s.groups
	for i := range g {
		if i > 0 && g[i-1] == g[i] || i+1 < len(g) && g[i+1] == g[i] {
			n++
		}
	}
	return n
}

// take sorts an annotation in, or counts it as dropped.
func (s *assembler) take(a dataset.Annotation) {
	if what := withoutPlace(a); what != "" {
		s.lost(what+" dropped", 1)
		return
	}
	label := *dataset.LabelOf(a)
	if label == dataset.NoLabel {
		s.lost("annotations without a label dropped", 1)
		return
	}
	o := s.object(a, label)
	switch a := a.(type) {
	case *dataset.Bbox:
		o.Box = a
	case *dataset.RotatedBbox:
		o.Rotated = a
	case *dataset.Points:
		o.Points = a
	case *dataset.Polygon:
		s.addPolygon(o, a)
	case *dataset.Mask:
		o.Masks = append(o.Masks, a)
	}
	s.details(o, a)
}

// withoutPlace names the kinds that YOLO has no line for, in the plural.
func withoutPlace(a dataset.Annotation) string {
	switch a.(type) {
	case *dataset.Label:
		return "image labels"
	case *dataset.Caption:
		return "captions"
	case *dataset.PolyLine:
		return "polylines"
	case *dataset.Ellipse:
		return "ellipses"
	case *dataset.Cuboid2D:
		return "2D cuboids"
	case *dataset.Cuboid3D:
		return "3D cuboids"
	case *dataset.Tabular:
		return "table rows"
	}
	return ""
}

// object returns the object that an annotation is of.
func (s *assembler) object(a dataset.Annotation, label int32) *object {
	key := objectKey{a.Common().Group, label}
	if i := s.find(key); i >= 0 && s.objects[i].hasRoom(a) {
		return &s.objects[i]
	}
	s.objects, s.keys = append(s.objects, object{Label: label}), append(s.keys, key)
	if len(s.keys) > fewObjects && key.group != 0 {
		s.last[key] = len(s.keys) - 1
	}
	return &s.objects[len(s.objects)-1]
}

// fewObjects are looked through faster than a map finds one.
const fewObjects = 32

// find returns the number of the last object of a group and a label, -1 where
// there is none.
func (s *assembler) find(key objectKey) int {
	if key.group == 0 {
		return -1
	}
	if len(s.keys) < fewObjects {
		for i := len(s.keys) - 1; i >= 0; i-- {
			if s.keys[i] == key {
				return i
			}
		}
		return -1
	}
	if len(s.last) == 0 {
		s.last = make(map[objectKey]int, 2*len(s.keys))
		for i, k := range s.keys {
			s.last[k] = i
		}
	}
	if i, ok := s.last[key]; ok {
		return i
	}
	return -1
}

// addPolygon adds an outline. The first of an object has its place in a list
// of those of all objects.
func (s *assembler) addPolygon(o *object, p *dataset.Polygon) {
	if o.Polygons != nil {
		o.Polygons = append(o.Polygons, p)
		return
	}
	n := len(s.polygons)
	s.polygons = append(s.polygons, p)
	o.Polygons = s.polygons[n : n+1 : n+1]
}

func (o *object) hasRoom(a dataset.Annotation) bool {
	switch a.(type) {
	case *dataset.Bbox:
		return o.Box == nil
	case *dataset.RotatedBbox:
		return o.Rotated == nil
	case *dataset.Points:
		return o.Points == nil
	}
	return true
}

// details counts what is known of an annotation and has no place in a line.
func (s *assembler) details(o *object, a dataset.Annotation) {
	base := a.Common()
	if base.ID != 0 {
		s.parts.ids++
	}
	if base.ObjectID != dataset.NoObject {
		s.parts.objectIDs++
	}
	if z := dataset.ZOf(a); z != nil && *z != 0 {
		s.parts.orders++
	}
	for i := range base.Attributes {
		x := &base.Attributes[i]
		if dataset.IsCarried(x.Name) {
			continue
		}
		score, isNumber := "", false
		if x.Name == scoreName {
			score, isNumber = scoreText(x.Value)
		}
		switch {
		case x.Name == "is_crowd" && string(x.Value) == "false": // as every object is
		case x.Name == "is_crowd" && string(x.Value) == "true":
			s.lost("crowd flags of annotations dropped", 1)
		case x.Name == scoreName && isNumber && s.confidence && (o.Score == "" || o.Score == score):
			o.Score = score
		case x.Name == scoreName && isNumber && !s.confidence:
			s.lost("scores of annotations dropped (the option yolo-confidence keeps them)", 1)
		default:
			s.lost("attributes of annotations dropped", 1)
		}
	}
}

// scoreText returns a JSON number without an exponent.
func scoreText(raw []byte) (string, bool) {
	v, err := number(raw)
	if err != nil {
		return "", false
	}
	if isPlain(raw) {
		return string(raw), true
	}
	return strings.TrimSuffix(padded(fmt.Sprintf("%f", v), 0), "."), true
}
