package graph_test

import (
	"strings"
	"testing"

	"datum/graph"
)

func TestEmbed(t *testing.T) {
	t.Parallel()
	b := graph.NewBuilder("inner")
	x := b.Parameter("x", graph.F32, 1, 4)
	w := b.Float32s("w", graph.Shape{4, 3}, make([]float32, 12)...)
	y := b.Name(b.MatMul(x, w, false, false), "product")
	b.Result(b.Relu(y), "y")
	inner, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	o := graph.NewBuilder("outer")
	to := o.Parameter("many", graph.F32, 8, 4)
	weights := o.Parameter("weights", graph.F32, 4, 3)
	copies := o.Embed(inner.Graph, map[*graph.Output]*graph.Output{x: to, w: weights})
	c := copies[y]
	if c == nil || !c.Shape.Equal(graph.Shape{8, 3}) || c.Node().Name() != "product" || c.Node().Source(1) != weights {
		t.Fatalf("%v, %v", c, o.Err())
	}
	o.Result(copies[inner.Results()[0].Source(0)], "")
	if m, err := o.Model(); err != nil || len(m.Nodes()) != 5 {
		t.Errorf("%v", err)
	}
	for name, place := range map[string]map[*graph.Output]*graph.Output{"nothing stands in the place": {}, "MatMul": {x: weights}} {
		o := graph.NewBuilder("outer")
		at := map[*graph.Output]*graph.Output{}
		for from := range place {
			at[from] = o.Parameter("wrong", graph.F32, 8, 5)
		}
		o.Embed(inner.Graph, at)
		if err := o.Err(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
