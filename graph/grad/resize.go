package grad

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"datum/graph"
)

// fromInterpolate goes along one axis after the other: what resizes an axis is
// a matrix, whatever the mode, and its transpose is the way back. To a multiple
// of the size by the nearest, the way back are sums of tiles.
func fromInterpolate(s *step) {
	r := s.resizing()
	x, y := s.static(s.x(0), 0), s.static(s.y(0), 0)
	g := s.g()
	if kernel := r.tiles(x, y); kernel != nil {
		count := float64(kernel[0] * kernel[1])
		s.give1(0, s.Mul(s.AvgPool(g, kernel, graph.Window{Strides: kernel}, false), s.num(count)))
		return
	}
	for axis := range x {
		if x[axis] != y[axis] || r.scales[axis] != 1 {
			g = s.resizedBack(g, axis, x[axis], r.matrix(axis, x[axis], y[axis]))
		}
	}
	s.give1(0, g)
}

// resizedBack multiplies an axis of g with a matrix [its size, size].
func (s *step) resizedBack(g *graph.Output, axis int, size int64, matrix []float32) *graph.Output {
	shape := g.Shape.Clone()
	m := s.Floats("", g.Element, graph.Shape{shape[axis], size}, matrix)
	if axis == len(shape)-1 {
		return s.MatMul(g, m, false, false)
	}
	inner := int64(1)
	for _, d := range shape[axis+1:] {
		inner *= d
	}
	g = s.MatMul(m, s.Reshape(g, -1, shape[axis], inner), true, false)
	shape[axis] = size
	return s.Reshape(g, shape...)
}

// A resizing is how a tensor is resized.
type resizing struct {
	graph.Interpolation
	cube   float64
	scales []float32 // by how much each axis grows
}

func (s *step) resizing() resizing {
	if v, err := strconv.Atoi(strings.TrimPrefix(s.node.Version, "opset")); err != nil || v < 4 {
		s.refuse("an interpolation of version %s", s.node.Version)
	}
	x, y := s.static(s.x(0), 0), s.static(s.y(0), 0)
	r := resizing{cube: s.float("cube_coeff", -0.75), scales: make([]float32, len(x))}
	r.Mode, r.Coordinates = s.text("mode", ""), s.text("coordinate_transformation_mode", "half_pixel")
	r.Nearest = s.text("nearest_mode", "round_prefer_floor")
	if s.truth("antialias", false) {
		s.refuse("an interpolation with antialias")
	}
	some := func(n int64) bool { return n != 0 }
	if slices.ContainsFunc(s.list("pads_begin", nil), some) || slices.ContainsFunc(s.list("pads_end", nil), some) {
		s.refuse("an interpolation with padding")
	}
	if !slices.Contains([]string{"nearest", "linear", "linear_onnx", "cubic"}, r.Mode) {
		s.refuse("an interpolation of the mode %q", r.Mode)
	}
	for i := range x {
		if x[i] == 0 || y[i] == 0 {
			s.refuse("an interpolation of nothing")
		}
		r.scales[i] = float32(y[i]) / float32(x[i])
	}
	if s.text("shape_calculation_mode", "sizes") == "scales" {
		s.givenScales(&r)
	}
	return r
}

// givenScales reads by how much the axes grow: sizes are rounded, this is not.
func (s *step) givenScales(r *resizing) {
	scalesAt, axesAt := 1, 2
	if s.node.Version == "opset4" {
		scalesAt, axesAt = 2, 3
	}
	scales, ok := s.x(scalesAt).KnownFloats()
	if !ok {
		s.refuse("the scales are not known before the model runs")
	}
	axes := make([]int64, len(scales))
	for i := range axes {
		axes[i] = int64(i)
	}
	if s.node.Source(axesAt) != nil {
		axes = s.ints(axesAt)
	}
	if len(axes) != len(scales) {
		s.fail("%d scales for %d axes", len(scales), len(axes))
	}
	for i, a := range axes {
		r.scales[s.axis(a, len(r.scales))] = float32(scales[i])
	}
}

// tiles are how many places of the output there are for each one of the input,
// where these are its neighbours along the last two of four dimensions.
func (r *resizing) tiles(x, y graph.Shape) []int64 {
	if r.Mode != "nearest" || len(x) != 4 || x[0] != y[0] || x[1] != y[1] {
		return nil
	}
	kernel := []int64{y[2] / max(1, x[2]), y[3] / max(1, x[3])}
	for i, k := range kernel {
		if k < 1 || x[2+i]*k != y[2+i] {
			return nil
		}
		for o := range y[2+i] {
			if r.nearest(2+i, o, x[2+i], y[2+i]) != o/k {
				return nil
			}
		}
	}
	return kernel
}

// matrix has for each place of the output, in a row, what each place of the
// input counts there.
func (r *resizing) matrix(axis int, in, out int64) []float32 {
	m := make([]float32, out*in)
	for o := range out {
		row := m[o*in : (o+1)*in]
		at := func(i int64, weight float64) { row[min(max(i, 0), in-1)] += float32(weight) }
		c := float64(r.coordinate(axis, o, in, out))
		switch r.Mode {
		case "nearest":
			at(r.nearest(axis, o, in, out), 1)
		case "linear_onnx":
			c = min(max(c, 0), float64(in-1))
			low := math.Floor(c)
			at(int64(low), 1-(c-low))
			at(int64(low)+1, c-low)
		case "linear":
			linearRow(row, c)
		case "cubic":
			low := math.Floor(c)
			for k, w := range cubic(c-low, r.cube) {
				at(int64(low)+int64(k)-1, w)
			}
		}
	}
	return m
}

// linearRow is a triangle around c of what lies inside, which counts as one in
// all.
func linearRow(row []float32, c float64) {
	sum := 0.0
	weight := func(i int) float64 { return max(0, 1-math.Abs(c-float64(i))) }
	for i := range row {
		sum += weight(i)
	}
	if sum == 0 {
		return
	}
	for i := range row {
		row[i] = float32(weight(i) / sum)
	}
}

// cubic are the weights of the four places around one that lies t behind the
// second.
func cubic(t, a float64) [4]float64 {
	outer := func(d float64) float64 { return ((a*d-5*a)*d+8*a)*d - 4*a }
	inner := func(d float64) float64 { return ((a+2)*d-(a+3))*d*d + 1 }
	return [4]float64{outer(t + 1), inner(t), inner(1 - t), outer(2 - t)}
}

// coordinate is where a place of the output lies in the input. It is computed
// in float32 as OpenVINO does, so that what lies on the border between two
// places falls on the same side.
func (r *resizing) coordinate(axis int, o, in, out int64) float32 {
	scale, at := r.scales[axis], float32(o)
	switch r.Coordinates {
	case "asymmetric":
		return at / scale
	case "tf_half_pixel_for_nn":
		return (at + 0.5) / scale
	case "align_corners":
		if out == 1 {
			return 0
		}
		return at * float32(in-1) / float32(out-1)
	case "pytorch_half_pixel":
		if out == 1 {
			return 0
		}
	}
	return (at+0.5)/scale - 0.5
}

// nearest is the place of the input that one of the output is a copy of.
func (r *resizing) nearest(axis int, o, in, out int64) int64 {
	c := float64(r.coordinate(axis, o, in, out))
	switch r.Nearest {
	case "floor":
		c = math.Floor(c)
	case "ceil":
		c = math.Ceil(c)
	case "round_prefer_ceil":
		c = math.Floor(c + 0.5)
	case "simple":
		if r.scales[axis] < 1 {
			c = math.Ceil(c)
		} else {
			c = math.Trunc(c)
		}
	default: // round_prefer_floor
		c = math.Ceil(c - 0.5)
	}
	return min(max(int64(c), 0), in-1)
}
