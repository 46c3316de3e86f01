package openvino_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// reference runs models in Python. Each is said by three arguments: the file, the shape
// of its input, and the file with the values; the outputs, one after
// the other, go into a file beside that.
const reference = `
import sys, numpy, openvino
core = openvino.Core()
for file, shape, values in zip(*[iter(sys.argv[1:])] * 3):
    shape = [int(d) for d in shape.split(",")]
    model = core.read_model(file)
    model.reshape(shape)
    compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    results = compiled(numpy.fromfile(values, dtype="<f4").reshape(shape))
    with open(values + ".out", "wb") as out:
        for output in compiled.outputs:
            out.write(numpy.ascontiguousarray(results[output], dtype="<f4").tobytes())
`

// comparedModels are models that people trained. The shape is not always the one that the
// file has.
var comparedModels = []struct {
	name  string
	shape []int
}{
	{"yunet.onnx", []int{1, 3, 320, 320}},
	{"picodet_layout.onnx", []int{1, 3, 800, 608}},
	{"yolo11n.onnx", []int{2, 3, 320, 256}},
}

func TestModelsGiveWhatPythonGets(t *testing.T) {
	var args []string
	results := map[string][]float32{}
	for _, compared := range comparedModels {
		values := filepath.Join(t.TempDir(), compared.name)
		results[values] = inferRandom(t, compared.name, compared.shape, values)
		shape := make([]string, len(compared.shape))
		for i, dim := range compared.shape {
			shape[i] = strconv.Itoa(dim)
		}
		args = append(args, openvinotest.Model(t, compared.name), strings.Join(shape, ","), values)
	}
	openvinotest.Python(t, reference, args...)
	for values, got := range results {
		data, err := os.ReadFile(values + ".out")
		if err != nil {
			t.Fatal(err)
		}
		difference := largestDifference(t, got, floats(data))
		t.Logf("%s: %d numbers, the largest difference is %g", filepath.Base(values), len(got), difference)
		if difference != 0 {
			t.Errorf("%s: the outputs differ from Python's by up to %g", filepath.Base(values), difference)
		}
	}
}

// inferRandom runs a model on random values, which it writes into a file, and returns
// all outputs one after the other.
func inferRandom(t *testing.T, name string, shape []int, file string) []float32 {
	t.Helper()
	core := openvinotest.Core(t)
	model, err := core.ReadFile(openvinotest.Model(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	inputs, err := model.Inputs()
	if err != nil {
		t.Fatal(err)
	}
	if err := model.Reshape(map[string]openvino.PartialShape{inputs[0].Name: openvino.ShapeOf(shape...)}); err != nil {
		t.Fatal(err)
	}
	compiled := compile(t, model, openvino.CompileOptions{})
	request := openvinotest.Request(t, compiled)
	input, err := request.Input(0)
	if err != nil {
		t.Fatal(err)
	}
	fillRandom(input)
	if len(input.Float32s()) == 0 {
		t.Fatalf("the input is %v of %v", input.Shape(), input.Element())
	}
	if err := os.WriteFile(file, input.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := request.Infer(t.Context()); err != nil {
		t.Fatal(err)
	}
	return allOutputs(t, compiled, request)
}

// fillRandom fills a tensor with values of pixels.
func fillRandom(tensor *openvino.Tensor) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range tensor.Float32s() {
		tensor.Float32s()[i] = random.Float32() * 255
	}
	for i := range tensor.Uint8s() {
		tensor.Uint8s()[i] = uint8(random.UintN(256))
	}
}

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
