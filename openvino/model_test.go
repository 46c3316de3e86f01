package openvino_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
)

func TestModelsFromMemory(t *testing.T) {
	xml, bin := scaleModel(1, 10, 100)
	model := read(t, xml, bin)
	clear(bin) // it was copied
	inputs, err := model.Inputs()
	if err != nil {
		t.Fatal(err)
	}
	outputs, err := model.Outputs()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(inputs, outputs), "[{x f32 [?,3]}] [{alias f32 [?,3]}]"; got != want {
		t.Errorf("the ports are %s, want %s", got, want)
	}
	compiled := compile(t, model, openvino.CompileOptions{})
	model.Close()
	request := openvinotest.Request(t, compiled)
	for rows := 1; rows < 4; rows++ {
		values := slices.Repeat([]float32{1, 2, 3}, rows)
		want := slices.Repeat([]float32{1, 20, 300}, rows)
		if got := infer(t, request, tensorOf(t, values, rows, 3)); !slices.Equal(got, want) {
			t.Errorf("%v became %v", values, got)
		}
	}
}

func TestModelsFromFiles(t *testing.T) {
	core := openvinotest.Core(t)
	dir := t.TempDir()
	xml, bin := scaleModel(2, 2, 2)
	path := filepath.Join(dir, "ä model.xml")
	if err := os.WriteFile(path, xml, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := core.ReadFile(path); !errors.Is(err, openvino.ErrModel) {
		t.Errorf("without its weights: %v", err)
	}
	weights := filepath.Join(dir, "ä model.bin")
	if err := os.WriteFile(weights, bin[:8], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := core.ReadFile(path); !errors.Is(err, openvino.ErrModel) {
		t.Errorf("with half of its weights: %v", err)
	}
	if err := os.WriteFile(weights, bin, 0o600); err != nil {
		t.Fatal(err)
	}
	model, err := core.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	request := openvinotest.Request(t, compile(t, model, openvino.CompileOptions{}))
	if got := infer(t, request, tensorOf(t, []float32{1, 2, 3}, 1, 3)); !slices.Equal(got, []float32{2, 4, 6}) {
		t.Errorf("%v", got)
	}
}

func TestWhatIsNotAModel(t *testing.T) {
	core := openvinotest.Core(t)
	onnx, err := os.ReadFile(openvinotest.Model(t, "yunet.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	xml, bin := scaleModel(1, 2, 3)
	for _, test := range []struct {
		name           string
		model, weights []byte
	}{
		{"nothing", nil, nil},
		{"text", []byte("this is not a model"), nil},
		{"zeros", make([]byte, 1000), nil},
		{"a PNG file", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), nil},
		{"half of an ONNX file", onnx[:len(onnx)/2], nil},
		{"the first byte of an ONNX file", onnx[:1], nil},
		{"half of an XML file", xml[:len(xml)/2], bin},
		{"other XML", []byte("<annotation><folder>x</folder></annotation>"), nil},
		{"no layers", []byte(`<net name="x" version="11"><layers/><edges/></net>`), nil},
		{"no weights", xml, nil},
		{"weights cut off", xml, bin[:8]},
		{"an unknown operation", []byte(strings.Replace(string(xml), "Multiply", "Fultiply", 1)), bin},
		{"an unknown version", []byte(strings.Replace(string(xml), `version="11"`, `version="99"`, 1)), bin},
	} {
		t.Run(test.name, func(t *testing.T) {
			model, err := core.Read(test.model, test.weights)
			if err == nil {
				model.Close()
			}
			if !errors.Is(err, openvino.ErrModel) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), ".cpp") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestFilesThatAreNotModels(t *testing.T) {
	core := openvinotest.Core(t)
	xml, _ := scaleModel(1, 2, 3)
	onnx, err := os.ReadFile(openvinotest.Model(t, "yunet.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		data []byte
	}{
		{"model.xml", nil},
		{"model.xml", []byte("text")},
		{"model.xml", onnx},
		{"model.xml", []byte("<?xml version='1.0'?><annotation/>")},
		{"model.xml", []byte("<!-- only a comment -->")},
		{"model.onnx", nil},
		{"model.onnx", xml},
		{"model.onnx", make([]byte, 100)},
		{"model.onnx", onnx[:len(onnx)/2]},
		{"model.jpg", onnx},
		{"model", onnx},
	} {
		path := filepath.Join(t.TempDir(), test.name)
		if err := os.WriteFile(path, test.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := core.ReadFile(path); !errors.Is(err, openvino.ErrModel) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s of %.30q: %v", test.name, test.data, err)
		}
	}
}

func TestFilesThatAreNone(t *testing.T) {
	core := openvinotest.Core(t)
	dir := t.TempDir()
	for name, want := range map[string]error{
		filepath.Join(dir, "missing.xml"): os.ErrNotExist,
		dir:                               openvino.ErrModel,
		"/dev/null":                       openvino.ErrModel,
	} {
		if _, err := core.ReadFile(name); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := core.ReadFile("a\x00.xml"); err == nil {
		t.Error("a name with a zero byte")
	}
}

func TestReshape(t *testing.T) {
	xml, bin := scaleModel(1, 2, 3)
	model := read(t, xml, bin)
	for _, test := range []struct {
		shapes map[string]openvino.PartialShape
		want   string // "" if it is impossible
	}{
		{map[string]openvino.PartialShape{"x": openvino.ShapeOf(5, 3)}, "[5,3]"},
		{map[string]openvino.PartialShape{"x": {{Min: 1, Max: 16}, {Min: 3, Max: 3}}}, "[1..16,3]"},
		{map[string]openvino.PartialShape{"x": openvino.ShapeOf(-1, -1)}, "[?,?]"},
		{map[string]openvino.PartialShape{"x": nil}, ""},
		{map[string]openvino.PartialShape{"x": {}}, ""},
		{map[string]openvino.PartialShape{"x": openvino.ShapeOf(7, 3)}, "[7,3]"},
		{map[string]openvino.PartialShape{"z": openvino.ShapeOf(7, 3)}, ""},
		{map[string]openvino.PartialShape{"x": openvino.ShapeOf(1, 4)}, ""},
		{nil, "[7,3]"},
	} {
		err := model.Reshape(test.shapes)
		if test.want == "" {
			if err == nil {
				t.Errorf("%v: no error", test.shapes)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", test.shapes, err)
			continue
		}
		if inputs, err := model.Inputs(); err != nil || inputs[0].Shape.String() != test.want {
			t.Errorf("%v: the inputs are %v, %v", test.shapes, inputs, err)
		}
	}
}

func TestClosedModels(t *testing.T) {
	xml, bin := scaleModel(1, 2, 3)
	model := read(t, xml, bin)
	compiled := compile(t, model, openvino.CompileOptions{})
	request := openvinotest.Request(t, compiled)
	output, err := request.Output(0)
	if err != nil {
		t.Fatal(err)
	}
	input := tensorOf(t, []float32{1, 2, 3}, 1, 3)
	for range 2 {
		output.Close() // which is the request's business
		model.Close()
		compiled.Close()
	}
	if got := infer(t, request, input); !slices.Equal(got, []float32{1, 4, 9}) {
		t.Errorf("with everything else closed: %v", got)
	}
	request.Close()
	request.Close()
	if output.Float32s() != nil {
		t.Error("the output is there after its request")
	}
	closedErrors(t, model, compiled, request, input)
}

func closedErrors(t *testing.T, model *openvino.Model, compiled *openvino.Compiled, request *openvino.Request, input *openvino.Tensor) {
	t.Helper()
	core := openvinotest.Core(t)
	for name, call := range map[string]func() error{
		"Inputs":        func() error { _, err := model.Inputs(); return err },
		"Reshape":       func() error { return model.Reshape(nil) },
		"Preprocess":    func() error { return model.Preprocess() },
		"ConvertOutput": func() error { return model.ConvertOutput(0, openvino.F16) },
		"Compile":       func() error { _, err := core.Compile(model, openvino.CompileOptions{}); return err },
		"Outputs":       func() error { _, err := compiled.Outputs(); return err },
		"Property":      func() error { _, err := compiled.Property("NUM_STREAMS"); return err },
		"Export":        func() error { return compiled.Export(nil) },
		"NewRequest":    func() error { _, err := compiled.NewRequest(); return err },
		"Input":         func() error { _, err := request.Input(0); return err },
		"Output":        func() error { _, err := request.Output(0); return err },
		"SetInput":      func() error { return request.SetInput(0, input) },
		"SetOutput":     func() error { return request.SetOutput(0, input) },
		"SetNamed":      func() error { return request.SetNamed("x", input) },
		"Infer":         func() error { return request.Infer(t.Context()) },
		"Start":         request.Start,
		"Wait":          func() error { return request.Wait(t.Context()) },
		"Profile":       func() error { _, err := request.Profile(); return err },
	} {
		if err := call(); !errors.Is(err, openvino.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
