package graph

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
)

// A Builder adds operations to a graph. Each method returns the output of the
// operation that it adds, whose type and shape are inferred, so that a network
// is written as an expression:
//
//	b := graph.NewBuilder("model")
//	x := b.Parameter("x", graph.F32, 1, 64)
//	y := b.Softmax(b.Add(b.MatMul(x, w, false, true), bias), -1)
//	b.Result(y, "probabilities")
//	model, err := b.Model()
//
// The first error is kept, with the operation and the line of the program that
// asked for it, and everything after it is harmless: [Builder.Err] and
// [Builder.Model] return it.
type Builder struct {
	model *Model // nil for a builder of a part
	graph *Graph
	err   *error // shared with the builders of bodies
	none  *Output
}

// NewBuilder begins a new model.
func NewBuilder(name string) *Builder {
	m := New(name)
	b := m.Edit()
	b.model = m
	return b
}

// Edit returns a builder that adds to a graph.
func (g *Graph) Edit() *Builder { return g.edit(new(error)) }

func (g *Graph) edit(err *error) *Builder {
	b := &Builder{graph: g, err: err}
	// What operations that failed give: an output of a node that is nowhere.
	b.none = &Output{Shape: Unranked(), node: &Node{Type: "Nothing", graph: g, removed: true}}
	return b
}

// Err returns the first error of the builder.
func (b *Builder) Err() error { return *b.err }

// Graph returns what the builder adds to.
func (b *Builder) Graph() *Graph { return b.graph }

// Model ends a model that NewBuilder began, and checks it.
func (b *Builder) Model() (*Model, error) {
	if *b.err != nil {
		return nil, *b.err
	}
	if b.model == nil {
		return nil, fmt.Errorf("%w: this builder adds to a graph and makes no model", ErrModel)
	}
	if len(b.graph.Results()) == 0 && len(b.graph.ofType("Assign")) == 0 {
		return nil, fmt.Errorf("%w: it has no result", ErrModel)
	}
	if err := b.model.Validate(); err != nil {
		return nil, err
	}
	return b.model, nil
}

// Fail makes an error of the builder's, unless it has one.
func (b *Builder) Fail(err error) {
	if *b.err != nil {
		return
	}
	if at := caller(); at != "" {
		err = fmt.Errorf("%s: %w", at, err)
	}
	*b.err = err
}

// caller is the line of the program that called this package.
func caller() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if !strings.Contains(f.Function, "/graph.(*Builder)") && !strings.Contains(f.Function, "/graph.(*Iteration)") {
			if f.File == "" {
				return ""
			}
			return f.File[strings.LastIndexByte(f.File, '/')+1:] + ":" + strconv.Itoa(f.Line)
		}
		if !more {
			return ""
		}
	}
}

// Add1 adds an operation with one output, by the name that files have for it.
// The version is the newest that this package knows.
func (b *Builder) Add1(typ string, attrs Attrs, inputs ...*Output) *Output {
	if n := b.AddNode(typ, "", attrs, inputs...); n != nil {
		return n.outputs[0]
	}
	return b.none
}

// AddNode adds an operation and infers its outputs; a version of "" is the
// newest that this package knows. It returns nil where the builder has an
// error.
func (b *Builder) AddNode(typ, version string, attrs Attrs, inputs ...*Output) *Node {
	if *b.err != nil {
		return nil
	}
	op := knownOps()[typ]
	if op == nil {
		b.Fail(&Error{Layer: typ, Err: fmt.Errorf("the operation is not known: give its outputs with AddForeign")})
		return nil
	}
	if version == "" {
		version = op.version
	}
	n := b.node(typ, version, attrs, inputs)
	if n == nil {
		return nil
	}
	for i := range op.attrs {
		if err := op.attrs[i].check(n); err != nil {
			b.drop(n, &Error{Layer: typ, Err: err})
			return nil
		}
	}
	list, err := n.inferred()
	if err != nil {
		b.drop(n, err)
		return nil
	}
	for _, t := range list {
		n.addOutput(t.element, t.shape)
	}
	return n
}

// An OutputType says what an output of a foreign operation is.
type OutputType struct {
	Element ElementType
	Shape   Shape
}

// AddForeign adds an operation that this package does not know, with its
// outputs. It returns nil where the builder has an error.
func (b *Builder) AddForeign(typ, version string, attrs Attrs, outputs []OutputType, inputs ...*Output) *Node {
	if *b.err != nil {
		return nil
	}
	n := b.node(typ, version, attrs, inputs)
	if n == nil {
		return nil
	}
	for _, o := range outputs {
		n.addOutput(o.Element, o.Shape.Clone())
	}
	return n
}

// node adds a node without outputs.
func (b *Builder) node(typ, version string, attrs Attrs, inputs []*Output) *Node {
	g := b.graph
	n := &Node{Type: typ, Version: version, Attrs: attrs, id: g.nextID, graph: g}
	n.name = typ + "_" + strconv.Itoa(n.id)
	for i, o := range inputs {
		if o == nil || o.node.graph != g || o.node.removed {
			for _, in := range n.inputs {
				in.disconnect()
			}
			b.Fail(&Error{Layer: typ, Err: fmt.Errorf("input %d is no output of this graph", i)})
			return nil
		}
		in := &Input{node: n, source: o, id: i, seq: g.nextSeq}
		g.nextSeq++
		o.consumers = append(o.consumers, in)
		n.inputs = append(n.inputs, in)
	}
	g.nextID++
	g.nodes = append(g.nodes, n)
	g.changed()
	return n
}

// drop takes back a node that turned out wrong.
func (b *Builder) drop(n *Node, err error) {
	for _, in := range n.inputs {
		in.disconnect()
	}
	n.removed = true
	b.Fail(err)
}

func (n *Node) addOutput(t ElementType, s Shape) *Output {
	o := &Output{Element: t, Shape: s, node: n, id: len(n.inputs) + len(n.outputs)}
	n.outputs = append(n.outputs, o)
	return o
}

// Name names an output's node, and returns the output.
func (b *Builder) Name(o *Output, name string) *Output {
	if o != b.none {
		o.node.SetName(name)
	}
	return o
}

// Parameter adds an input of the graph, whose dimensions may be -1.
func (b *Builder) Parameter(name string, t ElementType, shape ...int64) *Output {
	return b.ParameterOf(name, t, Shape(shape).Clone())
}

// ParameterOf adds an input of the graph with a given shape.
func (b *Builder) ParameterOf(name string, t ElementType, s Shape) *Output {
	o := b.Add1("Parameter", Attrs{{"shape", s.String()}, {"element_type", t.String()}})
	if name != "" && o != b.none {
		o.node.name, o.names = name, []string{name}
	}
	return o
}

// Result makes o an output of the graph, under a name if it is not empty.
func (b *Builder) Result(o *Output, name string) *Node {
	n := b.AddNode("Result", "", nil, o)
	if n != nil && name != "" {
		n.name = name + "/sink_port_0"
		o.SetNames(append(o.names[:len(o.names):len(o.names)], name)...)
	}
	return n
}
