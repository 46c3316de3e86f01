package modelfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/formats"
	"datum/graph"
	"datum/internal/peertest"
)

// checked loads a model and checks it, plain and sealed.
func checked(t *testing.T, path string) error {
	t.Helper()
	var first error
	for i, p := range []string{path, seal(t, path, newKey(t))} {
		m, err := Load(t.Context(), p, newKey(t))
		if err != nil {
			t.Fatal(err)
		}
		err = m.Check()
		if i > 0 && (err == nil) != (first == nil) {
			t.Errorf("%s: plain %v, sealed %v", path, first, err)
		}
		first = err
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
	return first
}

// What is in order passes, and what only the runtime can tell.
func TestCheckOfGoodModels(t *testing.T) {
	dir := filepath.Join(peertest.Root(t), "testdata", "models")
	for _, name := range []string{"tiny.xml", "colours.xml", "colour.xml", "tiny.onnx"} {
		if err := checked(t, filepath.Join(dir, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	compiled := put(t, map[string][]byte{"c.blob": blob})
	if err := checked(t, filepath.Join(compiled, "c.blob")); err != nil {
		t.Errorf("compiled: %v", err)
	}
}

// Each change of a good model is found, with its layer.
func TestCheckOfChangedModels(t *testing.T) {
	dir := filepath.Join(peertest.Root(t), "testdata", "models")
	text, err := os.ReadFile(filepath.Join(dir, "tiny.xml"))
	if err != nil {
		t.Fatal(err)
	}
	weights, err := os.ReadFile(filepath.Join(dir, "tiny.bin"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"an input of terabytes": {`shape="1,3"`, `shape="1099511627776,3"`, "more than the 16 GiB"},
		"another length":        {`shape="1,3"`, `shape="1,4"`, "layer "},
		"no attribute":          {` shape="1,3"`, ``, "the attribute \"shape\" is missing"},
		"another type":          {`type="MatMul"`, `type="Add"`, "layer "},
		"cut":                   {`</net>`, ``, "line "},
		"a circle of edges":     {`from-layer="0"`, `from-layer="9"`, "line "},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(string(text), c.old, c.new, 1)
			if changed == string(text) {
				t.Fatalf("there is no %s", c.old)
			}
			path := filepath.Join(put(t, map[string][]byte{"m.xml": []byte(changed), "m.bin": weights}), "m.xml")
			err := checked(t, path)
			if !errors.Is(err, formats.ErrCorrupt) || !errors.Is(err, graph.ErrModel) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v", err)
			}
		})
	}
}

// Of several faults the first is told, and how many there are.
func TestCheckCounts(t *testing.T) {
	b := graph.NewBuilder("counted")
	x := b.Parameter("x", graph.F32, 2, 3)
	y := b.Name(b.Exp(x), "first")
	z := b.Name(b.Relu(y), "second")
	b.Result(b.Name(b.Tanh(z), "third"), "y")
	model, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	check := func() error {
		m := &Model{Kind: IR, Model: model.XML()}
		return m.Check()
	}
	if err := check(); err != nil {
		t.Fatal(err)
	}
	y.Element = graph.I64
	z.Element = graph.I64
	if err := check(); err == nil || !strings.HasPrefix(err.Error(), `layer "first": `) || !strings.HasSuffix(err.Error(), "; 1 more layer is wrong") {
		t.Errorf("%v", err)
	}
	z.Element, z.Shape = graph.F64, graph.Shape{7}
	if err := check(); err == nil || !strings.HasPrefix(err.Error(), `layer "first": `) || !strings.HasSuffix(err.Error(), "; 2 more layers are wrong") {
		t.Errorf("%v", err)
	}
}

func FuzzCheck(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "models", "tiny.xml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, make([]byte, 32))
	f.Add(irText(4), []byte{1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, text, weights []byte) {
		m := &Model{Kind: IR, Model: text, Weights: weights}
		if err := m.Check(); err != nil && !errors.Is(err, graph.ErrModel) {
			t.Fatal(err)
		}
	})
}
