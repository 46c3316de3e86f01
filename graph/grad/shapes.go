package grad

import (
	"slices"

	"datum/graph"
)

// shapeOf is the shape of a tensor as a tensor.
func (s *step) shapeOf(o *graph.Output) *graph.Output {
	if s.rank(o); o.Shape.Static() {
		return s.Int64s(o.Shape...)
	}
	return s.ShapeOf(o)
}

// full is a gradient in the whole shape of what it belongs to.
func (s *step) full(g, of *graph.Output) *graph.Output {
	if s.rank(of) != s.rank(g) {
		s.refuse("a gradient [%s] of [%s]", g.Shape, of.Shape)
	}
	for i, d := range of.Shape {
		if d != 1 && g.Shape[i] == 1 {
			return s.BroadcastTo(g, s.shapeOf(of), "numpy")
		}
	}
	return g
}

// zeros are as many zeros as a tensor has elements.
func (s *step) zeros(like *graph.Output) *graph.Output {
	if s.rank(like) == 0 {
		return s.Like(like, 0)
	}
	return s.BroadcastTo(s.Like(like, 0), s.shapeOf(like), "numpy")
}

// reshaped is g in the shape of another tensor.
func (s *step) reshaped(g, like *graph.Output) *graph.Output {
	if g.Shape.Static() && g.Shape.Equal(like.Shape) {
		return g
	}
	return s.ReshapeTo(g, s.shapeOf(like), false)
}

// sumTo sums g over the dimensions along which x was repeated to give a tensor
// of the shape whole.
func (s *step) sumTo(g *graph.Output, whole graph.Shape, x *graph.Output) *graph.Output {
	s.rank(x)
	if !whole.Ranked() || !g.Shape.Ranked() || len(x.Shape) > len(whole) || len(g.Shape) != len(whole) {
		s.refuse("a gradient [%s] of [%s] for [%s]", g.Shape, whole, x.Shape)
	}
	lead := len(whole) - len(x.Shape)
	var sum, drop []int64
	for i, d := range whole {
		repeated := i < lead || x.Shape[i-lead] == 1
		switch {
		case repeated && d != 1 && g.Shape[i] != 1:
			sum = append(sum, int64(i))
		case repeated && d != 1: // the same everywhere, so the sum is a multiple
			g = s.Mul(g, s.size(g, whole, i))
		}
		if i < lead {
			drop = append(drop, int64(i))
		}
	}
	if len(sum) > 0 {
		keep := !slices.Equal(sum, drop)
		if g = s.Sum(g, keep, sum...); !keep {
			return g
		}
	}
	if len(drop) > 0 {
		g = s.Squeeze(g, drop...)
	}
	return g
}

// size is a dimension of the first output as a number of the type of g.
func (s *step) size(g *graph.Output, whole graph.Shape, axis int) *graph.Output {
	if d := whole[axis]; d >= 0 {
		return s.Like(g, float64(d))
	}
	return s.Convert(s.Gather(s.ShapeOf(s.y(0)), s.Int64(int64(axis)), 0), g.Element)
}

// count is how many elements of x some axes have, as a number.
func (s *step) count(x *graph.Output, axes []int64) *graph.Output {
	n, known := 1.0, true
	for _, a := range axes {
		n, known = n*float64(x.Shape[a]), known && x.Shape[a] >= 0
	}
	if known {
		return s.Like(x, n)
	}
	sizes := s.Gather(s.ShapeOf(x), s.Int64s(axes...), 0)
	return s.Convert(s.Reduce("ReduceProd", sizes, false, 0), x.Element)
}

// again is x once more, computed anew where that costs less than to keep it until
// the way back comes along: if it is u·a + b with a and b much smaller than u. It
// is written in another way than x, as OpenVINO makes one of two that are alike.
func (s *step) again(x *graph.Output) *graph.Output {
	sum := x.Node()
	if sum.Type != "Add" || sum.Source(0).Node().Type != "Multiply" {
		return x
	}
	product := sum.Source(0).Node()
	u, a, b := product.Source(0), product.Source(1), sum.Source(1)
	if !s.small(a, x) || !s.small(b, x) || !u.Shape.Equal(x.Shape) {
		return x
	}
	return s.Sub(b, s.Mul(u, s.Neg(a)))
}

// small reports whether a tensor is much smaller than another.
func (s *step) small(a, x *graph.Output) bool {
	const times = 8
	n, ok := a.Shape.Elements()
	whole, known := x.Shape.Elements()
	return ok && known && n*times <= whole
}
