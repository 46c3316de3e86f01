package modelfile

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"datum/formats"
	"datum/internal/peertest"
)

func portsOf(t *testing.T, path string) (*Ports, error) {
	t.Helper()
	f, err := Open(path, newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return f.Ports(t.Context())
}

func TestPorts(t *testing.T) {
	dir := filepath.Join(peertest.Root(t), "testdata", "models")
	for _, name := range []string{"tiny.xml", "tiny.onnx"} {
		for _, path := range []string{filepath.Join(dir, name), seal(t, filepath.Join(dir, name), newKey(t))} {
			p, err := portsOf(t, path)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(p.Inputs, []Port{{"x", "f32", "1,3"}}) || !slices.Equal(p.Outputs, []Port{{"y", "f32", "1,2"}}) {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
	compiled := put(t, map[string][]byte{"c.blob": blob})
	if p, err := portsOf(t, filepath.Join(compiled, "c.blob")); p != nil || err != nil {
		t.Errorf("compiled: %+v, %v", p, err)
	}
	broken := put(t, map[string][]byte{"m.xml": []byte("<net><layers>")})
	if p, err := portsOf(t, filepath.Join(broken, "m.xml")); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("broken XML: %+v, %v", p, err)
	}
}

// Inputs that are weights are none, and lengths may be open.
func TestONNXPorts(t *testing.T) {
	value := func(name string, element uint64, dims ...[]byte) []byte {
		shape := []byte{}
		for _, d := range dims {
			shape = append(shape, bytesField(shapeDim, d)...)
		}
		tensor := append(numberField(tensorElement, element), bytesField(tensorShape, shape)...)
		return append(bytesField(valueName, []byte(name)), bytesField(valueType, bytesField(typeTensor, tensor))...)
	}
	model := onnxModel(
		bytesField(graphInput, value("pixels", 2, numberField(1, 1), bytesField(2, []byte("height")), nil)),
		bytesField(graphInput, value("w", 1)), bytesField(graphInitializer, tensor(false)),
		bytesField(graphOutput, value("ids", 7, numberField(1, 100))), bytesField(graphOutput, value("odd", 99)))
	p, err := onnxPorts(model)
	if err != nil || !slices.Equal(p.Inputs, []Port{{"pixels", "u8", "1,-1,-1"}}) || !slices.Equal(p.Outputs, []Port{{"ids", "i64", "100"}, {"odd", "unknown", ""}}) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestPortsOfRealModels(t *testing.T) {
	dir := peertest.Dir(t, "models")
	p, err := portsOf(t, filepath.Join(dir, "yunet.onnx"))
	if err != nil || !slices.Equal(p.Inputs, []Port{{"input", "f32", "1,3,640,640"}}) || len(p.Outputs) != 12 {
		t.Errorf("%+v, %v", p, err)
	}
}

func FuzzONNXPorts(f *testing.F) {
	f.Add(onnxModel(bytesField(graphInput, bytesField(valueName, []byte("x")))))
	f.Add([]byte{0x3a, 0x02, 0x5a, 0x00})
	f.Fuzz(func(t *testing.T, model []byte) {
		if _, err := onnxPorts(model); err != nil && !errors.Is(err, formats.ErrCorrupt) {
			t.Fatal(err)
		}
	})
}
