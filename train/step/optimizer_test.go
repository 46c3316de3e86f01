package step_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/internal/peertest"
	"datum/openvino"
	"datum/train/parameters"
	"datum/train/step"
)

// given is a network whose gradient is what it is given: its loss is the sum of the
// weights times that.
func given(t *testing.T, list ...parameters.Parameter) step.Network {
	t.Helper()
	set, err := parameters.NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	n := step.Network{Parameters: set}
	for _, p := range list {
		n.Inputs = append(n.Inputs, step.Input{Name: p.Name, Element: graph.F32, Shape: p.Shape})
	}
	n.Forward = func(b *graph.Builder, p *parameters.Tensors, inputs []*graph.Output) (*graph.Output, []*graph.Output) {
		var sums []*graph.Output
		for i, q := range list {
			sums = append(sums, b.Reshape(b.Sum(b.Mul(b.Reshape(p.Get(q.Name), -1), b.Reshape(inputs[i], -1)), true, 0), 1))
		}
		return b.Sum(b.Concat(0, sums...), false, 0), nil
	}
	return n
}

// three are parameters of odd sizes, some of which decay.
func three(t *testing.T) step.Network {
	return given(t,
		parameters.Parameter{Name: "layer.weight", Shape: graph.Shape{7, 41, 3}, Init: parameters.Normal(0.5), Decay: true},
		parameters.Parameter{Name: "layer.bias", Shape: graph.Shape{13}, Init: parameters.Uniform(1)},
		parameters.Parameter{Name: "last.weight", Shape: graph.Shape{5, 2}, Init: parameters.Xavier(5, 2), Decay: true})
}

func build(t *testing.T, n step.Network, o step.Options, values parameters.Values) *step.Program {
	t.Helper()
	core := openvinotest.Core(t)
	if o.Threads == 0 {
		o.Threads = 1
	}
	p, err := step.Build(core, n, o, values)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func inputsOf(t *testing.T, p *step.Program) []*openvino.Tensor {
	t.Helper()
	inputs, err := p.NewInputs()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, in := range inputs {
			in.Close()
		}
	})
	return inputs
}

// run takes a step that has to be sound.
func run(t *testing.T, p *step.Program, rate float64, inputs ...*openvino.Tensor) step.Report {
	t.Helper()
	r, err := p.Run(t.Context(), rate, inputs...)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Sound {
		t.Fatalf("%+v", r)
	}
	return r
}

// A task is what optim.py does.
type task struct {
	Optimizer   string         `json:"optimizer"`
	Options     map[string]any `json:"options"`
	Weights     [][]float32    `json:"weights"`
	Decay       []bool         `json:"decay"`
	WeightDecay float64        `json:"weight_decay"`
	Clip        float64        `json:"clip"`
	Average     float64        `json:"average"`
	Gradients   [][][]float32  `json:"gradients"`
	Rates       []float64      `json:"rates"`
}

func (k *task) ask(t *testing.T) (after [][]float32) {
	t.Helper()
	text, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "task.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(peertest.Run(t, peertest.Torch, "optim", path), &after); err != nil {
		t.Fatal(err)
	}
	return after
}

// The optimisers do what PyTorch's do.
func TestOptimizersLikeTorch(t *testing.T) {
	peertest.RequireTorch(t)
	type options = map[string]any
	for name, test := range map[string]struct {
		o    step.Options
		peer task
	}{
		"plain": {step.Options{Optimizer: step.SGD{}}, task{Optimizer: "SGD"}},
		"momentum": {step.Options{Optimizer: step.SGD{Momentum: 0.9, WeightDecay: 0.01}},
			task{Optimizer: "SGD", Options: options{"momentum": 0.9}, WeightDecay: 0.01}},
		"nesterov": {step.Options{Optimizer: step.SGD{Momentum: 0.8, Nesterov: true}, ClipNorm: 3},
			task{Optimizer: "SGD", Options: options{"momentum": 0.8, "nesterov": true}, Clip: 3}},
		"adam": {step.Options{Optimizer: step.Adam{WeightDecay: 0.1}},
			task{Optimizer: "Adam", WeightDecay: 0.1}},
		"adam with other numbers": {step.Options{Optimizer: step.Adam{Beta1: 0.5, Beta2: 0.99, Epsilon: 1e-3}, ClipNorm: 1000},
			task{Optimizer: "Adam", Options: options{"betas": []float64{0.5, 0.99}, "eps": 1e-3}, Clip: 1000}},
		"adamw": {step.Options{Optimizer: step.Adam{WeightDecay: 0.2, Decoupled: true}, ClipNorm: 2},
			task{Optimizer: "AdamW", WeightDecay: 0.2, Clip: 2}},
		"average": {step.Options{Optimizer: step.Adam{}, Average: 0.5}, task{Optimizer: "Adam", Average: 0.5}},
	} {
		t.Run(name, func(t *testing.T) {
			const steps = 20
			n := three(t)
			values := n.Parameters.Initial(1)
			p := build(t, n, test.o, values)
			random := rand.New(rand.NewPCG(3, 4))
			peer := test.peer
			if peer.Options == nil {
				peer.Options = options{}
			}
			peer.Options["lr"] = 1.0
			for _, q := range n.Parameters.All() {
				peer.Weights = append(peer.Weights, values[q.Name])
				peer.Decay = append(peer.Decay, q.Decay)
			}
			for range steps {
				var gradients [][]float32
				for _, q := range n.Parameters.All() {
					g := make([]float32, q.Size())
					for i := range g {
						g[i] = float32(random.NormFloat64() * math.Exp(random.NormFloat64()))
					}
					gradients = append(gradients, g)
				}
				peer.Gradients = append(peer.Gradients, gradients)
				peer.Rates = append(peer.Rates, 0.01+0.02*random.Float64())
			}
			inputs := inputsOf(t, p)
			for i, want := range peer.ask(t) {
				for j, g := range peer.Gradients[i] {
					copy(inputs[j].Float32s(), g)
				}
				r := run(t, p, peer.Rates[i], inputs...)
				compareLength(t, r.Norm, peer.Gradients[i])
				values := p.Averaged()
				var got []float32
				for _, q := range n.Parameters.All() {
					got = append(got, values[q.Name]...)
				}
				if worst := difference(got, want); worst > 1e-6 {
					t.Fatalf("after step %d the weights differ by %.2g", i+1, worst)
				}
			}
			if p.Steps() != steps {
				t.Errorf("%d steps", p.Steps())
			}
		})
	}
}

func compareLength(t *testing.T, norm float32, gradient [][]float32) {
	t.Helper()
	sum := 0.0
	for _, part := range gradient {
		for _, g := range part {
			sum += float64(g) * float64(g)
		}
	}
	if want := math.Sqrt(sum); math.Abs(float64(norm)-want) > 1e-6*want {
		t.Errorf("the length of the gradient is %v and not %v", norm, want)
	}
}

// difference is the greatest difference, as a part of the greatest number.
func difference(got, want []float32) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	worst, greatest := 0.0, 0.0
	for i := range got {
		d := math.Abs(float64(got[i]) - float64(want[i]))
		if math.IsNaN(d) {
			return math.Inf(1)
		}
		worst = max(worst, d)
		greatest = max(greatest, math.Abs(float64(want[i])))
	}
	return worst / max(greatest, 1e-30)
}
