package network

import (
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
	"datum/train/parameters"
	"datum/train/step"
)

// In mixed precision the gradient of each network points where it does in float32.
func TestMixedGradients(t *testing.T) {
	core := openvinotest.Core(t)
	for _, c := range []struct {
		Config
		cosine float64 // the least
	}{
		{Config{Architecture: "detection-nano", Width: 64, Height: 64, Batch: 8}, 0.99},
		{Config{Architecture: "classification-small", Width: 32, Height: 32, Batch: 16}, 0.99},
		// What is rounded moves many of its numbers across the bend of ReLU.
		{Config{Architecture: "resnet18", Width: 32, Height: 32, Batch: 8}, 0.93},
	} {
		t.Run(c.Architecture, func(t *testing.T) {
			c.Classes = 3
			n := newNetwork(t, c.Config)
			full, mixed := changeOf(t, core, n, false), changeOf(t, core, n, true)
			cosine, ratio := compared(n.Parameters(), full, mixed)
			t.Logf("the cosine of both is %.4f, and the ratio of their lengths %.4f", cosine, ratio)
			if cosine < c.cosine || math.Abs(ratio-1) > 0.05 {
				t.Errorf("the cosine of both is %.4f, and the ratio of their lengths %.4f", cosine, ratio)
			}
		})
	}
}

// TestMixedWithoutBfloat16 takes the instructions for bfloat16 from OpenVINO, in a process
// of its own. OpenVINO does not look at that variable when it says what the processor can,
// so the graph has tensors in bfloat16 all the same.
func TestMixedWithoutBfloat16(t *testing.T) {
	openvinotest.Core(t) // or the test is skipped
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestMixedGradients$/^detection-nano$", "-test.v")
	cmd.Env = append(os.Environ(), "ONEDNN_MAX_CPU_ISA=AVX2")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestMixedGradients/detection-nano") {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "cosine") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// changeOf is by how much a step of the rate 1 changes a network: its gradient.
func changeOf(t *testing.T, core *openvino.Core, n *Network, mixed bool) parameters.Values {
	values := n.Parameters().Initial(1)
	p, err := step.Build(core, trainable(t, n), step.Options{Optimizer: step.SGD{}, Mixed: mixed}, values)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	in, err := p.NewInputs()
	if err != nil {
		t.Fatal(err)
	}
	shapes{rand.New(rand.NewPCG(1, 1))}.batch(n, in)
	if r, err := p.Run(t.Context(), 1, in...); err != nil || !r.Sound {
		t.Fatalf("%+v, %v", r, err)
	}
	after := p.Values()
	for name, v := range after {
		for i := range v {
			v[i] -= values[name][i]
		}
	}
	return after
}

// compared returns the cosine of two changes of what is trained, and how long the second
// is for the first.
func compared(set *parameters.Set, x, y parameters.Values) (cosine, ratio float64) {
	var xx, xy, yy float64
	for _, p := range set.All() {
		if !p.Trainable() {
			continue
		}
		for i, v := range x[p.Name] {
			a, b := float64(v), float64(y[p.Name][i])
			xx, xy, yy = xx+a*a, xy+a*b, yy+b*b
		}
	}
	return xy / math.Sqrt(xx*yy), math.Sqrt(yy / xx)
}
