package step_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/openvino"
	"datum/train/parameters"
	"datum/train/step"
)

func TestRunRefuses(t *testing.T) {
	n := three(t)
	p := build(t, n, step.Options{Optimizer: step.SGD{}}, n.Parameters.Initial(1))
	inputs := inputsOf(t, p)
	before := stateOf(t, p)
	for _, rate := range []float64{math.NaN(), math.Inf(1), -1, 1e39} {
		if _, err := p.Run(t.Context(), rate, inputs...); !errors.Is(err, step.ErrRate) {
			t.Errorf("a rate of %v: %v", rate, err)
		}
	}
	if _, err := p.Run(t.Context(), 1, inputs[:2]...); err == nil {
		t.Error("an input is missing")
	}
	if _, err := p.Run(t.Context(), 1, inputs[1], inputs[0], inputs[2]); err == nil {
		t.Error("inputs of other shapes")
	}
	if _, err := p.Run(t.Context(), 1, inputs[0], inputs[1], nil); err == nil {
		t.Error("an input is nil")
	}
	closed, err := openvino.NewTensor(openvino.F32, 5, 2)
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	if _, err := p.Run(t.Context(), 1, inputs[0], inputs[1], closed); !errors.Is(err, openvino.ErrClosed) {
		t.Errorf("an input that is closed: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Run(ctx, 1, inputs...); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if !bytes.Equal(stateOf(t, p), before) {
		t.Error("what was refused has changed the state")
	}
	run(t, p, 1, inputs...)
	p.Close()
	p.Close()
	if _, err := p.Run(t.Context(), 1, inputs...); !errors.Is(err, openvino.ErrClosed) {
		t.Error(err)
	}
	if err := errors.Join(p.WriteState(&bytes.Buffer{})); !errors.Is(err, openvino.ErrClosed) {
		t.Error(err)
	}
	if err := p.ReadState(&bytes.Buffer{}); !errors.Is(err, openvino.ErrClosed) {
		t.Error(err)
	}
	if _, err := p.NewInputs(); !errors.Is(err, openvino.ErrClosed) {
		t.Error(err)
	}
	if p.Values() != nil || p.Averaged() != nil {
		t.Error("a program that is closed has values")
	}
}

func TestBuildRefuses(t *testing.T) {
	core := openvinotest.Core(t)
	good := three(t)
	values := good.Parameters.Initial(1)
	in := openvino.InUse()
	change := func(f func(n *step.Network)) step.Network {
		n := good
		f(&n)
		return n
	}
	sgd := step.Options{Optimizer: step.SGD{}}
	statistic, err := parameters.NewSet(append(slices.Clone(good.Parameters.All()), parameters.Parameter{Name: "mean", Shape: graph.Shape{1}, Statistic: true})...)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		n step.Network
		o step.Options
		v parameters.Values
	}{
		"no optimiser":  {good, step.Options{}, values},
		"momentum":      {good, step.Options{Optimizer: step.SGD{Momentum: 1}}, values},
		"nesterov":      {good, step.Options{Optimizer: step.SGD{Nesterov: true}}, values},
		"decay":         {good, step.Options{Optimizer: step.SGD{WeightDecay: -1}}, values},
		"beta":          {good, step.Options{Optimizer: step.Adam{Beta2: math.NaN()}}, values},
		"epsilon":       {good, step.Options{Optimizer: step.Adam{Epsilon: 1e-50}}, values},
		"clip":          {good, step.Options{Optimizer: step.Adam{}, ClipNorm: math.Inf(1)}, values},
		"average":       {good, step.Options{Optimizer: step.Adam{}, Average: 1}, values},
		"accumulate":    {good, step.Options{Optimizer: step.Adam{}, Accumulate: -1}, values},
		"no values":     {good, sgd, nil},
		"no parameters": {change(func(n *step.Network) { n.Parameters = nil }), sgd, values},
		"no forward":    {change(func(n *step.Network) { n.Forward = nil }), sgd, values},
		"all frozen": {change(func(n *step.Network) {
			n.Parameters = n.Parameters.Freeze(func(parameters.Parameter) bool { return true })
		}), sgd, values},
		"a silent statistic": {change(func(n *step.Network) { n.Parameters = statistic }), sgd, statistic.Initial(1)},
		"an unknown input": {change(func(n *step.Network) {
			n.Inputs = []step.Input{{Name: "x", Element: graph.F32, Shape: graph.Shape{-1}}}
		}), sgd, values},
		"a loss that is none": {change(func(n *step.Network) {
			n.Forward = func(*graph.Builder, *parameters.Tensors, []*graph.Output) (*graph.Output, []*graph.Output) {
				return nil, nil
			}
		}), sgd, values},
		"a loss of many": {change(func(n *step.Network) {
			n.Forward = func(_ *graph.Builder, p *parameters.Tensors, _ []*graph.Output) (*graph.Output, []*graph.Output) {
				return p.Get("layer.bias"), nil
			}
		}), sgd, values},
		"another parameter": {change(func(n *step.Network) {
			n.Forward = func(b *graph.Builder, p *parameters.Tensors, _ []*graph.Output) (*graph.Output, []*graph.Output) {
				return b.Sum(p.Get("other"), false, 0), nil
			}
		}), sgd, values},
	} {
		p, err := step.Build(core, test.n, test.o, test.v)
		if err == nil {
			p.Close()
			t.Errorf("%s is taken", name)
		} else if !errors.Is(err, step.ErrOptions) && !errors.Is(err, parameters.ErrSet) && name != "a loss of many" {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := step.Build(core, good, sgd, values)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	if now := openvino.InUse(); now != in {
		t.Errorf("%+v are in use, and %+v were", now, in)
	}
}
