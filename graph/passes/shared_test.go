package passes

import (
	"math"
	"strings"
	"testing"

	"datum/graph"
)

// shared is a model in which two products read one weight, and a Gather too.
// The first has it transposed; the second as second says.
func shared(t *testing.T, e graph.ElementType, rows, columns int64, second bool) *graph.Model {
	t.Helper()
	b := graph.NewBuilder("shared")
	table := b.Floats("table", e, graph.Shape{rows, columns}, make([]float32, rows*columns))
	w := b.Name(b.Convert(table, graph.F32), "table/converted")
	x := b.Parameter("x", graph.F32, 2, columns)
	wide := columns
	if !second {
		wide = rows
	}
	y := b.Parameter("y", graph.F32, 2, wide)
	b.Result(b.Name(b.MatMul(x, w, false, true), "one"), "p")
	b.Result(b.Name(b.MatMul(y, w, false, second), "two"), "q")
	b.Result(b.Gather(w, b.Int64s(1, 2), 0), "r")
	return made(t, b)
}

// filled is a matrix whose numbers are all v.
func filled(rows, columns int64, v float32) Matrix {
	m := Matrix{rows, columns, make([]float32, rows*columns)}
	for i := range m.Data {
		m.Data[i] = v
	}
	return m
}

// rankOne adds an adapter of one row and one column to what has a name.
func rankOne(m *graph.Model, name string, rows, columns int64, beside bool) (Applied, error) {
	return AddAdapters(m, []Adapter{{1, map[string]LowRank{name: {filled(rows, 1, 1), filled(1, columns, 1)}}}}, AdapterOptions{Beside: beside})
}

// weightOf is what feeds the weight of a product.
func weightOf(m *graph.Model, name string) *graph.Output { return m.NodeByName(name).Source(1) }

// A weight that two products read is changed once for both.
func TestSharedWeights(t *testing.T) {
	for _, c := range []struct {
		name          string
		second        bool
		rows, columns int64
	}{
		{"alike", true, 6, 4}, {"square and alike", true, 4, 4}, {"against each other", false, 6, 4},
	} {
		for _, turned := range []bool{false, true} {
			rows, columns := c.rows, c.columns
			if turned {
				if c.second {
					continue // nobody reads it so
				}
				rows, columns = columns, rows
			}
			m := shared(t, graph.F16, c.rows, c.columns, c.second)
			got, err := rankOne(m, "table", rows, columns, false)
			if err != nil || len(got.Layers) != 1 {
				t.Errorf("%s: %+v, %v", c.name, got, err)
				continue
			}
			one, two := weightOf(m, "one"), weightOf(m, "two")
			if one != two || one.Node().Type != "Add" {
				t.Errorf("%s: the products read %s and %s", c.name, one.Node().Name(), two.Node().Name())
			}
			if gather := m.Results()[2].Source(0).Node(); gather.Source(0).Node().Type == "Add" {
				t.Errorf("%s: the table of the Gather was changed", c.name)
			}
			if err := m.Validate(); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}

// Where both directions fit, an adapter of the weight could mean either.
func TestSharedSquareWeight(t *testing.T) {
	for _, beside := range []bool{false, true} {
		_, err := rankOne(shared(t, graph.F16, 4, 4, false), "table", 4, 4, beside)
		wants(t, err, `"one" reads the weight in one direction and "two" in the other, and a change of 4×4 fits both`)
	}
	// Named after a product it is clear, and the other one keeps the weight.
	for _, name := range []string{"one", "two"} {
		m := shared(t, graph.F16, 4, 4, false)
		before := weightOf(m, "one")
		if _, err := rankOne(m, name, 4, 4, false); err != nil {
			t.Fatal(err)
		}
		other := map[string]string{"one": "two", "two": "one"}[name]
		if weightOf(m, name).Node().Type != "Add" || weightOf(m, other) != before {
			t.Errorf("%s reads %s, %s reads %s", name, weightOf(m, name), other, weightOf(m, other))
		}
		turned := weightOf(m, name).Node().Source(1).Node()
		if a, _ := turned.Attrs.Bool("transpose_a"); a != (name == "two") {
			t.Errorf("%s: the product is turned round: %v", name, a)
		}
	}
}

// What is named after one product does not reach the other.
func TestOnlyOneIsAdapted(t *testing.T) {
	for _, beside := range []bool{false, true} {
		m := shared(t, graph.F16, 6, 4, true)
		before := weightOf(m, "two")
		got, err := rankOne(m, "one", 6, 4, beside)
		if err != nil || len(got.Layers) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		if weightOf(m, "two") != before || m.Results()[1].Source(0).Node().Name() != "two" {
			t.Error("the other product was changed")
		}
		if changed := m.Results()[0].Source(0).Node().Type == "Add" || weightOf(m, "one").Node().Type == "Add"; !changed {
			t.Error("nothing was changed")
		}
	}
	_, err := rankOne(shared(t, graph.F16, 6, 4, true), "two", 4, 6, false)
	wants(t, err, "a change of 4×6 for a weight of [6,4]")
	_, err = rankOne(shared(t, graph.F16, 6, 4, true), "table", 5, 4, false)
	wants(t, err, "a change of 5×4 for a weight of [6,4]")
}

// Beside the weight, the product that reads it in the other direction gets the
// other product.
func TestBesideInBothDirections(t *testing.T) {
	m := shared(t, graph.F16, 6, 4, false)
	if _, err := rankOne(m, "table", 6, 4, true); err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][2]string{"one": {"lora_down", "lora_up"}, "two": {"lora_up", "lora_down"}} {
		sum := m.NodeByName(name).Output(0).Consumers()[0].Node()
		last := sum.Source(1).Node()
		first := last.Source(0).Node()
		if sum.Type != "Add" || !strings.HasSuffix(first.Source(1).Node().Name(), want[0]) || !strings.HasSuffix(last.Source(1).Node().Name(), want[1]) {
			t.Errorf("%s: x times %s times %s", name, first.Source(1).Node().Name(), last.Source(1).Node().Name())
		}
	}
}

// half is a model whose weight of [3,2] is of half precision to the end.
func half(t *testing.T, e graph.ElementType, transposed bool, weight ...float32) *graph.Model {
	t.Helper()
	b := graph.NewBuilder("half")
	s, in := graph.Shape{3, 2}, int64(2)
	if !transposed {
		s, in = graph.Shape{2, 3}, 2
	}
	b.Result(b.MatMul(b.Parameter("x", e, 1, in), b.Floats("w", e, s, weight), false, transposed), "y")
	return made(t, b)
}

// No adapter makes a weight infinite without a word.
func TestAdaptersThatOverflow(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	zero := make([]float32, 6)
	for name, c := range map[string]struct {
		element   graph.ElementType
		weight    []float32
		up, down  []float32
		alpha     float32
		beside    bool
		transpose bool
		want      string // "" where it is fine
	}{
		"small":             {graph.F16, zero, []float32{1, 1, 1}, []float32{1, 1}, 1, false, true, ""},
		"the largest":       {graph.F16, zero, []float32{1, 1, 1}, []float32{1, 65504}, 1, false, true, ""},
		"a product":         {graph.F16, zero, []float32{1, 300, 1}, []float32{1, 300}, 1, false, true, "the number 90000, which f16 does not hold"},
		"a negative one":    {graph.F16, zero, []float32{1, 300, 1}, []float32{1, -300}, 1, false, true, "the number -90000"},
		"a factor":          {graph.F16, zero, []float32{1, 1, 1}, []float32{1, 1}, 1e5, false, true, "the number 100000"},
		"a sum":             {graph.F16, []float32{0, 0, 0, 0, 0, 60000}, []float32{0, 0, 1}, []float32{0, 6000}, 1, false, true, "the number 66000"},
		"not together":      {graph.F16, []float32{0, 0, 0, 0, 0, 60000}, []float32{1, 0, 0}, []float32{6000, 0}, 1, false, true, ""},
		"turned, a sum":     {graph.F16, []float32{0, 0, 60000, 0, 0, 0}, []float32{0, 0, 1}, []float32{6000, 0}, 1, false, false, "the number 66000"},
		"turned, elsewhere": {graph.F16, []float32{0, 0, 0, 0, 0, 60000}, []float32{0, 0, 1}, []float32{6000, 0}, 1, false, false, ""},
		"in f32":            {graph.F32, zero, []float32{1, 300, 1}, []float32{1, 300}, 1, false, true, ""},
		"too much for f32":  {graph.F32, zero, []float32{1, 1e30, 1}, []float32{1, 1e30}, 1, false, true, "which f32 does not hold"},
		"in bf16":           {graph.BF16, zero, []float32{1, 3e19, 1}, []float32{1, 1.2e19}, 1, false, true, "which bf16 does not hold"},
		"beside":            {graph.F16, zero, []float32{1, 1e5, 1}, []float32{1, 1}, 1, true, true, "numbers that f16 does not hold"},
		"beside, in f32":    {graph.F32, zero, []float32{1, 1e5, 1}, []float32{1, 1}, 1, true, true, ""},
		"infinite":          {graph.F32, zero, []float32{1, inf, 1}, []float32{1, 1}, 1, false, true, "not finite"},
		"no number":         {graph.F32, zero, []float32{1, 1, 1}, []float32{1, nan}, 1, true, true, "not finite"},
		"by its factor":     {graph.F32, zero, []float32{1, 1e30, 1}, []float32{1, 1}, 1e10, true, true, "not finite"},
	} {
		t.Run(name, func(t *testing.T) {
			m := half(t, c.element, c.transpose, c.weight...)
			_, err := AddAdapters(m, []Adapter{{c.alpha, map[string]LowRank{"w": {Matrix{3, 1, c.up}, Matrix{1, 2, c.down}}}}}, AdapterOptions{Beside: c.beside})
			if c.want != "" {
				wants(t, err, c.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Nor do new embeddings.
func TestEmbeddingsThatOverflow(t *testing.T) {
	model := func(e graph.ElementType) *graph.Model {
		b := graph.NewBuilder("table")
		b.Result(b.Gather(b.Floats("table", e, graph.Shape{3, 2}, make([]float32, 6)), b.Parameter("ids", graph.I64, 4), 0), "y")
		return made(t, b)
	}
	_, err := AddEmbeddings(model(graph.F16), "table", [][]float32{{1, 70000}, {-1e9, 65504}})
	wants(t, err, "2 numbers of the embeddings are more than f16 holds")
	for e, rows := range map[graph.ElementType][][]float32{graph.F16: {{65504, -65519}}, graph.F32: {{70000, 1e30}}} {
		m := model(e)
		if _, err := AddEmbeddings(m, "table", rows); err != nil {
			t.Errorf("%s: %v", e, err)
		}
		if err := m.Validate(); err != nil {
			t.Error(err)
		}
	}
}
