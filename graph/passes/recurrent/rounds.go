package recurrent

import (
	"errors"
	"fmt"
	"math"

	"datum/graph"
)

// counted finds out how many rounds a Loop runs: as many as bounds, all of which have to
// be the number of the steps. A TensorIterator runs as often as there are parts.
func (l *loop) counted() error {
	if l.node.Type != "Loop" {
		return nil
	}
	if on, ok := number(l.node.Source(1)); ok && on == 0 {
		return fmt.Errorf("it never runs")
	}
	if n, ok := number(l.node.Source(0)); !ok || n >= 0 && n < math.MaxInt32 {
		l.bounds = append(l.bounds, l.node.Source(0))
	}
	for _, p := range l.body.Ports {
		if p.Purpose == "execution_condition" && p.Output {
			if err := l.condition(p.Internal.Source(0), 16); err != nil {
				return err
			}
		}
	}
	return nil
}

// condition finds the bounds in what decides whether there is another round.
func (l *loop) condition(o *graph.Output, depth int) error {
	o = bare(o)
	if o == nil || depth == 0 {
		return errRounds
	}
	n := o.Node()
	switch n.Type {
	case "Const":
		if v, ok := number(o); ok && v != 0 {
			return nil
		}
	case "LogicalAnd":
		for i := range 2 {
			if err := l.condition(n.Source(i), depth-1); err != nil {
				return err
			}
		}
		return nil
	case "Less", "Greater":
		x, y := n.Source(0), n.Source(1)
		if n.Type == "Greater" {
			x, y = y, x
		}
		if l.following(bare(x)) && y != nil {
			if v, ok := number(outer(y)); !ok || v < math.MaxInt32 {
				l.bounds = append(l.bounds, outer(y))
			}
			return nil
		}
	}
	return errRounds
}

// following reports whether an output is the number of the next step.
func (l *loop) following(o *graph.Output) bool {
	if o == nil {
		return false
	}
	for _, e := range l.body.Back {
		if l.clocks[e.To] && bare(e.From.Source(0)) == o {
			return true
		}
	}
	return false
}

var errRounds = errors.New("how often it runs is decided by something else than the number of the step")

// steps checks that the loop runs once for each part of what it reads.
func (l *loop) steps(s *sequence) error {
	if l.node.Type != "Loop" {
		return nil
	}
	if len(l.bounds) == 0 {
		if l.parts {
			return nil
		}
		return fmt.Errorf("how often it runs is not known")
	}
	for _, bound := range l.bounds {
		if !lengthOf(bound, s.inputs) {
			return fmt.Errorf("it cannot be seen that it runs once for each part of what it reads")
		}
	}
	return nil
}

// lengthOf reports whether a number is how many steps there are in one of the sources.
func lengthOf(bound *graph.Output, list []source) bool {
	n, known := number(bound)
	shape, dim, ok := dimensionOf(bound)
	for _, in := range list {
		if d := in.of.Shape[in.axis]; known && d >= 0 && d == n {
			return true
		}
		of, axis := turned(in.of, in.axis)
		if ok && of == shape && axis == dim {
			return true
		}
	}
	return false
}

// turned follows an axis through exchanges of the two first dimensions.
func turned(o *graph.Output, axis int64) (*graph.Output, int64) {
	for range farthest {
		if o = outer(o); !swaps(o.Node()) || axis > 1 {
			break
		}
		o, axis = o.Node().Source(0), 1-axis
	}
	return o, axis
}

// dimensionOf says of which dimension of which output a number is the size.
func dimensionOf(o *graph.Output) (*graph.Output, int64, bool) {
	o = bare(o)
	if o == nil {
		return nil, 0, false
	}
	c, ok := cutOf(o)
	if !ok || c.axis != 0 {
		return nil, 0, false
	}
	if count, static := o.Shape.Elements(); !static || count != 1 {
		return nil, 0, false
	}
	shape := bare(c.of)
	if shape == nil || shape.Node().Type != "ShapeOf" || shape.Node().Source(0) == nil {
		return nil, 0, false
	}
	of, axis := turned(shape.Node().Source(0), c.start)
	return of, axis, true
}

// gathered recognises what reads a part by the number of the step.
func (l *loop) gathered(o *graph.Output) (source, bool) {
	n := o.Node()
	if n.Type != "Gather" || len(n.Inputs()) != 3 || !l.now(n.Source(1)) || n.Graph() != l.body.Graph {
		return source{}, false
	}
	axis, ok := number(n.Source(2))
	batch, err := n.Attrs.Int("batch_dims")
	of := outer(n.Source(0))
	if !ok || err == nil && batch != 0 || of == nil || of.Node().Graph() != l.node.Graph() || !of.Shape.Ranked() {
		return source{}, false
	}
	if axis = fromEnd(axis, len(of.Shape)); axis < 0 || axis > 1 || axis >= int64(len(of.Shape)) {
		return source{}, false
	}
	return source{of, axis}, true
}
