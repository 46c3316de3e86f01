package openvino_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// exported returns a compiled model as bytes.
func exported(t testing.TB, compiled *openvino.Compiled) []byte {
	t.Helper()
	var blob bytes.Buffer
	if err := compiled.Export(&blob); err != nil {
		t.Fatal(err)
	}
	return blob.Bytes()
}

func TestExportAndImport(t *testing.T) {
	core := openvinotest.Core(t)
	compiled := openvinotest.Compiled(t, "yunet.onnx", openvino.CompileOptions{})
	want := outputsFor(t, compiled)
	blob := exported(t, compiled)
	imported, err := core.Import(blob, openvino.CompileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer imported.Close()
	clear(blob) // it was copied
	if difference := largestDifference(t, outputsFor(t, imported), want); difference != 0 {
		t.Errorf("the imported model differs by %g", difference)
	}
}

// outputsFor runs a model with one input on random values.
func outputsFor(t *testing.T, compiled *openvino.Compiled) []float32 {
	t.Helper()
	request := openvinotest.Request(t, compiled)
	input, err := request.Input(0)
	if err != nil {
		t.Fatal(err)
	}
	fillRandom(input)
	if err := request.Infer(t.Context()); err != nil {
		t.Fatal(err)
	}
	return allOutputs(t, compiled, request)
}

// TestImportedModelsOwnTheirMemory closes everything but a request.
func TestImportedModelsOwnTheirMemory(t *testing.T) {
	before := openvino.InUse()
	blob := exported(t, scaler(t, openvino.CompileOptions{}))
	imported, err := openvinotest.Core(t).Import(blob, openvino.CompileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var requests []*openvino.Request
	for range 2 {
		request, err := imported.NewRequest()
		if err != nil {
			t.Fatal(err)
		}
		requests = append(requests, request)
	}
	imported.Close()
	input, err := openvino.NewTensor(openvino.F32, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	copy(input.Float32s(), []float32{1, 1, 1})
	for _, request := range requests {
		if got := infer(t, request, input); !slices.Equal(got, []float32{2, 3, 4}) {
			t.Errorf("%v", got)
		}
		request.Close()
	}
	input.Close()
	after := openvino.InUse()
	if after.Tensors != before.Tensors || after.Requests != before.Requests {
		t.Errorf("%+v before and %+v after", before, after)
	}
}

func TestImportOptions(t *testing.T) {
	core := openvinotest.Core(t)
	blob := exported(t, scaler(t, openvino.CompileOptions{Precision: "bf16"}))
	for _, test := range []struct {
		options         openvino.CompileOptions
		precision, hint string
	}{
		{openvino.CompileOptions{}, "f32", "LATENCY"},
		{openvino.CompileOptions{Precision: "bf16", Hint: openvino.Throughput}, "bf16", "THROUGHPUT"},
		{openvino.CompileOptions{}, "f32", "LATENCY"},
	} {
		imported, err := core.Import(blob, test.options)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"INFERENCE_PRECISION_HINT": test.precision, "PERFORMANCE_HINT": test.hint} {
			if got, err := imported.Property(name); err != nil || got != want {
				t.Errorf("%+v: %s is %s, %v", test.options, name, got, err)
			}
		}
		imported.Close()
	}
	if _, err := core.Import(blob, openvino.CompileOptions{Properties: map[string]string{"NO_SUCH_PROPERTY": "1"}}); err == nil || errors.Is(err, openvino.ErrModel) {
		t.Errorf("a property that does not exist: %v", err)
	}
	if _, err := core.Import(blob, openvino.CompileOptions{Precision: "f99"}); err == nil {
		t.Error("a precision that does not exist")
	}
	if got, err := core.Property("CPU", "INFERENCE_PRECISION_HINT"); err != nil || got != "f32" {
		t.Errorf("the core was left with the precision %s, %v", got, err)
	}
}

func TestWhatCannotBeImported(t *testing.T) {
	core := openvinotest.Core(t)
	blob := exported(t, scaler(t, openvino.CompileOptions{}))
	before := openvino.InUse()
	for name, data := range map[string][]byte{
		"nothing":         nil,
		"a byte":          blob[:1],
		"text":            []byte(strings.Repeat("this is not a compiled model ", 100)),
		"zeros":           make([]byte, 10000),
		"the header only": blob[:100],
	} {
		if _, err := core.Import(data, openvino.CompileOptions{}); !errors.Is(err, openvino.ErrModel) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := openvino.InUse(); after != before {
		t.Errorf("%+v before and %+v after", before, after)
	}
}

var errFull = errors.New("the disk is full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestExportLeavesNothing(t *testing.T) {
	compiled := scaler(t, openvino.CompileOptions{})
	files := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	before := files()
	if err := compiled.Export(fullDisk{}); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
	if err := compiled.Export(io.Discard); err != nil {
		t.Error(err)
	}
	if after := files(); after != before {
		t.Errorf("%d files open before, %d after", before, after)
	}
}
