package yolo

import (
	"math"
	"strconv"

	"datum/dataset"
	"datum/formats"
	"datum/internal/raster"
)

// scoreName is the attribute with the confidence of a detection.
const scoreName = "score"

// shaper turns the lines of one picture into annotations.
type shaper struct {
	task          task
	kpt           kptShape
	width, height int32
	clip          bool
	groups        int64
	notes         *formats.Loss
	where         string
}

// note counts something tolerated.
func (s *shaper) note(what string) { s.notes.Add(what, s.where, 1) }

// annotations returns what a line stands for: one annotation, or the box and
// the keypoints of one object.
func (s *shaper) annotations(l *line) ([]dataset.Annotation, error) {
	switch s.task {
	case detect:
		return s.detected(l)
	case pose:
		return s.posed(l)
	case obb:
		return s.turned(l)
	}
	return s.segmented(l)
}

func newBase() dataset.Base { return dataset.Base{ObjectID: dataset.NoObject} }

// box reads a box of four numbers.
func (s *shaper) box(l *line) *dataset.Bbox {
	b := &dataset.Bbox{Base: newBase(), Label: int32(l.class)}
	b.X, b.W = span(parse(l.texts[0]), parse(l.texts[2]), s.width)
	b.Y, b.H = span(parse(l.texts[1]), parse(l.texts[3]), s.height)
	carryTexts(&b.Base, l.texts[:4], boxNumbers(b, s.width, s.height))
	return b
}

// detected reads a line of a dataset of boxes: a box, with the confidence and
// the track that a detector writes. An outline becomes the box around it.
func (s *shaper) detected(l *line) ([]dataset.Annotation, error) {
	n := len(l.values)
	if n == 4 || n == 5 {
		return s.scoredBox(l), nil
	}
	if id := l.values[n-1]; n == 6 && id == math.Trunc(id) && id > 1 && id < maxClass {
		out := s.scoredBox(l)
		out[0].Common().ObjectID = int32(id)
		return out, nil
	}
	if n%2 != 0 {
		return nil, s.badCount(l)
	}
	s.note("outlines read as the boxes around them, since the task is detect")
	b := &dataset.Bbox{Base: newBase(), Label: int32(l.class)}
	b.X, b.Y, b.W, b.H = raster.BoundsOf(s.points(l.texts))
	return []dataset.Annotation{b}, nil
}

// scoredBox reads a box with a confidence if there is one.
func (s *shaper) scoredBox(l *line) []dataset.Annotation {
	b := s.box(l)
	if len(l.values) > 4 {
		setScore(&b.Base, l.texts[4], l.values[4])
	}
	return []dataset.Annotation{b}
}

// segmented reads a line of a dataset of outlines: an outline, also with the
// confidence behind it, or a box.
func (s *shaper) segmented(l *line) ([]dataset.Annotation, error) {
	n := len(l.values)
	if n < 6 {
		return s.scoredBox(l), nil
	}
	points := n &^ 1
	p := &dataset.Polygon{Base: newBase(), Label: int32(l.class), Points: s.points(l.texts[:points])}
	carryTexts(&p.Base, l.texts[:points], pointNumbers(p.Points, s.width, s.height))
	if n > points {
		setScore(&p.Base, l.texts[points], l.values[points])
	}
	return []dataset.Annotation{p}, nil
}

// turned reads a line of a dataset of rotated boxes: four corners, or a box.
func (s *shaper) turned(l *line) ([]dataset.Annotation, error) {
	n := len(l.values)
	if n == 4 || n == 5 {
		return s.scoredBox(l), nil
	}
	if n != 8 && n != 9 {
		return nil, s.badCount(l)
	}
	rect := isRectangle(l.values, s.width, s.height)
	r := rotated(s.points(l.texts[:8]), rect)
	r.Label = int32(l.class)
	if !rect {
		s.note("four corners that are no rectangle, read as the smallest rotated box around them")
	}
	carryTexts(&r.Base, l.texts[:8], cornerNumbers(r, s.width, s.height))
	if n == 9 {
		setScore(&r.Base, l.texts[8], l.values[8])
	}
	return []dataset.Annotation{r}, nil
}

// rotated returns the box of four corners, or if these are no rectangle the one
// around them. Its first side goes from the first corner to the second.
func rotated(p []float64, rect bool) *dataset.RotatedBbox {
	r := &dataset.RotatedBbox{Base: newBase()}
	if !rect {
		r.CX, r.CY, r.W, r.H, r.Angle = raster.MinRect(p)
		return r
	}
	r.CX, r.CY = (p[0]+p[2]+p[4]+p[6])/4, (p[1]+p[3]+p[5]+p[7])/4
	r.W = (math.Hypot(p[2]-p[0], p[3]-p[1]) + math.Hypot(p[4]-p[6], p[5]-p[7])) / 2
	r.H = (math.Hypot(p[4]-p[2], p[5]-p[3]) + math.Hypot(p[6]-p[0], p[7]-p[1])) / 2
	r.Angle = math.Atan2(p[3]-p[1]+p[5]-p[7], p[2]-p[0]+p[4]-p[6]) * 180 / math.Pi
	return r
}

// points turns x and y of points into pixels.
func (s *shaper) points(texts [][]byte) []float64 {
	out := make([]float64, len(texts))
	for i, text := range texts {
		out[i] = parse(text).Times([2]int32{s.width, s.height}[i%2])
	}
	return out
}

// posed reads a line of a dataset of keypoints: a box and the keypoints in it,
// also with a confidence. Where all keypoints are absent, it is the box alone.
func (s *shaper) posed(l *line) ([]dataset.Annotation, error) {
	n := len(l.values) + 1
	if n == 5 || n == 6 && s.kpt.points != 0 {
		return s.scoredBox(l), nil
	}
	if full := s.kpt.fields(); n != full && n != full+1 {
		return nil, formats.Reason(formats.ErrCorrupt, "%s, want %d: a class, a box, and %d keypoints of %d numbers",
			countFields(n), full, s.kpt.points, s.kpt.values)
	}
	end := s.kpt.fields() - 1
	out := s.scoredBox(&line{class: l.class, values: l.values[:4], texts: l.texts[:4]})
	box := out[0].(*dataset.Bbox)
	if n > end+1 {
		setScore(&box.Base, l.texts[end], l.values[end])
	}
	if allZero(l.values[4:end]) {
		return out, nil
	}
	p := &dataset.Points{Base: newBase(), Label: box.Label}
	if odd := s.keypoints(p, l.texts[4:end], l.values[4:end], s.kpt.values); odd {
		s.note("visibilities of keypoints that are not 0, 1 or 2, read as hidden below 0.5 and as visible from there on")
	}
	carryTexts(&p.Base, l.texts[4:end], keypointNumbers(p, s.width, s.height, s.kpt.values))
	s.groups++
	box.Group, p.Group = s.groups, s.groups
	return append(out, p), nil
}

// keypoints reads keypoints of two or three numbers each. As in Ultralytics, a
// keypoint without a visibility is absent where it is negative.
func (s *shaper) keypoints(p *dataset.Points, texts [][]byte, v []float64, each int) (odd bool) {
	for i := 0; i+each <= len(v); i += each {
		p.Points = append(p.Points, s.points(texts[i:i+2])...)
		seen := dataset.Visible
		switch {
		case each == 2 && (v[i] < 0 || v[i+1] < 0):
			seen = dataset.Absent
		case each == 2:
		case v[i+2] == 0 || v[i+2] == 1 || v[i+2] == 2:
			seen = dataset.Visibility(v[i+2])
		default:
			odd = true
			if v[i+2] < 0.5 {
				seen = dataset.Hidden
			}
		}
		p.Visibility = append(p.Visibility, seen)
	}
	return odd
}

func allZero(values []float64) bool {
	for _, v := range values {
		if v != 0 {
			return false
		}
	}
	return true
}

func (s *shaper) badCount(l *line) error {
	err := formats.Reason(formats.ErrCorrupt, "%s do not fit the task %s", countFields(len(l.values)+1), s.task)
	return formats.WithHint(err, "another --%s may", optionTask.Name)
}

// setScore keeps a confidence as it was written, as far as JSON can.
func setScore(b *dataset.Base, text []byte, v float64) {
	if !isPlain(text) {
		text = strconv.AppendFloat(nil, v, 'f', -1, 64)
	}
	b.Attributes.SetRaw(scoreName, append([]byte(nil), text...))
}

// isPlain reports whether a number is one in JSON as well, without an
// exponent.
func isPlain(text []byte) bool {
	if len(text) > 0 && text[0] == '-' {
		text = text[1:]
	}
	for i, c := range text {
		if c == '.' && (i == 0 || i == len(text)-1) || c != '.' && (c < '0' || c > '9') {
			return false
		}
	}
	return len(text) > 0 && (len(text) == 1 || text[0] != '0' || text[1] == '.')
}
