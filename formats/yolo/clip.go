package yolo

import "datum/dataset"

// clipped counts a line whose numbers lie outside of 0 to 1, and where that is
// wanted cuts off what reaches out of the picture.
func (s *shaper) clipped(l *line, list []dataset.Annotation) []dataset.Annotation {
	if outside(positions(l, s)) {
		s.note("annotations with numbers outside of 0 to 1, which Ultralytics refuses")
	}
	if !s.clip {
		return list
	}
	kept := list[:0]
	for _, a := range list {
		changed, left := clipAnnotation(a, float64(s.width), float64(s.height))
		if changed {
			s.note("annotations cut off at the edge of the picture")
		}
		if left {
			kept = append(kept, a)
		} else {
			s.note("annotations outside of the picture left out")
		}
	}
	return kept
}

// positions returns the values of a line that are positions or extents, and
// not a confidence, a track or visibilities.
func positions(l *line, s *shaper) []float64 {
	v := l.values
	switch {
	case len(v) == 5 || len(v) == 6 && s.task == detect:
		return v[:4]
	case s.task == pose && s.kpt.values == 3 && len(v) > 5:
		out := append([]float64(nil), v[:4]...)
		for i := 4; i+2 < len(v); i += 3 {
			out = append(out, v[i], v[i+1])
		}
		return out
	}
	return v[:len(v)&^1]
}

// clipAnnotation cuts an annotation off at the edge of its picture. It reports
// whether that changes it, and whether anything is left. A rotated box that is
// cut off is none any more, so it is left as it is.
func clipAnnotation(a dataset.Annotation, width, height float64) (changed, left bool) {
	switch a := a.(type) {
	case *dataset.Bbox:
		return clipBox(a, width, height)
	case *dataset.Polygon:
		changed = clipPoints(a.Points, width, height)
		return changed, !flat(a.Points)
	case *dataset.Points:
		return clipPoints(a.Points, width, height), true
	}
	return false, true
}

func clipBox(b *dataset.Bbox, width, height float64) (changed, left bool) {
	x0, y0 := clamp(b.X, width), clamp(b.Y, height)
	x1, y1 := clamp(b.X+b.W, width), clamp(b.Y+b.H, height)
	if x0 == b.X && y0 == b.Y && x1 == b.X+b.W && y1 == b.Y+b.H {
		return false, true
	}
	b.X, b.Y, b.W, b.H = x0, y0, x1-x0, y1-y0
	return true, b.W > 0 && b.H > 0
}

func clamp(v, most float64) float64 { return min(max(v, 0), most) }

func clipPoints(points []float64, width, height float64) (changed bool) {
	for i, v := range points {
		if c := clamp(v, [2]float64{width, height}[i%2]); c != v {
			points[i], changed = c, true
		}
	}
	return changed
}

// flat reports whether all points are on one line that is level or upright.
func flat(points []float64) bool {
	level, upright := true, true
	for i := 2; i+1 < len(points); i += 2 {
		upright = upright && points[i] == points[0]
		level = level && points[i+1] == points[1]
	}
	return level || upright
}
