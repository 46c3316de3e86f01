package graph

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"datum/internal/peertest"
)

// openVINO is the peer that has OpenVINO 2026.4.1.
const openVINO = "openvino-2026.4.1"

// script runs one of our Python scripts with OpenVINO and returns what it
// prints.
func script(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "python", name))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), peertest.Python(t, openVINO), append([]string{path}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8")
	var out, diagnosis bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diagnosis
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, diagnosis.Bytes())
	}
	return out.Bytes()
}

// save writes a model as OpenVINO reads it.
func save(t *testing.T, m *Model, path string) {
	t.Helper()
	var text, weights bytes.Buffer
	if err := m.Write(&text, &weights); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{path + ".xml": text.Bytes(), path + ".bin": weights.Bytes()} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// seen is what OpenVINO made of a model.
type seen struct {
	Name    string
	Outputs []struct{ Type, Shape string }
	Ran     []Shape
	Error   string
}

// TestShapesAsOpenVINO builds each operation, lets OpenVINO read and run the
// models, and compares types and shapes.
func TestShapesAsOpenVINO(t *testing.T) {
	peertest.Python(t, openVINO)
	dir := t.TempDir()
	models := map[string]*Model{}
	for name, build := range operations() {
		b := NewBuilder(name)
		build(b)
		m, err := b.Model()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		models[name] = m
		save(t, m, filepath.Join(dir, name))
		again, err := Parse(m.XML(), m.Weights().Bytes())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sameText(t, name, again.XML(), m.XML())
	}
	lines := json.NewDecoder(bytes.NewReader(script(t, "shapes.py", dir)))
	count := 0
	for lines.More() {
		var s seen
		if err := lines.Decode(&s); err != nil {
			t.Fatal(err)
		}
		count++
		compareSeen(t, models[s.Name], s)
	}
	if count != len(models) {
		t.Errorf("OpenVINO said something of %d models of %d", count, len(models))
	}
}

func compareSeen(t *testing.T, m *Model, s seen) {
	t.Helper()
	results := m.Results()
	if s.Error != "" || len(s.Outputs) != len(results) {
		t.Errorf("%s: %d outputs of %d; %s", s.Name, len(s.Outputs), len(results), s.Error)
		return
	}
	for i, r := range results {
		o := r.Source(0)
		want, ok := ParseShape(s.Outputs[i].Shape)
		if !ok || s.Outputs[i].Type != o.Element.String() || !want.Equal(o.Shape) {
			t.Errorf("%s: output %d is %s, OpenVINO says %s %s", s.Name, i, o, s.Outputs[i].Type, s.Outputs[i].Shape)
		}
		if s.Ran != nil && !s.Ran[i].Agrees(o.Shape) {
			t.Errorf("%s: output %d is %s, the CPU made [%s]", s.Name, i, o, s.Ran[i])
		}
	}
}
