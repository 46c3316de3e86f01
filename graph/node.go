package graph

import (
	"fmt"
	"slices"
	"strconv"
)

// ID is the number of the node in its graph.
func (n *Node) ID() int { return n.id }

// Name is the name of the node.
func (n *Node) Name() string { return n.name }

// SetName names the node.
func (n *Node) SetName(name string) {
	n.name = name
	n.graph.changed()
}

// label is how messages call the node.
func (n *Node) label() string {
	if n.name != "" {
		return n.name
	}
	return n.Type + "_" + strconv.Itoa(n.id)
}

// Graph is where the node lies.
func (n *Node) Graph() *Graph { return n.graph }

// Inputs are the node's inputs. The list is the node's own.
func (n *Node) Inputs() []*Input { return n.inputs }

// Outputs are the node's outputs. The list is the node's own.
func (n *Node) Outputs() []*Output { return n.outputs }

// Bodies are the graphs inside the node.
func (n *Node) Bodies() []*Body { return n.bodies }

// Input returns an input by its place, nil where there is none.
func (n *Node) Input(i int) *Input {
	if i < 0 || i >= len(n.inputs) {
		return nil
	}
	return n.inputs[i]
}

// Output returns an output by its place, nil where there is none.
func (n *Node) Output(i int) *Output {
	if i < 0 || i >= len(n.outputs) {
		return nil
	}
	return n.outputs[i]
}

// Source is what feeds an input, nil where there is none.
func (n *Node) Source(i int) *Output {
	if in := n.Input(i); in != nil {
		return in.source
	}
	return nil
}

// Is reports whether the node is of one of the types.
func (n *Node) Is(types ...string) bool { return slices.Contains(types, n.Type) }

// Info returns what rt_info says of the node: its attributes by name.
func (n *Node) Info(name string) *Meta {
	if n.info == nil {
		return nil
	}
	for _, m := range n.info.Children {
		if m.Name == name || m.Attrs.Text("name") == name {
			return m
		}
	}
	return nil
}

// SetInfo says something more of the node in its rt_info, as OpenVINO writes it: an
// attribute with a name and a version. The runtime does not fail on names that it does not
// know.
func (n *Node) SetInfo(name string) {
	if n.Info(name) != nil {
		return
	}
	if n.info == nil {
		n.info = &Meta{Name: "rt_info"}
	}
	n.info.Children = append(n.info.Children, &Meta{Name: "attribute", Attrs: Attrs{{"name", name}, {"version", "0"}}})
}

// Remove takes the node out of its graph. Nobody may read it any more.
func (n *Node) Remove() error {
	if n.removed {
		return nil
	}
	for _, o := range n.outputs {
		if len(o.consumers) > 0 {
			return nodeErrorf(n, "it is still read by %q", o.consumers[0].node.label())
		}
	}
	for _, in := range n.inputs {
		in.disconnect()
	}
	n.removed = true
	n.graph.changed()
	return nil
}

// Node is the node that has the input.
func (in *Input) Node() *Node { return in.node }

// Source is the output that feeds the input, nil where there is none.
func (in *Input) Source() *Output {
	if in == nil {
		return nil
	}
	return in.source
}

// Index is the place of the input among those of its node.
func (in *Input) Index() int { return slices.Index(in.node.inputs, in) }

// Connect makes an output of the same graph feed the input. The edge keeps its
// place in the file.
func (in *Input) Connect(o *Output) error {
	if o == nil || o.node.graph != in.node.graph || o.node.removed {
		return nodeErrorf(in.node, "input %d can only read outputs of its own graph", in.Index())
	}
	in.disconnect()
	in.source = o
	o.consumers = append(o.consumers, in)
	return nil
}

func (in *Input) disconnect() {
	if in.source == nil {
		return
	}
	c := in.source.consumers
	i := slices.Index(c, in)
	in.source.consumers = slices.Delete(c, i, i+1)
	in.source = nil
}

// Node is the node that has the output.
func (o *Output) Node() *Node { return o.node }

// Index is the place of the output among those of its node.
func (o *Output) Index() int { return slices.Index(o.node.outputs, o) }

// Consumers are the inputs that read the output. The list is the output's own.
func (o *Output) Consumers() []*Input { return o.consumers }

// Names are the names of the tensor.
func (o *Output) Names() []string { return o.names }

// SetNames names the tensor.
func (o *Output) SetNames(names ...string) {
	o.names = names
	o.node.graph.changed()
}

// Redirect makes everybody who reads o read to instead, except the nodes named.
// The names of the tensor stay with o.
func (o *Output) Redirect(to *Output, except ...*Node) error {
	if o == to {
		return nil
	}
	for _, in := range slices.Clone(o.consumers) {
		if slices.Contains(except, in.node) {
			continue
		}
		if err := in.Connect(to); err != nil {
			return err
		}
	}
	return nil
}

// Replace puts to in the place of o: for everybody who reads o, and under its
// names.
func (o *Output) Replace(to *Output, except ...*Node) error {
	if err := o.Redirect(to, except...); err != nil {
		return err
	}
	names := o.names
	o.SetNames()
	to.SetNames(append(slices.Clone(names), to.names...)...)
	return nil
}

// String shows the output in messages.
func (o *Output) String() string {
	if o == nil {
		return "nothing"
	}
	return fmt.Sprintf("%s [%s]", o.Element, o.Shape)
}
