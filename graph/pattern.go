package graph

import (
	"iter"
	"slices"
)

// A Pattern describes a node and what feeds it, to be found in a graph.
type Pattern struct {
	types  []string
	where  []func(*Node) bool
	inputs []*Pattern
	swap   bool
}

// OneOf returns the pattern of nodes of one of the types, of any node where
// none is named.
func OneOf(types ...string) *Pattern { return &Pattern{types: types} }

// Where adds a condition.
func (p *Pattern) Where(f func(*Node) bool) *Pattern {
	p.where = append(p.where, f)
	return p
}

// Of adds what feeds the first inputs; nil stands for anything.
func (p *Pattern) Of(inputs ...*Pattern) *Pattern {
	p.inputs = inputs
	return p
}

// OfEither adds what feeds the two inputs, in any order.
func (p *Pattern) OfEither(x, y *Pattern) *Pattern {
	p.inputs, p.swap = []*Pattern{x, y}, true
	return p
}

// A Match says which node is which part of a pattern.
type Match map[*Pattern]*Node

// Match compares the pattern with a node and what feeds it, and returns nil
// where they differ.
func (p *Pattern) Match(n *Node) Match {
	m := Match{}
	if !p.match(n, m) {
		return nil
	}
	return m
}

func (p *Pattern) match(n *Node, m Match) bool {
	if len(p.types) > 0 && !slices.Contains(p.types, n.Type) || len(n.inputs) < len(p.inputs) {
		return false
	}
	if old := m[p]; old != nil && old != n { // one pattern in two places is one node
		return false
	}
	for _, f := range p.where {
		if !f(n) {
			return false
		}
	}
	m[p] = n
	if p.feeds(n, m, 0, 1) || p.swap && p.feeds(n, m, 1, 0) {
		return true
	}
	delete(m, p)
	return false
}

// feeds compares the inputs, of which the first two may be exchanged.
func (p *Pattern) feeds(n *Node, m Match, first, second int) bool {
	tried := Match{}
	for k, v := range m {
		tried[k] = v
	}
	for i, in := range p.inputs {
		at := i
		if i == 0 {
			at = first
		} else if i == 1 {
			at = second
		}
		s := n.Source(at)
		if in != nil && (s == nil || !in.match(s.node, tried)) {
			return false
		}
	}
	for k, v := range tried {
		m[k] = v
	}
	return true
}

// Find goes through the nodes that the pattern matches, in the order of the
// file. Nodes may be added and removed on the way: those that were there at the
// beginning and still are when their turn comes are looked at.
func (g *Graph) Find(p *Pattern) iter.Seq[Match] {
	return func(yield func(Match) bool) {
		for _, n := range slices.Clone(g.Nodes()) {
			if n.removed {
				continue
			}
			if m := p.Match(n); m != nil && !yield(m) {
				return
			}
		}
	}
}
