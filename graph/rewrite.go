package graph

import (
	"fmt"
	"slices"
	"strconv"
)

// InsertAfter puts what f makes of o between o and everybody who reads it now.
// The names of the tensor go with it, but those of an input of the model stay.
func (b *Builder) InsertAfter(o *Output, f func(o *Output) *Output) *Output {
	if *b.err != nil || o == b.none {
		return b.none
	}
	readers := slices.Clone(o.consumers)
	x := f(o)
	if *b.err != nil || x == o {
		return x
	}
	for _, in := range readers {
		if err := in.Connect(x); err != nil {
			b.Fail(err)
			return b.none
		}
	}
	if names := o.names; len(names) > 0 && o.node.Type != "Parameter" {
		o.SetNames()
		x.SetNames(append(slices.Clone(x.names), names...)...)
	}
	return x
}

// Prune removes what no result and no variable needs. Inputs of the graph stay.
// It returns how many nodes are gone.
func (g *Graph) Prune() int {
	var roots []*Node
	for _, n := range g.Nodes() {
		if n.Is("Result", "Assign") || len(n.outputs) == 0 {
			roots = append(roots, n)
		}
	}
	needed := neededFor(roots, nil)
	count := 0
	for _, n := range g.Nodes() {
		if needed[n] || n.Type == "Parameter" {
			continue
		}
		for _, in := range n.inputs {
			in.disconnect()
		}
		n.removed = true
		count++
	}
	g.changed()
	g.compact()
	return count
}

// Repack drops from the weights what no constant of the model needs any more.
// The constants' bytes stay where they are in memory; their places in the
// file change.
func (m *Model) Repack() error {
	if m.weights == nil {
		return errNoWeights
	}
	w := NewWeights(nil)
	moved := map[string]int64{} // the old place to the new one
	var err error
	m.Each(func(n *Node) {
		if n.Type != "Const" || err != nil {
			return
		}
		if n.data == nil {
			err = &Error{Layer: n.label(), Err: errNoWeights}
			return
		}
		key := n.Attrs.Text("offset") + ":" + n.Attrs.Text("size")
		at, ok := moved[key]
		if !ok {
			at = w.Append(n.data)
			moved[key] = at
		}
		n.Attrs.Set("offset", strconv.FormatInt(at, 10))
		n.Attrs.Set("size", strconv.Itoa(len(n.data)))
	})
	if err != nil {
		return fmt.Errorf("packing the weights: %w", err)
	}
	*m.weights = *w
	return nil
}
