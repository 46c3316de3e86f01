package recurrenttest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"datum/graph"
)

// Mutate changes a model at a few random places: an operation reads something else of the
// same shape, becomes another one, or reads its inputs the other way round. It says what
// it did. The model may be none then.
func Mutate(m *graph.Model, r *rand.Rand) string {
	var nodes []*graph.Node
	m.Each(func(n *graph.Node) {
		if len(n.Inputs()) > 0 && n.Type != "ShapeOf" {
			nodes = append(nodes, n)
		}
	})
	said := ""
	for range 1 + r.IntN(2) {
		n := nodes[r.IntN(len(nodes))]
		switch r.IntN(3) {
		case 0:
			said += reconnect(n, r)
		case 1:
			said += become(n, r)
		default:
			said += exchange(n)
		}
	}
	if err := m.Infer(); err != nil {
		return said + err.Error()
	}
	return said
}

// reconnect lets an input read something else.
func reconnect(n *graph.Node, r *rand.Rand) string {
	in := n.Inputs()[r.IntN(len(n.Inputs()))]
	if in.Source().Element != graph.F32 {
		return "" // axes and places: the runtime does not check all of them, and crashes
	}
	var others []*graph.Output
	for _, p := range n.Graph().Nodes() {
		for _, o := range p.Outputs() {
			if o != in.Source() && o.Element == in.Source().Element && o.Shape.Equal(in.Source().Shape) {
				others = append(others, o)
			}
		}
	}
	if len(others) == 0 {
		return ""
	}
	old, o := in.Source(), others[r.IntN(len(others))]
	if err := in.Connect(o); err != nil {
		return err.Error()
	}
	if _, err := n.Graph().Sorted(); err != nil { // it would feed itself
		_ = in.Connect(old)
		return ""
	}
	return fmt.Sprintf("%s reads %s instead of %s; ", n.Name(), o.Node().Name(), old.Node().Name())
}

// become makes another operation of one that takes and gives the same.
func become(n *graph.Node, r *rand.Rand) string {
	for _, kind := range [][]string{
		{"Add", "Subtract", "Multiply", "Maximum"}, {"Sigmoid", "Tanh", "ReLU"}, {"Less", "GreaterEqual", "Greater", "LessEqual"},
	} {
		if slices.Contains(kind, n.Type) {
			old := n.Type
			n.Type = kind[r.IntN(len(kind))]
			return fmt.Sprintf("%s, a %s, is %s; ", n.Name(), old, n.Type)
		}
	}
	return ""
}

// exchange lets an operation read its last two inputs the other way round.
func exchange(n *graph.Node) string {
	i := len(n.Inputs()) - 2
	if i < 0 {
		return ""
	}
	x, y := n.Source(i), n.Source(i+1)
	if x.Element != y.Element || x.Element != graph.F32 || !x.Shape.Equal(y.Shape) {
		return ""
	}
	if n.Input(i).Connect(y) != nil || n.Input(i+1).Connect(x) != nil {
		return "it cannot be connected; "
	}
	return fmt.Sprintf("%s reads %s and %s the other way round; ", n.Name(), y.Node().Name(), x.Node().Name())
}
