package grad

import (
	"slices"
	"strings"

	"datum/graph"
)

// A product is a matrix product whose tensors are matrices, or batches of
// them: vectors are made rows or columns first.
type product struct {
	a, b, g                *graph.Output
	transposeA, transposeB bool
}

func fromMatMul(s *step) {
	p := product{s.x(0), s.x(1), s.g(), s.truth("transpose_a", false), s.truth("transpose_b", false)}
	rankA, rankB := s.rank(p.a), s.rank(p.b)
	if rankB == 1 {
		p.b, p.g, p.transposeB = s.Unsqueeze(p.b, 1), s.Unsqueeze(p.g, -1), false
	}
	if rankA == 1 {
		p.a, p.g, p.transposeA = s.Unsqueeze(p.a, 0), s.Unsqueeze(p.g, -2), false
	}
	if s.wants(0) {
		s.give1(0, s.reshaped(s.leftOf(p), s.x(0)))
	}
	if s.wants(1) {
		s.give1(1, s.reshaped(s.rightOf(p), s.x(1)))
	}
}

// leftOf is the gradient of the left matrix.
func (s *step) leftOf(p product) *graph.Output {
	g := s.with(p.b, func(b *graph.Output) *graph.Output {
		if p.transposeA {
			return s.MatMul(b, p.g, p.transposeB, true)
		}
		return s.MatMul(p.g, b, false, !p.transposeB)
	})
	return s.sumTo(g, g.Shape, p.a)
}

// rightOf is the gradient of the right matrix. One that was multiplied with a
// batch of matrices saw them as one tall matrix, and so does its gradient.
func (s *step) rightOf(p product) *graph.Output {
	if len(p.b.Shape) == 2 && len(p.a.Shape) > 2 && !p.transposeA {
		inner, outer := p.a.Shape[len(p.a.Shape)-1], p.g.Shape[len(p.g.Shape)-1]
		if inner >= 0 && outer >= 0 {
			p.a, p.g = s.Reshape(p.a, -1, inner), s.Reshape(p.g, -1, outer)
		}
	}
	g := s.with(p.a, func(a *graph.Output) *graph.Output {
		if p.transposeB {
			return s.MatMul(p.g, a, true, p.transposeA)
		}
		return s.MatMul(a, p.g, !p.transposeA, false)
	})
	return s.sumTo(g, g.Shape, p.b)
}

// A sweep is how filters go over a tensor: the window of the operation with
// its padding as numbers.
type sweep struct {
	graph.Window
	kernel []int64 // the size of the filters
}

// sweep reads the window of a convolution of the tensor wide that gives narrow;
// filters have before dimensions that are no size.
func (s *step) sweep(wide, narrow, filters *graph.Output, before int) sweep {
	return s.windows(wide, narrow, s.static(filters, 0)[before:])
}

// windows reads the window of an operation that goes over wide to give narrow.
func (s *step) windows(wide, narrow *graph.Output, kernel []int64) sweep {
	in, out := s.static(wide, 2)[2:], s.static(narrow, 2)[2:]
	n := len(kernel)
	ones, none := slices.Repeat([]int64{1}, n), make([]int64, n)
	w := sweep{graph.Window{
		Strides: s.list("strides", ones), Dilations: s.list("dilations", ones),
		Begin: slices.Clone(s.list("pads_begin", none)), End: slices.Clone(s.list("pads_end", none)),
	}, slices.Clone(kernel)}
	if len(in) != n || len(out) != n || len(w.Strides) != n || len(w.Dilations) != n || len(w.Begin) != n || len(w.End) != n {
		s.fail("windows of %d dimensions over [%s]", n, wide.Shape)
	}
	auto := s.text("auto_pad", "explicit")
	for i := range n {
		switch auto {
		case "valid":
			w.Begin[i], w.End[i] = 0, 0
		case "same_upper", "same_lower":
			more := max(0, (out[i]-1)*w.Strides[i]+w.reach(i)-in[i])
			w.Begin[i], w.End[i] = more/2, more-more/2
			if auto == "same_lower" {
				w.Begin[i], w.End[i] = w.End[i], w.Begin[i]
			}
		}
	}
	return w
}

// reach is how far the filters reach along a dimension.
func (w *sweep) reach(i int) int64 { return w.Dilations[i]*(w.kernel[i]-1) + 1 }

// plain reports whether the filters look at one place only, and at each.
func (w *sweep) plain() bool {
	return w.single() && !slices.ContainsFunc(w.Strides, func(n int64) bool { return n != 1 }) && !w.padded()
}

// single reports whether the filters look at one place only.
func (w *sweep) single() bool {
	return !slices.ContainsFunc(w.kernel, func(n int64) bool { return n != 1 })
}

func (w *sweep) padded() bool {
	some := func(n int64) bool { return n != 0 }
	return slices.ContainsFunc(w.Begin, some) || slices.ContainsFunc(w.End, some)
}

// back is the window of the convolution backwards from narrow to wide: what
// the stride left over of the wide tensor is added at its end.
func (w *sweep) back(wide, narrow *graph.Output) graph.Window {
	b := w.Window
	b.OutputPadding = make([]int64, len(w.kernel))
	for i := range w.kernel {
		b.OutputPadding[i] = wide.Shape[2+i] - ((narrow.Shape[2+i]-1)*w.Strides[i] + w.reach(i) - w.Begin[i] - w.End[i])
	}
	return b
}

// swapped is an order of so many dimensions in which two are exchanged.
func swapped(rank, i, j int) []int64 {
	order := make([]int64, rank)
	for k := range order {
		order[k] = int64(k)
	}
	order[i], order[j] = order[j], order[i]
	return order
}

func fromConvolution(s *step) {
	x, filters, g := s.x(0), s.x(1), s.g()
	w := s.sweep(x, s.y(0), filters, 2)
	if s.wants(0) {
		s.give1(0, s.with(filters, func(filters *graph.Output) *graph.Output {
			if w.plain() {
				return s.Convolution(g, s.Transpose(filters, swapped(len(filters.Shape), 0, 1)...), w.Window)
			}
			return s.ConvolutionBack(g, filters, nil, w.back(x, g))
		}))
	}
	if s.wants(1) {
		s.give1(1, s.filtersOf(x, g, filters, w))
	}
}

// gradientOf begins the names of convolutions of groups that are part of a gradient.
const gradientOf = "gradient of "

// ofGroups notes that a convolution of groups is part of a gradient.
func (s *step) ofGroups(y *graph.Output) *graph.Output {
	if s.Err() == nil {
		y.Node().SetName(gradientOf + s.node.Name())
	}
	return y
}

// onlyOnce refuses the gradient of a gradient: where a convolution of groups is
// multiplied by a constant, OpenVINO may multiply the filters of all that read them, and
// the numbers are wrong.
func (s *step) onlyOnce() {
	if strings.HasPrefix(s.node.Name(), gradientOf) {
		s.refuse("the gradient of a gradient through a convolution of groups")
	}
}

func fromGroupConvolution(s *step) {
	s.onlyOnce()
	x, filters, g := s.x(0), s.x(1), s.g()
	w := s.sweep(x, s.y(0), filters, 3)
	if s.wants(0) {
		s.give1(0, s.with(s.reshapedAnew(filters), func(filters *graph.Output) *graph.Output {
			if filters.Shape[0] == 1 { // OpenVINO does not do a single group backwards
				return s.ConvolutionBack(g, s.Squeeze(filters, 0), nil, w.back(x, g))
			}
			return s.ofGroups(s.GroupConvolutionBack(g, filters, nil, w.back(x, g)))
		}))
	}
	if s.wants(1) {
		s.give1(1, s.groupFiltersOf(x, g, filters, w))
	}
}

// reshapedAnew is a reshaped tensor by a Reshape of its own, which differs in
// an attribute that does not matter, so that OpenVINO does not make one of the
// two. (It makes a Reshape of Unsqueeze and Squeeze.)
//
// Where a GroupConvolution is multiplied by a constant, OpenVINO multiplies its
// filters instead, and if these are a Reshape, it does so before that Reshape,
// whoever else reads it: the way back would be multiplied twice.
func (s *step) reshapedAnew(x *graph.Output) *graph.Output {
	n := x.Node()
	if !slices.Contains([]string{"Reshape", "Unsqueeze", "Squeeze"}, n.Type) || s.walk.fixed(x) || !x.Shape.Static() {
		return x
	}
	zero, err := n.Attrs.Bool("special_zero")
	return s.ReshapeTo(n.Source(0), s.Int64s(x.Shape...), err != nil || !zero)
}

// fromConvolutionBack: a convolution backwards has a convolution as its
// gradient, and in the gradient of its filters the two tensors change places.
func fromConvolutionBack(s *step) {
	x, g, w := s.x(0), s.g(), s.backSweep(2)
	if s.wants(0) {
		s.give1(0, s.with(s.x(1), func(filters *graph.Output) *graph.Output {
			return s.Convolution(s.fitting(g, x, w), filters, w.Window)
		}))
	}
	if s.wants(1) {
		s.give1(1, s.filtersOf(g, x, s.x(1), w))
	}
}

func fromGroupConvolutionBack(s *step) {
	s.onlyOnce()
	x, g, w := s.x(0), s.g(), s.backSweep(3)
	if s.wants(0) {
		s.give1(0, s.with(s.reshapedAnew(s.x(1)), func(filters *graph.Output) *graph.Output {
			return s.ofGroups(s.GroupConvolution(s.fitting(g, x, w), filters, w.Window))
		}))
	}
	if s.wants(1) {
		s.give1(1, s.groupFiltersOf(g, x, s.x(1), w))
	}
}

// backSweep is the sweep of a convolution backwards. Where the size of its
// output is given, the padding follows from it.
func (s *step) backSweep(before int) sweep {
	x, y := s.x(0), s.y(0)
	w := s.sweep(y, x, s.x(1), before)
	if s.node.Source(2) == nil {
		return w
	}
	for i := range w.kernel {
		span := w.Strides[i]*(x.Shape[2+i]-1) + w.reach(i)
		total := max(0, span-y.Shape[2+i])
		switch s.text("auto_pad", "explicit") {
		case "same_upper": // backwards, it is the beginning that has more
			w.Begin[i], w.End[i] = total-total/2, total/2
		case "same_lower":
			w.Begin[i], w.End[i] = total/2, total-total/2
		default: // what is cut at the beginning is given, and the end fits
			w.End[i] = max(0, span-y.Shape[2+i]-w.Begin[i])
		}
	}
	return w
}

// fitting cuts from the end of g what the convolution that gives x does not
// reach and would make it larger.
func (s *step) fitting(g, x *graph.Output, w sweep) *graph.Output {
	var ranges []graph.Range
	for i := range w.kernel {
		used := (x.Shape[2+i]-1)*w.Strides[i] + w.reach(i) - w.Begin[i] - w.End[i]
		if used < g.Shape[2+i] && g.Shape[2+i]-used >= w.Strides[i] {
			ranges = append(ranges, graph.Range{Axis: int64(2 + i), Start: 0, Stop: used})
		}
	}
	if ranges == nil {
		return g
	}
	return s.Slice(g, ranges...)
}
