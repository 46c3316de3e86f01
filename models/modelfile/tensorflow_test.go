package modelfile

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"datum/internal/openvinotest"
)

func nodeDef(name, op string) []byte {
	return bytesField(graphDefNode, bytesField(nodeDefName, []byte(name)), bytesField(nodeDefOp, []byte(op)))
}

func TestIsGraphDef(t *testing.T) {
	version := numberField(3, 21)
	one := nodeDef("x", "Placeholder")
	for name, test := range map[string]struct {
		file []byte
		want bool
	}{
		"one node":              {one, true},
		"versions":              {append(append(bytes.Clone(one), bytesField(graphDefVersions, []byte{8, 21})...), version...), true},
		"long":                  {bytes.Repeat(one, 1000), true},
		"a node longer than 4K": {append(bytes.Clone(one), bytesField(graphDefNode, make([]byte, 10_000))...), true},
		"first node too long":   {bytesField(graphDefNode, make([]byte, 10_000)), false},
		"nothing":               {nil, false},
		"no node":               {version, false},
		"no operation":          {bytesField(graphDefNode, bytesField(nodeDefName, []byte("x"))), false},
		"nonsense operation":    {nodeDef("x", "\x00"), false},
		"other field":           {append(bytes.Clone(one), bytesField(6, nil)...), false},
		"number for a node":     {[]byte{8, 7}, false},
		"cut":                   {one[:len(one)-1], false},
		"bytes for the version": {append(bytes.Clone(one), bytesField(3, nil)...), false},
		"text":                  {[]byte("\nnode {\n name: x\n}\n"), false},
	} {
		if got := isGraphDef(bytes.NewReader(test.file), int64(len(test.file))); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A frozen graph is sealed and loaded like any other model.
func TestTensorFlow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.pb")
	want := bytes.Repeat(nodeDef("x", "Placeholder"), 500)
	if err := os.WriteFile(path, want, 0o666); err != nil {
		t.Fatal(err)
	}
	k := newKey(t)
	m, err := Load(t.Context(), seal(t, path, k), k)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if m.Kind != TensorFlow || !m.Sealed || m.Weights != nil || !bytes.Equal(m.Model, want) {
		t.Errorf("%s of %d bytes", m.Kind, len(m.Model))
	}
	f, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if p, err := f.Ports(t.Context()); p != nil || err != nil {
		t.Errorf("ports %v, %v", p, err)
	}
}

// The graph of the peers is one.
func TestRealGraph(t *testing.T) {
	f, err := Open(openvinotest.Model(t, "ssd_mobilenet_v2_coco.pb"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Kind != TensorFlow {
		t.Error(f.Kind)
	}
}
