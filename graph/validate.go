package graph

import (
	"bytes"
	"errors"
	"fmt"
)

// Validate checks what OpenVINO's reader does not: that operations have the
// attributes that they need and that these can be read, that types and shapes
// fit together, that indexes and axes lie in their tensors, that constants lie
// in the weights, that nothing runs in circles, that every name can be written,
// and that tensors are of sizes that can be, see [MaxTensorBytes]. Of operations
// that this package does not know, only edges, names and sizes are checked.
//
// All that is found is in the error, which errors.Join made of [Error].
func (m *Model) Validate() error {
	list := m.Graph.problems(&folding{of: map[*Node]bool{}})
	if why := oddText(m.Name); why != "" {
		list = append(list, &Error{Err: fmt.Errorf("the name of the model %s", why)})
	}
	return errors.Join(list...)
}

// problems are all that is wrong with a graph and those inside it.
func (g *Graph) problems(made *folding) []error {
	nodes, err := g.Sorted()
	if err != nil {
		return []error{err}
	}
	var list []error
	ids := map[int]bool{}
	for _, n := range nodes {
		if ids[n.id] {
			list = append(list, nodeErrorf(n, "another layer has its id %d", n.id))
		}
		ids[n.id] = true
		for _, b := range n.bodies {
			list = append(list, b.Graph.problems(made)...)
		}
		if err := n.problem(); err != nil {
			list = append(list, err)
		} else if err := made.add(n); err != nil && !made.said {
			made.said = true // once: the rest comes on top of it
			list = append(list, err)
		}
	}
	return list
}

// problem is what is wrong with a node itself.
func (n *Node) problem() error {
	for i, in := range n.inputs {
		if in.source == nil {
			return nodeErrorf(n, "nothing feeds its input %d", i)
		}
		if in.source.node.removed {
			return nodeErrorf(n, "its input %d reads a layer that was removed", i)
		}
	}
	if err := n.oddName(); err != nil {
		return err
	}
	if err := n.sizes(); err != nil {
		return err
	}
	op := opOf(n)
	if op == nil {
		return nil
	}
	for i := range op.attrs {
		if err := op.attrs[i].check(n); err != nil {
			return &Error{Layer: n.label(), Err: err}
		}
	}
	if n.Type == "Const" {
		return n.constantProblem()
	}
	return n.claims()
}

func (n *Node) constantProblem() error {
	if n.graph.weights == nil {
		return nil
	}
	at, _ := n.Attrs.Int("offset")
	size, _ := n.Attrs.Int("size")
	data, err := n.graph.weights.Slice(at, size)
	if err == nil && !bytes.Equal(data, n.data) {
		err = fmt.Errorf("its value is not what lies at %d in the weights", at)
	}
	if err != nil {
		return &Error{Layer: n.label(), Err: err}
	}
	return n.claims()
}

// claims compares what the file says of the outputs with what they must be.
func (n *Node) claims() error {
	if len(n.bodies) > 0 {
		return n.rounds() // inferring would change the bodies; each was checked alone
	}
	list, err := n.inferred()
	if err != nil {
		return err
	}
	if list != nil && len(n.outputs) > len(list) {
		return nodeErrorf(n, "%s has %d outputs, and not %d", n.Type, len(list), len(n.outputs))
	}
	for i, o := range n.outputs {
		if list == nil {
			break
		}
		t := list[i]
		if t.element != o.Element && t.element != Dynamic && o.Element != Dynamic {
			return nodeErrorf(n, "output %d is %s in the file and must be %s", i, o.Element, t.element)
		}
		if !t.shape.Agrees(o.Shape) {
			return nodeErrorf(n, "output %d has the shape [%s] in the file and must have [%s]", i, o.Shape, t.shape)
		}
	}
	return nil
}

// sizes checks what the file says of the outputs: of operations that are not
// known, nobody else does.
func (n *Node) sizes() error {
	list := make([]tensor, len(n.outputs))
	for i, o := range n.outputs {
		list[i] = tensor{o.Element, o.Shape}
	}
	if err := n.try(func(x *inference) []tensor { return list }); err != nil {
		return err
	}
	if size := sizeRules()[n.Type]; size != nil && opset(n.Version) > 0 {
		return n.try(size)
	}
	return nil
}

// try runs a rule for what it says of sizes.
func (n *Node) try(r rule) error {
	o := op{infer: r}
	if _, err := o.run(n); err != nil {
		return &Error{Layer: n.label(), Err: fmt.Errorf("%s: %w", n.Type, err)}
	}
	return nil
}

// rounds checks how much all rounds of a loop make, where their number is known.
func (n *Node) rounds() error {
	if !n.Is("Loop", "TensorIterator") || len(n.bodies) != 1 {
		return nil
	}
	return n.try(func(x *inference) []tensor { return x.iterated(n.bodies[0], x.tripCount()) })
}
