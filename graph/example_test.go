package graph_test

import (
	"fmt"
	"log"

	"datum/graph"
)

// A small network is an expression; types and shapes are inferred.
func ExampleNewBuilder() {
	b := graph.NewBuilder("classifier")
	x := b.Parameter("x", graph.F32, -1, 4)
	w := b.Float32s("w", graph.Shape{3, 4}, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
	y := b.Softmax(b.MatMul(x, w, false, true), -1)
	b.Result(y, "probabilities")
	m, err := b.Model()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(y, len(m.Nodes()), "layers", m.Weights().Size(), "bytes of weights")
	// Output: f32 [?,3] 5 layers 48 bytes of weights
}

// What is wrong is said with the line that asked for it.
func ExampleBuilder_Err() {
	b := graph.NewBuilder("wrong")
	x := b.Parameter("x", graph.F32, 2, 3)
	y := b.Parameter("y", graph.F32, 4, 5)
	b.Result(b.Relu(b.MatMul(x, y, false, false)), "z")
	_, err := b.Model()
	fmt.Println(err)
	// Output: example_test.go:30: layer "MatMul_2": MatMul: a product of [2,3] and [4,5], whose inner dimensions are 3 and 4
}

// A recurrent network is a body that runs for each step.
func ExampleIteration() {
	b := graph.NewBuilder("sum")
	x := b.Parameter("x", graph.F32, 2, 10, 3) // batch, time, width
	it := b.Iterate()
	step := it.Slice(x, 1, 1)
	sum := it.State(b.Broadcast(b.Scalar(graph.F32, 0), 2, 1, 3))
	next := it.Body.Add(sum, step)
	it.Next(sum, next)
	it.Last(next)
	it.Join(next, 1, 1)
	outputs := it.Done()
	fmt.Println(outputs[0], outputs[1], b.Err())
	// Output: f32 [2,1,3] f32 [2,10,3] <nil>
}

// Patterns find what a pass changes.
func ExampleGraph_Find() {
	b := graph.NewBuilder("model")
	x := b.Parameter("x", graph.F32, 2, 3)
	b.Result(b.Relu(b.Add(b.MatMul(x, b.Float32s("w", graph.Shape{3, 3}, make([]float32, 9)...), false, false), b.Like(x, 1))), "y")
	m, err := b.Model()
	if err != nil {
		log.Fatal(err)
	}
	product := graph.OneOf("MatMul")
	sum := graph.OneOf("Add").OfEither(graph.OneOf("Const"), product)
	edit := m.Edit()
	for found := range m.Find(sum) {
		fmt.Println(found[product].Type, "before", found[sum].Type)
		edit.InsertAfter(found[sum].Output(0), func(o *graph.Output) *graph.Output { return edit.Mul(o, edit.Like(o, 2)) })
	}
	fmt.Println(m.Results()[0].Source(0).Node().Source(0).Node().Type, edit.Err())
	// Output:
	// MatMul before Add
	// Multiply <nil>
}
