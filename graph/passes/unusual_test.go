package passes

import (
	"strings"
	"testing"

	"datum/graph"
)

// TestOperationsWithoutInputs goes over models that can be read and not be
// computed.
func TestOperationsWithoutInputs(t *testing.T) {
	const port = `<port id="9" precision="FP32"><dim>2</dim><dim>2</dim></port>`
	layer := func(id, typ, ports string) string {
		return `<layer id="` + id + `" name="n` + id + `" type="` + typ + `"><data variable_id="v"/>` + ports + `</layer>`
	}
	alone := func(typ string) string { return layer("0", typ, "<output>"+port+"</output>") }
	reader := func(typ string) string {
		return layer("1", typ, `<input><port id="0" precision="FP32"/></input><output>`+port+`</output>`)
	}
	const edge = `<edge from-layer="0" from-port="9" to-layer="1" to-port="0"/>`
	for _, test := range []struct{ layers, edges string }{
		{alone("Gather"), ""}, {alone("MatMul"), ""}, {alone("Convolution"), ""}, {alone("ReadValue") + layer("1", "Assign", ""), ""},
		{alone("Multiply") + reader("MatMul"), edge},
		{alone("Broadcast") + reader("ReadValue") + layer("2", "Assign", `<input><port id="0" precision="FP32"/></input>`),
			edge + `<edge from-layer="1" from-port="9" to-layer="2" to-port="0"/>`},
	} {
		m, err := graph.Parse([]byte(`<net name="odd" version="11"><layers>`+test.layers+`</layers><edges>`+test.edges+`</edges></net>`), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := AddEmbeddings(m, "", [][]float32{{1, 2}}); err == nil {
			t.Error("it has a table")
		}
		if got, err := AddAdapters(m, []Adapter{{1, map[string]LowRank{"n0": {}}}}, AdapterOptions{}); err != nil || len(got.Layers) != 0 {
			t.Error(got, err)
		}
		if _, err := StateToInputs(m); err != nil && !strings.Contains(err.Error(), `"v"`) {
			t.Error(err)
		}
	}
}

func TestAdaptersBeyondAllMemory(t *testing.T) {
	huge := Matrix{Rows: 1 << 32, Columns: 1 << 32} // 0 numbers, if one counts in 64 bits
	_, err := AddAdapters(toy(t), []Adapter{{1, map[string]LowRank{"first": {huge, huge}}}}, AdapterOptions{})
	wants(t, err, "0 numbers for 4294967296 rows")
}

// TestVariablesOfVariables moves a value from one variable to another, and one
// of them is an output besides: each name stays where it belongs.
func TestVariablesOfVariables(t *testing.T) {
	b := graph.NewBuilder("delay")
	x := b.Parameter("x", graph.F32, 1, 2)
	first, second := b.ReadValue("a", graph.F32, graph.Shape{1, 2}, nil), b.ReadValue("b", graph.F32, graph.Shape{1, 2}, nil)
	b.Assign("a", second)
	b.Assign("b", x)
	b.Result(b.Add(first, second), "y")
	b.Result(second, "echo")
	m := made(t, b)
	list, err := StateToInputs(m)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"x", "y", "echo", "a", "a.next", "b", "b.next"}
	outputs := func() (n int) {
		for _, r := range m.Results() {
			n += len(r.Source(0).Names())
		}
		return n
	}
	for _, name := range names {
		if _, err := m.Tensor(name); err != nil {
			t.Error(err)
		}
	}
	if len(m.Results()) != 4 || outputs() == 0 {
		t.Errorf("%d outputs", len(m.Results()))
	}
	list[0], list[1] = list[1], list[0] // in the order that needs what the first one leaves
	if err := InputsToState(m, "x", list); err != nil {
		t.Fatal(err)
	}
	for _, name := range names[:3] {
		if _, err := m.Tensor(name); err != nil {
			t.Error(err)
		}
	}
	if len(m.Results()) != 2 || len(m.Parameters()) != 1 {
		t.Errorf("%d outputs, %d inputs", len(m.Results()), len(m.Parameters()))
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
}

func TestTwoVariablesOfOneName(t *testing.T) {
	b := graph.NewBuilder("two")
	x, y := b.Parameter("x", graph.F32, 1, 2), b.Parameter("y", graph.F32, 1, 2)
	b.Result(b.Add(x, y), "x.next")
	b.Result(b.Sub(x, y), "y.next")
	err := InputsToState(made(t, b), "x", []Variable{{ID: "s", Input: "x", Output: "x.next"}, {ID: "s", Input: "y", Output: "y.next"}})
	wants(t, err, `the variable "s" is there already`)
}

// TestRankingOfWhatHasTheName ranks a tensor that is called like the result.
func TestRankingOfWhatHasTheName(t *testing.T) {
	build := func() *graph.Model {
		b := graph.NewBuilder("classifier")
		b.Result(b.Softmax(b.Parameter("x", graph.F32, -1, 3), -1), "probabilities")
		return made(t, b)
	}
	m := build()
	if err := AddRanking(m, Ranking{Count: 2}); err != nil {
		t.Fatal(err)
	}
	if p, err := m.Tensor("probabilities"); err != nil || p.String() != "f32 [?,2]" {
		t.Error(p, err)
	}
	wants(t, AddRanking(build(), Ranking{Count: 2, Keep: true}), `two tensors of the name "probabilities"`)
	wants(t, AddRanking(build(), Ranking{Count: 2, Classes: "x"}), `two tensors of the name "x"`)
}
