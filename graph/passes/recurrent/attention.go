package recurrent

import (
	"slices"

	"datum/graph"
)

// attentions rewrites the first layer of attention. It is published as a matrix over a
// query, facts, their difference and their product side by side, for each fact: that of
// the difference can be added to those of the query and the facts, and the part of the
// query is the same for all facts of a row.
func (r *Report) attentions(m *graph.Model) error {
	for _, n := range slices.Clone(m.Nodes()) {
		if n.Type != "MatMul" || n.Source(1) == nil || !n.Source(1).Node().Is("Const", "Convert") {
			continue
		}
		t := &attention{Builder: m.Edit(), node: n}
		if !t.recognise() {
			continue
		}
		change, err := t.rewrite()
		if err != nil {
			return err
		}
		r.Done = append(r.Done, *change)
	}
	return nil
}

// An attention is a layer over a query and facts.
type attention struct {
	*graph.Builder
	node  *graph.Node
	wide  *graph.Output // what is put side by side, [batch, time, columns]
	sum   *affine
	once  []layer // that are the same for all facts of a row
	each  []layer // that are not
	spent int     // columns of the latter
}

// A layer is what is multiplied by a matrix.
type layer struct {
	of     func() *graph.Output
	rows   int64
	matrix []float64
}

// recognise looks whether the layer can be cheaper.
func (t *attention) recognise() bool {
	n := t.node
	if n.Source(0) == nil || n.Output(0).Element != graph.F32 {
		return false
	}
	t.wide = n.Source(0)
	if r := t.wide.Node(); r.Type == "Reshape" && r.Source(0) != nil && width(r.Source(0)) == width(t.wide) && len(t.wide.Shape) == 2 {
		t.wide = r.Source(0)
	}
	if t.wide.Node().Type != "Concat" || len(t.wide.Shape) != 3 {
		return false
	}
	a := newAnalysis()
	a.shaped = false
	a.fits = func(o *graph.Output) bool {
		s := t.wide.Shape
		return len(o.Shape) == 3 && o.Shape[0] == s[0] && (o.Shape[1] == s[1] || o.Shape[1] == 1) || a.value(o) != nil
	}
	f, err := a.affineOf(t.wide)
	w := a.value(n.Source(1))
	if err != nil || w == nil || len(w.shape) != 2 {
		return false
	}
	by, ok := matrixOf(n, w)
	if !ok || by.in != f.width {
		return false
	}
	if t.sum, err = a.multiplied(f, by); err != nil {
		return false
	}
	t.sort()
	return len(t.once) > 0 && len(t.each) > 0 && t.spent < by.in
}

// sort tells what is the same for all facts of a row from what is not.
func (t *attention) sort() {
	for _, x := range t.sum.terms {
		l := layer{func() *graph.Output { return x.of }, width(x.of), x.matrix}
		if row := t.row(x.of); row != nil {
			l.of = row
			t.once = append(t.once, l)
			continue
		}
		if product := t.product(x.of); product != nil {
			l.of = product
		}
		t.each = append(t.each, l)
		t.spent += int(l.rows)
	}
}

// row returns what makes [batch, 1, columns] of an output that repeats rows along the
// time, nil where it does not.
func (t *attention) row(o *graph.Output) func() *graph.Output {
	n := o.Node()
	s := n.Source(0)
	switch {
	case len(o.Shape) == 3 && o.Shape[1] == 1 && t.wide.Shape[1] != 1:
		return func() *graph.Output { return o }
	case s == nil || !s.Shape.Ranked():
		return nil
	case n.Type == "Broadcast" && len(s.Shape) == 3 && s.Shape[1] == 1 && s.Shape[0] == o.Shape[0] && width(s) == width(o):
		return func() *graph.Output { return s }
	case n.Type == "Tile" && len(s.Shape) == 3 && s.Shape[1] == 1 && repeats(n, 1, graph.Unknown, 1):
		return func() *graph.Output { return s }
	case n.Type == "Reshape" && s.Node().Type == "Tile" && repeats(s.Node(), 1, graph.Unknown):
		if q := s.Node().Source(0); q != nil && len(q.Shape) == 2 && width(q) == width(o) && width(q) > 0 {
			return func() *graph.Output { return t.Unsqueeze(q, 1) }
		}
	}
	return nil
}

// repeats reports how often a Tile repeats each dimension; Unknown stands for any
// number.
func repeats(n *graph.Node, want ...int64) bool {
	got, ok := n.Source(1).KnownInts()
	return ok && slices.EqualFunc(got, want, func(g, w int64) bool { return g == w || w == graph.Unknown })
}

// product returns what makes a product of a row and facts without repeating the row, nil
// where the output is none.
func (t *attention) product(o *graph.Output) func() *graph.Output {
	n := o.Node()
	if n.Type != "Multiply" || n.Source(0) == nil || n.Source(1) == nil {
		return nil
	}
	for i := range 2 {
		facts := n.Source(1 - i)
		if row := t.row(n.Source(i)); row != nil && slices.Equal(facts.Shape, o.Shape) {
			return func() *graph.Output { return t.Mul(row(), facts) }
		}
	}
	return nil
}

// rewrite puts the cheaper layer in the place of the other.
func (t *attention) rewrite() (*Change, error) {
	name := t.node.Name()
	out := int64(t.sum.width)
	once := t.layer(t.once, name+"/once", out)
	if slices.ContainsFunc(t.sum.bias, func(v float64) bool { return v != 0 }) {
		once = t.Add(once, t.Float32s(name+"/bias", graph.Shape{out}, singles(t.sum.bias)...))
	}
	sum := t.Add(t.layer(t.each, name+"/each", out), once)
	if t.Err() != nil {
		return nil, t.Err()
	}
	change := &Change{At: name, Into: "MatMul", Columns: t.spent}
	old := t.node.Output(0)
	put := func(o, now *graph.Output) error {
		if t.Err() != nil {
			return t.Err()
		}
		change.Outputs = append(change.Outputs, Pair{o.Node().ID(), o.Index(), now})
		return o.Replace(now)
	}
	if len(old.Shape) == 3 {
		return change, put(old, sum)
	}
	for _, in := range slices.Clone(old.Consumers()) {
		if n := in.Node(); n.Type == "Reshape" && in.Index() == 0 && len(n.Output(0).Shape) == 3 && width(n.Output(0)) == out && n.Output(0).Shape.Agrees(sum.Shape) {
			if err := put(n.Output(0), sum); err != nil {
				return nil, err
			}
		}
	}
	return change, put(old, t.Reshape(sum, -1, out))
}

// layer multiplies what is put side by side by a matrix.
func (t *attention) layer(list []layer, name string, out int64) *graph.Output {
	var parts []*graph.Output
	var weights []float32
	rows := int64(0)
	for _, l := range list {
		parts = append(parts, l.of())
		weights = append(weights, singles(l.matrix)...)
		rows += l.rows
	}
	x := parts[0]
	if len(parts) > 1 {
		x = t.Concat(2, parts...)
	}
	return t.MatMul(x, t.Float32s(name, graph.Shape{rows, out}, weights...), false, false)
}
