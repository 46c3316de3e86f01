package ctr

import (
	"math"
	"math/rand/v2"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/openvino"
	"datum/train/parameters"
)

func newNetwork(t testing.TB, c Config) *Network {
	t.Helper()
	n, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// scattered are values that leave nothing at its first one: biases, slopes and
// statistics are random, too.
func scattered(n *Network, seed uint64) parameters.Values {
	v := n.Parameters().Initial(seed)
	random := rand.New(rand.NewPCG(seed, 7))
	for _, p := range n.Parameters().All() {
		if len(p.Shape) > 1 {
			continue
		}
		for i := range v[p.Name] {
			v[p.Name][i] += float32(random.NormFloat64()) / 10
		}
	}
	return v
}

// rows are inputs of a batch by their names, as floats.
type rows map[string][]float32

// generated are rows with histories of all lengths, the first as long as the time. What
// is behind their ends is rubbish that must not matter, or zeros.
func generated(n *Network, batch, time int, seed uint64, rubbish bool) rows {
	random := rand.New(rand.NewPCG(seed, 1))
	r := rows{}
	for _, in := range n.Inputs(int64(batch), int64(time)) {
		count, _ := in.Shape.Elements()
		r[in.Name] = make([]float32, count)
		for i := range r[in.Name] {
			r[in.Name][i] = float32(random.NormFloat64()) / 2
		}
	}
	width := int(n.width())
	for i := range batch {
		length := 1 + random.IntN(time)
		if i == 0 {
			length = time
		}
		r["lengths"][i], r["clicked"][i] = float32(length), float32(random.IntN(2))
		for at := range time {
			r["mask"][i*time+at] = 0
			if at < length {
				r["mask"][i*time+at] = 1
			} else if !rubbish {
				clear(r["history"][(i*time+at)*width:][:width])
			}
		}
	}
	return r
}

// A runner is a compiled model.
type runner struct {
	t testing.TB
	r *openvino.Request
	m *graph.Model
}

func compiled(t testing.TB, m *graph.Model, o openvino.CompileOptions) *runner {
	t.Helper()
	return &runner{t, openvinotest.Ready(t, m.XML(), m.Weights().Bytes(), o), m}
}

// run returns copies of the outputs by their names.
func (r *runner) run(n *Network, batch, time int, x rows) map[string][]float32 {
	r.t.Helper()
	for i, in := range n.served(int64(batch), int64(time)) {
		shape := make([]int, len(in.Shape))
		for k, d := range in.Shape {
			shape[k] = int(d)
		}
		input, err := r.r.Input(i)
		if err == nil {
			err = input.SetShape(shape...)
		}
		if err != nil {
			r.t.Fatal(err)
		}
		fill(input, x[in.Name])
	}
	if err := r.r.Infer(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	out := map[string][]float32{}
	for i, node := range r.m.Results() {
		o, err := r.r.Output(i)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, name := range node.Input(0).Source().Names() {
			out[name] = append([]float32(nil), o.Float32s()...)
		}
	}
	return out
}

func fill(to *openvino.Tensor, values []float32) {
	if to.Element() == openvino.I32 {
		for i, v := range values {
			to.Int32s()[i] = int32(v)
		}
		return
	}
	copy(to.Float32s(), values)
}

func model(t testing.TB, n *Network, f Form, v parameters.Values) *graph.Model {
	t.Helper()
	m, err := n.Model(f, v)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// apart is the greatest difference of two lists.
func apart(t testing.TB, got, want []float32) (worst float64) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d numbers instead of %d", len(got), len(want))
	}
	for i := range got {
		d := math.Abs(float64(got[i]) - float64(want[i]))
		if !(d <= worst) {
			worst = d // also what is not a number
		}
	}
	return worst
}
