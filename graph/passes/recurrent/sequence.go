package recurrent

import (
	"fmt"
	"slices"

	"datum/graph"
)

// A source is what the steps read, all at once.
type source struct {
	of   *graph.Output
	axis int64 // of the steps
}

// A sequence builds the operation for all steps, and what is made of its outputs.
type sequence struct {
	*graph.Builder
	cell    *cell
	name    string
	inputs  []source
	attends *source
	first   *graph.Output // the state before the first step
	lengths *graph.Output // nil where all histories have all steps

	x     *graph.Output // [batch, time, columns]
	all   *graph.Output // the states [batch, time, hidden]
	last  *graph.Output // [batch, hidden]
	state *graph.Output // the first state [batch, hidden]
	steps *graph.Output // how many there are, a single i32

	alive, atEnd *graph.Output // made when they are needed
}

// check says what is against the operation.
func (s *sequence) check() error {
	if len(s.inputs) == 0 {
		return fmt.Errorf("it reads nothing but its state")
	}
	for _, in := range s.inputs {
		if err := in.check(); err != nil {
			return err
		}
		if width(in.of) == 0 {
			return fmt.Errorf("how many columns %q has is not known", in.of.Node().Name())
		}
	}
	if s.attends != nil {
		return s.attends.check()
	}
	return nil
}

func (s source) check() error {
	if !s.of.Shape.Ranked() || len(s.of.Shape) != 3 && len(s.of.Shape) != 2 || s.axis > 1 || s.of.Element != graph.F32 {
		return fmt.Errorf("it reads parts of %q along the axis %d, which is %s", s.of.Node().Name(), s.axis, s.of)
	}
	return nil
}

// swapped are the two first dimensions of o exchanged. What was exchanged before is
// taken as it was.
func swapped(b *graph.Builder, o *graph.Output) *graph.Output {
	if swaps(o.Node()) {
		return o.Node().Source(0)
	}
	if len(o.Shape) == 2 {
		return b.Transpose(o, 1, 0)
	}
	return b.Transpose(o, 1, 0, 2)
}

// swaps reports whether a node exchanges the two first dimensions.
func swaps(n *graph.Node) bool {
	if n.Type != "Transpose" || n.Source(0) == nil {
		return false
	}
	order := whole(n.Source(1))
	return slices.Equal(order, []int64{1, 0}) || slices.Equal(order, []int64{1, 0, 2})
}

// batchFirst is a source as [batch, time, columns].
func (s *sequence) batchFirst(in source) *graph.Output {
	o := in.of
	if in.axis == 0 {
		o = swapped(s.Builder, o)
	}
	if len(o.Shape) == 2 {
		o = s.Unsqueeze(o, 2)
	}
	return o
}

// build adds the operation.
func (s *sequence) build() error {
	if err := s.check(); err != nil {
		return err
	}
	if s.x = s.read(); s.Err() != nil {
		return s.Err()
	}
	h := int64(s.cell.hidden)
	shape := s.ShapeOf(s.x)
	batch := s.Gather(shape, s.Int64s(0), 0)
	s.steps = s.Convert(s.Gather(shape, s.Int64(1), 0), graph.I32)
	first := s.Reshape(s.first, -1, 1, h)
	if first.Shape[0] != s.x.Shape[0] && (first.Shape[0] == 1 || s.first.IsConst()) {
		first = s.BroadcastTo(first, s.Concat(0, batch, s.Int64s(1, h)), "numpy")
	}
	s.state = s.Squeeze(first, 1)
	lengths := s.BroadcastTo(s.steps, batch, "numpy")
	w := s.weights()
	var all, last *graph.Output
	if s.attends == nil {
		all, last = s.GRUSequence(s.x, first, lengths, w, "forward")
	} else {
		all, last = s.AUGRUSequence(s.x, first, lengths, s.attention(), w)
	}
	if s.Err() != nil {
		return s.Err()
	}
	switch {
	case s.cell.stateBias != nil:
		all.Node().Attrs.Set("linear_before_reset", "true")
	case s.attends != nil:
		// In bfloat16 the operation is wrong where the runtime cuts a batch into several
		// blocks. This has it computed in float32 also where the rest is not.
		all.Node().SetInfo("precise")
	}
	all.Node().SetName(s.name + "/sequence")
	s.all, s.last = s.Squeeze(all, 1), s.Squeeze(last, 1)
	return s.Err()
}

// read is what the steps read.
func (s *sequence) read() *graph.Output {
	var parts []*graph.Output
	for _, in := range s.inputs {
		parts = append(parts, s.batchFirst(in))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return s.Concat(2, parts...)
}

// attention is what 1 less it the update gate is multiplied by.
func (s *sequence) attention() *graph.Output {
	a := s.batchFirst(*s.attends)
	if s.cell.kept {
		a = s.Sub(s.Scalar(graph.F32, 1), a)
	}
	return a
}

func (s *sequence) weights() graph.GRU {
	c, h := s.cell, int64(s.cell.hidden)
	columns := int64(len(c.input)) / (3 * h)
	bias := slices.Concat(c.bias, c.stateBias)
	return graph.GRU{
		Input: s.Float32s(s.name+"/input_weights", graph.Shape{1, 3 * h, columns}, c.input...),
		State: s.Float32s(s.name+"/state_weights", graph.Shape{1, 3 * h, h}, c.recurrent...),
		Bias:  s.Float32s(s.name+"/bias", graph.Shape{1, int64(len(bias))}, bias...),
	}
}

// rowLengths are the lengths as [batch] in i32.
func (s *sequence) rowLengths() *graph.Output {
	l := s.Convert(s.lengths, graph.I32)
	if len(l.Shape) != 1 {
		l = s.Reshape(l, -1)
	}
	return l
}

// live says which steps belong to a history, as [batch, time, 1].
func (s *sequence) live() *graph.Output {
	if s.alive == nil {
		number := s.Count(s.Scalar(graph.I32, 0), s.steps, s.Scalar(graph.I32, 1), graph.I32)
		s.alive = s.Unsqueeze(s.Less(s.Unsqueeze(number, 0), s.Unsqueeze(s.rowLengths(), 1)), 2)
	}
	return s.alive
}

// end is the state where each history ends: the first state of one without steps.
func (s *sequence) end() *graph.Output {
	if s.lengths == nil {
		return s.last
	}
	if s.atEnd == nil {
		zero, one := s.Scalar(graph.I32, 0), s.Scalar(graph.I32, 1)
		l := s.rowLengths()
		at := s.Maximum(s.Sub(s.Minimum(l, s.steps), one), zero)
		end := s.Squeeze(s.GatherBatch(s.all, s.Unsqueeze(at, 1), 1, 1), 1)
		s.atEnd = s.Select(s.Unsqueeze(s.Greater(l, zero), 1), end, s.state)
	}
	return s.atEnd
}

// joined is what comes out of all steps, [batch, time, hidden]: see emitted.
func (s *sequence) joined(fill *graph.Output) *graph.Output {
	switch {
	case s.lengths == nil:
		return s.all
	case fill == nil:
		fill = s.Unsqueeze(s.end(), 1)
	case len(fill.Shape) == 2:
		fill = s.Unsqueeze(fill, 1)
	}
	return s.Select(s.live(), s.all, fill)
}

// shapedAs gives rows [batch, hidden] the dimensions of 1 that an output has.
func (s *sequence) shapedAs(o *graph.Output, like graph.Shape) (*graph.Output, error) {
	switch {
	case len(like) == 2:
		return o, nil
	case len(like) == 3 && like[0] == 1:
		return s.Unsqueeze(o, 0), nil
	case len(like) == 3 && like[1] == 1:
		return s.Unsqueeze(o, 1), nil
	}
	return nil, fmt.Errorf("its state is [%s]", like)
}
