package coco

import (
	"math"
	"strconv"

	"datum/dataset"
)

// group is the annotations that make up one record of an annotation file.
// Records go back and forth between this and the members of a JSON object.
type group struct {
	keypoints *dataset.Points
	polygons  []*dataset.Polygon
	mask      *dataset.Mask
	box       *dataset.Bbox
	caption   *dataset.Caption
	label     *dataset.Label
}

// add puts a into the group. It reports false where the record has no room for
// it or COCO has none for its kind.
func (g *group) add(a dataset.Annotation) bool {
	object := g.caption == nil && g.label == nil
	switch a := a.(type) {
	case *dataset.Points:
		// An outline with a box is complete: the keypoints of the same object
		// that come after it are a record of their own, in another file.
		if object && g.keypoints == nil && (g.box == nil || g.polygons == nil && g.mask == nil) {
			g.keypoints = a
			return true
		}
	case *dataset.Polygon:
		if object && g.mask == nil {
			g.polygons = append(g.polygons, a)
			return true
		}
	case *dataset.Mask:
		if object && g.mask == nil && g.polygons == nil {
			g.mask = a
			return true
		}
	case *dataset.Bbox:
		if object && g.box == nil {
			g.box = a
			return true
		}
	case *dataset.Caption:
		if g.empty() {
			g.caption = a
			return true
		}
	case *dataset.Label:
		if g.empty() {
			g.label = a
			return true
		}
	}
	return false
}

func (g *group) empty() bool {
	return g.keypoints == nil && g.polygons == nil && g.mask == nil && g.box == nil && g.caption == nil && g.label == nil
}

// all lists the annotations in the order in which Datumaro reads them.
func (g *group) all() []dataset.Annotation {
	out := make([]dataset.Annotation, 0, len(g.polygons)+2)
	if g.keypoints != nil {
		out = append(out, g.keypoints)
	}
	for _, p := range g.polygons {
		out = append(out, p)
	}
	if g.mask != nil {
		out = append(out, g.mask)
	}
	if g.box != nil {
		out = append(out, g.box)
	}
	if g.caption != nil {
		out = append(out, g.caption)
	}
	if g.label != nil {
		out = append(out, g.label)
	}
	return out
}

// task is the kind of file where a record of this content belongs.
func (g *group) task() string {
	switch {
	case g.keypoints != nil:
		return taskKeypoints
	case g.caption != nil:
		return taskCaptions
	case g.label != nil:
		return taskLabels
	}
	return taskInstances
}

// sameness names the members of which the reader knows that the writer makes
// the same of them, without looking.
type sameness struct{ segmentation, keypoints, bbox bool }

// members makes the record, but for its id and its image. attributes are the
// user's; category is the JSON text of the category's id.
func (g *group) members(attributes dataset.Attributes, category []byte, same sameness) dataset.Attributes {
	r := make(dataset.Attributes, 0, 10)
	add := func(name string, value []byte) { r = append(r, dataset.Attribute{Name: name, Value: value}) }
	switch {
	case g.caption != nil:
		add("caption", dataset.AppendString(nil, g.caption.Caption))
	case g.label != nil:
		add("category_id", category)
	default:
		add("category_id", category)
		r = g.appendGeometry(r, same)
		on, rest := crowd(attributes)
		attributes = rest
		add("iscrowd", strconv.AppendInt(nil, on, 10))
	}
	if raw, ok := attributes.Get(attrScore); ok {
		add(attrScore, raw)
		attributes = without(attributes, attrScore)
	}
	if len(attributes) > 0 {
		add("attributes", attributes.AppendJSON(nil))
	}
	return r
}

const (
	attrCrowd = "is_crowd"
	attrScore = "score"
)

// crowd takes the flag out of the attributes, where it can be read as one.
func crowd(a dataset.Attributes) (on int64, rest dataset.Attributes) {
	raw, _ := a.Get(attrCrowd)
	switch string(raw) {
	case "true", "1":
		return 1, without(a, attrCrowd)
	case "false", "0":
		return 0, without(a, attrCrowd)
	}
	return 0, a
}

func without(a dataset.Attributes, name string) dataset.Attributes {
	out := make(dataset.Attributes, 0, len(a))
	for _, x := range a {
		if x.Name != name {
			out = append(out, x)
		}
	}
	return out
}

func (g *group) appendGeometry(r dataset.Attributes, same sameness) dataset.Attributes {
	add := func(name string, value []byte) { r = append(r, dataset.Attribute{Name: name, Value: value}) }
	if same.segmentation {
		add("segmentation", nil)
	} else {
		add("segmentation", g.segmentation())
	}
	add("area", appendNumber(nil, g.area()))
	if same.bbox {
		add("bbox", nil)
	} else {
		box := g.bounds()
		add("bbox", appendNumbers(nil, box[:]))
	}
	if g.keypoints == nil {
		return r
	}
	seen := int64(0)
	for _, v := range g.keypoints.Visibility {
		if v > 0 {
			seen++
		}
	}
	if same.keypoints {
		add("keypoints", nil)
	} else {
		add("keypoints", keypointsJSON(g.keypoints))
	}
	add("num_keypoints", strconv.AppendInt(nil, seen, 10))
	return r
}

func keypointsJSON(k *dataset.Points) []byte {
	b := []byte{'['}
	for i := 0; 2*i+1 < len(k.Points); i++ {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumber(b, k.Points[2*i])
		b = appendNumber(append(b, ','), k.Points[2*i+1])
		v := dataset.Visible
		if i < len(k.Visibility) {
			v = k.Visibility[i]
		}
		b = strconv.AppendInt(append(b, ','), int64(v), 10)
	}
	return append(b, ']')
}

func (g *group) segmentation() []byte {
	if g.mask != nil {
		return rleJSON(g.mask)
	}
	b := []byte{'['} // "[]" is what readers expect of a box without outline
	for i, p := range g.polygons {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumbers(b, p.Points)
	}
	return append(b, ']')
}

func rleJSON(m *dataset.Mask) []byte {
	b := []byte(`{"counts":`)
	if runs, err := m.RLE.Runs(); err == nil && m.Attributes.Has(carryList) {
		b = append(b, '[')
		for i, n := range runs {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, n, 10)
		}
		b = append(b, ']')
	} else {
		b = dataset.AppendString(b, string(m.RLE.Counts))
	}
	b = strconv.AppendInt(append(b, `,"size":[`...), int64(m.RLE.Height), 10)
	b = strconv.AppendInt(append(b, ','), int64(m.RLE.Width), 10)
	return append(b, ']', '}')
}

// bounds is the box, or the one around everything else.
func (g *group) bounds() (box [4]float64) {
	if g.box != nil {
		return [4]float64{g.box.X, g.box.Y, g.box.W, g.box.H}
	}
	return g.outline()
}

// outline is the box around the mask, the polygons or, where there are
// neither, the keypoints that are labelled.
func (g *group) outline() (box [4]float64) {
	if g.mask != nil {
		if x, y, w, h, err := g.mask.RLE.Bounds(); err == nil {
			return [4]float64{x, y, w, h}
		}
		return box
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	grow := func(x, y float64) { x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y) }
	for _, p := range g.polygons {
		for i := 0; i+1 < len(p.Points); i += 2 {
			grow(p.Points[i], p.Points[i+1])
		}
	}
	if len(g.polygons) == 0 && g.keypoints != nil {
		for i, v := range g.keypoints.Visibility {
			if v > 0 && 2*i+1 < len(g.keypoints.Points) {
				grow(g.keypoints.Points[2*i], g.keypoints.Points[2*i+1])
			}
		}
	}
	if x1 < x0 {
		return box
	}
	return [4]float64{x0, y0, x1 - x0, y1 - y0}
}

// area is that of the mask in pixels, of the polygons, or of the box.
func (g *group) area() float64 {
	if g.mask != nil {
		n, err := g.mask.RLE.Area()
		if err != nil {
			return 0
		}
		return float64(n)
	}
	if len(g.polygons) > 0 {
		sum := 0.0
		for _, p := range g.polygons {
			sum += polygonArea(p.Points)
		}
		return sum
	}
	b := g.bounds()
	return b[2] * b[3]
}

// polygonArea is the shoelace formula.
func polygonArea(p []float64) float64 {
	n := len(p) &^ 1
	if n == 0 {
		return 0
	}
	sum := 0.0
	for i := 0; i+3 < n; i += 2 {
		sum += p[i]*p[i+3] - p[i+2]*p[i+1]
	}
	sum += p[n-2]*p[1] - p[0]*p[n-1]
	return math.Abs(sum) / 2
}
