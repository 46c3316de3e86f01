package passes

import (
	"strings"
	"testing"

	"datum/graph"
)

// toy is a model with a table of embeddings, weights and outputs.
func toy(t *testing.T) *graph.Model {
	t.Helper()
	b := graph.NewBuilder("toy")
	ids := b.Parameter("ids", graph.I64, -1, -1)
	x := b.Gather(b.Float32s("table", graph.Shape{10, 4}, make([]float32, 40)...), ids, 0)
	y := b.MatMul(x, b.Float32s("first", graph.Shape{6, 4}, make([]float32, 24)...), false, true)
	z := b.MatMul(y, b.Float32s("second", graph.Shape{6, 4}, make([]float32, 24)...), false, false)
	b.Result(y, "y")
	b.Result(z, "z")
	return made(t, b)
}

func made(t *testing.T, b *graph.Builder) *graph.Model {
	t.Helper()
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func wants(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, and not %q", err, want)
	}
}

func TestRankingOfWhatIsNotThere(t *testing.T) {
	wants(t, AddRanking(toy(t), Ranking{Count: 2}), "2 outputs: one has to be named")
	wants(t, AddRanking(toy(t), Ranking{Logits: "none", Count: 2}), `no tensor "none"`)
	wants(t, AddRanking(toy(t), Ranking{Logits: "z", Count: 5}), "the first 5 of a dimension of 4")
	wants(t, AddRanking(toy(t), Ranking{Logits: "z"}), "the first 0 of a dimension of 4")
	b := graph.NewBuilder("number")
	b.Result(b.Sum(b.Parameter("x", graph.F32, 3), false, 0), "y")
	wants(t, AddRanking(made(t, b), Ranking{Count: 1}), "no classes to rank")
}

func TestRankingNames(t *testing.T) {
	m := toy(t)
	if err := AddRanking(m, Ranking{Logits: "z", Count: 2, Probabilities: "p", Classes: "c", LastPosition: true}); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range m.Results() {
		names = append(names, strings.Join(r.Source(0).Names(), ","))
	}
	if strings.Join(names, " ") != "y p c" {
		t.Error(names)
	}
	if p, err := m.Tensor("p"); err != nil || p.String() != "f32 [?,?,2]" {
		t.Error(p, err)
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
}

func TestWrongEmbeddings(t *testing.T) {
	row := []float32{1, 2, 3, 4}
	_, err := AddEmbeddings(toy(t), "first", [][]float32{row})
	wants(t, err, `0 tables of embeddings named "first"`)
	_, err = AddEmbeddings(toy(t), "", [][]float32{row, row[:3]})
	wants(t, err, "embedding 1 has 3 numbers, and those of the model 4")
	m := toy(t)
	if first, err := AddEmbeddings(m, "", nil); first != 10 || err != nil {
		t.Error(first, err)
	}
	// A second time adds behind the first.
	for want := range int64(2) {
		if first, err := AddEmbeddings(m, "table", [][]float32{row}); first != 10+want || err != nil {
			t.Error(first, err)
		}
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
}

func TestWrongAdapters(t *testing.T) {
	matrix := func(rows, columns int64) Matrix {
		return Matrix{rows, columns, make([]float32, rows*columns)}
	}
	for want, l := range map[string]LowRank{
		"a change of 5×4 for a weight of [6,4]": {matrix(5, 2), matrix(2, 4)},
		"matrices of 6×2 and 3×4":               {matrix(6, 2), matrix(3, 4)},
		"3 numbers for 6 rows and 2 columns":    {Matrix{6, 2, make([]float32, 3)}, matrix(2, 4)},
		"0 numbers for 0 rows":                  {matrix(0, 2), matrix(2, 4)},
	} {
		_, err := AddAdapters(toy(t), []Adapter{{1, map[string]LowRank{"first": l}}}, AdapterOptions{})
		wants(t, err, want)
		wants(t, err, `the adapter of "first"`)
	}
	good := map[string]LowRank{"first": {matrix(6, 2), matrix(2, 4)}, "elsewhere": {matrix(1, 1), matrix(1, 1)}, "second": {matrix(4, 1), matrix(1, 6)}}
	m := toy(t)
	got, err := AddAdapters(m, []Adapter{{1, good}, {2, good}}, AdapterOptions{})
	if err != nil || strings.Join(got.Layers, ",") != "first,second" || strings.Join(got.Missing, ",") != "elsewhere" {
		t.Errorf("%+v, %v", got, err)
	}
	up := m.NodeByName("first.lora_up")
	if up == nil || up.Output(0).Shape.String() != "6,4" {
		t.Error("the parts of two adapters are not joined")
	}
	// Another adapter can follow.
	if got, err = AddAdapters(m, []Adapter{{1, map[string]LowRank{"first": good["first"]}}}, AdapterOptions{}); err != nil || len(got.Layers) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
}

// TestAdapterKeys finds layers under other names, and each weight once however
// many names fit.
func TestAdapterKeys(t *testing.T) {
	one := LowRank{Matrix{6, 1, make([]float32, 6)}, Matrix{1, 4, make([]float32, 4)}}
	m := toy(t)
	got, err := AddAdapters(m, []Adapter{{1, map[string]LowRank{"lora_first": one}}}, AdapterOptions{Key: func(name string) string {
		if name == "first" {
			return "lora_first"
		}
		return ""
	}})
	if err != nil || len(got.Layers) != 1 || m.NodeByName("first.lora") == nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWrongStates(t *testing.T) {
	build := func(f func(b *graph.Builder, x *graph.Output)) *graph.Model {
		b := graph.NewBuilder("state")
		x := b.Parameter("x", graph.F32, 2)
		f(b, x)
		b.Result(x, "y")
		return made(t, b)
	}
	_, err := StateToInputs(build(func(b *graph.Builder, x *graph.Output) { b.Assign("v", x) }))
	wants(t, err, `the variable "v" is not both read and assigned`)
	_, err = StateToInputs(build(func(b *graph.Builder, x *graph.Output) {
		b.Assign("v", b.Add(x, b.ReadValue("v", graph.F32, graph.Shape{2}, nil)))
		b.Assign("v", x)
	}))
	wants(t, err, `two Assign of the variable "v"`)
	list, err := StateToInputs(toy(t))
	if err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	for want, v := range map[string]Variable{
		`no tensor "none"`:             {Input: "none", Output: "y"},
		`no tensor "never"`:            {Input: "ids", Output: "never"},
		`the tensor "z" is no input`:   {Input: "z", Output: "y"},
		`the input "ids" is i64 [?,?]`: {Input: "ids", Output: "y"},
	} {
		wants(t, InputsToState(toy(t), "ids", []Variable{v}), want)
	}
}

// TestStateNames gives a variable's input a name of its own where the model
// has a tensor of that name.
func TestStateNames(t *testing.T) {
	b := graph.NewBuilder("state")
	x := b.Parameter("v", graph.F32, 2)
	next := b.Add(x, b.ReadValue("v", graph.F32, graph.Shape{2}, b.Float32s("first", graph.Shape{2}, 7, 7)))
	b.Assign("v", next)
	b.Result(next, "v.next")
	m := made(t, b)
	list, err := StateToInputs(m)
	if err != nil || len(list) != 1 || list[0].Input != "v.state" || list[0].Output != "v.next.state" || list[0].Fill != 7 || !list[0].FillKnown {
		t.Errorf("%+v, %v", list, err)
	}
	if err := InputsToState(m, "", list); err != nil {
		t.Error(err)
	}
	if n := len(m.Results()); n != 1 {
		t.Errorf("%d outputs", n)
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
}

// TestUnknownBatch needs an input that the size of a first value is taken
// from.
func TestUnknownBatch(t *testing.T) {
	b := graph.NewBuilder("state")
	x := b.Parameter("x", graph.F32, -1, 2)
	old := b.Parameter("old", graph.F32, -1, 2)
	b.Result(b.Add(x, old), "new")
	text := made(t, b).XML()
	for batch, want := range map[string]string{"": "the batch is taken from an input", "new": "cannot be taken", "old": "cannot be taken"} {
		m, err := graph.Parse(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, InputsToState(m, batch, []Variable{{ID: "v", Input: "old", Output: "new"}}), want)
	}
}
