package grad

import (
	"errors"
	"fmt"
	"slices"

	"datum/graph"
)

// Add adds to the graph of b the operations that compute the gradient of the
// loss, a single number, by each of wrt: outputs of parameters, of constants or
// of anything between them and the loss. The gradients have the types and
// shapes of wrt. That of a tensor that the loss does not depend on is zero.
//
// An operation on the way that has no gradient is an [*Error] that says which.
func Add(b *graph.Builder, loss *graph.Output, wrt ...*graph.Output) ([]*graph.Output, error) {
	if err := b.Err(); err != nil {
		return nil, err
	}
	if loss == nil {
		return nil, errors.New("the gradient of no tensor")
	}
	if n, ok := loss.Shape.Elements(); !ok || n != 1 || !loss.Shape.Ranked() {
		return nil, fmt.Errorf("the gradient of a tensor of the shape [%s], which is not a single number", loss.Shape)
	}
	start := b.Like(loss, 1)
	if len(loss.Shape) > 0 {
		start = b.Reshape(start, loss.Shape...)
	}
	return AddFrom(b, []*graph.Output{loss}, []*graph.Output{start}, wrt)
}

// AddFrom is Add for several outputs of any shape: upstream has the gradient of
// what is sought by each of them.
func AddFrom(b *graph.Builder, outputs, upstream, wrt []*graph.Output) ([]*graph.Output, error) {
	if err := b.Err(); err != nil {
		return nil, err
	}
	w := newWalk(b)
	if err := w.begin(outputs, upstream, wrt); err != nil {
		return nil, err
	}
	nodes, err := b.Graph().Sorted()
	if err != nil {
		return nil, err
	}
	nodes = slices.Clone(nodes)
	w.forwards(nodes)
	for _, n := range slices.Backward(nodes) {
		if err := w.visit(n); err != nil {
			return nil, errorOf(n, err)
		}
	}
	return w.results(wrt)
}

// A walk goes through a graph from its end to its beginning.
type walk struct {
	b *graph.Builder
	// gradients are what is known of each output's gradient so far. A gradient
	// may be 1 along dimensions along which it is all the same, so that the
	// gradient of a mean is a number and not a tensor full of it; see full.
	gradients map[*graph.Output]*graph.Output
	// depends are the outputs that change with what is sought.
	depends map[*graph.Output]bool
	// constant says of the nodes that were looked at whether they are fixed.
	constant map[*graph.Node]bool
}

func newWalk(b *graph.Builder) *walk {
	return &walk{b: b, gradients: map[*graph.Output]*graph.Output{}, depends: map[*graph.Output]bool{}, constant: map[*graph.Node]bool{}}
}

// begin checks what is given and notes it.
func (w *walk) begin(outputs, upstream, wrt []*graph.Output) error {
	if len(outputs) != len(upstream) {
		return fmt.Errorf("%d outputs with %d gradients", len(outputs), len(upstream))
	}
	for _, list := range [][]*graph.Output{outputs, upstream, wrt} {
		for i, o := range list {
			if o == nil || o.Node().Graph() != w.b.Graph() {
				return fmt.Errorf("tensor %d of the gradient is none of this graph", i)
			}
			if !o.Element.IsReal() {
				return fmt.Errorf("layer %q: %w by %s numbers", o.Node().Name(), ErrNoGradient, o.Element)
			}
		}
	}
	for i, o := range outputs {
		if g := upstream[i]; g.Element != o.Element || !g.Shape.Agrees(o.Shape) {
			return fmt.Errorf("the gradient of %s is %s", o, g)
		}
		w.add(o, upstream[i])
	}
	for _, o := range wrt {
		w.depends[o] = true
	}
	return nil
}

// forwards finds the outputs that depend on what is sought: whatever is
// computed from it and is a number with a fraction.
func (w *walk) forwards(nodes []*graph.Node) {
	for _, n := range nodes {
		if !slices.ContainsFunc(n.Inputs(), w.wanted) {
			continue
		}
		for _, o := range n.Outputs() {
			if o.Element.IsReal() || o.Element == graph.Dynamic {
				w.depends[o] = true
			}
		}
	}
}

// wanted reports whether the gradient of an input is needed.
func (w *walk) wanted(in *graph.Input) bool { return w.depends[in.Source()] }

// visit computes the gradients of the inputs of a node from those of its
// outputs.
func (w *walk) visit(n *graph.Node) error {
	s := &step{Builder: w.b, walk: w, node: n, up: make([]*graph.Output, len(n.Outputs())), down: make([]*graph.Output, len(n.Inputs()))}
	reached := false
	for i, o := range n.Outputs() {
		s.up[i] = w.gradients[o]
		reached = reached || s.up[i] != nil
	}
	for _, in := range n.Inputs() {
		s.wanted = append(s.wanted, w.wanted(in))
	}
	if !reached || !slices.Contains(s.wanted, true) {
		return nil
	}
	r, ok := ruleOf(n)
	if !ok {
		return ErrNoGradient
	}
	if err := s.run(r); err != nil {
		return err
	}
	for i, g := range s.down {
		if g != nil && s.wanted[i] {
			w.add(n.Source(i), g)
		}
	}
	return w.b.Err()
}

// add adds to the gradient of an output.
func (w *walk) add(o, g *graph.Output) {
	if old := w.gradients[o]; old != nil {
		// OpenVINO's CPU plugin computes the sum of a convolution and of what
		// was computed once from constants in the memory of the latter, if that
		// comes first, so that it grows in each run.
		if w.fixed(old) {
			old, g = g, old
		}
		g = w.b.Add(old, g)
	}
	w.gradients[o] = g
}

// results are the gradients in the shapes of what they belong to.
func (w *walk) results(wrt []*graph.Output) ([]*graph.Output, error) {
	list := make([]*graph.Output, len(wrt))
	for i, o := range wrt {
		s := &step{Builder: w.b, walk: w, node: o.Node()}
		err := s.run(rule{from: func(s *step) {
			if g := w.gradients[o]; g != nil {
				list[i] = s.full(g, o)
			} else {
				list[i] = s.zeros(o)
			}
		}, spread: true})
		if err != nil {
			return nil, errorOf(o.Node(), err)
		}
	}
	return list, w.b.Err()
}
