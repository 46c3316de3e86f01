package labelme

import (
	"encoding/json"
	"math"
	"slices"

	"datum/dataset"
	"datum/formats"
	"datum/internal/decimal"
)

// jsonShape is a shape. Points keep the text of their numbers.
type jsonShape struct {
	Label       *string         `json:"label"`
	Points      [][]json.Number `json:"points"`
	GroupID     json.RawMessage `json:"group_id"`
	Description *string         `json:"description"`
	ShapeType   *string         `json:"shape_type"`
	Flags       json.RawMessage `json:"flags"`
	Attributes  json.RawMessage `json:"attributes"`
	Mask        *string         `json:"mask"`
}

// shapeMembers are the members of a shape that are read; all others are
// carried along.
var shapeMembers = []string{"attributes", "description", "flags", "group_id", "label", "mask", "points", "shape_type"}

// Kinds of shapes.
const (
	kindPolygon   = "polygon"
	kindRectangle = "rectangle"
	kindCircle    = "circle"
	kindLine      = "line"
	kindLineStrip = "linestrip"
	kindPoint     = "point"
	kindPoints    = "points"
	kindMask      = "mask"
)

// What travels along: members that the format does not define, the version of
// a file, ids of groups that the model cannot hold, the points of a circle, and
// the kind of a shape where another would be written.
var (
	carryOther   = dataset.CarriedName(formatName, "other")
	carryVersion = dataset.CarriedName(formatName, "version")
	carryGroup   = dataset.CarriedName(formatName, "group_id")
	carryCircle  = dataset.CarriedName(formatName, "circle")
	carryKind    = dataset.CarriedName(formatName, "shape_type")
	carrySpecial = dataset.CarriedName(formatName, "special_labels")
)

// carry sets a carried attribute.
func carry(a *dataset.Attributes, name string, v any) {
	if raw, err := dataset.MarshalValue(v); err == nil {
		a.SetRaw(name, raw)
	}
}

func bad(format string, args ...any) error {
	return formats.Reason(formats.ErrCorrupt, format, args...)
}

// labelOf returns the label of a shape for the first pass.
func labelOf(text []byte) string {
	var s struct {
		Label *string `json:"label"`
	}
	if json.Unmarshal(text, &s) != nil || s.Label == nil {
		return ""
	}
	return *s.Label
}

// annotation makes an annotation of a shape. Its group is set later.
func (r *reader) annotation(raw *rawShape) (dataset.Annotation, json.RawMessage, error) {
	var s jsonShape
	if err := json.Unmarshal(raw.text, &s); err != nil {
		return nil, nil, bad("a shape that is not one: %w", err)
	}
	a, err := r.geometry(&s)
	if err != nil {
		return nil, nil, err
	}
	base := a.Common()
	base.ObjectID = dataset.NoObject
	label := dataset.NoLabel
	if s.Label == nil || *s.Label == "" {
		r.notes.add("shapes without a label")
	} else {
		label = r.m.labels[*s.Label]
	}
	*dataset.LabelOf(a) = label
	r.values(base, &s)
	other, err := dataset.ParseAttributes(raw.text)
	if err != nil {
		return nil, nil, bad("a shape that is not one: %w", err)
	}
	other = slices.DeleteFunc(other, func(x dataset.Attribute) bool { return slices.Contains(shapeMembers, x.Name) })
	if len(other) > 0 {
		base.Attributes.SetRaw(carryOther, other.AppendJSON(nil))
	}
	return a, s.GroupID, nil
}

// values reads flags, attributes and the description.
func (r *reader) values(base *dataset.Base, s *jsonShape) {
	var list dataset.Attributes
	for _, part := range []struct {
		name  string
		value json.RawMessage
	}{{"flags", s.Flags}, {"attributes", s.Attributes}} {
		if len(part.value) == 0 || string(part.value) == "null" {
			continue
		}
		got, ok := readObject([]byte(part.value))
		if !ok {
			r.notes.add("values of " + part.name + " that are of another type and ignored")
		}
		for _, x := range got {
			list.SetRaw(x.Name, x.Value)
		}
	}
	if s.Description != nil && *s.Description != "" {
		carry(&list, attrDescription, *s.Description)
	}
	base.Attributes = append(list, base.Attributes...)
}

// attrDescription is the attribute that is the description of a shape.
const attrDescription = "description"

// decimals turns points into numbers: x and y in turn.
func decimals(points [][]json.Number) ([]decimal.Decimal, error) {
	out := make([]decimal.Decimal, 0, 2*len(points))
	for i, p := range points {
		if len(p) < 2 {
			return nil, bad("point %d of a shape has %d numbers", i, len(p))
		}
		for _, n := range p[:2] {
			d, ok := decimal.Parse(string(n))
			if !ok {
				return nil, bad("point %d of a shape has %q, which is no number that fits", i, string(n))
			}
			out = append(out, d)
		}
	}
	return out, nil
}

func floats(list []decimal.Decimal) []float64 {
	out := make([]float64, len(list))
	for i, d := range list {
		out[i] = d.Float64()
	}
	return out
}

// geometry makes an annotation of the points. A shape without a kind is a
// polygon, as in old files.
func (r *reader) geometry(s *jsonShape) (dataset.Annotation, error) {
	kind := kindPolygon
	if s.ShapeType != nil && *s.ShapeType != "" {
		kind = *s.ShapeType
	} else {
		r.notes.add("shapes without a shape_type, read as polygons")
	}
	d, err := decimals(s.Points)
	if err != nil {
		return nil, err
	}
	switch kind {
	case kindRectangle:
		return rectangle(d)
	case kindCircle:
		return circle(d)
	case kindMask:
		return r.mask(s, d)
	case kindLine, kindLineStrip:
		a := &dataset.PolyLine{Points: floats(d)}
		if kind != lineKind(len(d)/2) {
			carry(&a.Attributes, carryKind, kind)
		}
		return a, nil
	case kindPoint, kindPoints:
		a := &dataset.Points{Points: floats(d), Visibility: slices.Repeat([]dataset.Visibility{dataset.Visible}, len(d)/2)}
		if kind != pointKind(len(d)/2) {
			carry(&a.Attributes, carryKind, kind)
		}
		return a, nil
	case "rotation", "oriented_rectangle", "quadrilateral":
		r.notes.add("shapes of other tools (" + kind + ") read as polygons")
	case kindPolygon:
	default:
		return nil, bad("a shape of the unknown kind %q", kind)
	}
	if len(d) < 6 {
		return nil, bad("%d points are no polygon", len(d)/2)
	}
	return &dataset.Polygon{Points: floats(d)}, nil
}

// lineKind is the kind of a line of n points, pointKind that of n points.
func lineKind(n int) string {
	if n == 2 {
		return kindLine
	}
	return kindLineStrip
}

func pointKind(n int) string {
	if n == 1 {
		return kindPoint
	}
	return kindPoints
}

// rectangle reads two opposite corners in any order, or four in turn.
func rectangle(d []decimal.Decimal) (dataset.Annotation, error) {
	if len(d) == 8 && axisParallel(floats(d)) {
		d = []decimal.Decimal{d[0], d[1], d[4], d[5]}
	}
	if len(d) != 4 {
		return nil, bad("a rectangle has two points, not %d", len(d)/2)
	}
	x1, y1, x2, y2 := d[0], d[1], d[2], d[3]
	if x1.Float64() > x2.Float64() {
		x1, x2 = x2, x1
	}
	if y1.Float64() > y2.Float64() {
		y1, y2 = y2, y1
	}
	return &dataset.Bbox{X: x1.Float64(), Y: y1.Float64(), W: x2.Minus(x1).Float64(), H: y2.Minus(y1).Float64()}, nil
}

// axisParallel reports whether four points are the corners of a box in turn.
func axisParallel(p []float64) bool {
	return p[1] == p[3] && p[2] == p[4] && p[5] == p[7] && p[6] == p[0] ||
		p[0] == p[2] && p[3] == p[5] && p[4] == p[6] && p[7] == p[1]
}

// circle reads a centre and a point of the edge.
func circle(d []decimal.Decimal) (dataset.Annotation, error) {
	if len(d) != 4 {
		return nil, bad("a circle has a centre and a point of its edge, not %d points", len(d)/2)
	}
	a := ellipseOf(d)
	if dx := d[2].Minus(d[0]); d[1].Float64() != d[3].Float64() || dx.Float64() < 0 {
		carry(&a.Attributes, carryCircle, floats(d))
	}
	return a, nil
}

func ellipseOf(d []decimal.Decimal) *dataset.Ellipse {
	dx, dy := d[2].Minus(d[0]), d[3].Minus(d[1])
	radius := decimal.Of(math.Hypot(dx.Float64(), dy.Float64()))
	if dy.Float64() == 0 {
		if radius = dx; dx.Float64() < 0 {
			radius = decimal.Decimal{}.Minus(dx)
		}
	}
	return &dataset.Ellipse{
		X1: d[0].Minus(radius).Float64(), Y1: d[1].Minus(radius).Float64(),
		X2: d[0].Plus(radius).Float64(), Y2: d[1].Plus(radius).Float64(),
	}
}
