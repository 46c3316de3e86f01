package openvino_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// reference runs a model in Python on the values in a file and prints all outputs, one
// after the other.
const reference = `
import sys, numpy, openvino
core = openvino.Core()
compiled = core.compile_model(sys.argv[1], "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
port = compiled.inputs[0]
shape = [d.get_length() if d.is_static else 1 for d in port.partial_shape]
values = numpy.fromfile(sys.argv[2], dtype=numpy.dtype(sys.argv[3])).reshape(shape)
results = compiled(values)
for output in compiled.outputs:
    sys.stdout.buffer.write(numpy.ascontiguousarray(results[output], dtype="<f4").tobytes())
`

func floats(data []byte) []float32 {
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return values
}

// largestDifference compares two outputs.
func largestDifference(t *testing.T, got, want []float32) float64 {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d values, and %d wanted", len(got), len(want))
	}
	largest := 0.0
	for i := range got {
		difference := math.Abs(float64(got[i]) - float64(want[i]))
		if math.IsNaN(difference) {
			t.Fatalf("value %d is %v, and %v wanted", i, got[i], want[i])
		}
		largest = max(largest, difference)
	}
	return largest
}

// allOutputs returns the outputs one after the other.
func allOutputs(t *testing.T, compiled *openvino.Compiled, request *openvino.Request) []float32 {
	t.Helper()
	ports, err := compiled.Outputs()
	if err != nil {
		t.Fatal(err)
	}
	var all []float32
	for i := range ports {
		output, err := request.Output(i)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, output.Float32s()...)
	}
	return all
}

func TestModelsGiveWhatPythonGets(t *testing.T) {
	for _, name := range []string{"yunet.onnx", "picodet_layout.onnx", "yolo11n.onnx"} {
		t.Run(name, func(t *testing.T) {
			compiled := openvinotest.Compiled(t, name, openvino.CompileOptions{})
			request := openvinotest.Request(t, compiled)
			ports, err := compiled.Inputs()
			if err != nil {
				t.Fatal(err)
			}
			input, err := request.Input(0)
			if err != nil {
				t.Fatal(err)
			}
			if _, static := ports[0].Shape.Static(); !static {
				t.Skipf("the shape is %v", ports[0].Shape)
			}
			random := rand.New(rand.NewPCG(1, 2))
			values := input.Float32s()
			for i := range values {
				values[i] = random.Float32() * 255
			}
			file := filepath.Join(t.TempDir(), "input")
			if err := os.WriteFile(file, input.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := request.Infer(t.Context()); err != nil {
				t.Fatal(err)
			}
			want := floats(openvinotest.Python(t, reference, openvinotest.Model(t, name), file, "<f4"))
			if difference := largestDifference(t, allOutputs(t, compiled, request), want); difference != 0 {
				t.Errorf("outputs differ from Python's by up to %g", difference)
			}
		})
	}
}
