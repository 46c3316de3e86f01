package grad_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"datum/graph"
	"datum/graph/grad"
	"datum/internal/openvinotest"
	"datum/openvino"
)

// classifier is a network with its loss and the gradients of its weights, for
// batches of the given size, -1 for any.
func classifier(t *testing.T, batch int64, weights *rand.Rand) *graph.Builder {
	t.Helper()
	b := graph.NewBuilder("classifier")
	x, wanted := b.Parameter("x", graph.F32, batch, 3, 24, 24), b.Parameter("wanted", graph.F32, batch, 5)
	var all []*graph.Output
	weight := func(shape ...int64) *graph.Output {
		n, _ := graph.Shape(shape).Elements()
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(weights.NormFloat64() / 3)
		}
		all = append(all, b.Float32s("weight", shape, v...))
		return all[len(all)-1]
	}
	norm := func(x *graph.Output) *graph.Output {
		mean := b.Mean(x, true, 0, 2, 3)
		variance := b.Sub(b.Mean(b.Mul(x, x), true, 0, 2, 3), b.Mul(mean, mean))
		return b.Mul(b.Div(b.Sub(x, mean), b.Sqrt(b.Add(variance, b.Like(x, 1e-3)))), weight(1, x.Shape[1], 1, 1))
	}
	h := b.Relu(norm(b.Convolution(x, weight(6, 3, 3, 3), graph.Pad(1, 1))))
	h = b.Swish(b.GroupConvolution(h, weight(6, 1, 1, 3, 3), graph.Pad(2, 1)))
	greatest, _ := b.MaxPool(b.Convolution(h, weight(8, 6, 1, 1), graph.Window{}), []int64{3, 3}, graph.Pad(1, 1))
	h = b.Convolution(b.Slice(greatest, graph.Range{Axis: 2, Start: 1, Stop: 12, Step: 2}), weight(8, 8, 3, 3), graph.Pad(2, 1))
	h = b.Concat(1, b.AvgPool(h, []int64{3, 2}, graph.Window{Strides: []int64{3, 2}}, true), b.AvgPool(h, []int64{3, 2}, graph.Window{Strides: []int64{3, 2}}, true))
	h = b.MatMul(b.Reshape(h, -1, 16*3), weight(48, 5), false, false)
	loss := b.Neg(b.Mean(b.Sum(b.Mul(b.LogSoftmax(b.Add(h, weight(5)), 1), wanted), false, 1), false, 0))
	gradients, err := grad.Add(b, loss, all...)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range gradients {
		b.Result(g, "")
	}
	return b
}

// TestAnyBatch compares the gradients of a network for batches of any size
// with those of one whose size is known.
func TestAnyBatch(t *testing.T) {
	openvinotest.Core(t)
	const batch = 3
	var first [][]float32
	for _, size := range []int64{batch, -1} {
		b := classifier(t, size, rand.New(rand.NewPCG(1, 2)))
		c := &checked{t: t, request: compile(t, b)}
		random := rand.New(rand.NewPCG(3, 4))
		for i, shape := range [][]int{{batch, 3, 24, 24}, {batch, 5}} {
			x, err := openvino.NewTensor(openvino.F32, shape...)
			if err != nil {
				t.Fatal(err)
			}
			defer x.Close()
			for k := range x.Float32s() {
				x.Float32s()[k] = random.Float32()
			}
			if err := c.request.SetInput(i, x); err != nil {
				t.Fatal(err)
			}
		}
		c.run()
		for i := range b.Graph().Results() {
			g := c.output(i)
			if size > 0 {
				first = append(first, append([]float32(nil), g...))
				continue
			}
			for k, v := range g {
				if math.Abs(float64(v-first[i][k])) > 1e-5*(1+math.Abs(float64(v))) {
					t.Fatalf("number %d of gradient %d is %g for batches of any size, and %g for %d", k, i, v, first[i][k], batch)
				}
			}
		}
	}
}
