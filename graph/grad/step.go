package grad

import (
	"fmt"
	"slices"

	"datum/graph"
)

// A rule makes the gradients of a node's inputs from those of its outputs.
type rule struct {
	from func(s *step)
	// spread says that gradients of outputs may be 1 along dimensions along
	// which they are all the same: the rule only multiplies with them, and
	// hands on what it gets with give.
	spread bool
}

// A step is one operation on the way back. Rules add operations with the
// builder inside.
type step struct {
	*graph.Builder
	walk   *walk
	node   *graph.Node
	up     []*graph.Output // the gradients of its outputs, nil where there is none
	wanted []bool          // which inputs need a gradient
	down   []*graph.Output // the gradients of its inputs
}

// stopped is what fail panics with, so that rules read like the formulas that
// they follow. It never leaves this file.
type stopped struct{ err error }

// fail ends the rule that runs.
func (s *step) fail(format string, args ...any) { panic(stopped{fmt.Errorf(format, args...)}) }

// refuse ends it since what it would need is not known.
func (s *step) refuse(format string, args ...any) {
	s.fail("%w: %s", ErrNoGradient, fmt.Sprintf(format, args...))
}

// run runs a rule.
func (s *step) run(r rule) (err error) {
	defer func() {
		if p := recover(); p != nil {
			stop, ok := p.(stopped)
			if !ok {
				panic(p)
			}
			err = stop.err
		}
	}()
	if !r.spread {
		for i, g := range s.up {
			if g != nil {
				s.up[i] = s.full(g, s.y(i))
			}
		}
	}
	r.from(s)
	return nil
}

// x is what feeds an input.
func (s *step) x(i int) *graph.Output {
	o := s.node.Source(i)
	if o == nil {
		s.fail("it has no input %d", i)
	}
	return o
}

// y is an output.
func (s *step) y(i int) *graph.Output { return s.node.Output(i) }

// g is the gradient of the first output, which nearly all rules start from.
func (s *step) g() *graph.Output {
	if s.up[0] == nil { // only another output was used
		return s.zeros(s.y(0))
	}
	return s.up[0]
}

// wants reports whether an input needs a gradient.
func (s *step) wants(i int) bool { return i < len(s.wanted) && s.wanted[i] }

// give makes f's tensor the gradient of an input, if one is wanted: f is not
// called otherwise. Where the input was repeated along dimensions of the first
// output, the gradient is summed over them.
func (s *step) give(i int, f func() *graph.Output) {
	if s.wants(i) {
		s.down[i] = s.sumTo(f(), s.y(0).Shape, s.x(i))
	}
}

// give1 is give of what the rule has anyway, for inputs of the shape of the
// gradient.
func (s *step) give1(i int, g *graph.Output) {
	if s.wants(i) {
		s.down[i] = g
	}
}

// constants requires that inputs from i on need no gradient.
func (s *step) constants(from int, what string) {
	for i := from; i < len(s.wanted); i++ {
		if s.wanted[i] {
			s.refuse("by %s", what)
		}
	}
}

// num is a single number of the type of the first output.
func (s *step) num(v float64) *graph.Output { return s.Like(s.y(0), v) }

// rank is how many dimensions a tensor has.
func (s *step) rank(o *graph.Output) int {
	if !o.Shape.Ranked() {
		s.refuse("the number of dimensions of a tensor is not known before the model runs")
	}
	return len(o.Shape)
}

// static requires that the size of dimensions is known, of all from one on.
func (s *step) static(o *graph.Output, from int) graph.Shape {
	if s.rank(o); from > len(o.Shape) || !o.Shape[from:].Static() {
		s.refuse("the shape [%s] is not known before the model runs", o.Shape)
	}
	return o.Shape
}

// ints are the values of an input that says where something is.
func (s *step) ints(i int) []int64 {
	v, ok := s.x(i).KnownInts()
	if !ok || slices.Contains(v, graph.Unknown) {
		s.refuse("the values of input %d are not known before the model runs", i)
	}
	return v
}

// single is the value of an input that is one number.
func (s *step) single(i int) int64 {
	v := s.ints(i)
	if len(v) != 1 {
		s.fail("input %d has %d values", i, len(v))
	}
	return v[0]
}

// axes are dimensions that an input names, in rising order.
func (s *step) axes(i, rank int) []int64 {
	v := slices.Clone(s.ints(i))
	for k := range v {
		v[k] = int64(s.axis(v[k], rank))
	}
	slices.Sort(v)
	return slices.Compact(v)
}

// axis is a dimension counted from the front.
func (s *step) axis(v int64, rank int) int {
	if v < 0 {
		v += int64(rank)
	}
	if v < 0 || v >= int64(rank) {
		s.fail("the axis %d of a tensor of %d dimensions", v, rank)
	}
	return int(v)
}

// text, int, float and truth are attributes, and what holds without them.

func (s *step) text(name, without string) string {
	if v, ok := s.node.Attrs.Get(name); ok {
		return v
	}
	return without
}

func (s *step) int(name string, without int64) int64 {
	return attribute(s, name, without, s.node.Attrs.Int)
}

func (s *step) float(name string, without float64) float64 {
	return attribute(s, name, without, s.node.Attrs.Float)
}

func (s *step) truth(name string, without bool) bool {
	return attribute(s, name, without, s.node.Attrs.Bool)
}

func (s *step) list(name string, without []int64) []int64 {
	return attribute(s, name, without, s.node.Attrs.Ints)
}

func attribute[T any](s *step, name string, without T, read func(string) (T, error)) T {
	if _, ok := s.node.Attrs.Get(name); !ok {
		return without
	}
	v, err := read(name)
	if err != nil {
		s.fail("%w", err)
	}
	return v
}
