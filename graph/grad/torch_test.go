package grad_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"datum/graph"
	"datum/internal/peertest"
)

// What is compared must be closer than this.
const (
	closeToTorch = 1e-5
	closeToSlope = 2e-3
)

// rough are samples that jump, or bend, near the numbers that go in, or that
// round: differences say nothing about them.
var rough = map[string]bool{
	"ReLU at zero": true, "Abs of zero": true, "Clamp at its limits": true, "Maximum": true, "Minimum": true, "Mod": true, "FloorMod": true, "Maximum with a constant": true,
	"Select by itself": true, "MaxPool 2x2, ties": true, "MaxPool 3x3 in steps of 2, ties": true, "ReduceMax with ties": true, "FakeQuantize": true, "FakeQuantize by channel": true,
	"Power of zero": true, "ScatterElementsUpdate greatest": true, "generalised intersection over union": true, "smooth L1": true, "focal loss of a heat map": true,
	"a residual block": true, "a pyramid": true, "a depthwise block with attention to channels": true,
}

// An answer is what PyTorch says to a problem.
type answer struct {
	Name    string
	Shapes  []graph.Shape // of the outputs
	Tensors [][]byte
	Own     float64 // how far PyTorch is off in float32
	Error   string
}

// TestGradients computes outputs and gradients of all samples, compares them
// with those of PyTorch, and the gradients with differences.
func TestGradients(t *testing.T) {
	loadPlugin(t)
	var problems []*problem
	for _, s := range samples() {
		p, err := newProblem(s)
		if err != nil {
			t.Run(s.name, func(t *testing.T) { t.Fatal(err) })
			continue
		}
		problems = append(problems, p)
	}
	var answers map[string]answer
	t.Run("PyTorch", func(t *testing.T) { answers = torch(t, problems) })
	var worst, own, steepest float64
	compared, differences := 0, 0
	var mutex sync.Mutex
	t.Run("samples", func(t *testing.T) {
		for _, p := range problems {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				r := newRunner(t, p)
				out := r.run()
				a, asked := answers[p.name]
				d, s := 0.0, 0.0
				if asked {
					d = r.compare(out, a)
				}
				if !rough[p.name] {
					s = r.compareSlope(out[r.outputs:])
				}
				mutex.Lock()
				defer mutex.Unlock()
				if asked {
					worst, own, compared = max(worst, d), max(own, a.Own), compared+1
				}
				if !rough[p.name] {
					steepest, differences = max(steepest, s), differences+1
				}
			})
		}
	})
	t.Logf("%d samples compared with PyTorch, worst relative error %.2g (PyTorch in float32: %.2g); %d with differences, worst %.2g", compared, worst, own, differences, steepest)
}

// compareSlope returns the greatest difference of the gradients from what
// differences say.
func (r *runner) compareSlope(gradients [][]float32) float64 {
	r.t.Helper()
	s := r.slope(gradients)
	r.t.Logf("differences: %.1e", s)
	if !(s <= closeToSlope) {
		r.t.Errorf("the gradient differs from what differences say by %g of its length", s)
	}
	return s
}

// compare returns the greatest error of outputs and gradients.
func (r *runner) compare(out [][]float32, a answer) float64 {
	r.t.Helper()
	if a.Error != "" || len(a.Tensors) != len(out) {
		r.t.Fatalf("PyTorch made %d tensors of %d: %s", len(a.Tensors), len(out), a.Error)
	}
	worst := 0.0
	for i, o := range out {
		if i < r.outputs && !r.model.Results()[i].Source(0).Shape.Equal(a.Shapes[i]) {
			r.t.Errorf("output %d is %v for PyTorch and %s here", i, a.Shapes[i], r.model.Results()[i].Source(0))
		}
		d := furthest(o, floats(a.Tensors[i]))
		if !(d <= closeToTorch) {
			what, k := "output", i
			if i >= r.outputs {
				what, k = "gradient", i-r.outputs
			}
			r.t.Errorf("%s %d differs from PyTorch's by %g", what, k, d)
		}
		worst = max(worst, d)
	}
	r.t.Logf("PyTorch: %.1e", worst)
	return worst
}

func floats(b []byte) []float32 {
	list := make([]float32, len(b)/4)
	for i := range list {
		list[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return list
}

// torch gives the problems to PyTorch, all in one process.
func torch(t *testing.T, problems []*problem) map[string]answer {
	t.Helper()
	peertest.RequireTorch(t)
	var in, out, diagnosis bytes.Buffer
	questions := json.NewEncoder(&in)
	for _, p := range problems {
		if err := questions.Encode(struct {
			Name, Torch      string
			Inputs, Upstream []tensor
		}{p.name, p.torch, p.in, p.upstream}); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), peertest.Python(t, peertest.Torch), filepath.Join("testdata", "python", "gradients.py"))
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &diagnosis
	if err := cmd.Run(); err != nil {
		text := diagnosis.String()
		t.Fatalf("PyTorch: %v\n%s", err, text[max(0, len(text)-3000):])
	}
	answers := map[string]answer{}
	for lines := json.NewDecoder(&out); lines.More(); {
		var a answer
		if err := lines.Decode(&a); err != nil {
			t.Fatal(err)
		}
		if _, twice := answers[a.Name]; twice {
			t.Errorf("two samples are called %q", a.Name)
		}
		answers[a.Name] = a
	}
	if len(answers) != len(problems) {
		t.Errorf("%d answers to %d problems", len(answers), len(problems))
	}
	if text := strings.TrimSpace(diagnosis.String()); text != "" {
		t.Logf("PyTorch says: %s", text[:min(len(text), 1000)])
	}
	return answers
}
