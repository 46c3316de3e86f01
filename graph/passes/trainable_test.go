package passes_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"datum/graph"
	"datum/graph/grad"
	"datum/graph/passes"
	"datum/internal/openvinotest"
	"datum/openvino"
)

// converted is a model of the peers as OpenVINO converts it, for a picture of
// the given size.
func converted(t *testing.T, name, shape, half string) *graph.Model {
	t.Helper()
	m, _ := twice(t, name, shape, half)
	return m
}

// twice are two of the same.
func twice(t *testing.T, name, shape, half string) (one, other *graph.Model) {
	t.Helper()
	dir := t.TempDir()
	openvinotest.Python(t, `
import sys, json, openvino as ov
m = ov.Core().read_model(sys.argv[1])
m.reshape(json.loads(sys.argv[3]))
ov.save_model(m, sys.argv[2], compress_to_fp16=sys.argv[4] == "half")
`, openvinotest.Model(t, name), filepath.Join(dir, "model.xml"), shape, half)
	text, err := os.ReadFile(filepath.Join(dir, "model.xml"))
	if err != nil {
		t.Fatal(err)
	}
	weights, err := os.ReadFile(filepath.Join(dir, "model.bin"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []**graph.Model{&one, &other} {
		if *m, err = graph.Parse(text, weights); err != nil {
			t.Fatal(err)
		}
	}
	return one, other
}

// TestTrainable differentiates networks that other people trained and
// exported, and compares the slope with differences.
func TestTrainable(t *testing.T) {
	for _, c := range []struct {
		name, shape, half string
		weights           int
	}{
		{"yunet.onnx", "[1,3,64,96]", "", 50}, {"yolo11n.onnx", "[1,3,64,96]", "", 150}, {"picodet_layout.onnx", "[1,3,96,64]", "half", 150},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := converted(t, c.name, c.shape, c.half)
			weights, err := passes.TrainableWeights(m)
			if err != nil {
				t.Fatal(err)
			}
			before := once(t, m)
			parts, values, err := passes.WeightsToInput(m, "weights", weights)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d weights with %d numbers", len(parts), len(values))
			if len(parts) < c.weights {
				t.Errorf("only %d weights", len(parts))
			}
			slope(t, m, values, before)
		})
	}
}

// TestSetWeights puts other weights into a model, and compares with those that
// are an input.
func TestSetWeights(t *testing.T) {
	m, plain := twice(t, "yunet.onnx", "[1,3,64,64]", "")
	weights, err := passes.TrainableWeights(m)
	if err != nil {
		t.Fatal(err)
	}
	parts, values, err := passes.WeightsToInput(m, "weights", weights)
	if err != nil {
		t.Fatal(err)
	}
	for i := range values {
		values[i] *= 1 + 0.3*float32(i%5)
	}
	r := newRunner(t, m)
	copy(r.vector(), values)
	want := r.run()
	if err := passes.SetWeights(plain, parts, values); err != nil {
		t.Fatal(err)
	}
	for i, y := range once(t, plain) {
		for k, v := range y {
			if math.Abs(float64(v-want[i][k])) > 1e-4*(1+math.Abs(float64(v))) {
				t.Fatalf("number %d of output %d is %g, and %g with weights as an input", k, i, v, want[i][k])
			}
		}
	}
	if size := plain.Weights().Size(); size > 2*int64(4*len(values)) {
		t.Errorf("the model keeps %d bytes of weights", size)
	}
	parts[0].Name = "no such constant"
	if err := passes.SetWeights(plain, parts, values); err == nil {
		t.Error("weights of a constant that is not there were set")
	}
	if err := passes.SetWeights(plain, parts[1:], values[:100]); err == nil {
		t.Error("weights were set beyond the end of the vector")
	}
}

// slope adds a loss and its gradient to a model, and goes a little way along
// that.
func slope(t *testing.T, m *graph.Model, values []float32, before [][]float32) {
	t.Helper()
	b := m.Edit()
	loss := b.Scalar(graph.F32, 0)
	outputs := m.Results()
	for _, r := range outputs {
		y := r.Source(0)
		axes := make([]int64, len(y.Shape))
		for i := range axes {
			axes[i] = int64(i)
		}
		loss = b.Add(loss, b.Mean(b.Tanh(b.Mul(y, b.Like(y, 0.1))), false, axes...))
	}
	vector, err := m.Tensor("weights")
	if err != nil {
		t.Fatal(err)
	}
	g, err := grad.Add(b, loss, vector)
	if err != nil {
		t.Fatal(err)
	}
	b.Result(loss, "loss")
	b.Result(g[0], "gradient")
	if b.Err() != nil {
		t.Fatal(b.Err())
	}
	r := newRunner(t, m)
	at := func(step float64, gradient []float32) float64 {
		in := r.vector()
		for i, v := range values {
			in[i] = v
			if gradient != nil {
				in[i] += float32(step * float64(gradient[i]))
			}
		}
		return float64(r.run()[len(outputs)][0])
	}
	at(0, nil)
	for i, y := range r.outputs()[:len(outputs)] {
		for k, v := range y {
			if math.Abs(float64(v-before[i][k])) > 1e-3*(1+math.Abs(float64(v))) {
				t.Fatalf("number %d of output %d is %g and was %g", k, i, v, before[i][k])
			}
		}
	}
	gradient := append([]float32(nil), r.outputs()[len(outputs)+1]...)
	length := 0.0
	for _, v := range gradient {
		length += float64(v) * float64(v)
	}
	step := 2e-3 / math.Sqrt(length)
	want := math.Sqrt(length)
	rises := (at(step, gradient) - at(-step, gradient)) / (2 * step * math.Sqrt(length))
	if !(length > 0) || math.Abs(rises-want) > 0.03*want {
		t.Errorf("along the gradient, whose length is %g, the loss rises by %g", want, rises)
	}
}

// A runner runs a model with one picture.
type runner struct {
	t       *testing.T
	request *openvino.Request
	results int
}

func newRunner(t *testing.T, m *graph.Model) *runner {
	t.Helper()
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	r := &runner{t, openvinotest.Ready(t, m.XML(), m.Weights().Bytes(), openvino.CompileOptions{Threads: 1}), len(m.Results())}
	picture := r.input(0)
	for i := range picture {
		picture[i] = float32(i*7919%256) / 255
	}
	return r
}

func (r *runner) input(i int) []float32 {
	r.t.Helper()
	x, err := r.request.Input(i)
	if err != nil {
		r.t.Fatal(err)
	}
	return x.Float32s()
}

func (r *runner) vector() []float32 { return r.input(1) }

func (r *runner) run() [][]float32 {
	r.t.Helper()
	if err := r.request.Infer(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return r.outputs()
}

func (r *runner) outputs() [][]float32 {
	r.t.Helper()
	list := make([][]float32, r.results)
	for i := range list {
		y, err := r.request.Output(i)
		if err != nil {
			r.t.Fatal(err)
		}
		list[i] = y.Float32s()
	}
	return list
}

// once are the outputs of a model.
func once(t *testing.T, m *graph.Model) [][]float32 {
	t.Helper()
	r := newRunner(t, m)
	list := r.run()
	for i := range list {
		list[i] = append([]float32(nil), list[i]...)
	}
	return list
}
