package evaluate

import (
	"math"

	"datum/dataset"
	"datum/internal/raster"
	"datum/metrics"
)

// Attributes of annotations that evaluations look at.
const (
	attrCrowd     = "is_crowd"
	attrCrowdToo  = "iscrowd"
	attrDifficult = "difficult"
	attrCOCO      = "@coco.record" // has the area where it is not that of the outline
)

// Truths returns the objects of an item: its boxes, and outlines and masks
// without one by the box around them. Annotations that share group and label are
// one object.
func Truths(it *dataset.Item) ([]metrics.Truth, error) {
	truths, _, err := TruthsOf(it)
	return truths, err
}

// TruthsOf is Truths with the place of each object among the annotations of the
// item: that of its box or, where it has none, of its first outline.
func TruthsOf(it *dataset.Item) (truths []metrics.Truth, places []int, err error) {
	type object struct {
		group int64
		label int32
	}
	var list []*gathered
	byGroup := map[object]*gathered{}
	for i, a := range it.Annotations {
		label := dataset.LabelOf(a)
		if label == nil || *label == dataset.NoLabel || a.Kind() == dataset.KindLabel {
			continue
		}
		o := object{a.Common().Group, *label}
		g := byGroup[o]
		if g == nil || o.group == 0 {
			g = &gathered{truth: metrics.Truth{Category: int(*label)}, area: -1, place: i}
			byGroup[o] = g
			list = append(list, g)
		}
		if err := g.add(a); err != nil {
			return nil, nil, err
		}
		if a.Kind() == dataset.KindBbox {
			g.place = i
		}
	}
	truths, places = make([]metrics.Truth, 0, len(list)), make([]int, 0, len(list))
	for _, g := range list {
		if t, ok := g.done(); ok {
			truths, places = append(truths, t), append(places, g.place)
		}
	}
	return truths, places, nil
}

// unlabelled counts the boxes, outlines and masks of an item that have no label.
func unlabelled(it *dataset.Item) (n int) {
	for _, a := range it.Annotations {
		label := dataset.LabelOf(a)
		if label == nil || *label != dataset.NoLabel || a.Kind() == dataset.KindLabel {
			continue
		}
		var g gathered
		if err := g.add(a); err != nil {
			continue
		}
		if _, ok := g.done(); ok {
			n++
		}
	}
	return n
}

// gathered is an object whose annotations come one by one.
type gathered struct {
	truth          metrics.Truth
	boxed          bool    // there is a box among them
	x1, y1, x2, y2 float64 // around the others
	outlined       bool
	outline        float64 // area of outlines and masks
	area           float64 // that the dataset says, -1 where it says none
	place          int     // among the item's annotations
}

func (g *gathered) add(a dataset.Annotation) error {
	attributes := a.Common().Attributes
	g.truth.Crowd = g.truth.Crowd || isSet(attributes, attrCrowd) || isSet(attributes, attrCrowdToo)
	g.truth.Difficult = g.truth.Difficult || isSet(attributes, attrDifficult)
	if patch, ok := attributes.Get(attrCOCO); ok {
		if members, err := dataset.ParseAttributes(patch); err == nil {
			members.Decode("area", &g.area)
		}
	}
	switch a := a.(type) {
	case *dataset.Bbox:
		g.boxed, g.truth.Box = true, metrics.Box{X: a.X, Y: a.Y, W: a.W, H: a.H}
	case *dataset.Polygon:
		g.outline += shoelace(a.Points)
		g.around(a.Points)
	case *dataset.RotatedBbox:
		corners := raster.Corners(a)
		g.outline += math.Abs(a.W * a.H)
		g.around(corners[:])
	case *dataset.Ellipse:
		g.outline += math.Pi / 4 * math.Abs((a.X2-a.X1)*(a.Y2-a.Y1))
		g.around([]float64{a.X1, a.Y1, a.X2, a.Y2})
	case *dataset.Mask:
		return g.addMask(a)
	}
	return nil
}

func (g *gathered) addMask(a *dataset.Mask) error {
	n, err := a.RLE.Area()
	if err != nil {
		return err
	}
	x, y, w, h, err := a.RLE.Bounds()
	if err != nil {
		return err
	}
	g.outline += float64(n)
	if n > 0 {
		g.around([]float64{x, y, x + w, y + h})
	}
	return nil
}

// isSet reports whether an attribute is true, or a number that is not 0.
func isSet(a dataset.Attributes, name string) bool {
	var b bool
	var f float64
	return a.Decode(name, &b) && b || a.Decode(name, &f) && f != 0
}

func (g *gathered) around(points []float64) {
	for i := 0; i+1 < len(points); i += 2 {
		x, y := points[i], points[i+1]
		if !g.outlined {
			g.x1, g.x2, g.y1, g.y2, g.outlined = x, x, y, y, true
		}
		g.x1, g.x2, g.y1, g.y2 = min(g.x1, x), max(g.x2, x), min(g.y1, y), max(g.y2, y)
	}
}

// done returns the object, or false where it has neither box nor outline.
func (g *gathered) done() (metrics.Truth, bool) {
	t := g.truth
	if !g.boxed {
		if !g.outlined {
			return t, false
		}
		t.Box = metrics.Box{X: g.x1, Y: g.y1, W: g.x2 - g.x1, H: g.y2 - g.y1}
	}
	switch {
	case g.area >= 0:
		t.Area = g.area
	case g.outlined:
		t.Area = g.outline
	default:
		t.Area = t.Box.Area()
	}
	return t, true
}

// shoelace is the area of an outline.
func shoelace(p []float64) (area float64) {
	n := len(p) / 2
	for i := range n {
		j := (i + 1) % n
		area += p[2*i]*p[2*j+1] - p[2*j]*p[2*i+1]
	}
	return math.Abs(area) / 2
}
