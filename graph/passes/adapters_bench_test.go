package passes

import (
	"math"
	"testing"
	"time"

	"datum/graph"
)

// BenchmarkAdapters shows what an adapter costs when the model runs: nothing
// where OpenVINO adds it to the weights once, two small products where it is
// computed beside them.
func BenchmarkAdapters(b *testing.B) {
	const size, rank = 1024, 16
	layer := LowRank{Matrix{size, rank, make([]float32, size*rank)}, Matrix{rank, size, make([]float32, size*rank)}}
	for i := range layer.Up.Data {
		layer.Up.Data[i], layer.Down.Data[i] = float32(i%5), float32(i%3)
	}
	adapter := []Adapter{{0.5, map[string]LowRank{"w": layer}}}
	for _, c := range []struct {
		name  string
		typ   graph.ElementType
		apply func(m *graph.Model) (Applied, error)
	}{
		{"f32, none", graph.F32, nil},
		{"f32, added", graph.F32, func(m *graph.Model) (Applied, error) { return AddAdapters(m, adapter, AdapterOptions{}) }},
		{"f32, beside", graph.F32, func(m *graph.Model) (Applied, error) { return AddAdapters(m, adapter, AdapterOptions{Beside: true}) }},
		{"f16, none", graph.F16, nil},
		{"f16, added", graph.F16, func(m *graph.Model) (Applied, error) { return AddAdapters(m, adapter, AdapterOptions{}) }},
		{"f16, beside", graph.F16, func(m *graph.Model) (Applied, error) { return AddAdapters(m, adapter, AdapterOptions{Beside: true}) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			e := graph.NewBuilder("layer")
			x := e.Parameter("x", graph.F32, 16, size)
			w := e.Convert(e.Floats("w", c.typ, graph.Shape{size, size}, make([]float32, size*size)), graph.F32)
			e.Result(e.Relu(e.MatMul(x, w, false, true)), "y")
			m, err := e.Model()
			if err != nil {
				b.Fatal(err)
			}
			if c.apply != nil {
				if _, err := c.apply(m); err != nil {
					b.Fatal(err)
				}
			}
			request := compile(b, m)
			fill(b, request)
			least := time.Duration(math.MaxInt64)
			for b.Loop() {
				before := processorTime()
				if err := request.Infer(b.Context()); err != nil {
					b.Fatal(err)
				}
				least = min(least, processorTime()-before)
			}
			b.ReportMetric(float64(least)/1e3, "cpu-us")
		})
	}
}
