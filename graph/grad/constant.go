package grad

import "datum/graph"

// fixed reports whether a tensor is the same in every run.
func (w *walk) fixed(o *graph.Output) bool {
	n := o.Node()
	fixed, ok := w.constant[n]
	if ok {
		return fixed
	}
	fixed = n.Type == "Const" || len(n.Inputs()) > 0
	for i := range n.Inputs() {
		s := n.Source(i)
		fixed = fixed && s != nil && w.fixed(s)
	}
	w.constant[n] = fixed
	return fixed
}

// with is f(weights), for an f that is a product.
//
// OpenVINO's CPU plugin rearranges constant weights, and keeps one of several
// that have the same bytes and size. Going back, weights are used the other
// way round than going forward, and where they are square, the plugin takes
// those for these. So constants are used with the other sign, which makes
// their bytes differ.
func (s *step) with(weights *graph.Output, f func(weights *graph.Output) *graph.Output) *graph.Output {
	if !s.walk.fixed(weights) {
		return f(weights)
	}
	return s.Neg(f(s.Neg(weights)))
}
