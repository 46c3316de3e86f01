package grad

import (
	"slices"

	"datum/graph"
)

// A cell is a recurrent unit in parts.
type cell struct {
	typ    string // of the operation for one step
	states int    // how many it has
	build  func(s *step) []*graph.Output
}

// sequence are the operations that run a cell over a time, as an iteration
// over the parts of that cell.
func sequence(c cell) rule {
	return parts(func(s *step) []*graph.Output {
		x, states := s.x(0), c.states
		if s.node.Type == "AUGRUSequence" && (s.wants(3) || s.wants(4) || s.wants(5)) {
			s.refuse("by the weights of an AUGRUSequence, which OpenVINO wants to be constants")
		}
		s.wholeTime(s.ints(1+states), s.static(x, 1)[1])
		count := map[string]int{"forward": 1, "reverse": 1, "bidirectional": 2}[s.text("direction", "")]
		if count == 0 {
			s.refuse("the direction %q", s.text("direction", ""))
		}
		var all [][]*graph.Output // of each direction
		for d := range count {
			all = append(all, s.direction(c, d, d == 1 || s.text("direction", "") == "reverse"))
		}
		if count == 1 {
			return all[0]
		}
		joined := make([]*graph.Output, 1+states)
		for i := range joined {
			joined[i] = s.Concat(1, all[0][i], all[1][i])
		}
		return joined
	})
}

// wholeTime requires that all sequences of the batch are as long as the time.
func (s *step) wholeTime(lengths []int64, time int64) {
	if slices.ContainsFunc(lengths, func(n int64) bool { return n != time }) {
		s.refuse("sequences that end before the time does")
	}
}

// direction runs the cell in one direction. The outputs are the state after
// each step and the last states.
func (s *step) direction(c cell, d int, backwards bool) []*graph.Output {
	stride := int64(1)
	if backwards {
		stride = -1
	}
	it, states := s.Iterate(), c.states
	e := it.Body
	in := []*graph.Output{e.Squeeze(it.Slice(s.x(0), 1, stride), 1)}
	for i := range states {
		in = append(in, it.State(s.Squeeze(s.part(s.x(1+i), 1, d), 1)))
	}
	for i := range 3 { // the weights and the bias
		in = append(in, it.Shared(s.Squeeze(s.part(s.x(2+states+i), 0, d), 0)))
	}
	if s.node.Type == "AUGRUSequence" {
		in = append(in, e.Squeeze(it.Slice(s.x(5+states), 1, stride), 1))
	}
	next := s.inParts(e, c, in)
	it.Join(e.Unsqueeze(next[0], 1), 1, stride)
	for i := range states {
		it.Next(in[1+i], next[i])
		it.Last(next[i])
	}
	var outputs []*graph.Output
	for _, o := range it.Done() {
		outputs = append(outputs, s.Unsqueeze(o, 1))
	}
	return outputs
}

// inParts adds a step of a cell to a body. The operation for it only says what
// the parts are to be.
func (s *step) inParts(e *graph.Builder, c cell, in []*graph.Output) []*graph.Output {
	attrs := slices.DeleteFunc(slices.Clone(s.node.Attrs), func(a graph.Attr) bool { return a.Name == "direction" })
	n := e.AddNode(c.typ, "", attrs, in...)
	if n == nil {
		s.fail("%w", e.Err())
	}
	next := c.build(&step{Builder: e, node: n, wanted: make([]bool, len(in))})
	if err := n.Remove(); err != nil {
		s.fail("%w", err)
	}
	return next
}

// part is one place of an axis.
func (s *step) part(x *graph.Output, axis int64, at int) *graph.Output {
	if s.static(x, 0)[axis] == 1 {
		return x
	}
	return s.Slice(x, graph.Range{Axis: axis, Start: int64(at), Stop: int64(at) + 1})
}
