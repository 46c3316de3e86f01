package graph

import "fmt"

// Embed copies operations of another graph into this one: those that what the results
// of g read depends on. Outputs in place stand for what belongs to them and for all
// that only they need; every input of g has to be among them that is needed. Types and
// shapes are inferred anew, so that a network becomes one for other batches.
//
// It returns the copies by their originals. Nodes keep their names, tensors do not.
// Graphs with bodies or variables are refused. Data of constants are kept by
// reference.
func (b *Builder) Embed(g *Graph, place map[*Output]*Output) map[*Output]*Output {
	copies := make(map[*Output]*Output, len(g.nodes))
	for from, to := range place {
		copies[from] = to
	}
	nodes, err := g.Sorted()
	if err != nil {
		b.Fail(err)
		return copies
	}
	needed := neededFor(g.Results(), place)
	for _, n := range nodes {
		if needed[n] && n.Type != "Result" {
			b.embed(n, copies)
		}
		if b.Err() != nil {
			break
		}
	}
	return copies
}

// neededFor finds the nodes that the roots depend on, and the roots, as far as nothing
// stands in the place of what they read.
func neededFor(roots []*Node, place map[*Output]*Output) map[*Node]bool {
	needed := map[*Node]bool{}
	stack := append([]*Node(nil), roots...)
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if needed[n] {
			continue
		}
		needed[n] = true
		for _, in := range n.inputs {
			if in.source != nil && place[in.source] == nil {
				stack = append(stack, in.source.node)
			}
		}
	}
	return needed
}

// embed copies a node.
func (b *Builder) embed(n *Node, copies map[*Output]*Output) {
	refuse := func(format string, args ...any) {
		b.Fail(&Error{Layer: n.label(), Err: fmt.Errorf(format, args...)})
	}
	inputs := make([]*Output, len(n.inputs))
	for i, in := range n.inputs {
		if inputs[i] = copies[in.source]; inputs[i] == nil {
			refuse("nothing feeds its input %d", i)
			return
		}
	}
	var c *Node
	switch {
	case n.Type == "Parameter":
		refuse("nothing stands in the place of this input")
	case len(n.bodies) > 0 || n.Is("ReadValue", "Assign"):
		refuse("a %s cannot be copied into another graph", n.Type)
	case n.Type == "Const":
		if n.data == nil {
			refuse("%w", errNoWeights)
			return
		}
		c = b.constant(n.name, n.outputs[0].Element, n.outputs[0].Shape, n.data).node
	case opOf(n) != nil:
		c = b.AddNode(n.Type, n.Version, append(Attrs(nil), n.Attrs...), inputs...)
	default:
		types := make([]OutputType, len(n.outputs))
		for i, o := range n.outputs {
			types[i] = OutputType{o.Element, o.Shape}
		}
		c = b.AddForeign(n.Type, n.Version, append(Attrs(nil), n.Attrs...), types, inputs...)
	}
	if b.Err() != nil || c == nil {
		if c == nil && b.Err() == nil {
			refuse("it could not be copied")
		}
		return
	}
	if len(c.outputs) != len(n.outputs) {
		refuse("it has %d outputs, and not %d", len(n.outputs), len(c.outputs))
		return
	}
	c.name, c.info = n.name, n.info
	for i, o := range n.outputs {
		if copies[o] == nil {
			copies[o] = c.outputs[i]
		}
	}
}
