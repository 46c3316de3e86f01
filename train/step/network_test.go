package step_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"datum/graph"
	"datum/internal/peertest"
	"datum/openvino"
	"datum/train/parameters"
	"datum/train/step"
)

// A convNet is convolutions with batch normalisation, a mean and a linear layer. Its
// parameters have the names that PyTorch gives them.
type convNet struct {
	channels, strides           []int64
	size, classes, batch, steps int64
}

func (c *convNet) network(t *testing.T) step.Network {
	t.Helper()
	var list []parameters.Parameter
	for i := range c.strides {
		in, out := c.channels[i], c.channels[i+1]
		norm := fmt.Sprint(3*i+1, ".")
		list = append(list,
			parameters.Parameter{Name: fmt.Sprint(3*i, ".weight"), Shape: graph.Shape{out, in, 3, 3}, Init: parameters.He(int(9 * in)), Decay: true},
			parameters.Parameter{Name: norm + "weight", Shape: graph.Shape{out}, Init: parameters.Constant(1)},
			parameters.Parameter{Name: norm + "bias", Shape: graph.Shape{out}},
			parameters.Parameter{Name: norm + "running_mean", Shape: graph.Shape{out}, Statistic: true},
			parameters.Parameter{Name: norm + "running_var", Shape: graph.Shape{out}, Init: parameters.Constant(1), Statistic: true})
	}
	in := c.channels[len(c.strides)]
	list = append(list,
		parameters.Parameter{Name: c.linear() + "weight", Shape: graph.Shape{c.classes, in}, Init: parameters.Xavier(int(in), int(c.classes)), Decay: true},
		parameters.Parameter{Name: c.linear() + "bias", Shape: graph.Shape{c.classes}})
	set, err := parameters.NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	return step.Network{Parameters: set, Forward: c.forward, Inputs: []step.Input{
		{Name: "x", Element: graph.F32, Shape: graph.Shape{c.batch, c.channels[0], c.size, c.size}}, {Name: "class", Element: graph.I32, Shape: graph.Shape{c.batch}}}}
}

func (c *convNet) linear() string { return fmt.Sprint(3*len(c.strides)+2, ".") }

func (c *convNet) forward(b *graph.Builder, p *parameters.Tensors, inputs []*graph.Output) (*graph.Output, []*graph.Output) {
	x := inputs[0]
	for i, stride := range c.strides {
		x = b.Convolution(x, p.Get(fmt.Sprint(3*i, ".weight")), graph.Pad(stride, 1))
		x = b.Relu(batchNorm(b, p, x, fmt.Sprint(3*i+1, ".")))
	}
	logits := b.Add(b.MatMul(b.Mean(x, false, 2, 3), p.Get(c.linear()+"weight"), false, true), p.Get(c.linear()+"bias"))
	wanted := b.OneHot(inputs[1], c.classes, b.Scalar(graph.F32, 1), b.Scalar(graph.F32, 0), -1)
	loss := b.Mul(b.Sum(b.Mul(b.LogSoftmax(logits, 1), wanted), false, 0, 1), b.Scalar(graph.F32, -1/float64(c.batch)))
	return loss, []*graph.Output{logits}
}

// batchNorm normalises by the mean and the variance of the batch, as PyTorch does.
func batchNorm(b *graph.Builder, p *parameters.Tensors, x *graph.Output, name string) *graph.Output {
	channels := x.Shape[1]
	count, _ := x.Shape.Elements()
	n := float64(count / channels)
	number := func(v float64) *graph.Output { return b.Scalar(graph.F32, v) }
	mean := b.Mean(x, false, 0, 2, 3)
	variance := b.Sub(b.Mean(b.Mul(x, x), false, 0, 2, 3), b.Mul(mean, mean))
	const momentum = 0.1
	toward := func(statistic string, v *graph.Output, by float64) {
		old := p.Get(name + statistic)
		p.Update(name+statistic, b.Add(b.Mul(old, number(1-momentum)), b.Mul(v, number(momentum*by))))
	}
	toward("running_mean", mean, 1)
	toward("running_var", variance, n/(n-1))
	scale := b.Div(p.Get(name+"weight"), b.Sqrt(b.Add(variance, number(1e-5))))
	shift := b.Sub(p.Get(name+"bias"), b.Mul(mean, scale))
	return b.Add(b.Mul(x, b.Reshape(scale, 1, channels, 1, 1)), b.Reshape(shift, 1, channels, 1, 1))
}

// A batch are pictures and their classes.
type batch struct {
	pictures []float32
	classes  []int32
}

// batches are pictures with a bright bar, whose place and direction is the class, and
// noise.
func (c *convNet) batches(seed uint64) []batch {
	random := rand.New(rand.NewPCG(seed, 1))
	list := make([]batch, c.steps)
	picture := c.channels[0] * c.size * c.size
	for i := range list {
		b := batch{make([]float32, c.batch*picture), make([]int32, c.batch)}
		for j := range b.classes {
			class := random.Int64N(c.classes)
			b.classes[j] = int32(class)
			for k := range picture {
				at := k / c.size % c.size
				if class%2 == 1 {
					at = k % c.size
				}
				v := random.NormFloat64() / 4
				if at*c.classes/c.size == class {
					v += 2
				}
				b.pictures[int64(j)*picture+k] = float32(v)
			}
		}
		list[i] = b
	}
	return list
}

func (b *batch) fill(inputs []*openvino.Tensor) {
	copy(inputs[0].Float32s(), b.pictures)
	copy(inputs[1].Int32s(), b.classes)
}

// What PyTorch makes of the same beginning and the same batches.
type trained struct {
	Losses  []float64
	Weights map[string][]float32
}

func (c *convNet) torch(t *testing.T, values parameters.Values, list []batch, optimizer string, options map[string]any) trained {
	t.Helper()
	text, err := json.Marshal(map[string]any{"channels": c.channels, "strides": c.strides, "size": c.size, "classes": c.classes, "batch": c.batch, "steps": len(list),
		"optimizer": optimizer, "options": options, "weights": values})
	if err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	for _, b := range list {
		for _, part := range []any{b.pictures, b.classes} {
			if err := binary.Write(&data, binary.LittleEndian, part); err != nil {
				t.Fatal(err)
			}
		}
	}
	paths := []string{filepath.Join(t.TempDir(), "task.json"), filepath.Join(t.TempDir(), "data")}
	for i, content := range [][]byte{text, data.Bytes()} {
		if err := os.WriteFile(paths[i], content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got trained
	if err := json.Unmarshal(peertest.Run(t, peertest.Torch, "trainnet", paths...), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// smallNet is quick to compile and to train.
func smallNet() *convNet {
	return &convNet{channels: []int64{2, 8, 16, 24}, strides: []int64{1, 2, 2}, size: 16, classes: 4, batch: 12, steps: 20}
}

// A network is trained to the same losses, weights and statistics as with PyTorch.
func TestTrainsLikeTorch(t *testing.T) {
	peertest.RequireTorch(t)
	for name, test := range map[string]struct {
		o         step.Options
		rate      float64
		optimizer string
		options   map[string]any
		loss      float64 // how much losses may differ
		weights   float64
	}{
		"sgd":   {step.Options{Optimizer: step.SGD{Momentum: 0.9}}, 0.05, "SGD", map[string]any{"momentum": 0.9, "lr": 0.05}, 1e-4, 1e-4},
		"adam":  {step.Options{Optimizer: step.Adam{}}, 2e-3, "Adam", map[string]any{"lr": 2e-3}, 1e-4, 1e-3},
		"mixed": {step.Options{Optimizer: step.SGD{Momentum: 0.9}, Mixed: true}, 0.05, "SGD", map[string]any{"momentum": 0.9, "lr": 0.05}, 3e-2, 0.3},
	} {
		t.Run(name, func(t *testing.T) {
			c := smallNet()
			n := c.network(t)
			values := n.Parameters.Initial(5)
			list := c.batches(7)
			p := build(t, n, test.o, values)
			inputs := inputsOf(t, p)
			want := c.torch(t, values, list, test.optimizer, test.options)
			worst := 0.0
			for i := range list {
				list[i].fill(inputs)
				r := run(t, p, test.rate, inputs...)
				worst = max(worst, math.Abs(float64(r.Loss)-want.Losses[i]))
			}
			t.Logf("losses differ by %.2g, from %.3f to %.3f", worst, want.Losses[0], want.Losses[len(list)-1])
			if worst > test.loss {
				t.Errorf("losses differ by %.2g", worst)
			}
			worst = 0
			for name, got := range p.Values() {
				if d := difference(got, want.Weights[name]); d > test.weights {
					t.Errorf("%s differs by %.2g", name, d)
				} else {
					worst = max(worst, d)
				}
			}
			t.Logf("weights differ by %.2g", worst)
			if want.Losses[len(list)-1] > 0.7*want.Losses[0] {
				t.Errorf("the network has learnt nothing: %v", want.Losses)
			}
		})
	}
}

// In mixed precision the gradient points where it does in float32. Over many
// steps the small differences grow, as any do in training.
func TestMixedGradient(t *testing.T) {
	c := smallNet()
	n := c.network(t)
	values := n.Parameters.Initial(5)
	batch := c.batches(1)[0]
	change := func(mixed bool) parameters.Values {
		p := build(t, n, step.Options{Optimizer: step.SGD{}, Mixed: mixed}, values)
		inputs := inputsOf(t, p)
		batch.fill(inputs)
		run(t, p, 1, inputs...)
		after := p.Values()
		for name, was := range values {
			for i := range was {
				after[name][i] -= was[i]
			}
		}
		return after
	}
	full, mixed := change(false), change(true)
	for _, param := range n.Parameters.All() {
		if param.Statistic {
			continue
		}
		var both, a, b float64
		for i, v := range full[param.Name] {
			w := float64(mixed[param.Name][i])
			both, a, b = both+float64(v)*w, a+float64(v)*float64(v), b+w*w
		}
		cosine := both / math.Sqrt(a*b)
		t.Logf("%s: cosine %.5f, lengths %.4g and %.4g", param.Name, cosine, math.Sqrt(a), math.Sqrt(b))
		if cosine < 0.98 || math.Abs(math.Sqrt(b/a)-1) > 0.1 {
			t.Errorf("%s: the gradients are %.3f and %.3f long, with a cosine of %.4f", param.Name, math.Sqrt(a), math.Sqrt(b), cosine)
		}
	}
}
