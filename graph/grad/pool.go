package grad

import (
	"math"
	"slices"

	"datum/graph"
)

// pool is the sweep of a pool, and whether the operation says that there is
// padding.
func (s *step) pool() (w sweep, padded bool) {
	kernel := s.list("kernel", nil)
	w = s.windows(s.x(0), s.y(0), kernel)
	padded = w.padded()
	for i := range kernel {
		// Rounding up lets the last window reach over the end.
		reached := (s.y(0).Shape[2+i]-1)*w.Strides[i] + w.reach(i) - w.Begin[i]
		w.End[i] = max(0, reached-s.x(0).Shape[2+i])
	}
	return w, padded
}

// tiles reports whether the windows lie side by side without gaps.
func (w *sweep) tiles() bool {
	return slices.Equal(w.kernel, w.Strides) && !w.padded() && !slices.ContainsFunc(w.Dilations, func(n int64) bool { return n != 1 })
}

// fromMaxPool compares every place of the windows with their greatest value:
// the first that is it gets the gradient.
func fromMaxPool(s *step) {
	w, _ := s.pool()
	x, y, g := s.x(0), s.y(0), s.g()
	if w.padded() {
		begin, end := append([]int64{0, 0}, w.Begin...), append([]int64{0, 0}, w.End...)
		x = s.Pad(x, begin, end, s.num(lowest(y.Element)))
	}
	var parts []*graph.Output
	var taken *graph.Output
	for at := range eachPlace(w.kernel) {
		mask := s.Equal(s.shifted(x, g, w, at, 2), y)
		if taken == nil {
			taken = mask
		} else {
			mask, taken = s.And(mask, s.Not(taken)), s.Or(mask, taken)
		}
		parts = append(parts, s.Unsqueeze(s.Select(mask, g, s.num(0)), 2))
	}
	if all := s.Concat(2, parts...); w.tiles() {
		s.give1(0, s.tiled(all, w))
	} else {
		s.give1(0, s.spreadOut(all, w))
	}
}

// lowest is a number below all others of a type.
func lowest(t graph.ElementType) float64 {
	if t == graph.F16 {
		return -65504
	}
	return -math.MaxFloat32 / 2
}

// tiled lays the places of windows [batch, channels, place, …] side by side.
func (s *step) tiled(places *graph.Output, w sweep) *graph.Output {
	n := len(w.kernel)
	shape, order := append([]int64{0, 0}, w.kernel...), []int64{0, 1}
	merged, end := []int64{0, 0}, make([]int64, n+2)
	for i, k := range w.kernel {
		count := s.y(0).Shape[2+i]
		shape = append(shape, count)
		order = append(order, int64(2+n+i), int64(2+i))
		merged = append(merged, count*k)
		end[2+i] = s.x(0).Shape[2+i] - count*k
	}
	// A zero in a shape stands for what is there already.
	split := s.ReshapeTo(places, s.Int64s(shape...), true)
	g := s.ReshapeTo(s.Transpose(split, order...), s.Int64s(merged...), true)
	return s.padEnd(g, end)
}

// padEnd puts zeros behind.
func (s *step) padEnd(g *graph.Output, end []int64) *graph.Output {
	if !slices.ContainsFunc(end, func(n int64) bool { return n != 0 }) {
		return g
	}
	return s.Pad(g, make([]int64, len(end)), end, s.Like(g, 0))
}

// spreadOut adds the places of windows that overlap up where they came from: a
// convolution backwards whose filters each have a one at one place.
func (s *step) spreadOut(places *graph.Output, w sweep) *graph.Output {
	x := s.x(0)
	channels := s.static(x, 1)[1]
	count := int64(1)
	for _, k := range w.kernel {
		count *= k
	}
	shape := append(graph.Shape{1, count, 1}, w.kernel...)
	ones := make([]float32, count*count)
	for i := range count {
		ones[i*count+i] = 1
	}
	filters := s.Floats("", x.Element, shape, ones)
	filters = s.BroadcastTo(filters, s.Int64s(append([]int64{channels}, shape[1:]...)...), "numpy")
	joined := s.ReshapeTo(places, s.Int64s(slices.Concat([]int64{0, channels * count}, s.y(0).Shape[2:])...), true)
	return s.GroupConvolutionBack(joined, filters, nil, w.back(x, s.y(0)))
}

// fromAvgPool gives every place of a window its share.
func fromAvgPool(s *step) {
	w, padded := s.pool()
	x, g := s.x(0), s.g()
	g = s.Div(g, s.shares(w, padded && !s.truth("exclude-pad", false)))
	n := len(w.kernel)
	switch {
	case slices.Equal(w.kernel, x.Shape[2:]) && !w.padded(): // one window, and the same everywhere
		s.give1(0, g)
	case w.tiles():
		shape, target, merged, end := []int64{0, 0}, []int64{1, 1}, []int64{0, 0}, make([]int64, n+2)
		for i, k := range w.kernel {
			count := s.y(0).Shape[2+i]
			shape, target, merged = append(shape, count, 1), append(target, count, k), append(merged, count*k)
			end[2+i] = x.Shape[2+i] - count*k
		}
		g = s.BroadcastTo(s.ReshapeTo(g, s.Int64s(shape...), true), s.Int64s(target...), "bidirectional")
		s.give1(0, s.padEnd(s.ReshapeTo(g, s.Int64s(merged...), true), end))
	default:
		channels := s.static(x, 1)[1]
		filters := s.BroadcastTo(s.num(1), s.Int64s(append([]int64{channels, 1, 1}, w.kernel...)...), "numpy")
		s.give1(0, s.GroupConvolutionBack(g, filters, nil, w.back(x, s.y(0))))
	}
}

// shares is what each mean was divided by: a number, or one for each window.
// Where padding is included, what the last window reaches over the end is as
// well; where there is none, it is not.
func (s *step) shares(w sweep, included bool) *graph.Output {
	counts, shape := []float32{1}, graph.Shape{1, 1}
	for i, k := range w.kernel {
		var all []float32
		for _, c := range counts {
			for o := range s.y(0).Shape[2+i] {
				n := w.within(i, o, s.x(0).Shape[2+i])
				if included {
					n = k
				}
				all = append(all, c*float32(n))
			}
		}
		counts, shape = all, append(shape, s.y(0).Shape[2+i])
	}
	if !slices.ContainsFunc(counts, func(c float32) bool { return c != counts[0] }) {
		return s.num(float64(counts[0]))
	}
	return s.Floats("", s.y(0).Element, shape, counts)
}

// within is how many places of window o lie in a dimension of the given size.
func (w *sweep) within(i int, o, size int64) int64 {
	count := int64(0)
	for k := range w.kernel[i] {
		if at := o*w.Strides[i] - w.Begin[i] + k*w.Dilations[i]; at >= 0 && at < size {
			count++
		}
	}
	return max(count, 1)
}

// fromPatches adds the windows that were laid out as channels up where they
// came from.
func fromPatches(s *step) {
	x, y := s.static(s.x(0), 0), s.static(s.y(0), 0)
	if auto := s.text("auto_pad", "valid"); auto != "valid" {
		s.refuse("patches padded by %q", auto)
	}
	none := make([]int64, 2)
	w := sweep{graph.Window{Strides: s.list("strides", nil), Dilations: s.list("rates", nil), Begin: none, End: none}, s.list("sizes", nil)}
	g := s.Reshape(s.g(), y[0], w.kernel[0]*w.kernel[1], x[1], y[2], y[3])
	s.give1(0, s.spreadOut(s.Transpose(g, swapped(5, 1, 2)...), w))
}
