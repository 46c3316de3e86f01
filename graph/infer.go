package graph

import "fmt"

// A tensor is the type and shape of an output.
type tensor struct {
	element ElementType
	shape   Shape
}

// An inference finds the outputs of a node from its inputs and attributes.
type inference struct{ n *Node }

// stopped is what fail panics with, so that rules read like the definitions
// that they follow. It never leaves this file.
type stopped struct{ err error }

// A rule makes the outputs of one kind of operation.
type rule func(x *inference) []tensor

// fail ends the rule that runs.
func (x *inference) fail(format string, args ...any) {
	panic(stopped{fmt.Errorf(format, args...)})
}

// has reports whether there is an input i.
func (x *inference) has(i int) bool { return x.n.Source(i) != nil }

// shape is the shape of an input.
func (x *inference) shape(i int) Shape {
	if o := x.n.Source(i); o != nil {
		return o.Shape
	}
	return Unranked()
}

// element is the type of an input.
func (x *inference) element(i int) ElementType {
	if o := x.n.Source(i); o != nil {
		return o.Element
	}
	return Dynamic
}

// rank requires that an input has so many dimensions. It is false where it
// does not have them or where that is not known.
func (x *inference) rank(i, rank int) bool {
	s := x.shape(i)
	if !s.Ranked() {
		return false
	}
	if len(s) != rank {
		x.fail("input %d has the shape [%s], and not %d dimensions", i, s, rank)
	}
	return len(s) == rank
}

// same requires that inputs have one type, and returns it.
func (x *inference) same(inputs ...int) ElementType {
	t := Dynamic
	for _, i := range inputs {
		e := x.element(i)
		if t == Dynamic {
			t = e
		} else if e != Dynamic && e != t {
			x.fail("inputs of the types %s and %s", t, e)
		}
	}
	return t
}

// integer requires that an input is an integer.
func (x *inference) integer(i int) {
	if e := x.element(i); x.has(i) && e != Dynamic && !e.IsInteger() {
		x.fail("input %d is %s, and not an integer", i, e)
	}
}

// known returns the values of an input that holds integers, where they are
// known. Those that are not are [unknown].
func (x *inference) known(i int) ([]int64, bool) {
	x.integer(i)
	o := x.n.Source(i)
	if o == nil {
		return nil, false
	}
	return o.KnownInts()
}

// all returns the values of an input only where every one of them is known.
func (x *inference) all(i int) ([]int64, bool) {
	v, ok := x.known(i)
	for _, n := range v {
		ok = ok && n != Unknown
	}
	return v, ok
}

func (x *inference) text(name, without string) string {
	if v, ok := x.n.Attrs.Get(name); ok {
		return v
	}
	return without
}

func (x *inference) int(name string, without int64) int64 {
	if _, ok := x.n.Attrs.Get(name); !ok {
		return without
	}
	v, err := x.n.Attrs.Int(name)
	if err != nil {
		x.fail("%w", err)
	}
	return v
}

func (x *inference) bool(name string, without bool) bool {
	if _, ok := x.n.Attrs.Get(name); !ok {
		return without
	}
	v, err := x.n.Attrs.Bool(name)
	if err != nil {
		x.fail("%w", err)
	}
	return v
}

// typ is an attribute that is an element type.
func (x *inference) typ(name string, without ElementType) ElementType {
	if _, ok := x.n.Attrs.Get(name); !ok {
		return without
	}
	v, err := x.n.Attrs.Element(name)
	if err != nil {
		x.fail("%w", err)
	}
	return v
}

// ints is an attribute with so many integers, each the given one where there
// is no such attribute.
func (x *inference) ints(name string, count int, without int64) []int64 {
	list := make([]int64, count)
	for i := range list {
		list[i] = without
	}
	if _, ok := x.n.Attrs.Get(name); !ok {
		return list
	}
	v, err := x.n.Attrs.Ints(name)
	if err == nil && len(v) != count && !(len(v) == 0 && without == 0) {
		err = fmt.Errorf("the attribute %s has %d values and not %d", name, len(v), count)
	}
	if err != nil {
		x.fail("%w", err)
		return list
	}
	copy(list, v)
	return list
}

// axis is a dimension of a tensor, counted from the end where it is negative.
func (x *inference) axis(v int64, rank int) int {
	if v < 0 {
		v += int64(rank)
	}
	if v < 0 || v >= int64(rank) {
		x.fail("the axis %d of a tensor of %d dimensions", v, rank)
	}
	return int(v)
}

// mergeDim is a dimension that is both a and b.
func (x *inference) mergeDim(a, b int64) int64 {
	if a >= 0 && b >= 0 && a != b {
		x.fail("dimensions of %d and %d that should be one", a, b)
	}
	return max(a, b)
}

// dims returns a shape of so many unknown dimensions.
func dims(rank int) Shape {
	s := make(Shape, rank)
	for i := range s {
		s[i] = -1
	}
	return s
}

// one is the usual result: a single output.
func one(e ElementType, s Shape) []tensor { return []tensor{{e, s}} }

// Infer finds the types and shapes of the outputs anew, after something was
// changed. Outputs of operations that this package does not know stay as they
// are. The graphs inside of nodes are inferred, too.
func (g *Graph) Infer() error {
	nodes, err := g.Sorted()
	if err != nil {
		return err
	}
	for _, n := range nodes {
		if err := n.infer(); err != nil {
			return err
		}
	}
	return nil
}

// infer sets the outputs of one node.
func (n *Node) infer() error {
	list, err := n.inferred()
	if err != nil || list == nil {
		return err
	}
	if len(n.outputs) > len(list) {
		return nodeErrorf(n, "%s has %d outputs, and not %d", n.Type, len(list), len(n.outputs))
	}
	for i, o := range n.outputs {
		o.Element, o.Shape = list[i].element, list[i].shape
	}
	return nil
}

// inferred returns what the outputs should be, nothing for operations that are
// not known.
func (n *Node) inferred() ([]tensor, error) {
	op := opOf(n)
	if op == nil {
		return nil, nil
	}
	if len(n.inputs) < op.min || len(n.inputs) > op.max {
		return nil, nodeErrorf(n, "%s has %d inputs", n.Type, len(n.inputs))
	}
	list, err := op.run(n)
	if err != nil {
		return nil, &Error{Layer: n.label(), Err: fmt.Errorf("%s: %w", n.Type, err)}
	}
	return list, nil
}

// run runs the rule of an operation.
func (o *op) run(n *Node) (list []tensor, err error) {
	defer func() {
		if r := recover(); r != nil {
			s, ok := r.(stopped)
			if !ok {
				panic(r)
			}
			list, err = nil, s.err
		}
	}()
	x := &inference{n}
	list = o.infer(x)
	x.bounded(list)
	return list, nil
}
