package vision

import (
	"bytes"
	"context"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/graph"
	"datum/internal/openvinotest"
	heads "datum/models/detection"
	"datum/models/metadata"
	"datum/models/predict"
	"datum/openvino"
	"datum/train/parameters"
	"datum/train/step"
)

// colourful is a classifier as others make them: for one picture, with the batch in its
// reshaping, normalisations folded into filters, half-precision weights of one layer.
func colourful(t testing.TB, classes int64, element graph.ElementType) *graph.Model {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	b := graph.NewBuilder("others'")
	numbers := func(name string, e graph.ElementType, deviation float64, shape ...int64) *graph.Output {
		n, _ := graph.Shape(shape).Elements()
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(deviation * random.NormFloat64())
		}
		return b.Floats(name, e, shape, v)
	}
	x := b.Parameter("x", element, 1, 3, 16, 16)
	if element != graph.F32 {
		x = b.Convert(x, graph.F32)
	}
	x = b.Convolution(x, b.Convert(numbers("filters", graph.F16, 0.3, 8, 3, 3, 3), graph.F32), graph.Pad(2, 1))
	x = b.Relu(b.Add(x, numbers("shift", graph.F32, 0.1, 1, 8, 1, 1)))
	x = b.Mean(x, true, 2, 3)
	x = b.Reshape(x, 1, 8)
	x = b.Add(b.MatMul(x, numbers("last", graph.F32, 0.3, classes, 8), false, true), numbers("last shift", graph.F32, 0.1, 1, classes))
	b.Result(b.Softmax(x, 1), "sure")
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var three = heads.Input{Resize: heads.Stretch, Mean: [3]float32{100, 110, 120}, Scale: [3]float32{50, 55, 60}}

func categoriesOf(names ...string) *dataset.Categories {
	c := &dataset.LabelCategories{}
	for _, n := range names {
		c.Labels = append(c.Labels, dataset.LabelCategory{Name: n})
	}
	return &dataset.Categories{Labels: c}
}

func foreignTask(t testing.TB, m *graph.Model, in heads.Input, last bool, labels ...string) *ForeignTask {
	t.Helper()
	task, err := NewForeign(Foreign{Model: m, Input: in, Width: 16, Height: 16, Labels: labels, Last: last}, categoriesOf(labels...))
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// program builds the step of a task.
func program(t testing.TB, task *ForeignTask, batch int) (*step.Program, []*openvino.Tensor) {
	t.Helper()
	n, err := task.Network(batch)
	if err != nil {
		t.Fatal(err)
	}
	p, err := step.Build(openvinotest.Core(t), n, step.Options{Optimizer: step.Adam{}}, n.Parameters.Initial(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	inputs, err := p.NewInputs()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, in := range inputs {
			in.Close()
		}
	})
	return p, inputs
}

// generated fills a batch: noise with more of the colour of its class.
func generated(inputs []*openvino.Tensor, random *rand.Rand, classes int) (answers []int) {
	pixels, rows, weights := inputs[0].Uint8s(), inputs[1].Float32s(), inputs[2].Float32s()
	clear(rows)
	each := len(pixels) / len(weights)
	for i := range weights {
		class := random.IntN(classes)
		answers = append(answers, class)
		rows[i*classes+class], weights[i] = 1, 1
		for k := range each {
			v := 60 + random.IntN(100)
			if k%3 == class {
				v += 60
			}
			pixels[i*each+k] = byte(v)
		}
	}
	return answers
}

func train(t testing.TB, p *step.Program, inputs []*openvino.Tensor, random *rand.Rand, steps, classes int) (first, last float32) {
	t.Helper()
	for i := range steps {
		generated(inputs, random, classes)
		r, err := p.Run(context.Background(), 0.02, inputs...)
		if err != nil || !r.Sound {
			t.Fatalf("%+v, %v", r, err)
		}
		if i == 0 {
			first = r.Loss
		}
		last = r.Loss
	}
	return first, last
}

// predictor is what datum eval runs.
func predictor(t testing.TB, m *graph.Model) (*predict.Predictor, *openvino.Model) {
	t.Helper()
	xml := m.XML()
	model, err := openvinotest.Core(t).Read(xml, m.Weights().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Close)
	p, err := predict.New(openvinotest.Core(t), model, metadata.Parse(xml), predict.Options{Requests: 1, Compile: openvino.CompileOptions{Precision: "f32"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, model
}

// lossOf is the mean cross entropy that an exported model has on a batch.
func lossOf(t testing.TB, m *graph.Model, inputs []*openvino.Tensor, answers []int, classes int) float64 {
	t.Helper()
	_, model := predictor(t, m) // with the preparation of pictures inside
	c, err := openvinotest.Core(t).Compile(model, openvino.CompileOptions{Precision: "f32"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := openvinotest.Request(t, c)
	x, err := r.Input(0)
	if err != nil {
		t.Fatal(err)
	}
	each, sum := len(x.Uint8s()), 0.0
	for i, class := range answers {
		copy(x.Uint8s(), inputs[0].Uint8s()[i*each:])
		if err := r.Infer(context.Background()); err != nil {
			t.Fatal(err)
		}
		y, err := r.Output(0)
		if err != nil {
			t.Fatal(err)
		}
		sum -= math.Log(float64(y.Float32s()[class]))
	}
	return sum / float64(len(answers))
}

func TestForeignLearns(t *testing.T) {
	bgr := three
	bgr.BGR = true
	for name, c := range map[string]struct {
		in      heads.Input
		element graph.ElementType
		before  int64
		last    bool
		ends    float32
	}{
		"new layer":        {three, graph.F32, 10, false, 0.3},
		"same layer":       {bgr, graph.F32, 3, false, 0.3},
		"last layer alone": {three, graph.F32, 10, true, 0.95},
		"bytes":            {heads.Input{Resize: heads.Stretch, Scale: [3]float32{1, 1, 1}}, graph.U8, 10, false, 0.8},
	} {
		t.Run(name, func(t *testing.T) {
			task := foreignTask(t, colourful(t, c.before, c.element), c.in, c.last, "red", "green", "deep blue")
			if task.Replaced != (c.before != 3) {
				t.Errorf("replaced: %v", task.Replaced)
			}
			const batch = 8
			p, inputs := program(t, task, batch)
			random := rand.New(rand.NewPCG(3, 4))
			first, last := train(t, p, inputs, random, 150, 3)
			t.Logf("from %v to %v", first, last)
			if !(last < c.ends && last < first) {
				t.Errorf("the loss went from %v to %v", first, last)
			}
			m, err := task.Export(p.Averaged())
			if err != nil {
				t.Fatal(err)
			}
			answers := generated(inputs, random, 3)
			r, err := p.Run(context.Background(), 0, inputs...)
			if err != nil {
				t.Fatal(err)
			}
			if got := lossOf(t, m, inputs, answers, 3); math.Abs(got-float64(r.Loss)) > 2e-3 {
				t.Errorf("the exported model has the loss %v, and the training %v", got, r.Loss)
			}
			ready, _ := predictor(t, m)
			if ready.Input != c.in || ready.Classes != 3 || ready.Labels[2] != "deep_blue" || ready.Task != predict.Classification {
				t.Errorf("it predicts with %+v, %d classes %v", ready.Input, ready.Classes, ready.Labels)
			}
			if names := m.Results()[0].Source(0).Names(); !slices.Equal(names, []string{"sure"}) {
				t.Errorf("the output is called %q", names)
			}
		})
	}
}

// What is not trained stays what it is, and a state read back goes on with the same bits.
func TestForeignResumes(t *testing.T) {
	run := func(interrupted bool) parameters.Values {
		task := foreignTask(t, colourful(t, 10, graph.F32), three, false, "red", "green", "blue")
		p, inputs := program(t, task, 4)
		random := rand.New(rand.NewPCG(5, 6))
		train(t, p, inputs, random, 5, 3)
		if interrupted {
			var state bytes.Buffer
			if err := p.WriteState(&state); err != nil {
				t.Fatal(err)
			}
			p, inputs = program(t, foreignTask(t, colourful(t, 10, graph.F32), three, false, "red", "green", "blue"), 4)
			if err := p.ReadState(io.Reader(&state)); err != nil {
				t.Fatal(err)
			}
		}
		train(t, p, inputs, random, 5, 3)
		return p.Values()
	}
	a, b := run(false), run(true)
	for name, v := range a {
		if !slices.Equal(v, b[name]) {
			t.Errorf("%s differs", name)
		}
	}
	if len(a) != 4 {
		t.Errorf("%d weights are trained", len(a))
	}
}

func TestForeignRefuses(t *testing.T) {
	build := func(f func(b *graph.Builder, x *graph.Output)) *graph.Model {
		b := graph.NewBuilder("m")
		f(b, b.Parameter("x", graph.F32, 1, 3, 16, 16))
		m, err := b.Model()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for name, c := range map[string]struct {
		m    *graph.Model
		says string
	}{
		"two outputs": {build(func(b *graph.Builder, x *graph.Output) {
			b.Result(x, "a")
			b.Result(b.Relu(x), "b")
		}), "2 outputs"},
		"no weights": {build(func(b *graph.Builder, x *graph.Output) { b.Result(b.Reshape(x, 1, 768), "a") }), "no layer with weights"},
		"no end":     {build(func(b *graph.Builder, x *graph.Output) { b.Result(b.Unary("Tanh", x), "a") }), "Tanh"},
	} {
		_, err := NewForeign(Foreign{Model: c.m, Input: three, Width: 16, Height: 16, Labels: []string{"a", "b"}}, categoriesOf("a", "b"))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
