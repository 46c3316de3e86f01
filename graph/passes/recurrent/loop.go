package recurrent

import (
	"fmt"

	"datum/graph"
)

// A loop is a TensorIterator or a Loop whose body may be one step of a recurrent unit.
type loop struct {
	*analysis
	node   *graph.Node
	body   *graph.Body
	clocks map[*graph.Node]bool // parameters that are the number of the step
	edge   graph.BackEdge       // of the state
	bounds []*graph.Output      // of the number of rounds
	parts  bool                 // whether something is cut into parts for it
}

// fuseLoop puts one operation in the place of a loop. The error says what is against it,
// and then nothing has changed.
func fuseLoop(n *graph.Node) (*Change, error) {
	l := &loop{analysis: newAnalysis(), node: n, clocks: map[*graph.Node]bool{}}
	if len(n.Bodies()) != 1 {
		return nil, fmt.Errorf("it has %d bodies", len(n.Bodies()))
	}
	l.body = n.Bodies()[0]
	if err := l.edges(); err != nil {
		return nil, err
	}
	if err := l.counted(); err != nil {
		return nil, err
	}
	state, next := l.edge.To.Output(0), l.edge.From.Source(0)
	if state == nil || next == nil {
		return nil, fmt.Errorf("its state goes nowhere")
	}
	fresh, lengths, err := masked(next, state, l.now)
	if err != nil {
		return nil, err
	}
	if lengths != nil && lengths.Node().Graph() != n.Graph() {
		return nil, errMask
	}
	c, err := l.cellOf(fresh, state)
	if err != nil {
		return nil, err
	}
	s := &sequence{Builder: n.Graph().Edit(), cell: c, name: n.Name(), lengths: lengths, first: l.first()}
	if err := l.sources(s); err != nil {
		return nil, err
	}
	if err := l.steps(s); err != nil {
		return nil, err
	}
	outs, err := l.outs(s, next)
	if err != nil {
		return nil, err
	}
	unfold(s)
	if err := s.check(); err != nil {
		return nil, err
	}
	if err := s.build(); err != nil {
		return nil, err
	}
	change := s.change()
	change.Loop = true
	return change, l.replace(s, outs, change)
}

// edges finds the state and the counters among what goes round.
func (l *loop) edges() error {
	states := 0
	for _, e := range l.body.Back {
		o := e.To.Output(0)
		switch {
		case o == nil:
			return fmt.Errorf("its body lacks a parameter")
		case l.counts(e):
			l.clocks[e.To] = true
		case o.Element.IsReal():
			l.edge = e
			states++
		}
	}
	if states != 1 {
		return fmt.Errorf("it has %d states, and a GRU has one", states)
	}
	for _, p := range l.body.Ports {
		if p.Purpose == "current_iteration" && !p.Output {
			l.clocks[p.Internal] = true
		}
	}
	return nil
}

// counts reports whether what goes round is the number of the step: from 0, in ones.
func (l *loop) counts(e graph.BackEdge) bool {
	port := l.body.InputOf(e.To)
	if port == nil || !e.To.Output(0).Element.IsInteger() {
		return false
	}
	if from, ok := number(l.node.Source(port.External)); !ok || from != 0 {
		return false
	}
	sum := bare(e.From.Source(0))
	if sum == nil || sum.Node().Type != "Add" {
		return false
	}
	for i := range 2 {
		if by, ok := number(sum.Node().Source(i)); ok && by == 1 && bare(sum.Node().Source(1-i)) == e.To.Output(0) {
			return true
		}
	}
	return false
}

// now reports whether an output is the number of the step.
func (l *loop) now(o *graph.Output) bool {
	o = bare(o)
	return o != nil && l.clocks[o.Node()]
}

// first is the state before the first step.
func (l *loop) first() *graph.Output {
	if p := l.body.InputOf(l.edge.To); p != nil {
		return l.node.Source(p.External)
	}
	return nil
}

// sources finds where the parts that the step reads come from.
func (l *loop) sources(s *sequence) error {
	if s.first == nil {
		return fmt.Errorf("its state begins with nothing")
	}
	for _, o := range s.cell.inputs {
		in, err := l.source(o)
		if err != nil {
			return err
		}
		if width(in.of) != width(o) && !(len(in.of.Shape) == 2 && width(o) == 1 && in.axis == 1) {
			return fmt.Errorf("it reads %q, which is %s, as rows of %d", in.of.Node().Name(), in.of, width(o))
		}
		s.inputs = append(s.inputs, in)
	}
	if s.cell.attention.of != nil {
		in, err := l.source(s.cell.attention.of)
		if err != nil {
			return err
		}
		if len(in.of.Shape) == 3 && width(in.of) != 1 {
			return fmt.Errorf("its attention %q is %s, and not one number for each step", in.of.Node().Name(), in.of)
		}
		s.attends = &in
	}
	return nil
}

// source is what an output of the body is a part of.
func (l *loop) source(o *graph.Output) (source, error) {
	v := viewOf(o)
	p, _ := portOf(v.of)
	if in, ok := l.gathered(v.of); ok {
		return in, nil
	}
	if p == nil || v.at != 0 || p.Slice == nil {
		return source{}, fmt.Errorf("its step reads %q, which is neither its state nor a part of what goes through it step by step", o.Node().Name())
	}
	outside := l.node.Source(p.External)
	if outside == nil || *p.Slice != (graph.Slicing{Axis: p.Slice.Axis, Start: 0, End: -1, Stride: 1, PartSize: 1}) {
		return source{}, fmt.Errorf("it does not read %q from the first part to the last, one by one", o.Node().Name())
	}
	l.parts = true
	return source{outside, p.Slice.Axis}, nil
}

// An out is an output of the loop that somebody reads.
type out struct {
	of    *graph.Output
	fill  *graph.Output // see emitted
	axis  int64         // along which it is joined, -1 for the last step
	shape graph.Shape
}

// outs says what comes out of the loop.
func (l *loop) outs(s *sequence, next *graph.Output) ([]out, error) {
	var list []out
	for _, p := range l.body.Ports {
		if !p.Output || p.External < 0 {
			continue
		}
		o, inside := l.node.Output(p.External), p.Internal.Source(0)
		if o == nil || inside == nil {
			return nil, fmt.Errorf("an output of it is nothing")
		}
		if len(o.Consumers()) == 0 {
			continue
		}
		fill, err := emitted(inside, s.cell, next, s.lengths, l.now)
		if err != nil {
			return nil, err
		}
		if fill, err = l.lifted(s, fill); err != nil {
			return nil, err
		}
		made := out{o, fill, -1, inside.Shape}
		if p.Slice != nil {
			made.axis = p.Slice.Axis
			straight := graph.Slicing{Axis: made.axis, Start: 0, End: -1, Stride: 1, PartSize: 1}
			if *p.Slice != straight || made.axis > 1 || len(inside.Shape) != 3 || inside.Shape[made.axis] != 1 {
				return nil, fmt.Errorf("its steps are joined along the axis %d of %s", made.axis, inside)
			}
		} else if fill != nil {
			return nil, fmt.Errorf("what comes out of its last step is no state")
		}
		list = append(list, made)
	}
	return list, nil
}

// lifted is what a body has as a constant, outside.
func (l *loop) lifted(s *sequence, o *graph.Output) (*graph.Output, error) {
	if o == nil || o.Node().Graph() == l.node.Graph() {
		return o, nil
	}
	t := l.value(o)
	if t == nil {
		return nil, fmt.Errorf("behind the end of a history, %q comes out of it", o.Node().Name())
	}
	return s.Float32s("", t.shape, t.data...), nil
}

// replace puts what the sequence makes in the place of the outputs of the loop.
func (l *loop) replace(s *sequence, outs []out, change *Change) error {
	for _, o := range outs {
		if o.axis < 0 {
			final, err := s.shapedAs(s.end(), o.shape)
			if err == nil {
				err = s.put(o.of, final, change)
			}
			if err != nil {
				return err
			}
			continue
		}
		all := s.joined(o.fill)
		if o.axis == 1 {
			if err := s.put(o.of, all, change); err != nil {
				return err
			}
			continue
		}
		if err := s.putSwapped(o.of, all, change); err != nil {
			return err
		}
	}
	return s.Err()
}

// put puts an output in the place of another.
func (s *sequence) put(old, o *graph.Output, change *Change) error {
	if s.Err() != nil {
		return s.Err()
	}
	change.Outputs = append(change.Outputs, Pair{old.Node().ID(), old.Index(), o})
	return old.Replace(o)
}

// putSwapped puts states [batch, time, hidden] in the place of [time, batch, hidden].
// Who exchanged the two dimensions gets them as they are.
func (s *sequence) putSwapped(old, all *graph.Output, change *Change) error {
	var turned []*graph.Output
	for _, in := range old.Consumers() {
		if swaps(in.Node()) {
			turned = append(turned, in.Node().Output(0))
		}
	}
	for _, o := range turned {
		if err := s.put(o, all, change); err != nil {
			return err
		}
	}
	return s.put(old, s.Transpose(all, 1, 0, 2), change)
}
