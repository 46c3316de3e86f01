package vision

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/graph"
	"datum/graph/grad"
	"datum/internal/openvinotest"
	"datum/internal/peertest"
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
func program(t testing.TB, task interface {
	Network(int) (step.Network, error)
}, batch int) (*step.Program, []*openvino.Tensor) {
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

// sameAsExported compares the loss in training with that of the exported model, with
// the pictures and weights of now.
func sameAsExported(t *testing.T, task *ForeignTask, p *step.Program, inputs []*openvino.Tensor, random *rand.Rand) *graph.Model {
	t.Helper()
	m, err := task.Export(p.Values())
	if err != nil {
		t.Fatal(err)
	}
	answers := generated(inputs, random, 3)
	r, err := p.Run(context.Background(), 0, inputs...)
	if err != nil {
		t.Fatal(err)
	}
	const measurable = 20 // beyond it a probability is 0
	if got, want := lossOf(t, m, inputs, answers, 3), float64(r.Loss); want < measurable && math.Abs(got-want) > 2e-3*max(1, want) {
		t.Errorf("the exported model has the loss %v, and the training %v", got, want)
	}
	return m
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
			sameAsExported(t, task, p, inputs, random)
			first, last := train(t, p, inputs, random, 150, 3)
			t.Logf("from %v to %v", first, last)
			if !(last < c.ends && last < first) {
				t.Errorf("the loss went from %v to %v", first, last)
			}
			m := sameAsExported(t, task, p, inputs, random)
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

// What has no gradient is named, with its operation.
func TestForeignWithoutGradient(t *testing.T) {
	b := graph.NewBuilder("m")
	x := b.Parameter("x", graph.F32, 1, 3, 16, 16)
	filters := b.Float32s("filters", graph.Shape{3, 3, 1, 1}, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	x = b.Convolution(x, filters, graph.Window{})
	x = b.AddForeign("Unheard", "opset99", nil, []graph.OutputType{{Element: graph.F32, Shape: x.Shape}}, x).Output(0)
	x.Node().SetName("the odd one")
	x = b.Reshape(b.Mean(x, false, 2, 3), 1, 3)
	b.Result(b.MatMul(x, b.Float32s("last", graph.Shape{3, 2}, 1, 2, 3, 4, 5, 6), false, false), "")
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	task := foreignTask(t, m, three, false, "a", "b")
	n, err := task.Network(1)
	if err != nil {
		t.Fatal(err)
	}
	_, err = step.Build(openvinotest.Core(t), n, step.Options{Optimizer: step.Adam{}}, n.Parameters.Initial(1))
	var known *grad.Error
	if !errors.As(err, &known) || !errors.Is(err, grad.ErrNoGradient) || known.Node != "the odd one" || known.Type != "Unheard" {
		t.Errorf("%v", err)
	}
	// The last layer alone can be trained all the same: nothing else needs a gradient.
	task = foreignTask(t, m, three, true, "a", "b")
	if task.Numbers != 6 || task.Fixed != 9 {
		t.Errorf("%d numbers are trained, %d are not", task.Numbers, task.Fixed)
	}
}

// A model that Python's OpenVINO saved learns, too.
func TestForeignOfPython(t *testing.T) {
	openvinotest.Core(t)
	file := filepath.Join(t.TempDir(), "m.xml")
	cmd := exec.CommandContext(t.Context(), peertest.Python(t, openvinotest.Peer), filepath.Join("testdata", "classifier.py"), file)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "OPENVINO_TELEMETRY=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	xml, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	weights, err := os.ReadFile(strings.TrimSuffix(file, ".xml") + ".bin")
	if err != nil {
		t.Fatal(err)
	}
	m, err := graph.Parse(xml, weights)
	if err != nil {
		t.Fatal(err)
	}
	task := foreignTask(t, m, three, false, "red", "green", "blue")
	p, inputs := program(t, task, 8)
	first, last := train(t, p, inputs, rand.New(rand.NewPCG(7, 8)), 100, 3)
	t.Logf("from %v to %v", first, last)
	if !task.Replaced || len(task.set.All()) != 6 || !(last < 0.2) {
		t.Errorf("%d weights, loss from %v to %v", len(task.set.All()), first, last)
	}
	m, err = task.Export(p.Values())
	if err != nil {
		t.Fatal(err)
	}
	ready, _ := predictor(t, m)
	if ready.Classes != 3 || ready.Input != three || m.Results()[0].Source(0).Names()[0] != "logits" {
		t.Errorf("%d classes, %+v", ready.Classes, ready.Input)
	}
}
