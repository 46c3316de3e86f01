package grad

import (
	"iter"
	"slices"

	"datum/graph"
)

// Up to fewPlaces of what a convolution gave, all windows as rows of one matrix
// are the fastest way to the gradient of its filters; beyond, a product for each
// picture of the batch.
const fewPlaces = 100

// filtersOf is the gradient of filters that made narrow (whose gradient g is)
// of x. There are two ways to it, which both are exact, and a fixed rule which
// is the faster. It was found by measuring whole networks: single operations
// do not show what it costs to bring tensors into the order that the next
// operation wants. A third way, a convolution of x with g as its filters, is as
// fast in between; but with filters that large OpenVINO's convolution in
// bfloat16 gives wrong numbers.
func (s *step) filtersOf(x, g, filters *graph.Output, w sweep) *graph.Output {
	places := int64(1)
	for i := range w.kernel {
		places *= g.Shape[2+i]
	}
	if w.single() || places <= fewPlaces || len(w.kernel) != 2 {
		return s.filtersByRows(x, g, filters, w)
	}
	return s.filtersByPatches(x, g, filters, w)
}

// framed is x with zeros around it.
func (s *step) framed(x *graph.Output, w sweep) *graph.Output {
	if !w.padded() {
		return x
	}
	begin, end := append([]int64{0, 0}, w.Begin...), append([]int64{0, 0}, w.End...)
	return s.Pad(x, begin, end, s.Like(x, 0))
}

// flat is a tensor with one dimension in the place of those from the third on.
func (s *step) flat(x *graph.Output) *graph.Output {
	return s.ReshapeTo(x, s.Int64s(0, 0, -1), true)
}

// shifted is what of x meets one place of the filters; the first dimension that
// they go over is named.
func (s *step) shifted(x, g *graph.Output, w sweep, at []int64, first int) *graph.Output {
	if w.plain() {
		return x
	}
	ranges := make([]graph.Range, len(at))
	for i, k := range at {
		start := k * w.Dilations[i]
		ranges[i] = graph.Range{Axis: int64(first + i), Start: start, Stop: start + w.Strides[i]*(g.Shape[2+i]-1) + 1, Step: w.Strides[i]}
	}
	return s.Slice(x, ranges...)
}

// filtersByRows makes each window a row of a matrix, with all channels of one
// place side by side.
func (s *step) filtersByRows(x, g, filters *graph.Output, w sweep) *graph.Output {
	f, n := filters.Shape, len(w.kernel)
	order := []int64{0}
	for i := range n {
		order = append(order, int64(2+i))
	}
	order = append(order, 1)
	wide := s.Transpose(s.framed(x, w), order...)
	var parts []*graph.Output
	for at := range eachPlace(w.kernel) {
		parts = append(parts, s.shifted(wide, g, w, at, 1))
	}
	rows, count := parts[0], int64(len(parts))
	if count > 1 {
		rows = s.Concat(1+n, parts...)
	}
	y := s.MatMul(s.Reshape(s.Transpose(g, order...), -1, f[0]), s.Reshape(rows, -1, count*f[1]), true, false)
	if count > 1 {
		y = s.Transpose(s.Reshape(y, f[0], count, f[1]), 0, 2, 1)
	}
	return s.Reshape(y, f...)
}

// filtersByPatches lays the windows out as channels.
func (s *step) filtersByPatches(x, g, filters *graph.Output, w sweep) *graph.Output {
	f := filters.Shape
	x = s.framed(x, w)
	patches := s.ImagePatches(x, w.kernel, graph.Window{Strides: w.Strides, Dilations: w.Dilations})
	patches = s.cropped(patches, g.Shape[2:])
	sum := s.Sum(s.MatMul(s.flat(g), s.flat(patches), false, true), false, 0)
	return s.Transpose(s.Reshape(sum, f[0], f[2], f[3], f[1]), 0, 3, 1, 2)
}

// cropped cuts the dimensions from the third on down to a size.
func (s *step) cropped(x *graph.Output, size graph.Shape) *graph.Output {
	var ranges []graph.Range
	for i, n := range size {
		if x.Shape[2+i] != n {
			ranges = append(ranges, graph.Range{Axis: int64(2 + i), Start: 0, Stop: n})
		}
	}
	if ranges == nil {
		return x
	}
	return s.Slice(x, ranges...)
}

// turnedRound is the window with strides and dilations exchanged: what was the
// distance of windows is that of the places in what is now the filter.
func (w *sweep) turnedRound() graph.Window {
	return graph.Window{Strides: w.Dilations, Dilations: w.Strides, Begin: w.Begin, End: w.End}
}

// groupFiltersOf is the same for groups of channels.
func (s *step) groupFiltersOf(x, g, filters *graph.Output, w sweep) *graph.Output {
	if filters.Shape[1] == 1 && filters.Shape[2] == 1 {
		return s.depthwiseFilters(x, g, filters, w)
	}
	return s.groupFiltersByConvolution(x, g, filters, w)
}

// depthwiseFilters is for groups of one channel: each place of the filters is
// a sum of products.
func (s *step) depthwiseFilters(x, g, filters *graph.Output, w sweep) *graph.Output {
	x = s.framed(x, w)
	axes := []int64{0}
	for i := range w.kernel {
		axes = append(axes, int64(2+i))
	}
	var parts []*graph.Output
	for at := range eachPlace(w.kernel) {
		sum := s.Sum(s.Mul(s.shifted(x, g, w, at, 2), g), false, axes...)
		parts = append(parts, s.Unsqueeze(sum, 1))
	}
	if len(parts) == 1 {
		return s.Reshape(parts[0], filters.Shape...)
	}
	return s.Reshape(s.Concat(1, parts...), filters.Shape...)
}

// eachPlace are the places of a window of the given size, the last dimension first. Each
// is valid until the next.
func eachPlace(size []int64) iter.Seq[[]int64] {
	return func(yield func([]int64) bool) {
		at := make([]int64, len(size))
		for {
			if !yield(at) {
				return
			}
			i := len(at) - 1
			for ; i >= 0; i-- {
				if at[i]++; at[i] < size[i] {
					break
				}
				at[i] = 0
			}
			if i < 0 {
				return
			}
		}
	}
}

// groupFiltersByConvolution exchanges batch and the channels of a group.
func (s *step) groupFiltersByConvolution(x, g, filters *graph.Output, w sweep) *graph.Output {
	s.static(x, 0)
	groups, outputs, inputs, batch := filters.Shape[0], filters.Shape[1], filters.Shape[2], x.Shape[0]
	n := len(w.kernel)
	order := []int64{2, 1, 0}
	filterOrder := []int64{1, 2, 0}
	back := []int64{1, 2, 0}
	for i := range n {
		order, filterOrder, back = append(order, int64(3+i)), append(filterOrder, int64(3+i)), append(back, int64(3+i))
	}
	parted := func(o *graph.Output, channels int64) *graph.Output {
		return s.Reshape(o, slices.Concat([]int64{batch, groups, channels}, o.Shape[2:])...)
	}
	wide := s.Transpose(parted(x, inputs), order...)
	wide = s.Reshape(wide, slices.Concat([]int64{inputs, groups * batch}, x.Shape[2:])...)
	narrow := s.Transpose(parted(g, outputs), filterOrder...)
	y := s.cropped(s.ofGroups(s.GroupConvolution(wide, narrow, w.turnedRound())), w.kernel)
	y = s.Reshape(y, slices.Concat([]int64{inputs, groups, outputs}, w.kernel)...)
	return s.Transpose(y, back...)
}
