package yolo

import (
	"slices"
	"strconv"

	"datum/dataset"
	"datum/formats"
	"datum/internal/decimal"
	"datum/internal/raster"
)

// texter writes the lines of one picture.
type texter struct {
	task          task
	kpt           kptShape
	clip          bool
	most          int64 // pixels of a mask
	ids           []int // class numbers of labels
	width, height int32
	where         string
	loss          formats.Loss
	text          []byte
}

func (t *texter) lost(what string, n int) { t.loss.Add(what, t.where, n) }

// record writes all objects of a picture.
func (t *texter) record(r *record) error {
	t.width, t.height, t.where = r.Width, r.Height, r.Item
	if len(r.Objects) > 0 && (t.width == 0 || t.height == 0) {
		t.lost("annotations dropped, since the size of their picture is not known", countAll(r.Objects))
		return nil
	}
	for i := range r.Objects {
		if err := t.object(&r.Objects[i]); err != nil {
			return err
		}
	}
	return nil
}

func countAll(objects []object) int {
	n := 0
	for i := range objects {
		o := &objects[i]
		n += len(o.Polygons) + len(o.Masks)
		for _, there := range []bool{o.Box != nil, o.Rotated != nil, o.Points != nil} {
			if there {
				n++
			}
		}
	}
	return n
}

func (t *texter) object(o *object) error {
	switch t.task {
	case segment:
		return t.segment(o)
	case obb:
		return t.obb(o)
	case pose:
		return t.pose(o)
	}
	return t.detect(o)
}

// line writes a line. tail are keypoints, if there are any.
func (t *texter) line(o *object, numbers []string, tail ...string) {
	values := valuesOf(numbers)
	for i := 0; i+1 < len(tail); i += t.kpt.values {
		values = append(values, valuesOf(tail[i:i+2])...)
	}
	if !decimal.Finite(values...) {
		t.lost("annotations with coordinates that are no numbers dropped", 1)
		return
	}
	if outside(values) {
		t.lost("objects that reach out of the image, which Ultralytics refuses (the option yolo-clip cuts them off)", 1)
	}
	t.begin(o)
	for _, n := range append(numbers, tail...) {
		t.text = append(append(t.text, ' '), n...)
	}
	t.end(o)
}

func valuesOf(numbers []string) []float64 {
	values := make([]float64, len(numbers))
	for i, n := range numbers {
		values[i], _ = strconv.ParseFloat(n, 64)
	}
	return values
}

// clipped cuts an annotation off at the edge, if that is wanted. It reports
// false where nothing is left of it.
func (t *texter) clipped(a dataset.Annotation) bool {
	if !t.clip {
		return true
	}
	changed, left := clipAnnotation(a, float64(t.width), float64(t.height))
	if changed && left {
		t.lost("annotations cut off at the edge of the picture", 1)
	}
	if !left {
		t.lost("annotations outside of the picture dropped", 1)
	}
	return left
}

// detect writes the box of an object.
func (t *texter) detect(o *object) error {
	if o.Points != nil {
		t.lost("keypoints dropped", 1)
	}
	box, err := t.boxOf(o)
	if box != nil && t.clipped(box) && !t.plainBox(o, box) {
		t.line(o, t.boxTexts(box))
	}
	return err
}

// boxOf returns the box of an object: its own, or that around its outline or
// its rotated box.
func (t *texter) boxOf(o *object) (*dataset.Bbox, error) {
	if o.Box != nil {
		t.lost("polygons dropped", len(o.Polygons))
		t.lost("masks dropped", len(o.Masks))
		if o.Rotated != nil {
			t.lost("rotated boxes dropped", 1)
		}
		return o.Box, nil
	}
	var points []float64
	for _, p := range o.Polygons {
		points = append(points, p.Points...)
	}
	for _, m := range o.Masks {
		x, y, w, h, err := m.RLE.Bounds()
		if err != nil {
			return nil, corrupt("%w", err)
		}
		if w > 0 {
			points = append(points, x, y, x+w, y+h)
		}
	}
	if o.Rotated != nil {
		c := raster.Corners(o.Rotated)
		points = append(points, c[:]...)
		t.lost("rotated boxes written as the boxes around them", 1)
	}
	t.lost("polygons written as the boxes around them", len(o.Polygons))
	t.lost("masks written as the boxes around them", len(o.Masks))
	if len(points) < 2 {
		return nil, nil
	}
	return boxAround(points, o.Label), nil
}

func boxAround(points []float64, label int32) *dataset.Bbox {
	b := &dataset.Bbox{Label: label}
	b.X, b.Y, b.W, b.H = raster.BoundsOf(points)
	return b
}

// boxTexts returns the numbers of a box, in the spelling of its source if it
// carries that.
func (t *texter) boxTexts(b *dataset.Bbox) []string {
	return spelled(&b.Base, boxNumbers(b, t.width, t.height), func(v [][]byte, _ []float64) bool {
		x, w := span(parse(v[0]), parse(v[2]), t.width)
		y, h := span(parse(v[1]), parse(v[3]), t.height)
		return x == b.X && y == b.Y && w == b.W && h == b.H
	})
}

// pointTexts does the same for x and y of points.
func (t *texter) pointTexts(base *dataset.Base, points []float64) []string {
	s := &shaper{width: t.width, height: t.height}
	return spelled(base, pointNumbers(points, t.width, t.height), func(v [][]byte, _ []float64) bool {
		return slices.Equal(s.points(v), points)
	})
}

// obb writes the four corners of an object.
func (t *texter) obb(o *object) error {
	if o.Points != nil {
		t.lost("keypoints dropped", 1)
	}
	if o.Rotated != nil {
		t.lost("polygons dropped", len(o.Polygons))
		t.lost("masks dropped", len(o.Masks))
		if o.Box != nil {
			t.lost("boxes dropped", 1)
		}
		t.line(o, t.cornerTexts(o.Rotated))
		return nil
	}
	if o.Box != nil || len(o.Polygons) != 1 || len(o.Masks) > 0 {
		box, err := t.boxOf(o)
		if err != nil || box == nil || !t.clipped(box) {
			return err
		}
		t.lost("boxes written as rotated boxes", 1)
		t.line(o, pointNumbers(boxCorners(box), t.width, t.height))
		return nil
	}
	p := o.Polygons[0].Points
	if len(p) < 6 {
		t.lost("polygons of fewer than three points dropped", 1)
		return nil
	}
	t.lost("polygons written as the rotated boxes around them", 1)
	r := &dataset.RotatedBbox{}
	r.CX, r.CY, r.W, r.H, r.Angle = raster.MinRect(p)
	t.line(o, t.cornerTexts(r))
	return nil
}

func (t *texter) cornerTexts(r *dataset.RotatedBbox) []string {
	s := &shaper{width: t.width, height: t.height}
	return spelled(&r.Base, cornerNumbers(r, t.width, t.height), func(texts [][]byte, v []float64) bool {
		got := rotated(s.points(texts), isRectangle(v, t.width, t.height))
		return got.CX == r.CX && got.CY == r.CY && got.W == r.W && got.H == r.H && got.Angle == r.Angle
	})
}

// boxCorners returns the corners of a box, clockwise from its top left.
func boxCorners(b *dataset.Bbox) []float64 {
	x1, y1 := b.X+b.W, b.Y+b.H
	return []float64{b.X, b.Y, x1, b.Y, x1, y1, b.X, y1}
}

// pose writes the box of an object and its keypoints. An object without any
// gets absent ones.
func (t *texter) pose(o *object) error {
	keypoints := []string{}
	if o.Points != nil && t.clipped(o.Points) {
		keypoints = t.keypointTexts(o.Points)
	}
	if missing := t.kpt.points*t.kpt.values - len(keypoints); missing > 0 {
		if o.Points != nil {
			t.lost("keypoints that an object lacks, written as absent ones", missing/t.kpt.values)
		}
		keypoints = append(keypoints, slices.Repeat([]string{"0"}, missing)...)
	}
	box, err := t.boxOf(o)
	if box == nil && o.Points != nil && len(o.Points.Points) > 0 {
		t.lost("boxes added around keypoints that have none", 1)
		box = boxAround(seenPoints(o.Points), o.Label)
	}
	if err != nil || box == nil || !t.clipped(box) {
		return err
	}
	t.line(o, t.boxTexts(box), keypoints...)
	return nil
}

// seenPoints returns the keypoints that are not absent, or all where none is.
func seenPoints(p *dataset.Points) []float64 {
	var out []float64
	for i := range len(p.Points) / 2 {
		if visibility(p, i) != dataset.Absent {
			out = append(out, p.Points[2*i], p.Points[2*i+1])
		}
	}
	if out == nil {
		return p.Points
	}
	return out
}

func (t *texter) keypointTexts(p *dataset.Points) []string {
	each := t.kpt.values
	for i := range len(p.Points) / 2 {
		if each == 2 && visibility(p, i) != dataset.Visible {
			t.lost("visibilities of keypoints dropped", 1)
		}
	}
	s := &shaper{width: t.width, height: t.height}
	return spelled(&p.Base, keypointNumbers(p, t.width, t.height, each), func(texts [][]byte, v []float64) bool {
		got := &dataset.Points{}
		s.keypoints(got, texts, v, each)
		return slices.Equal(got.Points, p.Points) && slices.Equal(got.Visibility, p.Visibility)
	})
}
