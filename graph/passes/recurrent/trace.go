package recurrent

import (
	"slices"

	"datum/graph"
)

// farthest bounds how far something is followed through a graph.
const farthest = 1 << 10

// outer follows a parameter of a body to what is put into it, where every round has the
// same: a weight may be a constant of the body, or come in from outside.
func outer(o *graph.Output) *graph.Output {
	for range farthest {
		p, body := portOf(o)
		if p == nil || p.Slice != nil || p.Purpose != "" || p.External < 0 || goesRound(body, o.Node()) {
			return o
		}
		s := body.Owner().Source(p.External)
		if s == nil {
			return o
		}
		o = s
	}
	return o
}

// portOf says how a parameter of a body is fed, nil for what is no such parameter.
func portOf(o *graph.Output) (*graph.PortMap, *graph.Body) {
	if o == nil || o.Node().Type != "Parameter" {
		return nil, nil
	}
	body := bodyOf(o.Node().Graph())
	if body == nil {
		return nil, nil
	}
	return body.InputOf(o.Node()), body
}

// bodyOf is the body that a graph is, nil for a model.
func bodyOf(g *graph.Graph) *graph.Body {
	if g.Owner() == nil {
		return nil
	}
	for _, b := range g.Owner().Bodies() {
		if b.Graph == g {
			return b
		}
	}
	return nil
}

// goesRound reports whether a parameter changes from round to round.
func goesRound(b *graph.Body, parameter *graph.Node) bool {
	return slices.ContainsFunc(b.Back, func(e graph.BackEdge) bool { return e.To == parameter })
}

// spreads reports whether a node repeats what it reads as numpy does, from the last
// dimension on.
func spreads(n *graph.Node) bool {
	how := n.Attrs.Text("auto_broadcast")
	return how == "" || how == "numpy" || how == "none"
}

// width is the last dimension, 0 where that is not known.
func width(o *graph.Output) int64 {
	if o == nil || !o.Shape.Ranked() || len(o.Shape) == 0 {
		return 0
	}
	return max(o.Shape[len(o.Shape)-1], 0)
}

// rows reports whether an output is a list of rows: it has one dimension besides the
// last that is not 1, at most. All that is added up in a cell is, so that what has other
// dimensions of 1 is the same list, and nothing is spread out over two of them.
func rows(o *graph.Output) bool {
	if o == nil || !o.Shape.Ranked() {
		return false
	}
	more := 0
	for i, d := range o.Shape {
		if i < len(o.Shape)-1 && d != 1 {
			more++
		}
	}
	return more <= 1
}

// whole are the integers of a constant, nil where they are not known.
func whole(o *graph.Output) []int64 {
	v, ok := o.KnownInts()
	if !ok || slices.Contains(v, graph.Unknown) {
		return nil
	}
	return v
}

// number is the only integer of a constant.
func number(o *graph.Output) (int64, bool) {
	v := whole(o)
	if len(v) != 1 {
		return 0, false
	}
	return v[0], true
}

// A cut is a part of an axis of another output.
type cut struct {
	of          *graph.Output
	axis, start int64
	dropped     bool // the axis is gone: it was a part of one
}

// cutOf says of what an output is a part.
func cutOf(o *graph.Output) (c cut, ok bool) {
	n := o.Node()
	c.of = n.Source(0)
	if c.of == nil || !c.of.Shape.Ranked() {
		return c, false
	}
	switch n.Type {
	case "Split", "VariadicSplit":
		if c.axis, ok = number(n.Source(1)); !ok {
			return c, false
		}
		c.axis = fromEnd(c.axis, len(c.of.Shape))
		for _, before := range n.Outputs()[:o.Index()] {
			if !before.Shape.Ranked() || c.axis < 0 || c.axis >= int64(len(before.Shape)) || before.Shape[c.axis] < 0 {
				return c, false
			}
			c.start += before.Shape[c.axis]
		}
		return c, c.axis >= 0
	case "Slice":
		return c, c.slice(n)
	case "StridedSlice":
		return c, c.strided(n)
	case "Gather":
		return c, c.gather(n)
	}
	return c, false
}

func fromEnd(i int64, length int) int64 {
	if i < 0 {
		i += int64(length)
	}
	return i
}

// slice reads a Slice of one axis.
func (c *cut) slice(n *graph.Node) bool {
	start, step := whole(n.Source(1)), whole(n.Source(3))
	axes := []int64{0}
	if n.Source(4) != nil {
		axes = whole(n.Source(4))
	}
	if len(start) != 1 || len(step) != 1 || len(axes) != 1 || step[0] != 1 {
		return false
	}
	c.axis = fromEnd(axes[0], len(c.of.Shape))
	return c.from(start[0])
}

// from sets where a cut starts.
func (c *cut) from(start int64) bool {
	if c.axis < 0 || c.axis >= int64(len(c.of.Shape)) {
		return false
	}
	d := c.of.Shape[c.axis]
	if start < 0 && d >= 0 {
		start += d
	}
	c.start = start
	return start >= 0 && (d < 0 || start <= d)
}

// strided reads a StridedSlice that leaves all axes but one as they are.
func (c *cut) strided(n *graph.Node) bool {
	begin, end := whole(n.Source(1)), whole(n.Source(2))
	step := []int64(nil)
	if n.Source(3) != nil {
		step = whole(n.Source(3))
	}
	mask := func(name string, i int) bool {
		list, err := n.Attrs.Ints(name)
		return err == nil && i < len(list) && list[i] == 1
	}
	found := false
	for i := range begin {
		if mask("new_axis_mask", i) || mask("ellipsis_mask", i) || len(end) != len(begin) || step != nil && (len(step) != len(begin) || step[i] != 1) {
			return false
		}
		shrink := mask("shrink_axis_mask", i)
		from := begin[i]
		if mask("begin_mask", i) {
			from = 0
		}
		if !shrink && from == 0 && mask("end_mask", i) {
			continue
		}
		if found || i >= len(c.of.Shape) {
			return false
		}
		found, c.axis, c.dropped = true, int64(i), shrink
		if !c.from(from) {
			return false
		}
	}
	return found
}

// gather reads a Gather of one place that is known.
func (c *cut) gather(n *graph.Node) bool {
	at, ok1 := number(n.Source(1))
	axis, ok2 := number(n.Source(2))
	batch, err := n.Attrs.Int("batch_dims")
	if !ok1 || !ok2 || err == nil && batch != 0 || n.Source(1).Element == graph.Dynamic {
		return false
	}
	c.axis = fromEnd(axis, len(c.of.Shape))
	switch len(n.Source(1).Shape) {
	case 0:
		c.dropped = true
	case 1:
	default:
		return false
	}
	return c.from(at)
}

// A view is what an output is, seen without operations that only choose columns or give
// the rows another shape.
type view struct {
	of   *graph.Output
	at   int64 // the first column
	wide int64 // how many there are
}

// all reports whether the view has all columns.
func (v view) all() bool { return v.at == 0 && v.wide == width(v.of) }

func viewOf(o *graph.Output) view {
	v := view{of: outer(o), wide: width(o)}
	for range farthest {
		n := v.of.Node()
		s := n.Source(0)
		switch {
		case n.Is("Squeeze", "Unsqueeze", "Reshape") && s != nil && (width(s) == width(v.of) && width(s) > 0 || v.wide == 1 && v.at == 0 && sameCount(s, v.of)):
			v.of = outer(s)
			continue
		case n.Is("Split", "VariadicSplit", "Slice", "StridedSlice"):
			if c, ok := cutOf(v.of); ok && !c.dropped && c.axis == int64(len(c.of.Shape))-1 && width(c.of) > 0 {
				v.of, v.at = outer(c.of), v.at+c.start
				continue
			}
		}
		return v
	}
	return v
}

// sameCount reports whether two shapes are known to be lists of as many numbers: they
// have the same dimensions, but for those of 1.
func sameCount(a, b *graph.Output) bool {
	if !a.Shape.Ranked() || !b.Shape.Ranked() {
		return false
	}
	one := func(d int64) bool { return d == 1 }
	x, y := slices.DeleteFunc(a.Shape.Clone(), one), slices.DeleteFunc(b.Shape.Clone(), one)
	return len(x) <= 1 && len(y) <= 1 && slices.Equal(x, y)
}
