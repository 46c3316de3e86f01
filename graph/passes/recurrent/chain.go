package recurrent

import (
	"errors"
	"slices"

	"datum/graph"
)

// A step is one of a chain: a loop that was unrolled.
type step struct {
	*cell
	after   *graph.Output // the state after it, which may be kept behind the end
	same    *graph.Output // as after, written twice: so is the first step of some models
	lengths *graph.Output
	number  int64 // that it is compared with the lengths as
	reads   []cut
	attends *cut
}

// chains puts an operation in the place of each chain of steps.
func (r *Report) chains(m *graph.Model) error {
	steps, err := r.stepsOf(m.Graph)
	if err != nil {
		return err
	}
	for _, chain := range linked(steps) {
		change, err := fuseChain(m.Graph, chain)
		if change == nil {
			r.leave(chain[len(chain)-1].next.Node(), err)
			continue
		}
		if err != nil {
			return err
		}
		r.Done = append(r.Done, *change)
	}
	return nil
}

// stepsOf finds the steps of a graph.
func (r *Report) stepsOf(g *graph.Graph) ([]*step, error) {
	nodes, err := g.Sorted()
	if err != nil {
		return nil, err
	}
	a := newAnalysis()
	var steps []*step
	bySource := map[view]*step{}
	for _, n := range nodes {
		o := n.Output(0)
		switch {
		case len(n.Outputs()) != 1 || o.Element != graph.F32 || width(o) == 0 || !rows(o):
		case n.Is("Add", "Subtract", "GRUCell", "AUGRUCell"):
			a.again()
			c, why := a.anyCell(o)
			if c == nil {
				if why != nil {
					r.leave(n, why)
				}
				if errors.Is(why, errPaper) {
					a.stops[o] = true // so that those behind it are seen to be the same
				}
				continue
			}
			s := &step{cell: c, after: o}
			if !s.reading() {
				continue // a single step, or something else that looks like one
			}
			steps, bySource[viewOf(o)] = append(steps, s), s
			a.stops[o] = true
		case n.Type == "Select":
			if s := maskedStep(o, bySource); s != nil {
				bySource[viewOf(o)] = s
				a.stops[o] = true
			}
		}
	}
	return steps, nil
}

// anyCell recognises a step whose state is not known. There is an error where it looks
// like one, and is none.
func (a *analysis) anyCell(o *graph.Output) (*cell, error) {
	n := o.Node()
	if n.Is("GRUCell", "AUGRUCell") {
		if n.Source(1) == nil {
			return nil, nil
		}
		return a.cellOf(o, n.Source(1))
	}
	p, err := a.expand(o, 24)
	if err != nil {
		return nil, nil
	}
	var states []view
	var fresh view
	gates := 0
	for _, v := range p.factors() {
		switch v.of.Node().Type {
		case "Tanh":
			fresh = v
		case "Sigmoid":
			gates++
		default:
			states = append(states, v)
		}
	}
	if fresh.of == nil || gates == 0 {
		return nil, nil
	}
	for _, h := range states {
		if h.wide != fresh.wide || !h.all() {
			continue
		}
		before := a.stops[h.of]
		c, why := a.cellOf(o, h.of)
		if c != nil && why == nil {
			return c, nil
		}
		a.stops[h.of] = before
		err = why
	}
	return nil, err
}

// reading finds of what the step reads parts.
func (s *step) reading() bool {
	for _, o := range s.inputs {
		c, ok := partOf(viewOf(o))
		if !ok {
			return false
		}
		s.reads = append(s.reads, c)
	}
	if s.attention.of != nil {
		c, ok := partOf(s.attention)
		if !ok {
			return false
		}
		s.attends = &c
	}
	return len(s.reads) > 0
}

// partOf says of which step a view is the part.
func partOf(v view) (cut, bool) {
	if len(v.of.Shape) == 2 && v.wide == 1 && !v.all() {
		return cut{of: v.of, axis: 1, start: v.at}, true
	}
	c, ok := cutOf(v.of)
	if !ok || v.at != 0 || c.axis > 1 || !c.dropped && v.of.Shape[c.axis] != 1 {
		return c, false
	}
	return c, true
}

// maskedStep is the step whose state a Select keeps.
func maskedStep(o *graph.Output, steps map[view]*step) *step {
	at := int64(-1)
	constant := func(x *graph.Output) bool {
		v, ok := number(x)
		if ok && len(x.Shape) <= 2 {
			at = v
		}
		return ok
	}
	c, err := choiceOf(o, constant)
	if err != nil {
		return nil
	}
	s := steps[viewOf(c.live)]
	if s == nil || viewOf(c.ended) != viewOf(s.state) {
		return nil
	}
	if s.lengths != nil {
		if s.lengths == c.lengths && s.number == at && s.same == nil {
			s.same = o
		}
		return nil
	}
	s.after, s.lengths, s.number = o, c.lengths, at
	return s
}

// linked puts steps into chains.
func linked(steps []*step) [][]*step {
	byState := map[view][]*step{}
	for _, s := range steps {
		byState[viewOf(s.state)] = append(byState[viewOf(s.state)], s)
	}
	following := map[*step]*step{}
	led := map[*step]bool{}
	for _, s := range steps {
		behind := byState[viewOf(s.after)]
		if s.same != nil {
			behind = slices.Concat(behind, byState[viewOf(s.same)])
		}
		for _, t := range behind {
			if !led[t] && following[s] == nil && s.leadsTo(t) {
				following[s], led[t] = t, true
			}
		}
	}
	var chains [][]*step
	for _, s := range steps {
		if led[s] || following[s] == nil {
			continue
		}
		var chain []*step
		for t := s; t != nil; t = following[t] {
			chain = append(chain, t)
		}
		chains = append(chains, chain)
	}
	return chains
}

// leadsTo reports whether t, which begins with the state that s ends with, is the next
// step of the same unit.
func (s *step) leadsTo(t *step) bool {
	return s.hidden == t.hidden && s.kept == t.kept && s.lengths == t.lengths && (s.lengths == nil || t.number == s.number+1) &&
		slices.EqualFunc(s.reads, t.reads, beside) && (s.attends == nil) == (t.attends == nil) && (s.attends == nil || beside(*s.attends, *t.attends)) &&
		slices.Equal(s.input, t.input) && slices.Equal(s.recurrent, t.recurrent) && slices.Equal(s.bias, t.bias) && slices.Equal(s.stateBias, t.stateBias)
}

// beside reports whether d is the part behind c.
func beside(c, d cut) bool {
	return c.of == d.of && c.axis == d.axis && c.start+1 == d.start
}

// fuseChain puts one operation in the place of a chain. It returns nothing where it does
// not.
func fuseChain(g *graph.Graph, chain []*step) (*Change, error) {
	s := &sequence{Builder: g.Edit(), cell: chain[0].cell, first: chain[0].state, lengths: chain[0].lengths}
	last := chain[len(chain)-1]
	s.name = last.after.Node().Name()
	if s.lengths != nil && chain[0].number != 0 {
		return nil, errMask
	}
	for _, c := range chain[0].reads {
		s.inputs = append(s.inputs, s.stretch(c, len(chain)))
	}
	if c := chain[0].attends; c != nil {
		in := s.stretch(*c, len(chain))
		s.attends = &in
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	unfold(s)
	if err := s.build(); err != nil {
		return nil, err
	}
	change := s.change()
	change.Steps = len(chain)
	if err := s.stacks(g, chain, change); err != nil {
		return change, err
	}
	for i, t := range chain {
		if err := s.putStep(t, i, i == len(chain)-1, change); err != nil {
			return change, err
		}
	}
	return change, s.Err()
}

// stretch is what a chain of so many steps reads of an output.
func (s *sequence) stretch(c cut, steps int) source {
	if d := c.of.Shape[c.axis]; c.start == 0 && d == int64(steps) {
		return source{c.of, c.axis}
	}
	return source{s.Slice(c.of, graph.Range{Axis: c.axis, Start: c.start, Stop: c.start + int64(steps)}), c.axis}
}

// putStep puts a state of the sequence in the place of that after a step.
func (s *sequence) putStep(t *step, i int, last bool, change *Change) error {
	for _, o := range []*graph.Output{t.after, t.same} {
		if o == nil || len(o.Consumers()) == 0 {
			continue
		}
		if err := s.putState(o, i, last, change); err != nil {
			return err
		}
	}
	return nil
}

func (s *sequence) putState(old *graph.Output, i int, last bool, change *Change) error {
	state := s.end()
	if !last {
		state = s.Gather(s.all, s.Int64(int64(i)), 1)
		if s.lengths != nil {
			state = s.Select(s.Unsqueeze(s.Greater(s.rowLengths(), s.Scalar(graph.I32, float64(i))), 1), state, s.end())
		}
	}
	if s.Err() != nil {
		return s.Err()
	}
	shaped, err := s.shapedAs(state, old.Shape)
	if err != nil {
		return err
	}
	if last {
		return s.put(old, shaped, change)
	}
	return old.Replace(shaped)
}

// stacks puts the states of all steps in the place of what puts them together one by
// one.
func (s *sequence) stacks(g *graph.Graph, chain []*step, change *Change) error {
	for _, n := range slices.Clone(g.Nodes()) {
		axis, err := n.Attrs.Int("axis")
		if n.Type != "Concat" || len(n.Inputs()) != len(chain) || err != nil {
			continue
		}
		fill, ok := stacked(n, axis, chain)
		if !ok {
			continue
		}
		all := s.joined(fill)
		if axis == 1 {
			err = s.put(n.Output(0), all, change)
		} else {
			err = s.putSwapped(n.Output(0), all, change)
		}
		if err != nil {
			return err
		}
	}
	return s.Err()
}

// stacked reports whether a Concat puts together what comes out of a chain, and with which
// fill: see emitted.
func stacked(n *graph.Node, axis int64, chain []*step) (fill *graph.Output, ok bool) {
	first := chain[0]
	for i := len(chain) - 1; i >= 0; i-- {
		t := chain[i]
		o := n.Source(i)
		if o == nil || len(o.Shape) != 3 || axis < 0 || axis > 1 || o.Shape[axis] != 1 {
			return nil, false
		}
		now := func(x *graph.Output) bool {
			v, ok := number(x)
			return ok && v == int64(i)
		}
		mine, err := emitted(o, t.cell, t.after, t.lengths, now)
		if err != nil {
			return nil, false
		}
		if i == len(chain)-1 {
			fill = mine
		}
		// What is kept behind the end of a history without steps is the first state.
		kept := t == first && (mine == nil || mine == outer(first.state)) && (fill == nil || fill == outer(first.state))
		if mine != fill && !kept {
			return nil, false
		}
	}
	return fill, true
}
