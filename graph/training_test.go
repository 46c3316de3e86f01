package graph_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/openvino"
)

// trainingStep is a network of two layers with its gradients and Adam, over one
// flat vector of parameters: what later packages build for networks of any
// kind. The state goes in and comes out.
func trainingStep(t *testing.T, batch, in, hidden, classes int64) *graph.Model {
	t.Helper()
	b := graph.NewBuilder("step")
	x, target := b.Parameter("x", graph.F32, batch, in), b.Parameter("target", graph.I32, batch)
	sizes := []int64{in * hidden, hidden, hidden * classes, classes}
	total := sizes[0] + sizes[1] + sizes[2] + sizes[3]
	p, m, v, power := b.Parameter("p", graph.F32, total), b.Parameter("m", graph.F32, total), b.Parameter("v", graph.F32, total), b.Parameter("power", graph.F32, 2)
	parts := b.SplitAt(p, 0, sizes...)
	w1, w2 := b.Reshape(parts[0], in, hidden), b.Reshape(parts[2], hidden, classes)

	sum := b.Add(b.MatMul(x, w1, false, false), parts[1])
	h := b.Relu(sum)
	logits := b.Add(b.MatMul(h, w2, false, false), parts[3])
	wanted := b.OneHot(target, classes, b.Scalar(graph.F32, 1), b.Scalar(graph.F32, 0), -1)
	loss := b.Neg(b.Mean(b.Sum(b.Mul(b.LogSoftmax(logits, 1), wanted), false, 1), false, 0))

	back := b.Div(b.Sub(b.Softmax(logits, 1), wanted), b.Scalar(graph.F32, float64(batch)))
	hidden1 := b.Select(b.Greater(sum, b.Like(sum, 0)), b.MatMul(back, w2, false, true), b.Like(sum, 0))
	gradient := b.Concat(0, b.Reshape(b.MatMul(x, hidden1, true, false), -1), b.Sum(hidden1, false, 0), b.Reshape(b.MatMul(h, back, true, false), -1), b.Sum(back, false, 0))

	number := func(v float64) *graph.Output { return b.Scalar(graph.F32, v) }
	m2 := b.Add(b.Mul(m, number(0.9)), b.Mul(gradient, number(0.1)))
	v2 := b.Add(b.Mul(v, number(0.999)), b.Mul(b.Mul(gradient, gradient), number(0.001)))
	power2 := b.Mul(power, b.Float32s("", graph.Shape{2}, 0.9, 0.999))
	rest := b.Split(b.Sub(number(1), power2), 0, 2)
	step := b.Div(b.Div(m2, rest[0]), b.Add(b.Sqrt(b.Div(v2, rest[1])), number(1e-8)))
	b.Result(loss, "loss")
	b.Result(b.Sub(p, b.Mul(step, number(0.02))), "p.next")
	b.Result(m2, "m.next")
	b.Result(v2, "v.next")
	b.Result(power2, "power.next")
	b.Result(gradient, "gradient")
	model, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// TestTrainingStep trains the network on points in a spiral, and compares the
// gradient with differences of the loss.
func TestTrainingStep(t *testing.T) {
	const batch, in, hidden, classes = 64, 2, 32, 2
	m := trainingStep(t, batch, in, hidden, classes)
	s := &stepper{t, openvinotest.Ready(t, m.XML(), m.Weights().Bytes(), openvino.CompileOptions{})}
	random := rand.New(rand.NewPCG(1, 2))
	x, target := s.input(0).Float32s(), s.input(1).Int32s()
	for i := range batch {
		angle, arm := 3*random.Float64(), i%classes
		x[2*i], x[2*i+1] = float32(angle*math.Cos(angle+math.Pi*float64(arm))), float32(angle*math.Sin(angle+math.Pi*float64(arm)))
		target[i] = int32(arm)
	}
	p := s.input(2).Float32s()
	for i := range p {
		p[i] = float32(random.NormFloat64() / 2)
	}
	clear(s.input(3).Float32s()) // a tensor of the runtime holds anything at first
	clear(s.input(4).Float32s())
	copy(s.input(5).Float32s(), []float32{1, 1})
	first := s.loss()
	gradient := append([]float32(nil), s.output(5).Float32s()...)
	for _, i := range []int{0, 40, 70, 100, len(p) - 1} {
		const by = 1e-2
		old := p[i]
		p[i] = old + by
		above := s.loss()
		p[i] = old - by
		below := s.loss()
		p[i] = old
		if want := (above - below) / (2 * by); math.Abs(want-float64(gradient[i])) > 2e-3 {
			t.Errorf("the gradient of parameter %d is %g, and the loss rises by %g", i, gradient[i], want)
		}
	}
	for range 150 {
		s.loss()
		for i := range 4 { // what came out goes in
			copy(s.input(2+i).Float32s(), s.output(1+i).Float32s())
		}
	}
	if last := s.loss(); !(last < first/5) {
		t.Errorf("the loss was %g and is %g", first, last)
	}
}

// A stepper runs a training step.
type stepper struct {
	t *testing.T
	r *openvino.Request
}

func (s *stepper) input(i int) *openvino.Tensor {
	s.t.Helper()
	x, err := s.r.Input(i)
	if err != nil {
		s.t.Fatal(err)
	}
	return x
}

func (s *stepper) output(i int) *openvino.Tensor {
	s.t.Helper()
	x, err := s.r.Output(i)
	if err != nil {
		s.t.Fatal(err)
	}
	return x
}

func (s *stepper) loss() float64 {
	s.t.Helper()
	if err := s.r.Infer(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	return float64(s.output(0).Float32s()[0])
}
