package passes

import (
	"fmt"
	"slices"

	"datum/graph"
)

// AddEmbeddings adds rows to a table of embeddings (Constant → Concat →
// Gather), as textual inversion does with new words. The table is found by the
// name of a node on the way from the constant to the Gather; where there is
// only one table, the name may be empty. Each of vectors is a row; they get the
// numbers from first on.
//
// Other readers of the same constant, such as the last layer of a model whose
// weights are tied to the embeddings, keep it as it was. A model that counts rows
// from the end, with numbers below 0, finds the new ones there.
func AddEmbeddings(m *graph.Model, table string, vectors [][]float32) (first int64, err error) {
	tables, err := tablesOf(m, table)
	if err != nil {
		return 0, err
	}
	o := tables[0].Source()
	rows, width := o.Shape[0], o.Shape[1]
	if len(vectors) == 0 {
		return rows, nil
	}
	var data []float32
	for i, v := range vectors {
		if int64(len(v)) != width {
			return 0, fmt.Errorf("embedding %d has %d numbers, and those of the model %d", i, len(v), width)
		}
		data = append(data, v...)
	}
	if n := graph.Overflows(o.Element, data); n > 0 {
		return 0, fmt.Errorf("%d numbers of the embeddings are more than %s holds, in which the model has its own", n, o.Element)
	}
	b := m.Edit()
	more := b.Floats(o.Node().Name()+".added", o.Element, graph.Shape{int64(len(vectors)), width}, data)
	joined := b.Name(b.Concat(0, o, more), o.Node().Name()+".with_added")
	if err := b.Err(); err != nil {
		return 0, err
	}
	for _, in := range tables {
		if err := in.Connect(joined); err != nil {
			return 0, err
		}
	}
	return rows, nil
}

// tablesOf finds the inputs of Gathers that read a table.
func tablesOf(m *graph.Model, name string) ([]*graph.Input, error) {
	byTable := map[*graph.Output][]*graph.Input{}
	var order []*graph.Output
	for _, n := range m.Nodes() {
		in := n.Input(0)
		if n.Type != "Gather" || !isTable(in.Source(), n) {
			continue
		}
		names, ok := weightNames(in.Source())
		if !ok || name != "" && !slices.Contains(append(names, n.Name()), name) {
			continue
		}
		if byTable[in.Source()] == nil {
			order = append(order, in.Source())
		}
		byTable[in.Source()] = append(byTable[in.Source()], in)
	}
	if len(order) != 1 {
		return nil, fmt.Errorf("the model has %d tables of embeddings named %q, and one is needed", len(order), name)
	}
	return byTable[order[0]], nil
}

// isTable reports whether a Gather takes rows out of a matrix of numbers.
func isTable(o *graph.Output, gather *graph.Node) bool {
	if o == nil || len(o.Shape) != 2 || !o.Shape.Static() || !o.Element.IsReal() {
		return false
	}
	axis, ok := gather.Source(2).KnownInts()
	return ok && len(axis) == 1 && axis[0] == 0
}
