package grad_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"datum/graph"
	"datum/graph/grad"
	"datum/internal/openvinotest"
	"datum/openvino"
)

// A tensor of a sample: what goes in, or the gradient of what comes out.
type tensor struct {
	Name  string
	Shape graph.Shape
	Real  bool
	// Data are float32 or int64, little endian.
	Data []byte

	floats []float32
}

func (i input) tensor(r *rand.Rand) tensor {
	t := tensor{Name: i.name, Shape: append(graph.Shape{}, i.shape...), Real: !i.index}
	for _, v := range i.draw(r, i.size()) {
		if i.index {
			t.Data = binary.LittleEndian.AppendUint64(t.Data, uint64(int64(v)))
		} else {
			t.floats = append(t.floats, float32(v))
			t.Data = binary.LittleEndian.AppendUint32(t.Data, math.Float32bits(float32(v)))
		}
	}
	return t
}

// A problem is a sample with the numbers that go in.
type problem struct {
	sample
	model    *graph.Model
	in       []tensor
	upstream []tensor
	outputs  int
}

// newProblem builds a sample's graph with the gradients by its inputs. The
// outputs of the model are those of the sample, then the gradients.
func newProblem(s sample) (*problem, error) {
	p, r := &problem{sample: s}, s.random()
	b := graph.NewBuilder(s.name)
	var x, wrt, upstream []output
	for _, i := range s.inputs {
		o := b.ParameterOf(i.name, i.element(), i.shape)
		if x = append(x, o); !i.index {
			wrt = append(wrt, o)
		}
		p.in = append(p.in, i.tensor(r))
	}
	y := s.graph(b, x)
	if err := b.Err(); err != nil {
		return nil, err
	}
	for k, o := range y {
		if !o.Shape.Static() || o.Element != graph.F32 {
			return nil, fmt.Errorf("the output is %s", o)
		}
		g := number(fmt.Sprint("upstream", k), o.Shape...)
		upstream = append(upstream, b.ParameterOf(g.name, graph.F32, o.Shape))
		p.upstream = append(p.upstream, g.tensor(r))
	}
	gradients, err := grad.AddFrom(b, y, upstream, wrt)
	if err != nil {
		return nil, err
	}
	for k, o := range append(y[:len(y):len(y)], gradients...) {
		if k >= len(y) && !o.Shape.Equal(wrt[k-len(y)].Shape) {
			return nil, fmt.Errorf("the gradient of [%s] is %s", wrt[k-len(y)].Shape, o)
		}
		b.Result(o, fmt.Sprint("out", k))
	}
	p.outputs = len(y)
	p.model, err = b.Model()
	return p, err
}

// A runner runs a problem on OpenVINO.
type runner struct {
	*problem
	t       *testing.T
	request *openvino.Request
}

// loadPlugin makes OpenVINO know the operations that its plugin brings, which the samples
// use: it is loaded with the first use.
func loadPlugin(t *testing.T) {
	t.Helper()
	core := openvinotest.Core(t)
	pluginLoaded.Do(func() {
		if _, err := core.Property("CPU", "FULL_DEVICE_NAME"); err != nil {
			t.Fatal(err)
		}
	})
}

var pluginLoaded sync.Once

func newRunner(t *testing.T, p *problem) *runner {
	t.Helper()
	loadPlugin(t)
	r := &runner{p, t, openvinotest.Ready(t, p.model.XML(), p.model.Weights().Bytes(), openvino.CompileOptions{Threads: 1, Streams: 1})}
	for i, x := range append(p.in[:len(p.in):len(p.in)], p.upstream...) {
		in, err := r.request.Input(i)
		if err != nil {
			t.Fatal(err)
		}
		copy(in.Bytes(), x.Data)
	}
	return r
}

// run computes the outputs and the gradients.
func (r *runner) run() [][]float32 {
	r.t.Helper()
	if err := r.request.Infer(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	var all [][]float32
	for i := range r.model.Results() {
		y, err := r.request.Output(i)
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, append([]float32(nil), y.Float32s()...))
	}
	return all
}

// moved computes the sum of all outputs times their upstream gradients where
// the inputs are moved by a multiple of a direction. It returns the product of
// the gradient with how far the inputs were moved in float32, too.
func (r *runner) moved(gradients [][]float32, direction [][]float64, by float64) (sum, expected float64) {
	r.t.Helper()
	k := 0
	for i, x := range r.in {
		if !x.Real {
			continue
		}
		in, err := r.request.Input(i)
		if err != nil {
			r.t.Fatal(err)
		}
		for j, v := range x.floats {
			to := float32(float64(v) + by*direction[k][j])
			in.Float32s()[j] = to
			expected += (float64(to) - float64(v)) * float64(gradients[k][j])
		}
		k++
	}
	for i, y := range r.run()[:r.outputs] {
		for j, v := range y {
			sum += float64(v) * float64(r.upstream[i].floats[j])
		}
	}
	return sum, expected
}

// slope compares the gradient with how much the outputs change when the inputs
// are moved in some direction, and returns the difference as a part of the
// length of the gradient.
func (r *runner) slope(gradients [][]float32) float64 {
	r.t.Helper()
	random := r.random()
	var direction [][]float64
	length := 0.0
	for _, g := range gradients {
		d := make([]float64, len(g))
		for j, v := range g {
			d[j] = random.NormFloat64()
			length += float64(v) * float64(v)
		}
		direction = append(direction, d)
	}
	if length == 0 {
		length = 1
	}
	const by = 1.0 / 256
	// The difference over a step and over twice the step: what they have in
	// common with the third derivative is taken out.
	quotient := func(by float64) float64 {
		above, rise := r.moved(gradients, direction, by)
		below, fall := r.moved(gradients, direction, -by)
		return (above - below - rise + fall) / (2 * by)
	}
	return math.Abs(4*quotient(by/2)-quotient(by)) / 3 / math.Sqrt(length)
}

// furthest is the greatest difference of two tensors, as a part of the greatest
// number in the second.
func furthest(a, b []float32) float64 {
	top, far := 0.0, 0.0
	if len(a) != len(b) {
		return math.Inf(1)
	}
	for i := range b {
		top = max(top, math.Abs(float64(b[i])))
		far = max(far, math.Abs(float64(a[i])-float64(b[i])))
	}
	if top == 0 {
		top = 1
	}
	return far / top
}
