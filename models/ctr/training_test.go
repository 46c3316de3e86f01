package ctr

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/internal/peertest"
	"datum/openvino"
	"datum/train/parameters"
	"datum/train/step"
)

// trainable is a network as package step wants it.
func trainable(n *Network, batch, time int) step.Network {
	s := step.Network{Parameters: n.Parameters()}
	for _, in := range n.Inputs(int64(batch), int64(time)) {
		s.Inputs = append(s.Inputs, step.Input{Name: in.Name, Element: in.Element, Shape: in.Shape, Gradient: in.Rows})
	}
	s.Forward = func(b *graph.Builder, t *parameters.Tensors, inputs []*graph.Output) (*graph.Output, []*graph.Output) {
		loss, err := n.Loss(b, t, inputs...)
		if err != nil {
			b.Fail(err)
			return nil, nil
		}
		if loss.Auxiliary == nil {
			return loss.Total, []*graph.Output{loss.Click}
		}
		return loss.Total, []*graph.Output{loss.Click, loss.Auxiliary}
	}
	return s
}

// A trainer is a program with its inputs.
type trainer struct {
	t      testing.TB
	n      *Network
	p      *step.Program
	inputs []*openvino.Tensor
	names  map[string]int // of the inputs
}

func newTrainer(t testing.TB, n *Network, batch, time int, o step.Optimizer, v parameters.Values) *trainer {
	t.Helper()
	p, err := step.Build(openvinotest.Core(t), trainable(n, batch, time), step.Options{Optimizer: o}, v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	inputs, err := p.NewInputs()
	if err != nil {
		t.Fatal(err)
	}
	r := &trainer{t, n, p, inputs, map[string]int{}}
	for i, in := range n.Inputs(1, 1) {
		r.names[in.Name] = i
		t.Cleanup(inputs[i].Close)
	}
	return r
}

func (r *trainer) run(x rows, rate float64) step.Report {
	r.t.Helper()
	for name, i := range r.names {
		fill(r.inputs[i], x[name])
	}
	report, err := r.p.Run(r.t.Context(), rate, r.inputs...)
	if err != nil || !report.Sound {
		r.t.Fatalf("%+v: %v", report, err)
	}
	return report
}

func (r *trainer) more(i int) []float32 {
	r.t.Helper()
	x, err := r.p.More(i)
	if err != nil {
		r.t.Fatal(err)
	}
	return x.Float32s()
}

// TestAgainstTorch compares the loss of a batch, the gradients by all parameters and by
// the rows of embeddings, and the statistics with PyTorch's.
func TestAgainstTorch(t *testing.T) {
	openvinotest.Core(t)
	peertest.RequireTorch(t)
	python := peertest.Python(t, peertest.Torch)
	const batch, time = 6, 7
	for _, c := range []Config{{Architecture: DNN}, {Architecture: DIN, Reference: true},
		{Architecture: DIEN, Auxiliary: 0.7}, {Architecture: DIEN, Auxiliary: 1, Reference: true}} {
		t.Run(fmt.Sprintf("%s reference %v auxiliary %v", c.Architecture, c.Reference, c.Auxiliary), func(t *testing.T) {
			c.Embedding = 4
			n := newNetwork(t, c)
			v := scattered(n, 8)
			x := generated(n, batch, time, 9, c.Reference)
			var want struct {
				Loss, Click, Auxiliary float64
				Gradients, Statistics  map[string][]float32
			}
			out := handed(t, python, "torch_steps.py", n, v, n.Inputs(batch, time), x, map[string]any{"auxiliary": c.Auxiliary})
			if err := json.Unmarshal(out, &want); err != nil {
				t.Fatal(err)
			}
			r := newTrainer(t, n, batch, time, step.SGD{}, v)
			report := r.run(x, 1) // so that weights change by their gradients
			near := func(what string, got, want float64) {
				if d := math.Abs(got - want); !(d <= 1e-5) {
					t.Errorf("%s is %v, and PyTorch's %v", what, got, want)
				}
			}
			near("the loss", float64(report.Loss), want.Loss)
			near("the loss of clicks", float64(r.more(0)[0]), want.Click)
			shown := 1
			if c.Auxiliary > 0 {
				near("the auxiliary loss", float64(r.more(1)[0]), want.Auxiliary)
				shown++
			}
			worst := 0.0
			compare := func(name string, got []float32) {
				d := apart(t, got, want.Gradients[name])
				worst = max(worst, d)
				if !(d <= 1e-5) {
					t.Errorf("the gradient by %s is %g apart", name, d)
				}
			}
			for _, in := range n.Inputs(1, 1) {
				if in.Rows {
					compare(in.Name, r.more(shown))
					shown++
				}
			}
			after := r.p.Values()
			for _, p := range n.Parameters().All() {
				if p.Statistic {
					near(p.Name, apart(t, after[p.Name], want.Statistics[p.Name]), 0)
					continue
				}
				by := make([]float32, p.Size())
				for i := range by {
					by[i] = v[p.Name][i] - after[p.Name][i]
				}
				compare(p.Name, by)
			}
			t.Logf("loss %v, PyTorch %v; gradients at most %.2g apart", report.Loss, want.Loss, worst)
		})
	}
}

// clicks are rows of users who click what is like what they clicked last: what is liked
// is a direction that the history has and the item has, or has not.
func clicks(n *Network, batch, time int, random *rand.Rand) rows {
	x := generated(n, batch, time, random.Uint64(), false)
	width := int(n.width())
	for i := range batch {
		length := int(x["lengths"][i])
		lately := x["history"][(i*time+length-1)*width:][:width]
		item := x["item"][i*width:][:width]
		for k := range item {
			item[k] = lately[k]*(2*x["clicked"][i]-1) + float32(random.NormFloat64())/10
		}
	}
	return x
}

// Training makes the loss small on rows that it has not seen.
func TestTraining(t *testing.T) {
	const batch, time, steps = 64, 8, 120
	for _, c := range []Config{{Architecture: DIN}, {Architecture: DIEN, Auxiliary: 0.5}} {
		t.Run(c.Architecture, func(t *testing.T) {
			n := newNetwork(t, c)
			r := newTrainer(t, n, batch, time, step.Adam{}, n.Parameters().Initial(1))
			random := rand.New(rand.NewPCG(2, 3))
			var first, last float64
			for i := range steps {
				r.run(clicks(n, batch, time, random), 3e-3)
				click := float64(r.more(0)[0])
				if i < 10 {
					first += click / 10
				}
				if i >= steps-10 {
					last += click / 10
				}
			}
			t.Logf("the loss of clicks goes from %.3f to %.3f", first, last)
			if !(last < 0.8*first) {
				t.Errorf("the loss of clicks was %v and is %v", first, last)
			}
			// What was trained predicts, with frozen statistics, in batches of one.
			m := compiled(t, model(t, n, Loop, r.p.Values()), openvino.CompileOptions{})
			x, right := clicks(n, batch, time, random), 0
			for i := range batch {
				p := m.run(n, 1, int(x["lengths"][i]), alone(n, x, i, time))[Probability][0]
				if (p > 0.5) == (x["clicked"][i] == 1) {
					right++
				}
			}
			if right < batch*7/10 {
				t.Errorf("%d of %d clicks are told", right, batch)
			}
		})
	}
}
