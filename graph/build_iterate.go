package graph

import (
	"fmt"
	"slices"
)

// An Iteration builds a TensorIterator or a Loop: a graph that runs many times.
// Body builds that graph; what it reads must come in through Slice, State or
// Shared, and what goes out leaves through Last or Join. [Iteration.Done] adds
// the operation.
type Iteration struct {
	Body *Builder

	outer   *Builder
	typ     string
	inputs  []*Output
	ports   []PortMap
	back    []BackEdge
	results map[*Output]*Node
	outputs int
}

// Iterate begins a TensorIterator, which runs once for each part of what is
// sliced.
func (b *Builder) Iterate() *Iteration { return b.iteration("TensorIterator") }

// Loop begins a Loop, which runs at most count times (-1: without a limit) and
// as long as a condition is true: the one given before the first round, then
// the one that [Iteration.While] gives.
func (b *Builder) Loop(count, condition *Output) *Iteration {
	it := b.iteration("Loop")
	it.inputs = []*Output{count, condition}
	return it
}

func (b *Builder) iteration(typ string) *Iteration {
	return &Iteration{Body: b.inner(), outer: b, typ: typ, results: map[*Output]*Node{}}
}

// inner returns a builder of a body.
func (b *Builder) inner() *Builder { return newGraph(b.graph.weights).edit(b.err) }

// enter adds a parameter to the body.
func (it *Iteration) enter(x *Output, s Shape, slice *Slicing) *Output {
	if *it.outer.err != nil {
		return it.Body.none
	}
	if x == nil {
		it.outer.Fail(&Error{Layer: it.typ, Err: fmt.Errorf("an input that is nothing")})
		return it.Body.none
	}
	o := it.Body.ParameterOf("", x.Element, s)
	if o == it.Body.none {
		return o
	}
	it.ports = append(it.ports, PortMap{External: len(it.inputs), Internal: o.node, Slice: slice})
	it.inputs = append(it.inputs, x)
	return o
}

// Slice gives each round the next part of an axis of x, or of one that starts
// from the end where stride is -1.
func (it *Iteration) Slice(x *Output, axis, stride int64) *Output {
	s := &Slicing{Axis: axis, Start: 0, End: -1, Stride: stride, PartSize: 1}
	if stride < 0 {
		s.Start, s.End = -1, 0
	}
	return it.SliceBy(x, s)
}

// SliceBy gives each round a part of x.
func (it *Iteration) SliceBy(x *Output, by *Slicing) *Output {
	if x == nil || !x.Shape.Ranked() || by.Axis < 0 || by.Axis >= int64(len(x.Shape)) {
		it.outer.Fail(&Error{Layer: it.typ, Err: fmt.Errorf("a slice along the axis %d of %s", by.Axis, x)})
		return it.Body.none
	}
	shape := x.Shape.Clone()
	shape[by.Axis] = by.PartSize
	return it.enter(x, shape, by)
}

// Shared gives every round the same x.
func (it *Iteration) Shared(x *Output) *Output { return it.enter(x, shapeOf(x), nil) }

// State gives the first round x, and each later one what Next says.
func (it *Iteration) State(x *Output) *Output { return it.enter(x, shapeOf(x), nil) }

func shapeOf(x *Output) Shape {
	if x == nil {
		return Shape{}
	}
	return x.Shape.Clone()
}

// Next makes x, of the body, the state in the next round.
func (it *Iteration) Next(state, x *Output) {
	r := it.result(x)
	if r == nil {
		return
	}
	if !slices.ContainsFunc(it.ports, func(p PortMap) bool { return !p.Output && p.Internal == state.node }) {
		it.outer.Fail(&Error{Layer: it.typ, Err: fmt.Errorf("Next of what is no state of this body")})
		return
	}
	it.back = append(it.back, BackEdge{r, state.node})
}

// result is the result of the body that is x.
func (it *Iteration) result(x *Output) *Node {
	if r := it.results[x]; r != nil {
		return r
	}
	r := it.Body.Result(x, "")
	if r != nil {
		it.results[x] = r
	}
	return r
}

// Last makes the value of the last round an output, whose number among those
// of Done it returns.
func (it *Iteration) Last(x *Output) int { return it.leave(x, nil) }

// Join makes the values of all rounds an output, joined along an axis; stride
// is -1 where the first round comes last.
func (it *Iteration) Join(x *Output, axis, stride int64) int {
	s := &Slicing{Axis: axis, Start: 0, End: -1, Stride: stride, PartSize: 1}
	if stride < 0 {
		s.Start, s.End = -1, 0
	}
	if x != nil && axis >= 0 && axis < int64(len(x.Shape)) && x.Shape.Ranked() && x.Shape[axis] > 0 {
		s.PartSize = x.Shape[axis]
		s.Stride *= s.PartSize
	}
	return it.leave(x, s)
}

func (it *Iteration) leave(x *Output, slice *Slicing) int {
	if r := it.result(x); r != nil {
		it.ports = append(it.ports, PortMap{Output: true, External: it.outputs, Internal: r, Slice: slice})
	}
	it.outputs++
	return it.outputs - 1
}

// Round is the number of the round in a Loop, from 0, as i64.
func (it *Iteration) Round() *Output {
	o := it.Body.Parameter("", I64)
	if o != it.Body.none {
		it.ports = append(it.ports, PortMap{External: -1, Internal: o.node, Purpose: "current_iteration"})
	}
	return o
}

// While makes x, a truth value of the body, what decides whether a Loop runs
// once more.
func (it *Iteration) While(x *Output) {
	if r := it.result(x); r != nil {
		it.ports = append(it.ports, PortMap{Output: true, External: -1, Internal: r, Purpose: "execution_condition"})
	}
}

// Done adds the operation, and returns its outputs in the order of the calls
// of Last and Join.
func (it *Iteration) Done() []*Output {
	b := it.outer
	if it.typ == "Loop" && !slices.ContainsFunc(it.ports, func(p PortMap) bool { return p.Purpose == "execution_condition" }) {
		it.While(it.Body.Bool(true))
	}
	if *b.err != nil {
		return b.several(nil, it.outputs)
	}
	body := &Body{Tag: "body", Graph: it.Body.graph, Ports: it.ports, Back: it.back}
	return b.several(b.withBodies(it.typ, it.inputs, it.outputs, body), it.outputs)
}

// withBodies adds an operation that has graphs inside.
func (b *Builder) withBodies(typ string, inputs []*Output, outputs int, bodies ...*Body) *Node {
	n := b.node(typ, knownOps()[typ].version, nil, inputs)
	if n == nil {
		return nil
	}
	n.bodies = bodies
	for _, body := range bodies {
		body.owner = n
	}
	for range outputs {
		n.addOutput(Dynamic, Unranked())
	}
	if err := n.infer(); err != nil {
		b.drop(n, err)
		return nil
	}
	return n
}

// A Branch is one side of an If. It reads the inputs in their order, and
// returns as many outputs as the other side.
type Branch func(b *Builder, inputs []*Output) []*Output

// If computes one of two things, by a condition that is known when the model
// runs. Both may read inputs.
func (b *Builder) If(condition *Output, then, otherwise Branch, inputs ...*Output) []*Output {
	var bodies []*Body
	outputs := -1
	for _, side := range []struct {
		tag    string
		branch Branch
	}{{"then_body", then}, {"else_body", otherwise}} {
		inner := b.inner()
		body := &Body{Tag: side.tag, Graph: inner.graph}
		parameters := make([]*Output, len(inputs))
		for i, x := range inputs {
			parameters[i] = inner.ParameterOf("", elementOf(x), shapeOf(x))
			body.Ports = append(body.Ports, PortMap{External: i + 1, Internal: parameters[i].node})
		}
		results := side.branch(inner, parameters)
		if outputs >= 0 && len(results) != outputs {
			b.Fail(&Error{Layer: "If", Err: fmt.Errorf("one side has %d outputs, the other %d", outputs, len(results))})
		}
		outputs = len(results)
		for i, x := range results {
			if r := inner.Result(x, ""); r != nil {
				body.Ports = append(body.Ports, PortMap{Output: true, External: i, Internal: r})
			}
		}
		bodies = append(bodies, body)
	}
	if *b.err != nil {
		return b.several(nil, outputs)
	}
	return b.several(b.withBodies("If", append([]*Output{condition}, inputs...), outputs, bodies...), outputs)
}

func elementOf(x *Output) ElementType {
	if x == nil {
		return Dynamic
	}
	return x.Element
}

// JoinOf gives a TensorIterator or a Loop that is there already another output:
// x, of its body, of all rounds, joined along an axis; see [Iteration.Join].
func (b *Builder) JoinOf(n *Node, x *Output, axis, stride int64) *Output {
	if *b.err != nil {
		return b.none
	}
	if len(n.bodies) != 1 || x == nil || x.node.graph != n.bodies[0].Graph {
		b.Fail(&Error{Layer: n.Type, Err: fmt.Errorf("%s is no tensor of its body", x)})
		return b.none
	}
	it := &Iteration{Body: x.node.graph.edit(b.err), outer: b, typ: n.Type, results: map[*Output]*Node{}, outputs: len(n.outputs)}
	it.Join(x, axis, stride)
	if *b.err != nil {
		return b.none
	}
	n.bodies[0].Ports = append(n.bodies[0].Ports, it.ports...)
	o := n.addOutput(Dynamic, Unranked())
	if err := n.infer(); err != nil {
		b.Fail(err)
		return b.none
	}
	return o
}
