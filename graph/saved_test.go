package graph

import (
	"path/filepath"
	"testing"

	"datum/internal/peertest"
)

// TestModelsOfOpenVINO reads what OpenVINO writes on this machine: it comes
// back byte by byte, nothing is found to be wrong with it, and what we infer is
// what it says itself.
func TestModelsOfOpenVINO(t *testing.T) {
	models := peertest.Dir(t, "models")
	dir := t.TempDir()
	script(t, "saved.py", dir, models)
	list, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil || len(list) != 10 {
		t.Fatalf("%d models, %v", len(list), err)
	}
	outputs := 0
	for _, path := range list {
		text, m := readModel(t, path)
		sameText(t, filepath.Base(path), m.XML(), text)
		if err := m.Validate(); err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
		outputs += compareInferred(t, filepath.Base(path), m)
		sameText(t, filepath.Base(path)+" after inference", m.XML(), text)
	}
	t.Logf("%d models, %d outputs inferred as OpenVINO says", len(list), outputs)
}

// compareInferred infers a model anew and compares with what it said before.
// It returns how many outputs it compared.
func compareInferred(t *testing.T, name string, m *Model) (count int) {
	t.Helper()
	type said struct {
		element ElementType
		shape   Shape
	}
	before := map[*Output]said{}
	m.Each(func(n *Node) {
		for _, o := range n.outputs {
			before[o] = said{o.Element, o.Shape.Clone()}
		}
	})
	if err := m.Infer(); err != nil {
		t.Errorf("%s: %v", name, err)
		return 0
	}
	m.Each(func(n *Node) {
		for i, o := range n.outputs {
			count++
			if was := before[o]; o.Element != was.element || !o.Shape.Equal(was.shape) {
				t.Errorf("%s: output %d of %s %q is %s and not %s [%s]", name, i, n.Type, n.name, o, was.element, was.shape)
			}
		}
	})
	return count
}
