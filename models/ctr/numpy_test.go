package ctr

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"datum/internal/openvinotest"
	"datum/internal/peertest"
	"datum/openvino"
	"datum/train/parameters"
)

// handed writes parameters and inputs for a script, and runs it. It returns what the
// script printed.
func handed(t *testing.T, python, script string, n *Network, v parameters.Values, inputs []Input, x rows, options map[string]any) []byte {
	t.Helper()
	dir := t.TempDir()
	type entry struct {
		Name    string  `json:"name"`
		Shape   []int64 `json:"shape"`
		Trained bool    `json:"trained"`
	}
	var entries []entry
	var data []byte
	add := func(e entry, values []float32) {
		entries = append(entries, e)
		for _, f := range values {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(f))
		}
	}
	for _, p := range n.Parameters().All() {
		add(entry{p.Name, p.Shape, p.Trainable()}, v[p.Name])
	}
	for _, in := range inputs {
		add(entry{in.Name, in.Shape, in.Rows}, x[in.Name])
	}
	options["tensors"], options["architecture"], options["reference"] = entries, n.Architecture, n.Reference
	text, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"options.json": text, "values.bin": data} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), python, filepath.Join("testdata", script), dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return out
}

// TestAgainstNumpy compares both graphs with a model in numpy that shares nothing with
// them.
func TestAgainstNumpy(t *testing.T) {
	openvinotest.Core(t)
	python := peertest.Python(t, openvinotest.Peer)
	const batch, time = 64, 50
	for _, architecture := range architectures {
		for _, reference := range []bool{false, true} {
			t.Run(fmt.Sprint(architecture, " reference ", reference), func(t *testing.T) {
				n := newNetwork(t, Config{Architecture: architecture, Reference: reference})
				v := scattered(n, 6)
				x := generated(n, batch, time, 7, reference)
				var want map[string][]float32
				out := handed(t, python, "reference.py", n, v, n.served(batch, time), x, map[string]any{})
				if err := json.Unmarshal(out, &want); err != nil {
					t.Fatal(err)
				}
				for _, f := range []Form{Sequence, Loop} {
					got := compiled(t, model(t, n, f, v), openvino.CompileOptions{}).run(n, batch, time, x)
					d := apart(t, got[Probability], want[Probability])
					t.Logf("%s: the probability is at most %.2g apart", f, d)
					if !(d <= 1e-6) {
						t.Errorf("%s: the probability is %g apart", f, d)
					}
					if architecture == DNN {
						continue
					}
					if d := apart(t, got[End], want[End]); !(d <= 2e-6) {
						t.Errorf("%s: what came out of the history is %g apart", f, d)
					}
				}
			})
		}
	}
}
