package grad

import (
	"slices"

	"datum/graph"
)

// manyChannels is where a convolution over the batch becomes the faster way to
// the gradient of filters.
const manyChannels = 128

// filtersOf is the gradient of filters that made narrow (whose gradient g is)
// of x. There are three ways to it, which all are exact, and a fixed rule
// which is the fastest: products of shifted tensors for filters of one place;
// products with all windows laid out as channels; and, for many channels and
// what the second cannot do, a convolution with batch and channels exchanged.
func (s *step) filtersOf(x, g, filters *graph.Output, w sweep) *graph.Output {
	switch {
	case w.single():
		return s.filtersByProduct(x, g, filters, w)
	case len(w.kernel) == 2 && min(filters.Shape[0], filters.Shape[1]) < manyChannels:
		return s.filtersByPatches(x, g, filters, w)
	}
	return s.filtersByConvolution(x, g, filters, w)
}

// framed is x with zeros around it, without what is beyond the last window.
func (s *step) framed(x, g *graph.Output, w sweep) *graph.Output {
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

// shifted is what of x meets one place of the filters.
func (s *step) shifted(x, g *graph.Output, w sweep, at []int64) *graph.Output {
	ranges := make([]graph.Range, len(at))
	for i, k := range at {
		start := k * w.Dilations[i]
		ranges[i] = graph.Range{Axis: int64(2 + i), Start: start, Stop: start + w.Strides[i]*(g.Shape[2+i]-1) + 1, Step: w.Strides[i]}
	}
	return s.Slice(x, ranges...)
}

// filtersByProduct is for filters of a single place.
func (s *step) filtersByProduct(x, g, filters *graph.Output, w sweep) *graph.Output {
	if !w.plain() {
		x = s.shifted(s.framed(x, g, w), g, w, make([]int64, len(w.kernel)))
	}
	product := s.MatMul(s.flat(g), s.flat(x), false, true)
	return s.Reshape(s.Sum(product, false, 0), filters.Shape...)
}

// filtersByPatches lays the windows out as channels.
func (s *step) filtersByPatches(x, g, filters *graph.Output, w sweep) *graph.Output {
	f := filters.Shape
	x = s.framed(x, g, w)
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

// filtersByConvolution exchanges batch and channels, and has g as the filters.
func (s *step) filtersByConvolution(x, g, filters *graph.Output, w sweep) *graph.Output {
	order := swapped(len(x.Shape), 0, 1)
	y := s.Convolution(s.Transpose(x, order...), s.Transpose(g, order...), w.turnedRound())
	return s.Transpose(s.cropped(y, w.kernel), order...)
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
	x = s.framed(x, g, w)
	axes := []int64{0}
	for i := range w.kernel {
		axes = append(axes, int64(2+i))
	}
	var parts []*graph.Output
	for at := make([]int64, len(w.kernel)); ; {
		sum := s.Sum(s.Mul(s.shifted(x, g, w, at), g), false, axes...)
		parts = append(parts, s.Unsqueeze(sum, 1))
		if !next(at, w.kernel) {
			break
		}
	}
	if len(parts) == 1 {
		return s.Reshape(parts[0], filters.Shape...)
	}
	return s.Reshape(s.Concat(1, parts...), filters.Shape...)
}

// next counts places through, and is false after the last.
func next(at, size []int64) bool {
	for i := len(at) - 1; i >= 0; i-- {
		if at[i]++; at[i] < size[i] {
			return true
		}
		at[i] = 0
	}
	return false
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
	y := s.cropped(s.GroupConvolution(wide, narrow, w.turnedRound()), w.kernel)
	y = s.Reshape(y, slices.Concat([]int64{inputs, groups, outputs}, w.kernel)...)
	return s.Transpose(y, back...)
}
