package grad

import "datum/graph"

// parts is the rule of an operation that is made of others: build adds these,
// and their gradients are its gradients.
func parts(build func(s *step) []*graph.Output) rule {
	return whole(func(s *step) {
		before := len(s.Graph().Nodes())
		outputs := build(s)
		if err := s.Err(); err != nil {
			s.fail("%w", err)
		}
		// Only what was added is gone through, and only once: an input may be
		// made of another one.
		nodes := s.Graph().Nodes()[before:]
		s.inner(nodes[:len(nodes):len(nodes)], outputs)
	})
}

// inner goes through the nodes that make outputs of the inputs.
func (s *step) inner(nodes []*graph.Node, outputs []*graph.Output) {
	w := newWalk(s.Builder)
	for i, g := range s.up {
		if g != nil {
			w.add(outputs[i], s.reshaped(g, outputs[i]))
		}
	}
	for i, wanted := range s.wanted {
		if wanted {
			w.depends[s.x(i)] = true
		}
	}
	w.forwards(nodes)
	for i := len(nodes) - 1; i >= 0; i-- {
		if err := w.visit(nodes[i]); err != nil {
			s.fail("%w", errorOf(nodes[i], err))
		}
	}
	given := map[*graph.Output]bool{}
	for i, wanted := range s.wanted {
		if x := s.x(i); wanted && !given[x] {
			given[x] = true // one tensor may be several inputs
			s.give1(i, w.gradients[x])
		}
	}
}
