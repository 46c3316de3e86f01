package openvino_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// preprocessed makes the same preprocessing in Python that the test below makes, and
// writes what comes out of a model that gives out what it gets.
const preprocessed = `
import sys, numpy, openvino
from openvino.preprocess import PrePostProcessor, ColorFormat, ResizeAlgorithm
steps, xml, values, shape = sys.argv[1:5]
core = openvino.Core()
model = core.read_model(xml.encode())
p = PrePostProcessor(model)
i = p.input(0)
shape = [int(d) for d in shape.split(",")]
i.tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC")).set_color_format(ColorFormat.BGR)
i.model().set_layout(openvino.Layout("NCHW"))
s = i.preprocess()
if steps == "picture":
    i.tensor().set_spatial_static_shape(shape[1], shape[2])
    s.convert_element_type(openvino.Type.f32).convert_color(ColorFormat.RGB).resize(ResizeAlgorithm.RESIZE_LINEAR)
    s.mean([1, 2, 3]).scale([4, 5, 6])
elif steps == "any size":
    i.tensor().set_spatial_dynamic_shape()
    s.convert_element_type(openvino.Type.f32).resize(ResizeAlgorithm.RESIZE_CUBIC).reverse_channels().scale(2)
elif steps == "cut":
    s.convert_element_type(openvino.Type.f32).crop([0, 2, 1, 0], [1, 26, 31, 3])
    s.pad([0, 4, 1, 0], [0, 4, 1, 0], 7, openvino.preprocess.PaddingMode.CONSTANT).mean(3)
    s.convert_layout(openvino.Layout("NCHW")).convert_color(ColorFormat.RGB)
model = p.build()
compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
data = numpy.fromfile(values, dtype="u1").reshape(shape)
sys.stdout.buffer.write(compiled(data)[0].astype("<f4").tobytes())
`

func TestPreprocessing(t *testing.T) {
	base := openvino.Preprocessing{
		Element: openvino.U8, Layout: "NHWC", Color: openvino.BGR, ModelLayout: "NCHW",
	}
	for _, test := range []struct {
		name          string
		height, width int
		set           func(*openvino.Preprocessing)
	}{
		{"picture", 48, 60, func(p *openvino.Preprocessing) {
			p.Height, p.Width = 48, 60
			p.Steps = []openvino.Step{openvino.ToElement(openvino.F32), openvino.ToColor(openvino.RGB), openvino.Resize(openvino.Linear),
				openvino.Mean(1, 2, 3), openvino.Scale(4, 5, 6)}
		}},
		{"any size", 50, 20, func(p *openvino.Preprocessing) {
			p.Height, p.Width = openvino.AnySize, openvino.AnySize
			p.Steps = []openvino.Step{openvino.ToElement(openvino.F32), openvino.Resize(openvino.Cubic), openvino.ReverseChannels(), openvino.Scale(2)}
		}},
		{"cut", 32, 32, func(p *openvino.Preprocessing) {
			p.Steps = []openvino.Step{openvino.ToElement(openvino.F32), openvino.Crop([]int32{0, 2, 1, 0}, []int32{1, 26, 31, 3}),
				openvino.Pad([]int32{0, 4, 1, 0}, []int32{0, 4, 1, 0}, openvino.Constant, 7), openvino.Mean(3),
				openvino.ToLayout("NCHW"), openvino.ToColor(openvino.RGB)}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			xml := echoModel("f32", "FP32", "1,3,32,32")
			model := read(t, xml, nil)
			steps := base
			test.set(&steps)
			if err := model.Preprocess(steps); err != nil {
				t.Fatal(err)
			}
			compiled := compile(t, model, openvino.CompileOptions{})
			picture, err := openvino.NewTensor(openvino.U8, 1, test.height, test.width, 3)
			if err != nil {
				t.Fatal(err)
			}
			defer picture.Close()
			fillRandom(picture)
			got := infer(t, openvinotest.Request(t, compiled), picture)

			file := filepath.Join(t.TempDir(), "picture")
			if err := os.WriteFile(file, picture.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			shape := strings.Trim(strings.ReplaceAll(openvino.ShapeOf(picture.Shape()...).String(), " ", ""), "[]")
			want := floats(openvinotest.Python(t, preprocessed, test.name, string(xml), file, shape))
			if difference := largestDifference(t, got, want); difference != 0 {
				t.Errorf("differs from Python's by up to %g", difference)
			}
		})
	}
}

func TestPreprocessingThatIsImpossible(t *testing.T) {
	for name, preprocessing := range map[string]openvino.Preprocessing{
		"no such input":       {Input: 3},
		"a negative input":    {Input: -1},
		"a senseless layout":  {Layout: "N?HWC!"},
		"a layout too short":  {Layout: "NC", ModelLayout: "NCHW"},
		"unknown channels":    {Steps: []openvino.Step{openvino.Mean(1, 2, 3)}},
		"too many means":      {ModelLayout: "NCHW", Steps: []openvino.Step{openvino.Mean(1, 2, 3, 4, 5)}},
		"no means":            {ModelLayout: "NCHW", Steps: []openvino.Step{openvino.Mean()}},
		"no scales":           {ModelLayout: "NCHW", Steps: []openvino.Step{openvino.Scale()}},
		"a border of nothing": {ModelLayout: "NCHW", Steps: []openvino.Step{openvino.Pad(nil, []int32{1}, openvino.Edge, 0)}},
		"unknown colours":     {ModelLayout: "NCHW", Steps: []openvino.Step{openvino.ToColor(openvino.BGR)}},
	} {
		model := read(t, echoModel("f32", "FP32", "1,3,32,32"), nil)
		if err := model.Preprocess(preprocessing); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		// The model is as it was.
		if err := model.Preprocess(); err != nil {
			t.Errorf("no preprocessing: %v", err)
		}
		request := openvinotest.Request(t, compile(t, model, openvino.CompileOptions{}))
		if got := infer(t, request, tensorOf(t, []float32{5}, 1, 3, 32, 32)); got[0] != 5 {
			t.Errorf("%s: after the error the model gives %v", name, got[0])
		}
	}
}

func TestConvertOutput(t *testing.T) {
	model := read(t, echoModel("f32", "FP32", "4"), nil)
	if err := model.ConvertOutput(0, openvino.I32); err != nil {
		t.Fatal(err)
	}
	if err := model.ConvertOutput(1, openvino.I32); err == nil {
		t.Error("there is no second output")
	}
	request := openvinotest.Request(t, compile(t, model, openvino.CompileOptions{}))
	infer(t, request, tensorOf(t, []float32{1, 2.5, -3, 4}, 4))
	output, err := request.Output(0)
	if err != nil {
		t.Fatal(err)
	}
	if got := output.Int32s(); len(got) != 4 || got[1] != 2 || got[2] != -3 {
		t.Errorf("%v", got)
	}
}
