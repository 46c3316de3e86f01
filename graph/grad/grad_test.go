package grad_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"datum/graph"
	"datum/graph/grad"
	"datum/internal/openvinotest"
	"datum/openvino"
)

// A difference is a small graph whose gradients are compared with differences
// of its outputs.
type difference struct {
	shapes []graph.Shape // of its inputs
	low    float64       // its inputs lie between low and low+span; [-1, 1] where span is 0
	span   float64
	apart  bool // no two elements are near to each other, nor any to zero
	build  func(b *graph.Builder, x []*graph.Output) []*graph.Output
}

func (d *difference) fill(random *rand.Rand, v []float32) {
	low, span := d.low, d.span
	if span == 0 {
		low, span = -1, 2
	}
	for i, k := range random.Perm(len(v)) {
		v[i] = float32(low + span*random.Float64())
		if d.apart {
			v[i] = float32(low + span*(float64(k)+0.5)/float64(len(v)))
		}
	}
}

// A checked is the compiled graph of a difference.
type checked struct {
	t       *testing.T
	request *openvino.Request
	inputs  int
	weights [][]float32 // upstream gradients of the outputs
}

func check(t *testing.T, d *difference) {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 11))
	b := graph.NewBuilder("difference")
	var x, upstream []*graph.Output
	for _, s := range d.shapes {
		x = append(x, b.ParameterOf("", graph.F32, s))
	}
	c := &checked{t: t, inputs: len(x)}
	y := d.build(b, x)
	if b.Err() != nil {
		t.Fatal(b.Err())
	}
	for _, o := range y {
		n, _ := o.Shape.Elements()
		w := make([]float32, n)
		for i := range w {
			w[i] = float32(random.Float64()*2 - 1)
		}
		c.weights = append(c.weights, w)
		upstream = append(upstream, b.Float32s("w", o.Shape, w...))
	}
	gradients, err := grad.AddFrom(b, y, upstream, x)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range y {
		b.Result(o, "")
	}
	for i, o := range gradients {
		if !o.Shape.Equal(d.shapes[i]) {
			t.Errorf("gradient %d has the shape [%s], and not [%s]", i, o.Shape, d.shapes[i])
		}
		b.Result(o, "")
	}
	c.request = compile(t, b)
	for i := range x {
		d.fill(random, c.input(i))
	}
	c.run()
	for i := range x {
		c.compare(i, random)
	}
}

func compile(t *testing.T, b *graph.Builder) *openvino.Request {
	t.Helper()
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return openvinotest.Ready(t, m.XML(), m.Weights().Bytes(), openvino.CompileOptions{Threads: 1})
}

func (c *checked) input(i int) []float32 {
	c.t.Helper()
	x, err := c.request.Input(i)
	if err != nil {
		c.t.Fatal(err)
	}
	return x.Float32s()
}

func (c *checked) output(i int) []float32 {
	c.t.Helper()
	x, err := c.request.Output(i)
	if err != nil {
		c.t.Fatal(err)
	}
	return x.Float32s()
}

// run runs the graph and returns the sum of its outputs' elements times their
// weights.
func (c *checked) run() float64 {
	c.t.Helper()
	if err := c.request.Infer(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	sum := 0.0
	for i, w := range c.weights {
		for k, v := range c.output(i) {
			sum += float64(v) * float64(w[k])
		}
	}
	return sum
}

// compare moves an input in a few directions.
func (c *checked) compare(i int, random *rand.Rand) {
	c.t.Helper()
	x := c.input(i)
	was := append([]float32(nil), x...)
	c.run()
	g := append([]float32(nil), c.output(len(c.weights)+i)...)
	length := 0.0
	for _, v := range g {
		length += float64(v) * float64(v)
	}
	for round := range 4 {
		direction := make([]float64, len(x))
		for k := range direction {
			if direction[k] = random.NormFloat64(); round > 1 { // one element alone
				direction[k] = 0
			}
		}
		if round > 1 {
			direction[random.IntN(len(x))] = 1
		}
		at := func(h float64) float64 {
			for k := range x {
				x[k] = was[k] + float32(h*direction[k])
			}
			return c.run()
		}
		const h = 4e-3
		rise := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
		copy(x, was)
		want, scale := 0.0, 0.0
		for k := range g {
			want += float64(g[k]) * direction[k]
			scale += direction[k] * direction[k]
		}
		if tolerance := 1e-3 + 3e-3*math.Sqrt(length); !(math.Abs(rise-want) <= tolerance) {
			c.t.Errorf("input %d, round %d: the gradient says %g, and it rises by %g", i, round, want, rise)
		}
	}
}

// TestDifferences compares every gradient with differences.
func TestDifferences(t *testing.T) {
	for name, d := range differences() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, &d)
		})
	}
}

func TestRefused(t *testing.T) {
	b := graph.NewBuilder("refused")
	x := b.Parameter("x", graph.F32, 3)
	y := b.AddForeign("Strange", "extension", nil, []graph.OutputType{{Element: graph.F32, Shape: graph.Shape{}}}, x)
	y.SetName("odd")
	_, err := grad.Add(b, y.Output(0), x)
	var e *grad.Error
	if !errors.Is(err, grad.ErrNoGradient) || !errors.As(err, &e) || e.Node != "odd" || e.Type != "Strange" {
		t.Errorf("the error is %v", err)
	}
	if _, err := grad.Add(b, x, x); err == nil {
		t.Error("the gradient of a tensor of three elements was taken")
	}
	if _, err := grad.Add(b, y.Output(0), b.Parameter("i", graph.I64, 3)); !errors.Is(err, grad.ErrNoGradient) {
		t.Errorf("the gradient by an integer: %v", err)
	}
	// What nobody wants the gradient of may be anything.
	w := b.Parameter("w", graph.F32)
	if _, err := grad.Add(b, b.Mul(y.Output(0), w), w); err != nil {
		t.Error(err)
	}
}

// TestUnrelated gets zeros for what the loss does not depend on.
func TestUnrelated(t *testing.T) {
	b := graph.NewBuilder("unrelated")
	x, other := b.Parameter("x", graph.F32, 2), b.Parameter("other", graph.F32, 2, 3)
	used := b.Sum(b.Mul(x, x), true, 0)
	g, err := grad.Add(b, used, x, other, used)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range g {
		b.Result(o, "")
	}
	b.Result(b.Mul(other, b.Like(other, 1)), "")
	c := &checked{t: t, request: compile(t, b)}
	copy(c.input(0), []float32{3, -2})
	c.run()
	for i, want := range [][]float32{{6, -4}, {0, 0, 0, 0, 0, 0}, {1}} {
		got := c.output(i)
		for k := range want {
			if len(got) != len(want) || got[k] != want[k] {
				t.Fatalf("gradient %d is %v", i, got)
			}
		}
	}
}
