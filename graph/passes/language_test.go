package passes

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"datum/graph"
	"datum/internal/peertest"
)

// TestLanguageModel does to a real language model what the other tests do to
// small ones. DATUM_LANGUAGE_MODEL names a folder with an openvino_model.xml that
// was made for OpenVINO GenAI, such as SmolLM2-135M; without it the test is
// skipped, since no such model can be part of the project.
func TestLanguageModel(t *testing.T) {
	from := os.Getenv("DATUM_LANGUAGE_MODEL")
	if from == "" {
		t.Skip("SKIPPED, NOT PASSED: DATUM_LANGUAGE_MODEL names no folder with a language model")
	}
	python := peertest.Python(t, "openvino-2026.4.1")
	dir := t.TempDir()
	m := read(t, from, "openvino_model")
	repair(t, m)
	list, err := StateToInputs(m)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d variables, of which the first is %+v", len(list), list[0])
	write(t, dir, "outside", m)
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "variables.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := InputsToState(m, "input_ids", list); err != nil {
		t.Fatal(err)
	}
	if err := m.Repack(); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "again", m)
	m = read(t, from, "openvino_model")
	if err := AddRanking(m, Ranking{Logits: "logits", Count: 20, LastPosition: true}); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "ranked", m)
	for _, name := range []string{"added", "beside"} {
		m = read(t, from, "openvino_model")
		adapters := randomAdapters(m)
		got, err := AddAdapters(m, adapters, AdapterOptions{Beside: name == "beside"})
		if err != nil || len(got.Layers) != len(adapters[0].Layers) || len(got.Layers) < 50 {
			t.Fatalf("%d layers of %d were changed, %v", len(got.Layers), len(adapters[0].Layers), err)
		}
		write(t, dir, name, m)
	}
	cmd := exec.CommandContext(t.Context(), python, "testdata/python/language.py", dir, filepath.Join(from, "openvino_model.xml"), "12")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", out)
	var report struct{ Outside, Again, Ranked, Beside, Adapted float64 }
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	if !(report.Outside <= 1e-3 && report.Again <= 1e-3 && report.Ranked <= 1e-4 && report.Beside <= 2e-3 && report.Adapted > 0.1) {
		t.Errorf("%+v", report)
	}
}

// repair puts a 1 where GenAI's reader of GGUF files writes a 0 into the shape
// that keys and values are repeated to. Nobody notices as long as the CPU plugin
// recognises attention with variables and drops the Broadcast.
func repair(t *testing.T, m *graph.Model) {
	t.Helper()
	shape := graph.OneOf("Concat")
	repeat := graph.OneOf("Broadcast").Of(nil, shape).Where(func(n *graph.Node) bool { return n.Attrs.Text("mode") == "bidirectional" })
	b := m.Edit()
	for found := range m.Find(repeat) {
		for _, in := range found[shape].Inputs() {
			if v, ok := in.Source().KnownInts(); ok && len(v) == 1 && v[0] == 0 {
				if err := in.Connect(b.Int64s(1)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := errors.Join(b.Err(), m.Infer()); err != nil {
		t.Fatal(err)
	}
}

// randomAdapters change every product with weights in two ways, by little.
func randomAdapters(m *graph.Model) []Adapter {
	random := rand.New(rand.NewPCG(3, 4))
	matrix := func(rows, columns int64) Matrix {
		data := make([]float32, rows*columns)
		for i := range data {
			data[i] = float32(random.NormFloat64()) / 20
		}
		return Matrix{rows, columns, data}
	}
	list := []Adapter{{0.5, map[string]LowRank{}}, {-0.25, map[string]LowRank{}}}
	for _, w := range matmulWeights(m.Graph) {
		n, s := w.reader.Node(), w.reader.Source().Shape
		if len(s) != 2 || w.reader.Index() != 1 {
			continue
		}
		for i := range list {
			list[i].Layers[n.Name()] = LowRank{matrix(s[0], int64(4+i)), matrix(int64(4+i), s[1])}
		}
	}
	return list
}
