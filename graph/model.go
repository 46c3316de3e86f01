package graph

import (
	"cmp"
	"fmt"
	"slices"
)

// A Model is a network and the weights of its constants.
type Model struct {
	Name    string
	Version string // of the IR: "10" or "11"
	*Graph

	extra []Attr // of <net>
}

// A Graph is a network: the model itself, or the body of a TensorIterator, a
// Loop or an If.
type Graph struct {
	nodes   []*Node
	nextID  int
	nextSeq int32
	weights *Weights
	// owner is the node whose body this is, nil for the model itself.
	owner *Node
	// tail is what follows the edges, such as rt_info.
	tail []*Meta
	// names are made when one is asked for, and nil after a change.
	names   map[string]*Node
	tensors map[string]*Output
	consts  map[string]*Output // small constants that the builder made
}

// A Node is an operation, which a model's file calls a layer.
type Node struct {
	Type    string // "Const", "MatMul", "SoftMax": the name in the file
	Version string // "opset1"
	Attrs   Attrs

	id      int
	name    string
	graph   *Graph
	inputs  []*Input
	outputs []*Output
	bodies  []*Body
	data    []byte // of a Const
	extra   []Attr // further attributes of the layer, such as output_names
	info    *Meta  // rt_info
	other   []*Meta
	removed bool
}

// An Input of a node reads an output of another.
type Input struct {
	node   *Node
	source *Output
	id     int   // of the port
	seq    int32 // its edge's place among the edges
	extra  []Attr
	info   []*Meta
}

// An Output of a node is a tensor: its type and shape, its names, and who
// reads it.
type Output struct {
	Element ElementType
	Shape   Shape

	node      *Node
	id        int // of the port
	names     []string
	consumers []*Input
	extra     []Attr
	info      []*Meta
}

// Meta is an element of the file that means nothing to the computation, such as
// rt_info. It is kept as it is.
type Meta struct {
	Name     string
	Attrs    Attrs
	Text     string
	Children []*Meta
}

// New returns a model without nodes.
func New(name string) *Model {
	return &Model{Name: name, Version: "11", Graph: newGraph(NewWeights(nil))}
}

func newGraph(w *Weights) *Graph { return &Graph{weights: w} }

// Weights are what the constants of the graph, and of all graphs of its model,
// lie in.
func (g *Graph) Weights() *Weights { return g.weights }

// Owner is the node whose body the graph is, nil for a model.
func (g *Graph) Owner() *Node { return g.owner }

// Nodes returns the nodes in the order of the file. The list is the graph's
// own: it must not be changed, and is not valid any more when nodes are added
// or removed.
func (g *Graph) Nodes() []*Node {
	g.compact()
	return g.nodes
}

// compact forgets nodes that were removed.
func (g *Graph) compact() {
	if slices.ContainsFunc(g.nodes, func(n *Node) bool { return n.removed }) {
		g.nodes = slices.DeleteFunc(slices.Clone(g.nodes), func(n *Node) bool { return n.removed })
	}
}

// Each calls f with every node of the graph and of the graphs inside it.
func (g *Graph) Each(f func(*Node)) {
	for _, n := range g.Nodes() {
		f(n)
		for _, b := range n.bodies {
			b.Graph.Each(f)
		}
	}
}

// NodeByID returns the node with a number, nil where there is none.
func (g *Graph) NodeByID(id int) *Node {
	// Files are nearly always in the order of the numbers, and so are we.
	if i, ok := slices.BinarySearchFunc(g.nodes, id, func(n *Node, id int) int { return cmp.Compare(n.id, id) }); ok && !g.nodes[i].removed {
		return g.nodes[i]
	}
	for _, n := range g.nodes {
		if n.id == id && !n.removed {
			return n
		}
	}
	return nil
}

// NodeByName returns the first node of that name, nil where there is none.
func (g *Graph) NodeByName(name string) *Node {
	if g.names == nil {
		g.names = make(map[string]*Node, len(g.nodes))
		for _, n := range g.Nodes() {
			if g.names[n.name] == nil {
				g.names[n.name] = n
			}
		}
	}
	return g.names[name]
}

// Tensor returns the output that has a name, or the only output of the node of
// that name.
func (g *Graph) Tensor(name string) (*Output, error) {
	if g.tensors == nil {
		g.tensors = map[string]*Output{}
		for _, n := range g.Nodes() {
			for _, o := range n.outputs {
				for _, s := range o.names {
					if g.tensors[s] == nil {
						g.tensors[s] = o
					}
				}
			}
		}
	}
	if o := g.tensors[name]; o != nil {
		return o, nil
	}
	if n := g.NodeByName(name); n != nil && len(n.outputs) == 1 {
		return n.outputs[0], nil
	}
	return nil, fmt.Errorf("the model has no tensor %q", name)
}

// changed forgets the indexes.
func (g *Graph) changed() { g.names, g.tensors = nil, nil }

// Parameters returns the inputs of the graph, in their order.
func (g *Graph) Parameters() []*Node { return g.ofType("Parameter") }

// Results returns the outputs of the graph, in their order.
func (g *Graph) Results() []*Node { return g.ofType("Result") }

func (g *Graph) ofType(name string) []*Node {
	var list []*Node
	for _, n := range g.nodes {
		if n.Type == name && !n.removed {
			list = append(list, n)
		}
	}
	return list
}
