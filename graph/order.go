package graph

// Sorted returns the nodes in an order in which each comes after what feeds
// it; those that could come at once stay in the order of the file. A circle is
// an error.
func (g *Graph) Sorted() ([]*Node, error) {
	nodes := g.Nodes()
	waits := make(map[*Node]int, len(nodes))
	sorted := make([]*Node, 0, len(nodes))
	for _, n := range nodes {
		if waits[n] = len(n.inputs); len(n.inputs) == 0 {
			sorted = append(sorted, n)
		}
	}
	for i := 0; i < len(sorted); i++ {
		for _, o := range sorted[i].outputs {
			for _, in := range o.consumers {
				if waits[in.node]--; waits[in.node] == 0 {
					sorted = append(sorted, in.node)
				}
			}
		}
	}
	if len(sorted) == len(nodes) {
		return sorted, nil
	}
	for _, n := range nodes {
		if waits[n] > 0 {
			return nil, nodeErrorf(n, "it feeds itself, or waits for layers that do")
		}
	}
	return sorted, nil
}
