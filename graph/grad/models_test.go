package grad_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"datum/graph"
	"datum/graph/grad"
	"datum/internal/openvinotest"
)

// reshape saves a model of the peers for smaller pictures.
const reshape = `
import openvino as ov, sys
m = ov.Core().read_model(sys.argv[1])
m.reshape({m.inputs[0]: [int(d) for d in sys.argv[3].split(",")]})
ov.save_model(m, sys.argv[2], compress_to_fp16=False)
`

// TestPublished moves all weights of networks that others trained in one random
// direction, and compares how much the outputs change with the gradient by how
// far the weights were moved.
func TestPublished(t *testing.T) {
	loadPlugin(t)
	for name, size := range map[string]string{"yunet": "1,3,64,96", "picodet_layout": "1,3,160,128", "yolo11n": "1,3,96,64"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			openvinotest.Python(t, reshape, openvinotest.Model(t, name+".onnx"), filepath.Join(dir, "model.xml"), size)
			p := movable(t, saved(t, filepath.Join(dir, "model")))
			r := newRunner(t, p.problem)
			gradient := float64(r.run()[p.outputs][0])
			const by = 1.0 / 4096
			difference := (p.loss(r, by) - p.loss(r, -by)) / (2 * by)
			t.Logf("%d weights moved: the gradient is %.6g, differences %.6g", p.weights, gradient, difference)
			if !(math.Abs(gradient-difference) <= 1e-2*math.Abs(gradient)) {
				t.Errorf("the gradient is %g and differences are %g", gradient, difference)
			}
		})
	}
}

// A moving is a model whose weights are moved by an input times a direction.
// The last of its outputs is the gradient by that input.
type moving struct {
	*problem
	weights int
}

// loss is the sum of all outputs times their upstream gradients.
func (m *moving) loss(r *runner, by float64) float64 {
	r.t.Helper()
	in, err := r.request.Input(1)
	if err != nil {
		r.t.Fatal(err)
	}
	in.Float32s()[0] = float32(by)
	sum := 0.0
	for i, y := range r.run()[:m.outputs] {
		for k, v := range y {
			sum += float64(v) * float64(m.upstream[i].floats[k])
		}
	}
	return sum
}

func movable(t *testing.T, m *graph.Model) moving {
	t.Helper()
	s := sample{name: "published"}
	r, b := s.random(), m.Edit()
	by := b.Parameter("by", graph.F32)
	p := moving{problem: &problem{sample: s, model: m}}
	for _, n := range m.Nodes() {
		if n.Is("ReLU") { // which bends everywhere in a large network
			n.Type, n.Version = "SoftPlus", "opset4"
		}
		o := n.Source(1)
		if !n.Is("Convolution", "GroupConvolution", "MatMul", "Add", "ConvolutionBackpropData") || o == nil || !o.IsConst() || o.Element != graph.F32 || len(bytesOf(t, o)) == 4 {
			continue
		}
		p.weights += len(bytesOf(t, o)) / 4
		if err := n.Input(1).Connect(b.Add(o, b.Mul(b.Float32s("", o.Shape, like(r, floats(bytesOf(t, o)))...), by))); err != nil {
			t.Fatal(err)
		}
	}
	var y, upstream []output
	for i, result := range m.Results() {
		o := result.Source(0)
		u := number(fmt.Sprint("upstream", i), o.Shape...)
		y, upstream = append(y, o), append(upstream, b.ParameterOf(u.name, graph.F32, o.Shape))
		p.upstream = append(p.upstream, u.tensor(r))
	}
	if err := b.Err(); err != nil {
		t.Fatal(err)
	}
	g, err := grad.AddFrom(b, y, upstream, []output{by})
	if err != nil {
		t.Fatal(err)
	}
	b.Result(g[0], "gradient")
	p.outputs = len(y)
	in := number("picture", m.Parameters()[0].Output(0).Shape...)
	p.in = []tensor{in.tensor(r), {Name: "by", Shape: graph.Shape{}, Real: true, Data: make([]byte, 4), floats: []float32{0}}}
	return p
}

// like are random numbers as large as v.
func like(r *rand.Rand, v []float32) []float32 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	size := math.Sqrt(sum / float64(len(v)))
	list := make([]float32, len(v))
	for i := range list {
		list[i] = float32(size * r.NormFloat64())
	}
	return list
}
