package grad

import "datum/graph"

// What a round adds to the gradient of weights is mostly a product of two tall
// matrices, and the sum over the rounds is one product of all rounds' matrices
// on top of each other. So the rounds only give out the matrices, and the
// product is made once, which is much faster than many small ones.

// outside makes a sum over the rounds of what these gave out.
type outside func(done []*graph.Output) *graph.Output

// hoisted is the sum of a tensor of the body over all rounds, nil where it has
// to be made round by round.
func (it *iteration) hoisted(x *graph.Output) outside {
	if !hoistable(x) {
		return nil
	}
	n := x.Node()
	switch n.Type {
	case "MatMul":
		a, b := it.stacked(n.Source(0)), it.stacked(n.Source(1))
		return func(done []*graph.Output) *graph.Output { return it.MatMul(done[a], done[b], true, false) }
	case "ReduceSum":
		a := it.stacked(n.Source(0))
		return func(done []*graph.Output) *graph.Output { return it.Sum(done[a], false, 0) }
	}
	var parts []outside // of a Concat along the first axis
	for i := range n.Inputs() {
		parts = append(parts, it.hoisted(n.Source(i)))
	}
	return func(done []*graph.Output) *graph.Output {
		var all []*graph.Output
		for _, part := range parts {
			all = append(all, part(done))
		}
		return it.Concat(0, all...)
	}
}

// hoistable reports whether the sum of a tensor over all rounds is the same of
// joined tensors.
func hoistable(x *graph.Output) bool {
	n := x.Node()
	tall := func(i int) bool { return len(n.Source(i).Shape) == 2 && n.Source(i).Shape.Static() }
	switch n.Type {
	case "MatMul":
		a, _ := n.Attrs.Bool("transpose_a")
		b, _ := n.Attrs.Bool("transpose_b")
		return a && !b && tall(0) && tall(1)
	case "ReduceSum":
		keep, _ := n.Attrs.Bool("keep_dims")
		axes, ok := n.Source(1).KnownInts()
		return !keep && tall(0) && ok && len(axes) == 1 && axes[0] == 0
	case "Concat":
		if axis, err := n.Attrs.Int("axis"); err != nil || axis != 0 {
			return false
		}
		for i := range n.Inputs() {
			if !hoistable(n.Source(i)) {
				return false
			}
		}
		return true
	}
	return false
}

// stacked is the number of the output that has the matrices of all rounds on
// top of each other.
func (it *iteration) stacked(x *graph.Output) int {
	k, ok := it.stacks[x]
	if !ok {
		k = it.back.Join(x, 0, 1)
		it.stacks[x] = k
	}
	return k
}
