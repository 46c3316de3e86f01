package labelme

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"datum/dataset"
	"datum/internal/decimal"
)

// geometry is a shape on its way into the file: its kind, the text of its
// numbers, x and y in turn, and the picture of a mask.
type geometry struct {
	kind    string
	numbers []string
	mask    []byte
}

// shape makes the JSON text of a shape, or nil of an annotation that is dropped
// and counted.
func (e *exporter) shape(it *dataset.Item, a dataset.Annotation, size [2]int32) ([]byte, error) {
	if what := dropped(a); what != "" {
		e.lost(what, it, 1)
		return nil, nil
	}
	label := *dataset.LabelOf(a)
	if label == dataset.NoLabel {
		e.lost("annotations without a label dropped", it, 1)
		return nil, nil
	}
	g, err := e.geometry(it, a, size)
	if err != nil || g == nil {
		return nil, err
	}
	base := a.Common()
	e.countShape(it, a)
	user, _ := base.Attributes.Split()
	var description string
	if user.Decode(attrDescription, &description) && description != "" {
		user = user.Clone()
		user.Delete(attrDescription)
	} else {
		description = ""
	}
	flags, others := splitFlags(user)
	b := dataset.AppendString([]byte(`{"label":`), e.labelName(label))
	b = appendPoints(append(b, `,"points":`...), g.numbers)
	b = appendGroup(append(b, `,"group_id":`...), base)
	b = dataset.AppendString(append(b, `,"description":`...), description)
	b = dataset.AppendString(append(b, `,"shape_type":`...), g.kind)
	b = flags.AppendJSON(append(b, `,"flags":`...))
	b = append(b, `,"mask":`...)
	if g.mask == nil {
		b = append(b, "null"...)
	} else {
		b = dataset.AppendString(b, base64.StdEncoding.EncodeToString(g.mask))
	}
	if len(others) > 0 {
		b = others.AppendJSON(append(b, `,"attributes":`...))
	}
	return append(appendOther(b, base.Attributes, shapeMembers), '}'), nil
}

// countShape counts what an annotation has and a shape does not.
func (e *exporter) countShape(it *dataset.Item, a dataset.Annotation) {
	base := a.Common()
	if base.ID != 0 {
		e.lost("ids of annotations dropped", it, 1)
	}
	if base.ObjectID != dataset.NoObject {
		e.lost("object ids of annotations dropped", it, 1)
	}
	if z := dataset.ZOf(a); z != nil && *z != 0 {
		e.lost("drawing orders of annotations dropped", it, 1)
	}
}

// dropped says why an annotation cannot be written, empty where it can.
func dropped(a dataset.Annotation) string {
	var numbers []float64
	switch a := a.(type) {
	case *dataset.Caption:
		return "captions dropped"
	case *dataset.Label:
		return "labels of whole items dropped"
	case *dataset.Cuboid2D:
		return "2D cuboids dropped"
	case *dataset.Cuboid3D:
		return "3D cuboids dropped"
	case *dataset.Tabular:
		return "table rows dropped"
	case *dataset.Bbox:
		numbers = []float64{a.X, a.Y, a.W, a.H}
	case *dataset.RotatedBbox:
		numbers = []float64{a.CX, a.CY, a.W, a.H, a.Angle, 0}
	case *dataset.Ellipse:
		numbers = []float64{a.X1, a.Y1, a.X2, a.Y2}
	case *dataset.Polygon:
		if numbers = a.Points; len(numbers) < 6 {
			return "polygons of less than three points dropped"
		}
	case *dataset.PolyLine:
		numbers = a.Points
	case *dataset.Points:
		numbers = a.Points
	}
	if !decimal.Finite(numbers...) || len(numbers)%2 != 0 {
		return "annotations with coordinates that are no numbers dropped"
	}
	return ""
}

func (e *exporter) geometry(it *dataset.Item, a dataset.Annotation, size [2]int32) (*geometry, error) {
	switch a := a.(type) {
	case *dataset.Bbox:
		return e.box(it, a), nil
	case *dataset.RotatedBbox:
		e.lost("rotated boxes turned into polygons", it, 1)
		return &geometry{kind: kindPolygon, numbers: texts(corners(a))}, nil
	case *dataset.Polygon:
		return &geometry{kind: kindPolygon, numbers: texts(a.Points)}, nil
	case *dataset.PolyLine:
		kind := carriedKind(&a.Base, lineKind(len(a.Points)/2), kindLine, kindLineStrip)
		return &geometry{kind: kind, numbers: texts(a.Points)}, nil
	case *dataset.Points:
		if slices.ContainsFunc(a.Visibility, func(v dataset.Visibility) bool { return v != dataset.Visible }) || len(a.Visibility) != len(a.Points)/2 {
			e.lost("visibilities of keypoints dropped", it, 1)
		}
		kind := carriedKind(&a.Base, pointKind(len(a.Points)/2), kindPoint, kindPoints)
		return &geometry{kind: kind, numbers: texts(a.Points)}, nil
	case *dataset.Ellipse:
		return e.ellipse(it, a), nil
	case *dataset.Mask:
		return e.mask(it, a, size)
	}
	return nil, nil
}

// carriedKind is the kind that a shape came with, if it is one of two.
func carriedKind(base *dataset.Base, otherwise string, kinds ...string) string {
	var kind string
	if base.Attributes.Decode(carryKind, &kind) && slices.Contains(kinds, kind) {
		return kind
	}
	return otherwise
}

func (e *exporter) box(it *dataset.Item, a *dataset.Bbox) *geometry {
	if a.W < 0 || a.H < 0 {
		e.lost("boxes of a negative size turned around", it, 1)
	}
	return &geometry{kind: kindRectangle, numbers: []string{number(a.X), number(a.Y), decimal.Of(a.X).Plus(decimal.Of(a.W)).String(), decimal.Of(a.Y).Plus(decimal.Of(a.H)).String()}}
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func texts(points []float64) []string {
	out := make([]string, len(points))
	for i, v := range points {
		out[i] = number(v)
	}
	return out
}

// corners of a box that is turned clockwise.
func corners(b *dataset.RotatedBbox) []float64 {
	sin, cos := math.Sincos(b.Angle * math.Pi / 180)
	var out []float64
	for _, c := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		x, y := c[0]*b.W/2, c[1]*b.H/2
		out = append(out, b.CX+x*cos-y*sin, b.CY+x*sin+y*cos)
	}
	return out
}

// ellipse makes a circle of an ellipse that is one, and a polygon of others.
func (e *exporter) ellipse(it *dataset.Item, a *dataset.Ellipse) *geometry {
	var points []float64
	if a.Attributes.Decode(carryCircle, &points) && len(points) == 4 && decimal.Finite(points...) {
		if b := ellipseOf([]decimal.Decimal{decimal.Of(points[0]), decimal.Of(points[1]), decimal.Of(points[2]), decimal.Of(points[3])}); b.X1 == a.X1 && b.Y1 == a.Y1 && b.X2 == a.X2 && b.Y2 == a.Y2 {
			return &geometry{kind: kindCircle, numbers: texts(points)}
		}
	}
	x1, y1, x2, y2 := decimal.Of(a.X1), decimal.Of(a.Y1), decimal.Of(a.X2), decimal.Of(a.Y2)
	cx, cy := x1.Plus(x2).Half(), y1.Plus(y2).Half()
	if w, h := x2.Minus(x1), y2.Minus(y1); w.Float64() >= 0 && w.String() == h.String() {
		return &geometry{kind: kindCircle, numbers: []string{cx.String(), cy.String(), x2.String(), cy.String()}}
	}
	e.lost("ellipses turned into polygons", it, 1)
	const corners = 64
	rx, ry := (a.X2-a.X1)/2, (a.Y2-a.Y1)/2
	outline := make([]float64, 0, 2*corners)
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		outline = append(outline, cx.Float64()+rx*cos, cy.Float64()+ry*sin)
	}
	return &geometry{kind: kindPolygon, numbers: texts(outline)}
}

func (e *exporter) mask(it *dataset.Item, a *dataset.Mask, size [2]int32) (*geometry, error) {
	if size != [2]int32{a.RLE.Height, a.RLE.Width} {
		e.lost("masks of another size than their picture dropped", it, 1)
		return nil, nil
	}
	w, picture, err := drawMask(a.RLE, e.most)
	if err != nil {
		return nil, err
	}
	var numbers []string
	for _, n := range []int64{w.x1, w.y1, w.x2, w.y2} {
		numbers = append(numbers, strconv.FormatInt(n, 10))
	}
	return &geometry{kind: kindMask, numbers: numbers, mask: picture}, nil
}

func appendPoints(b []byte, numbers []string) []byte {
	b = append(b, '[')
	for i := 0; i+1 < len(numbers); i += 2 {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, '['), numbers[i]...)
		b = append(append(b, ','), numbers[i+1]...)
		b = append(b, ']')
	}
	return append(b, ']')
}

// appendGroup appends the id of the group, as it was where it travels along.
func appendGroup(b []byte, base *dataset.Base) []byte {
	if raw, ok := base.Attributes.Get(carryGroup); ok && base.Group != 0 && json.Valid(raw) {
		return append(b, raw...)
	}
	if base.Group == 0 {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, base.Group, 10)
}

// labelName is the name of a label, its number where the dataset has no list.
func (e *exporter) labelName(label int32) string {
	if e.info.Categories.Labels != nil {
		name := e.info.Categories.Name(label)
		if slices.Contains(specialLabels, name) {
			e.special[name] = true
		}
		return name
	}
	if !e.bare[label] {
		e.bare[label] = true
		e.loss.Add("labels named after their numbers, since the dataset has no list of them", strconv.Itoa(int(label)), 1)
	}
	return strconv.Itoa(int(label))
}
