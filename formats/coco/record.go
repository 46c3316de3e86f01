package coco

import (
	"math"
	"strconv"

	"datum/dataset"
)

// records of one item go back and forth between two shapes: the members of a
// JSON object, and a group of annotations with one id.

// group is the annotations that make up one record.
type group struct {
	keypoints *dataset.Points
	polygons  []*dataset.Polygon
	mask      *dataset.Mask
	box       *dataset.Bbox
	caption   *dataset.Caption
	label     *dataset.Label
}

// add puts a into the group, unless the record has no more room for its kind.
func (g *group) add(a dataset.Annotation) bool {
	object := g.caption == nil && g.label == nil
	switch a := a.(type) {
	case *dataset.Points:
		if object && g.keypoints == nil {
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

// all lists the annotations in the order in which they are read.
func (g *group) all() []dataset.Annotation {
	var out []dataset.Annotation
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

// task is where a record of this content belongs.
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

// record makes the members of a record. id, image and category are JSON texts;
// category is empty where there is none.
func (g *group) record(id, image, category string) dataset.Attributes {
	r := dataset.Attributes{{Name: "id", Value: []byte(id)}, {Name: "image_id", Value: []byte(image)}}
	if category != "" {
		r = append(r, dataset.Attribute{Name: "category_id", Value: []byte(category)})
	}
	if g.caption != nil {
		r = append(r, dataset.Attribute{Name: "caption", Value: dataset.AppendString(nil, g.caption.Caption)})
	} else if g.label == nil {
		r = g.appendGeometry(r)
	}
	return g.appendAttributes(r)
}

func (g *group) appendGeometry(r dataset.Attributes) dataset.Attributes {
	if g.keypoints != nil {
		b := []byte{'['}
		seen := int64(0)
		for i, v := range g.keypoints.Visibility {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendNumber(b, g.keypoints.Points[2*i])
			b = appendNumber(append(b, ','), g.keypoints.Points[2*i+1])
			b = strconv.AppendInt(append(b, ','), int64(v), 10)
			if v > 0 {
				seen++
			}
		}
		r = append(r, dataset.Attribute{Name: "keypoints", Value: append(b, ']')},
			dataset.Attribute{Name: "num_keypoints", Value: strconv.AppendInt(nil, seen, 10)})
	}
	if s := g.segmentation(); s != nil {
		r = append(r, dataset.Attribute{Name: "segmentation", Value: s})
	}
	box, area := g.bounds(), g.area()
	return append(r,
		dataset.Attribute{Name: "bbox", Value: appendNumbers(nil, box[:])},
		dataset.Attribute{Name: "area", Value: appendNumber(nil, area)})
}

func (g *group) segmentation() []byte {
	switch {
	case g.mask != nil:
		return rleJSON(g.mask)
	case g.polygons != nil:
		b := []byte{'['}
		for i, p := range g.polygons {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendNumbers(b, p.Points)
		}
		return append(b, ']')
	case g.keypoints != nil:
		return nil
	}
	return []byte("[]") // what readers expect of a box without outline
}

func rleJSON(m *dataset.Mask) []byte {
	b := []byte(`{"counts":`)
	if runs, err := m.RLE.Runs(); err == nil && m.Attributes.Has(carryRLEList) {
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
	if g.mask != nil {
		x, y, w, h, err := g.mask.RLE.Bounds()
		if err == nil {
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
			if v > 0 {
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
	sum := 0.0
	for i := 0; i+1 < len(p); i += 2 {
		j := (i + 2) % len(p)
		sum += p[i]*p[j+1] - p[j]*p[i+1]
	}
	return math.Abs(sum) / 2
}

const (
	attrCrowd = "is_crowd"
	attrScore = "score"
)

// appendAttributes adds iscrowd, score and the "attributes" object, which
// Datumaro and CVAT write for what COCO has no member for.
func (g *group) appendAttributes(r dataset.Attributes) dataset.Attributes {
	all := g.all()
	user, _ := all[0].Common().Attributes.Split()
	if g.caption == nil && g.label == nil {
		crowd := byte('0')
		var on bool
		if user.Decode(attrCrowd, &on) && on {
			crowd = '1'
		}
		r = append(r, dataset.Attribute{Name: "iscrowd", Value: []byte{crowd}})
		user.Delete(attrCrowd)
	}
	if raw, ok := user.Get(attrScore); ok {
		r = append(r, dataset.Attribute{Name: "score", Value: raw})
		user.Delete(attrScore)
	}
	if len(user) > 0 {
		r = append(r, dataset.Attribute{Name: "attributes", Value: user.AppendJSON(nil)})
	}
	return r
}
