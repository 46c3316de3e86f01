package recurrent

import (
	"datum/graph"
	"datum/graph/passes"
)

// largest bounds the numbers of a weight that is looked at, and allConstants those of all
// that are remembered.
const (
	largest      = 1 << 24
	allConstants = 1 << 27
)

// A tensor is a constant, or what constants make.
type tensor struct {
	shape graph.Shape
	data  []float32
}

// value is the value of an output that is made of constants, nil for others.
func (a *analysis) value(o *graph.Output) *tensor {
	o = outer(o)
	if o == nil || !o.Element.IsReal() {
		return nil
	}
	if t, ok := a.values[o]; ok {
		return t
	}
	a.values[o] = nil // what feeds itself has no value
	t := a.compute(o)
	a.values[o] = t
	if t != nil && !o.Node().Is(reshaping...) {
		a.room -= int64(len(t.data))
	}
	return t
}

// reshaping are the operations whose numbers are those that they read.
var reshaping = []string{"Convert", "Reshape", "Squeeze", "Unsqueeze"}

func (a *analysis) compute(o *graph.Output) *tensor {
	count, ok := o.Shape.Elements()
	if !ok || count > largest || !a.spend(ofNode) {
		return nil
	}
	n := o.Node()
	if n.Is(reshaping...) {
		t := a.value(n.Source(0))
		if t == nil || int64(len(t.data)) != count {
			return nil
		}
		return &tensor{o.Shape, t.data}
	}
	if count > a.room {
		return nil
	}
	switch n.Type {
	case "Const":
		v, err := passes.Numbers(n)
		if err != nil || int64(len(v)) != count {
			return nil
		}
		return &tensor{o.Shape, v}
	case "Transpose":
		return a.transposed(n)
	case "Concat":
		return a.joined(n, o.Shape)
	case "Negative":
		if t := a.value(n.Source(0)); t != nil {
			return &tensor{t.shape, negated(t.data)}
		}
	}
	if c, ok := cutOf(o); ok && !c.dropped {
		return a.part(c, o.Shape)
	}
	return nil
}

func negated(v []float32) []float32 {
	list := make([]float32, len(v))
	for i, f := range v {
		list[i] = -f
	}
	return list
}

// transposed is a matrix with rows and columns exchanged.
func (a *analysis) transposed(n *graph.Node) *tensor {
	t, order := a.value(n.Source(0)), whole(n.Source(1))
	if t == nil || len(t.shape) != 2 || len(order) != 2 && order != nil || order != nil && (order[0] != 1 || order[1] != 0) {
		return nil
	}
	h, w := t.shape[0], t.shape[1]
	list := make([]float32, len(t.data))
	for i := range h {
		for j := range w {
			list[j*h+i] = t.data[i*w+j]
		}
	}
	return &tensor{graph.Shape{w, h}, list}
}

// around is how many numbers lie before an axis, and how many behind it.
func around(s graph.Shape, axis int64) (before, behind int64) {
	before, behind = 1, 1
	for i, d := range s {
		if int64(i) < axis {
			before *= d
		} else if int64(i) > axis {
			behind *= d
		}
	}
	return before, behind
}

func (a *analysis) joined(n *graph.Node, s graph.Shape) *tensor {
	axis, err := n.Attrs.Int("axis")
	if axis = fromEnd(axis, len(s)); err != nil || axis < 0 || axis >= int64(len(s)) {
		return nil
	}
	var parts []*tensor
	for i := range n.Inputs() {
		t := a.value(n.Source(i))
		if t == nil || len(t.shape) != len(s) {
			return nil
		}
		parts = append(parts, t)
	}
	before, behind := around(s, axis)
	count, _ := s.Elements()
	list := make([]float32, 0, count)
	for i := range before {
		for _, t := range parts {
			size := t.shape[axis] * behind
			if (i+1)*size > int64(len(t.data)) {
				return nil
			}
			list = append(list, t.data[i*size:(i+1)*size]...)
		}
	}
	if int64(len(list)) != count {
		return nil
	}
	return &tensor{s, list}
}

// part takes a part of a constant.
func (a *analysis) part(c cut, s graph.Shape) *tensor {
	t := a.value(c.of)
	if t == nil || len(s) != len(t.shape) || c.axis < 0 || c.axis >= int64(len(s)) {
		return nil
	}
	before, behind := around(t.shape, c.axis)
	size, from, to := t.shape[c.axis]*behind, c.start*behind, (c.start+s[c.axis])*behind
	count, _ := s.Elements()
	if to > size || from > to || (to-from)*before != count {
		return nil
	}
	list := make([]float32, 0, count)
	for i := range before {
		list = append(list, t.data[i*size+from:i*size+to]...)
	}
	return &tensor{s, list}
}

// row is the value of a constant that is one row of numbers, or a single number.
func (a *analysis) row(o *graph.Output) []float32 {
	t := a.value(o)
	if t == nil || len(t.data) == 0 {
		return nil
	}
	if len(t.data) > 1 && (len(t.shape) == 0 || t.shape[len(t.shape)-1] != int64(len(t.data))) {
		return nil
	}
	return t.data
}
