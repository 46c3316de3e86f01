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

// assembler makes objects of the annotations of an item.
type assembler struct {
	confidence bool
	loss       *formats.Loss
	where      string
	objects    []*object
	groups     map[objectKey]*object
	members    map[int64]int // objects of a group
}

type objectKey struct {
	group int64
	label int32
}

func (s *assembler) lost(what string, n int) { s.loss.Add(what, s.where, n) }

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
		o.Polygons = append(o.Polygons, a)
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
	if o := s.groups[key]; o != nil && key.group != 0 && o.hasRoom(a) {
		return o
	}
	o := &object{Label: label}
	s.objects = append(s.objects, o)
	if key.group != 0 {
		s.groups[key] = o
		s.members[key.group]++
	}
	return o
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
		s.lost("annotation ids dropped", 1)
	}
	if base.ObjectID != dataset.NoObject {
		s.lost("object ids of annotations dropped", 1)
	}
	if z := dataset.ZOf(a); z != nil && *z != 0 {
		s.lost("drawing orders of annotations dropped", 1)
	}
	user, _ := base.Attributes.Split()
	for _, x := range user {
		score, isNumber := scoreText(x.Value)
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

// assemble makes the objects of an item. What no line can hold is counted.
func (e *exporter) assemble(it *dataset.Item, where string) []object {
	s := &assembler{
		confidence: e.confidence, loss: &e.loss, where: where,
		groups: map[objectKey]*object{}, members: map[int64]int{},
	}
	for _, a := range it.Annotations {
		s.take(a)
	}
	tied := 0
	for _, n := range s.members {
		if n > 1 {
			tied += n
		}
	}
	s.lost("groups of annotations dropped", tied)
	out := make([]object, len(s.objects))
	for i, o := range s.objects {
		out[i] = *o
	}
	return slices.Clip(out)
}
