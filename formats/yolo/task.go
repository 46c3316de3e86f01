package yolo

import (
	"math"

	"datum/formats"
)

// task is what the lines of a dataset mean.
type task string

// The tasks. With auto, a reader finds out from the whole dataset, and a
// writer takes the one that keeps most.
const (
	auto     task = "auto"
	detect   task = "detect"
	segment  task = "segment"
	obb      task = "obb"
	pose     task = "pose"
	classify task = "classify"
)

var tasks = []string{string(auto), string(detect), string(segment), string(obb), string(pose), string(classify)}

// kptShape is the number of keypoints of an object and of the values of each.
type kptShape struct{ points, values int }

// fields is the number of fields of a line with this many keypoints.
func (k kptShape) fields() int { return 5 + k.points*k.values }

func (k kptShape) valid() bool {
	return k.points > 0 && k.points <= maxKeypoints && (k.values == 2 || k.values == 3)
}

// maxKeypoints bounds what is believed of kpt_shape.
const maxKeypoints = 100_000

// survey is what the lines of a dataset, or of a part of it, have in common.
type survey struct {
	fields   map[int]int // number of fields → lines
	boxes    int         // lines of boxes, of which all is known
	maxClass int         // -1 without lines
	// notRects counts the lines of nine fields that are no rectangle,
	// notPoses those which cannot be a box and keypoints of three values.
	notRects, notPoses int
}

func newSurvey() *survey { return &survey{fields: map[int]int{}, maxClass: -1} }

// add looks at a line of a picture of a size, which may be unknown.
func (s *survey) add(l *line, width, height int32) {
	n := len(l.values) + 1
	s.fields[n]++
	s.maxClass = max(s.maxClass, l.class)
	if n == 9 && !isRectangle(l.values, width, height) {
		s.notRects++
	}
	if n > 6 && !isPose(l.values) {
		s.notPoses++
	}
}

func (s *survey) merge(o *survey) {
	for n, count := range o.fields {
		s.fields[n] += count
	}
	s.boxes += o.boxes
	s.maxClass = max(s.maxClass, o.maxClass)
	s.notRects += o.notRects
	s.notPoses += o.notPoses
}

// long returns how many lines are longer than a box with its confidence, and
// their number of fields where all have the same.
func (s *survey) long() (lines, fields int) {
	for n, count := range s.fields {
		switch {
		case n <= 6:
			continue
		case lines > 0:
			fields = 0
		default:
			fields = n
		}
		lines += count
	}
	return lines, fields
}

// task says what the lines mean, by themselves.
func (s *survey) task() (task, kptShape) {
	lines, fields := s.long()
	switch {
	case lines == 0:
		return detect, kptShape{}
	case fields > 7 && fields != 9 && (fields-5)%3 == 0 && s.notPoses == 0:
		return pose, kptShape{(fields - 5) / 3, 3}
	case fields == 9 && s.notRects == 0:
		return obb, kptShape{}
	}
	return segment, kptShape{}
}

// shape says what keypoints the lines have, if they have any.
func (s *survey) shape() (kptShape, error) {
	lines, fields := s.long()
	three, two := kptShape{(fields - 5) / 3, 3}, kptShape{(fields - 5) / 2, 2}
	switch {
	case lines == 0:
		return kptShape{}, nil
	case fields > 6 && (fields-5)%3 == 0 && (s.notPoses == 0 || (fields-5)%2 != 0):
		return three, nil
	case fields > 6 && (fields-5)%2 == 0:
		return two, nil
	}
	return kptShape{}, formats.WithHint(formats.Reason(formats.ErrCorrupt, "the lines do not tell how many keypoints an object has"),
		"say it in data.yaml, as in kpt_shape: [17, 3]")
}

// isPose reports whether values may be a box and keypoints of x, y and a
// visibility.
func isPose(v []float64) bool {
	if len(v) < 7 || (len(v)-4)%3 != 0 {
		return false
	}
	const slack = 0.05
	for i := 4; i < len(v); i += 3 {
		x, y, seen := v[i], v[i+1], v[i+2]
		if seen != 0 && seen != 1 && seen != 2 {
			return false
		}
		if seen != 0 && (math.Abs(x-v[0]) > v[2]/2+slack || math.Abs(y-v[1]) > v[3]/2+slack) {
			return false
		}
	}
	return true
}

// isRectangle reports whether four corners are those of a rectangle, in a
// picture of the given size; it may be off by the fiftieth part of a side, for
// the decimals that tools leave out.
func isRectangle(v []float64, width, height int32) bool {
	if width == 0 || height == 0 {
		width, height = 1, 1
	}
	var p [8]float64
	for i := range p {
		p[i] = v[i] * float64([2]int32{width, height}[i%2])
	}
	a, b := math.Hypot(p[2]-p[0], p[3]-p[1]), math.Hypot(p[4]-p[2], p[5]-p[3])
	most := min(a, b)/50 + float64(max(width, height))*2e-6
	middle := math.Hypot(p[0]+p[4]-p[2]-p[6], p[1]+p[5]-p[3]-p[7])
	diagonals := math.Abs(math.Hypot(p[4]-p[0], p[5]-p[1]) - math.Hypot(p[6]-p[2], p[7]-p[3]))
	return middle <= most && diagonals <= most
}
