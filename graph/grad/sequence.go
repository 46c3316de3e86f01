package grad

import (
	"slices"

	"datum/graph"
)

// sequence are the operations that run a cell over a time, as an iteration
// over that cell. States are how many states the cell has.
func sequence(cell string, states int) rule {
	return parts(func(s *step) []*graph.Output {
		x := s.x(0)
		s.wholeTime(s.ints(1+states), s.static(x, 1)[1])
		count := map[string]int{"forward": 1, "reverse": 1, "bidirectional": 2}[s.text("direction", "")]
		if count == 0 {
			s.refuse("the direction %q", s.text("direction", ""))
		}
		var all [][]*graph.Output // of each direction
		for d := range count {
			all = append(all, s.direction(cell, states, d, d == 1 || s.text("direction", "") == "reverse"))
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
func (s *step) direction(cell string, states, d int, backwards bool) []*graph.Output {
	stride := int64(1)
	if backwards {
		stride = -1
	}
	it := s.Iterate()
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
	attrs := slices.DeleteFunc(slices.Clone(s.node.Attrs), func(a graph.Attr) bool { return a.Name == "direction" })
	n := e.AddNode(cell, "", attrs, in...)
	if n == nil {
		s.fail("%w", e.Err())
	}
	it.Join(e.Unsqueeze(n.Output(0), 1), 1, stride)
	for i := range states {
		it.Next(in[1+i], n.Output(i))
		it.Last(n.Output(i))
	}
	outputs := it.Done()
	for i, o := range outputs {
		outputs[i] = s.Unsqueeze(o, 1)
	}
	return outputs
}

// part is one place of an axis.
func (s *step) part(x *graph.Output, axis int64, at int) *graph.Output {
	if s.static(x, 0)[axis] == 1 {
		return x
	}
	return s.Slice(x, graph.Range{Axis: axis, Start: int64(at), Stop: int64(at) + 1})
}
