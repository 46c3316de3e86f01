package openvino_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// A text is taken up to its first zero byte by the library: "x\x00y" would be the
// input x, and a path another file. Each must be refused, and nothing changed.
func TestZeroBytes(t *testing.T) {
	core := openvinotest.Core(t)
	xml, bin := scaleModel(1, 2, 3)
	model := read(t, xml, bin)
	compiled := scaler(t, openvino.CompileOptions{})
	request, err := compiled.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	defer request.Close()
	tensor, err := openvino.NewTensor(openvino.F32, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer tensor.Close()
	path := filepath.Join(t.TempDir(), "m.xml")
	if err := os.WriteFile(path, []byte(xml), 0o600); err != nil {
		t.Fatal(err)
	}
	compile := func(o openvino.CompileOptions) func() error {
		return func() error {
			c, err := core.Compile(model, o)
			if err == nil {
				c.Close()
			}
			return err
		}
	}
	for name, try := range map[string]func() error{
		"a port":           func() error { return request.SetNamed("x\x00y", tensor) },
		"an input":         func() error { return model.Reshape(map[string]openvino.PartialShape{"x\x00y": openvino.ShapeOf(5, 3)}) },
		"a path":           func() error { _, err := core.ReadFile(path + "\x00.xml"); return err },
		"an extension":     func() error { return core.AddExtension(path + "\x00.so") },
		"a device":         func() error { _, err := core.Property("CPU\x00GPU", "FULL_DEVICE_NAME"); return err },
		"a property":       func() error { _, err := core.Property("CPU", "FULL_DEVICE_NAME\x00X"); return err },
		"a model's":        func() error { _, err := compiled.Property("NUM_STREAMS\x00X"); return err },
		"where to compile": compile(openvino.CompileOptions{Device: "CPU\x00GPU"}),
		"a precision":      compile(openvino.CompileOptions{Precision: "f32\x00f16"}),
		"a key":            compile(openvino.CompileOptions{Properties: map[string]string{"NUM_STREAMS\x00X": "1"}}),
		"a value":          compile(openvino.CompileOptions{Properties: map[string]string{"NUM_STREAMS": "1\x002"}}),
		"an import": func() error {
			_, err := core.Import([]byte("blob"), openvino.CompileOptions{Device: "CPU\x00"})
			return err
		},
		"a layout":    func() error { return model.Preprocess(openvino.Preprocessing{Layout: "NC\x00HW"}) },
		"the model's": func() error { return model.Preprocess(openvino.Preprocessing{ModelLayout: "NC\x00HW"}) },
		"a step": func() error {
			return model.Preprocess(openvino.Preprocessing{Layout: "NC", Steps: []openvino.Step{openvino.ToLayout("CN\x00")}})
		},
		"a string": func() error { _, err := openvino.NewStringTensor([]string{"a", "b\x00c"}); return err },
	} {
		err := try()
		var e *openvino.Error
		if err == nil || !errors.As(err, &e) || !strings.Contains(e.Text, "zero byte") || strings.IndexByte(err.Error(), 0) >= 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if inputs, err := model.Inputs(); err != nil || inputs[0].Shape.String() != "[1,3]" && inputs[0].Shape.String() != "[?,3]" {
		t.Errorf("the model was changed: %v, %v", inputs, err)
	}
}
