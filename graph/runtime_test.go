package graph_test

import (
	"encoding/binary"
	"math"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/openvino"
)

// TestInMemory builds a model, hands it to OpenVINO without a file, changes it,
// hands it over again, and compares with what Go computes.
func TestInMemory(t *testing.T) {
	b := graph.NewBuilder("memory")
	x := b.Parameter("x", graph.F32, 2, 3)
	b.Result(b.MatMul(x, b.Float32s("w", graph.Shape{2, 3}, 1, 2, 3, -1, 0, 1), false, true), "y")
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	in := []float32{1, 2, 3, 4, 5, 6}
	want := []float32{14, 2, 32, 2}
	same(t, run(t, m, in), want)

	// The weights lie in memory of the caller, and what is added behind them.
	text, base := m.XML(), m.Weights().Bytes()
	if m, err = graph.Parse(text, base); err != nil {
		t.Fatal(err)
	}
	e := m.Edit()
	y, err := m.Tensor("y")
	if err != nil {
		t.Fatal(err)
	}
	half := e.Convert(e.Floats("half", graph.F16, graph.Shape{2}, []float32{0.5, -2}), graph.F32)
	e.InsertAfter(y, func(y *graph.Output) *graph.Output { return e.Mul(y, half) })
	if e.Err() != nil {
		t.Fatal(e.Err())
	}
	w, err := m.NodeByName("w").Output(0).Data()
	if err != nil || &w[0] != &base[0] {
		t.Errorf("the weights were copied, %v", err)
	}
	same(t, run(t, m, in), []float32{7, -4, 16, -4})

	// Whoever changes the bytes changes the model.
	binary.LittleEndian.PutUint32(base, math.Float32bits(2))
	same(t, run(t, m, in), []float32{7.5, -4, 18, -4})
}

func run(t *testing.T, m *graph.Model, in []float32) []float32 {
	t.Helper()
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	request := openvinotest.Ready(t, m.XML(), m.Weights().Bytes(), openvino.CompileOptions{})
	x, err := request.Input(0)
	if err != nil {
		t.Fatal(err)
	}
	copy(x.Float32s(), in)
	if err := request.Infer(t.Context()); err != nil {
		t.Fatal(err)
	}
	y, err := request.Output(0)
	if err != nil {
		t.Fatal(err)
	}
	return append([]float32(nil), y.Float32s()...)
}

func same(t *testing.T, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%v, and not %v", got, want)
	}
	for i := range got {
		if math.Abs(float64(got[i]-want[i])) > 1e-5 {
			t.Fatalf("%v, and not %v", got, want)
		}
	}
}
