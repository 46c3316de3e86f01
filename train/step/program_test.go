package step_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"datum/graph"
	"datum/train/parameters"
	"datum/train/step"
)

func stateOf(t *testing.T, p *step.Program) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteState(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// everything is all that makes a state larger.
var everything = step.Options{Optimizer: step.Adam{WeightDecay: 0.01, Decoupled: true}, ClipNorm: 1, Accumulate: 3, Average: 0.9}

// frozen is a network whose first layer does not change.
func frozen(t *testing.T) (*convNet, step.Network) {
	c := smallNet()
	n := c.network(t)
	n.Parameters = n.Parameters.Freeze(func(p parameters.Parameter) bool {
		return strings.HasPrefix(p.Name, "0.") || strings.HasPrefix(p.Name, "1.")
	})
	return c, n
}

// Training that was interrupted goes on as if it had not been, to the last bit, with
// one thread and with two, in a program that began with other weights, and in the
// middle of a step.
func TestResumes(t *testing.T) {
	for _, threads := range []int{1, 2} {
		c, n := frozen(t)
		o := everything
		o.Threads = threads
		list := c.batches(3)[:10]
		train := func(p *step.Program, list []batch) []byte {
			inputs := inputsOf(t, p)
			for i := range list {
				list[i].fill(inputs)
				run(t, p, 1e-2, inputs...)
			}
			return stateOf(t, p)
		}
		first := build(t, n, o, n.Parameters.Initial(1))
		middle := train(first, list[:4])
		end := train(first, list[4:])
		second := build(t, n, o, n.Parameters.Initial(2))
		if err := second.ReadState(bytes.NewReader(middle)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(stateOf(t, second), middle) {
			t.Fatal("what was read is written differently")
		}
		if second.Steps() != 1 {
			t.Errorf("%d steps", second.Steps())
		}
		if !bytes.Equal(train(second, list[4:]), end) {
			t.Errorf("with %d threads, training that was interrupted comes to something else", threads)
		}
		if bytes.Equal(middle, end) {
			t.Error("training changes nothing")
		}
	}
}

// Several batches make a step along their mean gradient.
func TestAccumulates(t *testing.T) {
	n := three(t)
	values := n.Parameters.Initial(1)
	o := step.Options{Optimizer: step.SGD{Momentum: 0.9}}
	one := build(t, n, o, values)
	o.Accumulate = 4
	four := build(t, n, o, values)
	at, mean := inputsOf(t, four), inputsOf(t, one)
	for i := range 8 {
		for j := range at {
			for k := range at[j].Float32s() {
				at[j].Float32s()[k] = float32(i*k + j)
				if i%4 == 0 {
					mean[j].Float32s()[k] = 0
				}
				mean[j].Float32s()[k] += float32(i*k+j) / 4
			}
		}
		before := four.Values()
		r := run(t, four, 0.01, at...)
		if r.Stepped != (i%4 == 3) {
			t.Fatalf("batch %d: %+v", i, r)
		}
		if !r.Stepped && !equal(before, four.Values()) {
			t.Fatal("the weights changed before the step was complete")
		}
		if i%4 == 3 {
			run(t, one, 0.01, mean...)
		}
	}
	got, want := four.Values(), one.Values()
	for name := range want {
		if d := difference(got[name], want[name]); d > 1e-6 {
			t.Errorf("%s differs by %.2g", name, d)
		}
	}
	if four.Steps() != 2 {
		t.Errorf("%d steps", four.Steps())
	}
}

func equal(a, b parameters.Values) bool {
	for name := range a {
		if !slices.Equal(a[name], b[name]) {
			return false
		}
	}
	return len(a) == len(b)
}

// A batch from which something comes that is no number changes nothing.
func TestUnsoundBatches(t *testing.T) {
	c := smallNet()
	n := c.network(t)
	for _, o := range []step.Options{everything, {Optimizer: step.SGD{Momentum: 0.9}}} {
		p := build(t, n, o, n.Parameters.Initial(1))
		inputs := inputsOf(t, p)
		list := c.batches(3)
		list[0].fill(inputs)
		run(t, p, 0.01, inputs...)
		before := stateOf(t, p)
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 3e38} {
			list[1].fill(inputs)
			inputs[0].Float32s()[77] = float32(bad)
			r, err := p.Run(t.Context(), 0.01, inputs...)
			if err != nil || r.Sound || r.Stepped {
				t.Errorf("%v: %+v, %v", bad, r, err)
			}
			if !bytes.Equal(stateOf(t, p), before) {
				t.Fatalf("%v has changed the state", bad)
			}
		}
		list[1].fill(inputs)
		run(t, p, 0.01, inputs...)
		if bytes.Equal(stateOf(t, p), before) {
			t.Error("a good batch changes nothing any more")
		}
	}

	// Nor does a gradient that is none while the loss is a number.
	g := three(t)
	p := build(t, g, step.Options{Optimizer: step.SGD{}}, g.Parameters.Initial(1))
	inputs := inputsOf(t, p)
	for _, bad := range []float64{1e30, -1e30} {
		inputs[1].Float32s()[3] = float32(bad)
		r, err := p.Run(t.Context(), 0.01, inputs...)
		if err != nil || r.Sound || math.IsInf(float64(r.Loss), 0) {
			t.Errorf("a gradient of %v: %+v, %v", bad, r, err)
		}
	}
}

// Inputs may be called what the state is called.
func TestNamesDoNotMeet(t *testing.T) {
	list := make([]parameters.Parameter, 0)
	for _, name := range []string{"weights", "factors", "report", "momentum", "gradient", "decayed"} {
		list = append(list, parameters.Parameter{Name: name, Shape: graph.Shape{2}, Decay: name == "weights"})
	}
	n := given(t, list...)
	p := build(t, n, step.Options{Optimizer: step.SGD{Momentum: 0.9, WeightDecay: 0.1}, Accumulate: 2}, n.Parameters.Initial(1))
	inputs := inputsOf(t, p)
	inputs[0].Float32s()[0] = 1
	run(t, p, 1, inputs...)
	run(t, p, 1, inputs...)
	if got := p.Values()["weights"]; got[0] != -1 || got[1] != 0 {
		t.Error(got)
	}
}

func TestFrozenStays(t *testing.T) {
	c, n := frozen(t)
	values := n.Parameters.Initial(1)
	o := everything
	o.Accumulate = 0
	p := build(t, n, o, values)
	inputs := inputsOf(t, p)
	for _, b := range c.batches(4)[:3] {
		b.fill(inputs)
		run(t, p, 0.1, inputs...)
	}
	for what, got := range map[string]parameters.Values{"values": p.Values(), "averages": p.Averaged()} {
		for _, q := range n.Parameters.All() {
			if same := slices.Equal(got[q.Name], values[q.Name]); same != q.Frozen {
				t.Errorf("%s: %s is the same: %v", what, q.Name, same)
			}
		}
		if err := n.Parameters.Check(got); err != nil {
			t.Error(err)
		}
	}
}

// With mixed precision, weights keep changes that bfloat16 could not hold.
func TestMixedKeepsWeights(t *testing.T) {
	c := smallNet()
	n := c.network(t)
	values := n.Parameters.Initial(1)
	p := build(t, n, step.Options{Optimizer: step.Adam{}, Mixed: true}, values)
	inputs := inputsOf(t, p)
	list := c.batches(4)
	list[0].fill(inputs)
	run(t, p, 1e-6, inputs...)
	kept, all := 0, 0
	for _, q := range n.Parameters.All() {
		if got := p.Values()[q.Name]; q.Decay {
			for i := range got {
				all++
				if d := math.Abs(float64(got[i] - values[q.Name][i])); d > 0.5e-6 && d < 1.5e-6 {
					kept++
				}
			}
		}
	}
	if float64(kept) < 0.95*float64(all) {
		t.Errorf("%d of %d weights have changed by what they should", kept, all)
	}
	more, err := p.More(0)
	if err != nil || len(more.Float32s()) != int(c.batch*c.classes) {
		t.Errorf("the logits: %v, %v", more, err)
	}
	if _, err := p.More(1); err == nil {
		t.Error("there is no second")
	}
}

// A state that is of something else, or damaged, leaves the program as it was.
func TestStateOfAnother(t *testing.T) {
	c, n := frozen(t)
	p := build(t, n, everything, n.Parameters.Initial(1))
	before := stateOf(t, p)
	whole := c.network(t)
	sgd := everything
	sgd.Optimizer = step.SGD{Momentum: 0.9}
	two := everything
	two.Accumulate = 2
	inputs := inputsOf(t, p)
	for _, b := range c.batches(1)[:2] {
		b.fill(inputs)
		run(t, p, 0.1, inputs...)
	}
	for name, other := range map[string]*step.Program{
		"without frozen parts": build(t, whole, everything, whole.Parameters.Initial(1)),
		"another optimiser":    build(t, n, sgd, n.Parameters.Initial(1)),
		"fewer batches":        build(t, n, two, n.Parameters.Initial(1)),
	} {
		as := stateOf(t, other)
		if err := other.ReadState(bytes.NewReader(stateOf(t, p))); !errors.Is(err, step.ErrState) {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(stateOf(t, other), as) {
			t.Errorf("%s: the state has changed", name)
		}
	}
	now := stateOf(t, p)
	if err := p.ReadState(bytes.NewReader(before[:len(before)-1])); !errors.Is(err, step.ErrState) || !bytes.Equal(stateOf(t, p), now) {
		t.Errorf("cut off: %v", err)
	}
	if err := p.ReadState(bytes.NewReader(before)); err != nil || !bytes.Equal(stateOf(t, p), before) {
		t.Errorf("the state does not come back: %v", err)
	}
}
