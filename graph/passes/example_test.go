package passes_test

import (
	"fmt"
	"log"

	"datum/graph"
	"datum/graph/passes"
)

// language is the end of a language model: a number for each of 1000 words.
func language() *graph.Model {
	b := graph.NewBuilder("language")
	x := b.Parameter("x", graph.F32, 1, -1, 8)
	b.Result(b.MatMul(x, b.Float32s("head", graph.Shape{1000, 8}, make([]float32, 8000)...), false, true), "logits")
	m, err := b.Model()
	if err != nil {
		log.Fatal(err)
	}
	return m
}

// The twenty likeliest words come out, not the numbers of all.
func ExampleAddRanking() {
	m := language()
	if err := passes.AddRanking(m, passes.Ranking{Logits: "logits", Count: 20, LastPosition: true}); err != nil {
		log.Fatal(err)
	}
	for _, r := range m.Results() {
		fmt.Println(r.Source(0).Names()[0], r.Source(0))
	}
	// Output:
	// probabilities f32 [1,?,20]
	// classes i32 [1,?,20]
}

// Two adapters change a weight in one pass.
func ExampleAddAdapters() {
	m := language()
	layer := passes.LowRank{Up: passes.Matrix{Rows: 1000, Columns: 2, Data: make([]float32, 2000)}, Down: passes.Matrix{Rows: 2, Columns: 8, Data: make([]float32, 16)}}
	a := passes.Adapter{Alpha: 0.75, Layers: map[string]passes.LowRank{"head": layer}}
	b := passes.Adapter{Alpha: -0.5, Layers: map[string]passes.LowRank{"head": layer, "tail": layer}}
	done, err := passes.AddAdapters(m, []passes.Adapter{a, b}, passes.AdapterOptions{})
	fmt.Println(done.Layers, done.Missing, err, m.NodeByName("head.lora").Output(0))
	// Output: [head] [tail] <nil> f32 [1000,8]
}
