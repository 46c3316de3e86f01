package cvat

import (
	"encoding/json"
	"strconv"

	"datum/dataset"
	"datum/internal/decimal"
	"datum/internal/xmltext"
)

// shape is an annotation on its way into the file: the name of its element,
// the attributes that are its geometry, and the elements in it.
type shape struct {
	name    string
	attrs   []byte
	parts   []byte
	flagged bool // has the attribute occluded in any case
	gone    bool // a skeleton none of whose points is there
}

// annotation appends an annotation to the <image> in b, or gives it to a
// track.
func (e *exporter) annotation(b []byte, r *record, a dataset.Annotation, seen map[trackKey]int) ([]byte, error) {
	base := a.Common()
	label := dataset.LabelOf(a)
	if what := dropped(a); what != "" {
		e.lost(what, r.it)
		return b, nil
	}
	if *label == dataset.NoLabel {
		e.lost("annotations without a label dropped", r.it)
		return b, nil
	}
	s, err := e.shape(r, a)
	if err != nil || s == nil {
		return b, err
	}
	if base.ID != 0 {
		e.lost("ids of annotations dropped", r.it)
	}
	tracked := base.ObjectID >= 0 && e.style != styleImages || e.style == styleVideo
	if tracked && s.name != "tag" && !s.gone {
		return b, e.tracks.add(r, a, s, seen)
	}
	if base.ObjectID != dataset.NoObject {
		e.lost("object ids of annotations dropped", r.it)
	}
	if e.style == styleVideo {
		e.lost("annotations that no track can have dropped", r.it)
		return b, nil
	}
	return e.untracked(b, r, a, s), nil
}

// dropped says why an annotation cannot be written, empty where it can.
func dropped(a dataset.Annotation) string {
	finite, even := true, true
	switch a := a.(type) {
	case *dataset.Caption:
		return "captions dropped"
	case *dataset.Cuboid3D:
		return "3D cuboids dropped"
	case *dataset.Tabular:
		return "table rows dropped"
	case *dataset.Bbox:
		finite = decimal.Finite(a.X, a.Y, a.W, a.H)
	case *dataset.RotatedBbox:
		finite = decimal.Finite(a.CX, a.CY, a.W, a.H, a.Angle)
	case *dataset.Ellipse:
		finite = decimal.Finite(a.X1, a.Y1, a.X2, a.Y2)
	case *dataset.Cuboid2D:
		finite = decimal.Finite(a.Corners[:]...)
	case *dataset.Polygon:
		finite, even = decimal.Finite(a.Points...), len(a.Points)%2 == 0
		if len(a.Points) < 6 {
			return "polygons of less than three points dropped"
		}
	case *dataset.PolyLine:
		finite, even = decimal.Finite(a.Points...), len(a.Points)%2 == 0
	case *dataset.Points:
		finite, even = decimal.Finite(a.Points...), len(a.Points)%2 == 0
	}
	if p, ok := pointsOf(a); ok && len(p) == 0 {
		return "lines and points without a point dropped"
	}
	if !finite || !even {
		return "annotations with coordinates that are no numbers dropped"
	}
	return ""
}

// pointsOf returns the points of a line or of keypoints.
func pointsOf(a dataset.Annotation) ([]float64, bool) {
	switch a := a.(type) {
	case *dataset.PolyLine:
		return a.Points, true
	case *dataset.Points:
		return a.Points, true
	}
	return nil, false
}

// untracked appends the element of a shape that belongs to no track.
func (e *exporter) untracked(b []byte, r *record, a dataset.Annotation, s *shape) []byte {
	base := a.Common()
	label := *dataset.LabelOf(a)
	b = append(append(b, "    <"...), s.name...)
	b = xmltext.AppendAttr(b, "label", e.labels.name(label))
	b = xmltext.AppendAttr(b, "source", e.sourceOf(base))
	attributes, b := e.flags(b, base, s, false)
	b = append(b, s.attrs...)
	if z := dataset.ZOf(a); z != nil {
		b = xmltext.AppendAttr(b, "z_order", strconv.Itoa(int(*z)))
	}
	if base.Group != 0 {
		b = xmltext.AppendAttr(b, "group_id", strconv.FormatInt(base.Group, 10))
	}
	return e.endShape(b, r, label, attributes, s)
}

// endShape appends what is in the element of a shape, and its end.
func (e *exporter) endShape(b []byte, r *record, label int32, attributes dataset.Attributes, s *shape) []byte {
	b = append(append(b, '>'), s.parts...)
	use := e.labels.use(label, "")
	b = e.values(b, r, use, attributes, "      ")
	if len(s.parts) > 0 || len(attributes) > 0 {
		b = append(b, "\n    "...)
	}
	return append(append(append(b, "</"...), s.name...), ">\n"...)
}

// values appends <attribute> elements.
func (e *exporter) values(b []byte, r *record, use *attrUses, attributes dataset.Attributes, indent string) []byte {
	for _, a := range attributes {
		b = append(append(append(b, '\n'), indent...), "<attribute"...)
		b = xmltext.AppendAttr(b, "name", e.text(a.Name))
		b = append(b, '>')
		b = xmltext.AppendText(b, e.text(use.note(a, r.it)))
		b = append(b, "</attribute>"...)
	}
	return b
}

func (e *exporter) sourceOf(base *dataset.Base) string {
	if s := carriedText(base.Attributes, carrySource); s != "" {
		return e.text(s)
	}
	return "manual"
}

// flags appends the attributes of a shape that stand for flags, and returns
// the user's attributes that are none of them.
func (e *exporter) flags(b []byte, base *dataset.Base, s *shape, tracked bool) (dataset.Attributes, []byte) {
	user, _ := base.Attributes.Split()
	occluded := "0"
	var rest dataset.Attributes
	flagged := s.flagged
	for _, a := range user {
		on, isFlag := asFlag(a.Value)
		switch {
		case isFlag && a.Name == "occluded" && s.name != "tag":
			occluded, flagged = on, true
		case isFlag && tracked && (a.Name == "keyframe" || a.Name == "outside"):
		default:
			rest = append(rest, a)
		}
	}
	if flagged {
		b = xmltext.AppendAttr(b, "occluded", occluded)
	}
	return rest, b
}

func asFlag(value []byte) (text string, ok bool) {
	var on bool
	if json.Unmarshal(value, &on) != nil || string(value) == "null" {
		return "", false
	}
	if on {
		return "1", true
	}
	return "0", true
}

// shape makes the geometry of an annotation, or nil of one that is dropped and
// counted.
func (e *exporter) shape(r *record, a dataset.Annotation) (*shape, error) {
	s := &shape{flagged: true}
	switch a := a.(type) {
	case *dataset.Label:
		s.name, s.flagged = "tag", false
	case *dataset.Bbox:
		s.name = "box"
		s.attrs = appendNumbers(nil, "xtl", a.X, "ytl", a.Y)
		s.attrs = xmltext.AppendAttr(s.attrs, "xbr", decimal.Of(a.X).Plus(decimal.Of(a.W)).String())
		s.attrs = xmltext.AppendAttr(s.attrs, "ybr", decimal.Of(a.Y).Plus(decimal.Of(a.H)).String())
	case *dataset.RotatedBbox:
		s.name, s.attrs = "box", rotatedBox(a)
		if a.Angle == 0 {
			e.lost("rotated boxes with an angle of 0 turned into plain ones", r.it)
		}
	case *dataset.Polygon:
		s.name, s.attrs = "polygon", appendPoints(nil, a.Points)
	case *dataset.PolyLine:
		s.name, s.attrs = "polyline", appendPoints(nil, a.Points)
	case *dataset.Points:
		e.points(s, r, a)
	case *dataset.Ellipse:
		s.name, s.attrs = "ellipse", ellipseAttrs(a)
	case *dataset.Cuboid2D:
		s.name = "cuboid"
		for i, name := range cuboidCorners {
			s.attrs = appendNumbers(s.attrs, name, a.Corners[i])
		}
		if len(a.Y3D) > 0 {
			e.lost("base lines of 2D cuboids dropped", r.it)
		}
	case *dataset.Mask:
		return e.mask(s, r, a)
	}
	return s, nil
}

// appendNumbers appends attributes that are numbers: names and values in turn.
func appendNumbers(b []byte, pairs ...any) []byte {
	for i := 0; i < len(pairs); i += 2 {
		b = xmltext.AppendAttr(b, pairs[i].(string), strconv.FormatFloat(pairs[i+1].(float64), 'f', -1, 64))
	}
	return b
}

func appendPoints(b []byte, points []float64) []byte {
	b = append(b, ` points="`...)
	for i := 0; i+1 < len(points); i += 2 {
		if i > 0 {
			b = append(b, ';')
		}
		b = strconv.AppendFloat(b, points[i], 'f', -1, 64)
		b = strconv.AppendFloat(append(b, ','), points[i+1], 'f', -1, 64)
	}
	return append(b, '"')
}

func rotatedBox(a *dataset.RotatedBbox) []byte {
	cx, cy, w, h := decimal.Of(a.CX), decimal.Of(a.CY), decimal.Of(a.W).Half(), decimal.Of(a.H).Half()
	b := xmltext.AppendAttr(nil, "xtl", cx.Minus(w).String())
	b = xmltext.AppendAttr(b, "ytl", cy.Minus(h).String())
	b = xmltext.AppendAttr(b, "xbr", cx.Plus(w).String())
	b = xmltext.AppendAttr(b, "ybr", cy.Plus(h).String())
	return appendNumbers(b, "rotation", a.Angle)
}

func ellipseAttrs(a *dataset.Ellipse) []byte {
	x1, y1, x2, y2 := decimal.Of(a.X1), decimal.Of(a.Y1), decimal.Of(a.X2), decimal.Of(a.Y2)
	b := xmltext.AppendAttr(nil, "cx", x1.Plus(x2).Half().String())
	b = xmltext.AppendAttr(b, "cy", y1.Plus(y2).Half().String())
	b = xmltext.AppendAttr(b, "rx", x2.Minus(x1).Half().String())
	b = xmltext.AppendAttr(b, "ry", y2.Minus(y1).Half().String())
	var turn float64
	if a.Attributes.Decode(carryRotation, &turn) && turn != 0 {
		b = appendNumbers(b, "rotation", turn)
	}
	return b
}

func (e *exporter) mask(s *shape, r *record, a *dataset.Mask) (*shape, error) {
	if a.RLE.Width != r.width || a.RLE.Height != r.height {
		e.lost("masks of another size than their picture dropped", r.it)
		return nil, nil
	}
	g, err := regionOf(a.RLE, e.most)
	if err != nil {
		return nil, err
	}
	s.name = "mask"
	s.attrs = append(g.appendRuns(append(s.attrs, ` rle="`...)), '"')
	s.attrs = xmltext.AppendAttr(s.attrs, "left", strconv.FormatInt(g.left, 10))
	s.attrs = xmltext.AppendAttr(s.attrs, "top", strconv.FormatInt(g.top, 10))
	s.attrs = xmltext.AppendAttr(s.attrs, "width", strconv.FormatInt(g.width, 10))
	s.attrs = xmltext.AppendAttr(s.attrs, "height", strconv.FormatInt(g.height, 10))
	return s, nil
}

// points makes a <skeleton> of keypoints whose label has as many, and <points>
// of all others.
func (e *exporter) points(s *shape, r *record, a *dataset.Points) {
	names := e.labels.keypoints(a.Label)
	n := len(a.Points) / 2
	if n == 0 || len(names) != n || len(a.Visibility) != n {
		s.name, s.attrs = "points", appendPoints(nil, a.Points)
		for _, v := range a.Visibility {
			if v != dataset.Visible {
				e.lost("visibilities of keypoints dropped", r.it)
				break
			}
		}
		return
	}
	s.name, s.flagged, s.gone = "skeleton", false, true
	own := e.elementValues(a)
	for i, name := range names {
		v := a.Visibility[i]
		s.gone = s.gone && v == dataset.Absent
		b := append(s.parts, "\n      <points"...)
		b = xmltext.AppendAttr(b, "label", e.text(name))
		b = xmltext.AppendAttr(b, "outside", bit(v == dataset.Absent))
		b = xmltext.AppendAttr(b, "occluded", bit(v == dataset.Hidden))
		b = append(b, ` keyframe="1"`...)
		b = append(appendPoints(b, a.Points[2*i:2*i+2]), '>')
		if values := own[name]; len(values) > 0 {
			b = e.values(b, r, e.labels.use(a.Label, name), values, "        ")
			b = append(b, "\n      "...)
		}
		s.parts = append(b, "</points>"...)
	}
}

// elementValues are the attributes of the elements of a skeleton that an
// annotation carries.
func (e *exporter) elementValues(a *dataset.Points) map[string]dataset.Attributes {
	raw, ok := a.Attributes.Get(carryElements)
	if !ok {
		return nil
	}
	list, err := dataset.ParseAttributes(raw)
	if err != nil {
		return nil
	}
	own := map[string]dataset.Attributes{}
	for _, x := range list {
		if values, err := dataset.ParseAttributes(x.Value); err == nil {
			own[x.Name] = values
		}
	}
	return own
}

func bit(on bool) string {
	if on {
		return "1"
	}
	return "0"
}
