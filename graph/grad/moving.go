package grad

import (
	"datum/graph"
)

func fromReshape(s *step) { s.give1(0, s.reshaped(s.g(), s.x(0))) }

func fromTranspose(s *step) {
	rank := s.rank(s.x(0))
	back := make([]int64, rank)
	order := s.ints(1)
	for i := range back {
		if len(order) == 0 { // the dimensions turned round
			back[i] = int64(rank - 1 - i)
		} else {
			back[s.axis(order[i], rank)] = int64(i)
		}
	}
	s.give1(0, s.Transpose(s.g(), back...))
}

func fromBroadcast(s *step) {
	switch mode := s.text("mode", "numpy"); mode {
	case "numpy", "bidirectional":
		s.give(0, s.g)
	case "explicit":
		s.up[0] = s.full(s.g(), s.y(0))
		fromExplicitBroadcast(s)
	default:
		s.refuse("a broadcast of the mode %q", mode)
	}
}

// fromConcat cuts the gradient at the seams.
func fromConcat(s *step) {
	axis := s.axis(s.int("axis", 0), s.rank(s.y(0)))
	lengths, wanted := make([]int64, len(s.wanted)), 0
	for i := range lengths {
		if lengths[i] = s.x(i).Shape[axis]; lengths[i] < 0 {
			s.refuse("the length of input %d is not known before the model runs", i)
		}
		if s.wanted[i] {
			wanted++
		}
	}
	if wanted == 1 { // not worth cutting out the others
		at := int64(0)
		for i, n := range lengths {
			if s.wanted[i] {
				s.give1(i, s.Slice(s.g(), graph.Range{Axis: int64(axis), Start: at, Stop: at + n}))
			}
			at += n
		}
		return
	}
	for i, part := range s.SplitAt(s.g(), int64(axis), lengths...) {
		s.give1(i, part)
	}
}

// fromSplit joins the gradients of the parts.
func fromSplit(s *step) {
	axis := s.axes(1, s.rank(s.x(0)))[0]
	parts := make([]*graph.Output, len(s.up))
	for i, g := range s.up {
		if parts[i] = g; g == nil {
			parts[i] = s.zeros(s.y(i))
		}
	}
	s.give1(0, s.Concat(int(axis), parts...))
}

// fromSlice puts zeros around the gradient, and between its elements where the
// slice went in steps.
func fromSlice(s *step) {
	rank := s.rank(s.x(0))
	start, step := s.ints(1), s.ints(3)
	axes := make([]int64, len(start))
	for i := range axes {
		axes[i] = int64(i)
	}
	if s.node.Source(4) != nil {
		axes = s.ints(4)
	}
	if len(axes) != len(start) || len(step) != len(start) {
		s.fail("%d starts and %d steps for %d axes", len(start), len(step), len(axes))
	}
	cuts := make([]cut, len(axes))
	for i, a := range axes {
		cuts[i] = cut{s.axis(a, rank), start[i], step[i]}
	}
	s.give1(0, s.uncut(s.g(), s.x(0), cuts))
}

// A cut is where a slice began along an axis, and in which steps it went.
type cut struct {
	axis        int
	start, step int64
}

// uncut puts the gradient g of a slice back where it came from in x.
func (s *step) uncut(g, x *graph.Output, cuts []cut) *graph.Output {
	begin, end, pad := make([]int64, len(x.Shape)), make([]int64, len(x.Shape)), false
	for _, c := range cuts {
		length, count := x.Shape[c.axis], g.Shape[c.axis]
		if length < 0 || count < 0 {
			s.refuse("the length of dimension %d is not known before the model runs", c.axis)
		}
		if count == 0 {
			return s.zeros(x)
		}
		if c.start < 0 {
			c.start += length
		}
		c.start = min(max(c.start, 0), length-1)
		if c.step < 0 {
			g = s.Reverse(g, int64(c.axis))
			c.start, c.step = c.start+c.step*(count-1), -c.step
		}
		g = s.apart(g, c.axis, c.step)
		begin[c.axis], end[c.axis] = c.start, length-c.start-g.Shape[c.axis]
		pad = pad || begin[c.axis] != 0 || end[c.axis] != 0
	}
	if pad {
		g = s.Pad(g, begin, end, s.Like(g, 0))
	}
	return g
}

// apart puts zeros between the elements along an axis, so that they are step
// apart.
func (s *step) apart(g *graph.Output, axis int, step int64) *graph.Output {
	count := g.Shape[axis]
	if step == 1 || count == 1 {
		return g
	}
	g = s.Unsqueeze(g, int64(axis)+1)
	none, after := make([]int64, len(g.Shape)), make([]int64, len(g.Shape))
	after[axis+1] = step - 1
	g = s.Pad(g, none, after, s.Like(g, 0))
	// The zeros behind the last one are cut off.
	return s.Slice(s.merged(g, axis), graph.Range{Axis: int64(axis), Start: 0, Stop: (count-1)*step + 1})
}

// merged makes one dimension of two.
func (s *step) merged(g *graph.Output, axis int) *graph.Output {
	shape := make([]int64, 0, len(g.Shape)-1)
	for i, d := range g.Shape {
		switch {
		case i == axis+1:
		case i == axis:
			shape = append(shape, d*g.Shape[i+1])
		case d < 0 && i > axis:
			s.refuse("the length of dimension %d is not known before the model runs", i-1)
		case d < 0:
			shape = append(shape, 0) // as it was
		default:
			shape = append(shape, d)
		}
	}
	return s.ReshapeTo(g, s.Int64s(shape...), true)
}
