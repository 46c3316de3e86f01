package network

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"datum/internal/openvinotest"
	"datum/internal/peertest"
	"datum/train/parameters"
	"datum/train/step"
)

// TestAgainstTorch trains ResNet-18 for some steps, here and with PyTorch: losses,
// weights and running statistics have to be the same.
func TestAgainstTorch(t *testing.T) {
	core := openvinotest.Core(t)
	peertest.RequireTorch(t)
	python := peertest.Python(t, peertest.Torch)
	const steps, rate = 3, 1e-3
	for name, side := range map[string]int{"tiny": 32, "usual": 96} {
		t.Run(name, func(t *testing.T) {
			n := newNetwork(t, Config{Architecture: "resnet18", Width: side, Height: side, Classes: 3, Batch: 3, Smoothing: 0.1})
			v := n.Parameters().Initial(5)
			p, err := step.Build(core, trainable(t, n), step.Options{Optimizer: step.SGD{Momentum: 0.9}}, v)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			in, err := p.NewInputs()
			if err != nil {
				t.Fatal(err)
			}
			var classes []int
			for _, list := range (shapes{rand.New(rand.NewPCG(1, 1))}).batch(n, in) {
				classes = append(classes, list[0].Class)
			}
			losses, after := torch(t, python, n, v, in[0].Uint8s(), map[string]any{
				"tiny": n.firstStride() == 1, "images": []int{3, side, side, 3}, "classes": classes, "rate": rate, "steps": steps, "smoothing": 0.1,
			})
			for i := range steps {
				r, err := p.Run(t.Context(), rate, in...)
				if err != nil {
					t.Fatal(err)
				}
				if d := math.Abs(float64(r.Loss) - losses[i]); !(d < 1e-3) {
					t.Errorf("step %d: the loss is %v, and PyTorch's %v", i, r.Loss, losses[i])
				}
			}
			for name, got := range p.Values() {
				if d := distance(got, after[name]); !(d < 5e-3) {
					t.Errorf("%s is %g away from PyTorch's", name, d)
				}
			}
		})
	}
}

// distance is how far two vectors are apart, as a share of their length.
func distance(a, b []float32) float64 {
	apart, length := 0.0, 1e-6
	for i := range a {
		apart += math.Pow(float64(a[i]-b[i]), 2)
		length += math.Pow(float64(b[i]), 2)
	}
	return math.Sqrt(apart / length)
}

// torch runs testdata/resnet18.py.
func torch(t *testing.T, python string, n *Network, v parameters.Values, images []byte, options map[string]any) (losses []float64, after parameters.Values) {
	t.Helper()
	dir := t.TempDir()
	type entry struct {
		Name      string  `json:"name"`
		Shape     []int64 `json:"shape"`
		Statistic bool    `json:"statistic"`
	}
	var entries []entry
	var values []byte
	for _, p := range n.Parameters().All() {
		entries = append(entries, entry{p.Name, p.Shape, p.Statistic})
		for _, f := range v[p.Name] {
			values = binary.LittleEndian.AppendUint32(values, math.Float32bits(f))
		}
	}
	put(t, dir, "parameters.json", asJSON(t, entries))
	put(t, dir, "options.json", asJSON(t, options))
	put(t, dir, "values.bin", values)
	put(t, dir, "images.bin", images)
	out, err := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "resnet18.py"), dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := json.Unmarshal(out, &losses); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "after.bin"))
	if err != nil || len(data) != len(values) {
		t.Fatalf("PyTorch has %d bytes of parameters, and not %d: %v", len(data), len(values), err)
	}
	after = parameters.Values{}
	for _, p := range n.Parameters().All() {
		list := make([]float32, p.Size())
		for i := range list {
			list[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		after[p.Name], data = list, data[4*len(list):]
	}
	return losses, after
}

func asJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
