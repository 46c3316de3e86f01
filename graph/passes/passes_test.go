package passes

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"datum/graph"
	"datum/internal/peertest"
)

// script runs our script with the Python that has OpenVINO.
func script(t *testing.T, args ...string) []byte {
	t.Helper()
	path, err := filepath.Abs("testdata/python/passes.py")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), peertest.Python(t, "openvino-2026.4.1"), append([]string{path}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	var out, diagnosis bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diagnosis
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, diagnosis.Bytes())
	}
	return out.Bytes()
}

func read(t *testing.T, dir, name string) *graph.Model {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	weights, err := os.ReadFile(filepath.Join(dir, name+".bin"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := graph.Parse(text, weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// write saves what a pass made, after checking it.
func write(t *testing.T, dir, name string, m *graph.Model) {
	t.Helper()
	if err := m.Validate(); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	var text, weights bytes.Buffer
	if err := m.Write(&text, &weights); err != nil {
		t.Fatal(err)
	}
	for file, b := range map[string][]byte{name + ".xml": text.Bytes(), name + ".bin": weights.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, file), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatal(err)
	}
}

// TestAgainstNumpy lets OpenVINO run what the passes made of its models, and
// compares with what numpy computes. What the script prints is relative to the
// numbers themselves.
func TestAgainstNumpy(t *testing.T) {
	peertest.Python(t, "openvino-2026.4.1")
	dir := t.TempDir()
	script(t, "make", dir)
	for _, pass := range []func(*testing.T, string){rank, embed, adapt, restate} {
		pass(t, dir)
	}
	var worst map[string]float64
	out := script(t, "check", dir)
	if err := json.Unmarshal(out, &worst); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	limits := map[string]float64{
		"ranking": 1e-6, "ranking over all": 1e-6, "embeddings": 1e-5, "embeddings, half": 1e-5, "adapters": 1e-6, "adapters, half": 1e-6,
		"adapters beside": 1e-6, "state": 1e-6, "inputs to state": 1e-6,
	}
	if len(worst) != len(limits) {
		t.Errorf("compared: %v", worst)
	}
	for name, d := range worst {
		t.Logf("%-18s largest difference %.3g", name, d)
		if !(d <= limits[name]) {
			t.Errorf("%s: a difference of %g", name, d)
		}
	}
}

func rank(t *testing.T, dir string) {
	m := read(t, dir, "ranking")
	if err := AddRanking(m, Ranking{Logits: "logits", Count: 20, LastPosition: true}); err != nil {
		t.Fatal(err)
	}
	if r := m.Results(); len(r) != 2 {
		t.Errorf("%d outputs", len(r))
	}
	write(t, dir, "ranking_last", m)
	m = read(t, dir, "ranking")
	if err := AddRanking(m, Ranking{Count: 20, OverAll: true, Keep: true}); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "ranking_all", m)
}

func embed(t *testing.T, dir string) {
	var vectors [][]float32
	readJSON(t, filepath.Join(dir, "embeddings.json"), &vectors)
	for _, suffix := range []string{"", "_half"} {
		m := read(t, dir, "embeddings"+suffix)
		first, err := AddEmbeddings(m, "words.weight", vectors)
		if err != nil || first != 300 {
			t.Fatal(first, err)
		}
		write(t, dir, "embeddings_changed"+suffix, m)
	}
}

// readAdapters reads what the script wrote.
func readAdapters(t *testing.T, dir string) []Adapter {
	t.Helper()
	var raw []struct {
		Alpha  float32
		Layers map[string]struct{ Up, Down [][]float32 }
	}
	readJSON(t, filepath.Join(dir, "adapters.json"), &raw)
	matrix := func(rows [][]float32) Matrix {
		m := Matrix{Rows: int64(len(rows)), Columns: int64(len(rows[0]))}
		for _, r := range rows {
			m.Data = append(m.Data, r...)
		}
		return m
	}
	var list []Adapter
	for _, r := range raw {
		a := Adapter{Alpha: r.Alpha, Layers: map[string]LowRank{}}
		for k, l := range r.Layers {
			a.Layers[k] = LowRank{matrix(l.Up), matrix(l.Down)}
		}
		list = append(list, a)
	}
	return list
}

func adapt(t *testing.T, dir string) {
	adapters := readAdapters(t, dir)
	for _, c := range []struct {
		from, to string
		o        AdapterOptions
	}{{"adapted", "adapted_changed", AdapterOptions{}}, {"adapted_half", "adapted_changed_half", AdapterOptions{}}, {"adapted", "adapted_beside", AdapterOptions{Beside: true}}} {
		m := read(t, dir, c.from)
		got, err := AddAdapters(m, adapters, c.o)
		if err != nil || len(got.Layers) != 5 || len(got.Missing) != 0 {
			t.Fatalf("%s: %+v, %v", c.to, got, err)
		}
		write(t, dir, c.to, m)
	}
}

func restate(t *testing.T, dir string) {
	m := read(t, dir, "state")
	list, err := StateToInputs(m)
	if err != nil || len(list) != 2 || list[0].ID != "seen" || list[1].ID != "total" {
		t.Fatalf("%+v, %v", list, err)
	}
	if v := list[0]; v.First.String() != "?,?,4" || !v.FillKnown || v.Fill != 0 || v.Output != "seen.next" {
		t.Errorf("%+v", v)
	}
	if v := list[1]; v.First.String() != "?" || !v.FillKnown || v.Fill != 2 {
		t.Errorf("%+v", v)
	}
	write(t, dir, "state_outside", m)
	m = read(t, dir, "state_outside")
	if err := InputsToState(m, "x", list); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "state_again", m)
	m = read(t, dir, "outside")
	if err := InputsToState(m, "x", []Variable{{ID: "a", Input: "old", Output: "new"}, {ID: "b", Input: "count", Output: "counted"}}); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "inside", m)
}
