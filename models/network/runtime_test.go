package network

import (
	"math"
	"math/rand/v2"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/models/classification"
	"datum/models/detection"
	"datum/openvino"
	"datum/train/parameters"
)

// A runner is a compiled graph, with its inputs and outputs by name.
type runner struct {
	t       testing.TB
	r       *openvino.Request
	in, out map[string]int
}

func compiled(t testing.TB, b *graph.Builder) *runner {
	t.Helper()
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return ran(t, m)
}

func ran(t testing.TB, m *graph.Model) *runner {
	t.Helper()
	r := &runner{t, openvinotest.Ready(t, m.XML(), m.Weights().Bytes(), openvino.CompileOptions{}), map[string]int{}, map[string]int{}}
	for i, n := range m.Parameters() {
		r.in[n.Name()] = i
	}
	for i, n := range m.Results() {
		for _, name := range n.Input(0).Source().Names() {
			r.out[name] = i
		}
	}
	return r
}

func (r *runner) input(name string) *openvino.Tensor {
	r.t.Helper()
	i, ok := r.in[name]
	if !ok {
		r.t.Fatalf("the graph has no input %s", name)
	}
	x, err := r.r.Input(i)
	if err != nil {
		r.t.Fatal(err)
	}
	return x
}

func (r *runner) output(name string) []float32 {
	r.t.Helper()
	i, ok := r.out[name]
	if !ok {
		r.t.Fatalf("the graph has no output %s", name)
	}
	x, err := r.r.Output(i)
	if err != nil {
		r.t.Fatal(err)
	}
	return x.Float32s()
}

func (r *runner) infer() {
	r.t.Helper()
	if err := r.r.Infer(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// trained are values as training may leave them, with statistics of their own.
func trained(n *Network) parameters.Values {
	v := n.Parameters().Initial(3)
	random := rand.New(rand.NewPCG(4, 5))
	for _, p := range n.Parameters().All() {
		if len(p.Shape) > 1 {
			continue
		}
		for i := range v[p.Name] {
			if v[p.Name][i] == 1 { // scales and variances
				v[p.Name][i] = 0.5 + random.Float32()
			} else {
				v[p.Name][i] += float32(random.NormFloat64()) / 8
			}
		}
	}
	return v
}

func closeTo(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%s has %d numbers, and not %d", what, len(got), len(want))
	}
	for i := range got {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= tolerance*(1+math.Abs(float64(want[i])))) {
			t.Fatalf("%s is %v at %d of %d, and not %v", what, got[i], i, len(got), want[i])
		}
	}
}

// The exported model says what the network says whose parameters are inputs.
func TestExportedSaysTheSame(t *testing.T) {
	openvinotest.Core(t)
	for _, c := range every() {
		t.Run(c.Architecture, func(t *testing.T) {
			c.Batch = 1
			n := newNetwork(t, c)
			v := trained(n)
			b := graph.NewBuilder("predict")
			in := n.Images()
			l := &layers{Builder: b, tensors: tensors(b, n, false)}
			said := n.said(b, n.kind.build(l, n.normalised(b, b.ParameterOf(in.Name, in.Element, in.Shape)), n))
			for _, o := range said {
				b.Result(o.Value, o.Name)
			}
			predicting := compiled(t, b)
			for name, values := range v {
				copy(predicting.input(name).Float32s(), values)
			}
			m, err := n.Export(v, nil)
			if err != nil {
				t.Fatal(err)
			}
			exported := ran(t, m)

			random := rand.New(rand.NewPCG(6, 7))
			pixels, floats := predicting.input("images").Bytes(), exported.input("images").Float32s()
			plane := c.Width * c.Height
			for i := range pixels {
				pixels[i] = byte(random.IntN(256))
				ch := i % 3
				floats[ch*plane+i/3] = (float32(pixels[i]) - n.kind.mean[ch]) / n.kind.scale[ch]
			}
			predicting.infer()
			exported.infer()
			for _, o := range said {
				closeTo(t, o.Name, exported.output(o.Name), predicting.output(o.Name), 1e-3)
			}
			recognised(t, n, m)
		})
	}
}

// recognised checks that what reads models knows the exported one.
func recognised(t *testing.T, n *Network, m *graph.Model) {
	t.Helper()
	var ports []detection.Port
	for _, r := range m.Results() {
		source := r.Input(0).Source()
		p := detection.Port{Names: source.Names()}
		for _, d := range source.Shape {
			p.Shape = append(p.Shape, int(d))
		}
		ports = append(ports, p)
	}
	if n.Task == Detection {
		h, err := detection.Recognise(ports)
		if err != nil || h.Name() != "centernet" || h.Traits().Classes != n.Classes {
			t.Errorf("the exported model is taken for %v, %v", h, err)
		}
		return
	}
	if classes, err := classification.Classes(ports[0].Shape); err != nil || classes != n.Classes || len(ports) != 1 {
		t.Errorf("the exported model has %d classes, %v", classes, err)
	}
}
