package openvino_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// scaler compiles the small model.
func scaler(t testing.TB, options openvino.CompileOptions) *openvino.Compiled {
	t.Helper()
	xml, bin := scaleModel(2, 3, 4)
	return compile(t, read(t, xml, bin), options)
}

func TestAsynchronousInference(t *testing.T) {
	request := openvinotest.Request(t, scaler(t, openvino.CompileOptions{}))
	input := tensorOf(t, []float32{1, 1, 1}, 1, 3)
	if err := request.SetInput(0, input); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if err := request.Start(); err != nil {
			t.Fatal(err)
		}
		if err := request.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	output, err := request.Output(0)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(output.Float32s(), []float32{2, 3, 4}) {
		t.Errorf("%v", output.Float32s())
	}
}

func TestOutputIntoATensor(t *testing.T) {
	request := openvinotest.Request(t, scaler(t, openvino.CompileOptions{}))
	input, output := tensorOf(t, []float32{1, 1, 1}, 1, 3), tensorOf(t, nil, 1, 3)
	if err := request.SetNamed("x", input); err != nil {
		t.Fatal(err)
	}
	if err := request.SetOutput(0, output); err != nil {
		t.Fatal(err)
	}
	if err := request.Infer(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(output.Float32s(), []float32{2, 3, 4}) {
		t.Errorf("%v", output.Float32s())
	}
	same, err := request.Output(0)
	if err != nil {
		t.Fatal(err)
	}
	if &same.Float32s()[0] != &output.Float32s()[0] {
		t.Error("the output was copied")
	}
	// One inference's output is the next one's input, by exchanging the tensors.
	if err := errors.Join(request.SetInput(0, output), request.SetOutput(0, input), request.Infer(t.Context())); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(input.Float32s(), []float32{4, 9, 16}) {
		t.Errorf("%v", input.Float32s())
	}
}

func TestOutputsOfChangingShape(t *testing.T) {
	request := openvinotest.Request(t, scaler(t, openvino.CompileOptions{}))
	var first *openvino.Tensor
	for _, rows := range []int{1, 50, 2, 0, 3} {
		infer(t, request, tensorOf(t, nil, rows, 3))
		output, err := request.Output(0)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(output.Shape(), []int{rows, 3}) || len(output.Float32s()) != 3*rows {
			t.Errorf("%d rows gave %v", rows, output.Shape())
		}
		if first == nil {
			first = output
		} else if first != output {
			t.Error("it is another tensor")
		}
	}
}

// TestOutputsAreLookedAtAnew keeps tensors across an inference that gives them other memory.
func TestOutputsAreLookedAtAnew(t *testing.T) {
	const rows = 100_000
	for name, set := range map[string]func(*openvino.Request) (*openvino.Tensor, error){
		"the request's own": func(r *openvino.Request) (*openvino.Tensor, error) { return r.Output(0) },
		"set": func(r *openvino.Request) (*openvino.Tensor, error) {
			output := tensorOf(t, nil, 1, 3)
			return output, r.SetOutput(0, output)
		},
		"set by name": func(r *openvino.Request) (*openvino.Tensor, error) {
			output := tensorOf(t, nil, 1, 3)
			return output, r.SetNamed("y", output)
		},
	} {
		t.Run(name, func(t *testing.T) {
			request := openvinotest.Request(t, scaler(t, openvino.CompileOptions{}))
			infer(t, request, tensorOf(t, nil, 1, 3))
			output, err := set(request)
			if err != nil {
				t.Fatal(err)
			}
			input := tensorOf(t, slices.Repeat([]float32{1}, rows*3), rows, 3)
			if err := errors.Join(request.SetInput(0, input), request.Infer(t.Context())); err != nil {
				t.Fatal(err)
			}
			if got := output.Float32s(); len(got) != rows*3 || !slices.Equal(got[len(got)-3:], []float32{2, 3, 4}) {
				t.Errorf("%d elements", len(got))
			}
			if !slices.Equal(output.Shape(), []int{rows, 3}) {
				t.Errorf("the shape is %v", output.Shape())
			}
		})
	}
}

// TestInputOfAnyShape fills the request's own tensor, which has no shape of its own at
// first.
func TestInputOfAnyShape(t *testing.T) {
	request := openvinotest.Request(t, scaler(t, openvino.CompileOptions{}))
	for _, rows := range []int{2, 40, 1} {
		input, err := request.Input(0)
		if err != nil {
			t.Fatal(err)
		}
		if err := input.SetShape(rows, 3); err != nil {
			t.Fatal(err)
		}
		for i := range input.Float32s() {
			input.Float32s()[i] = float32(rows)
		}
		if err := request.Infer(t.Context()); err != nil {
			t.Fatal(err)
		}
		output, err := request.Output(0)
		if err != nil {
			t.Fatal(err)
		}
		x := float32(rows)
		if got := output.Float32s(); len(got) != 3*rows || !slices.Equal(got[:3], []float32{2 * x, 3 * x, 4 * x}) {
			t.Errorf("%d rows gave %v", rows, got)
		}
	}
}

func TestWrongTensors(t *testing.T) {
	request := openvinotest.Request(t, scaler(t, openvino.CompileOptions{}))
	bytes, err := openvino.NewTensor(openvino.U8, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer bytes.Close()
	numbers := tensorOf(t, nil, 1, 4)
	for name, err := range map[string]error{
		"elements": request.SetInput(0, bytes),
		"shape":    request.SetInput(0, numbers),
		"index":    request.SetInput(1, numbers),
		"negative": request.SetInput(-1, numbers),
		"output":   request.SetOutput(3, numbers),
		"name":     request.SetNamed("nobody", numbers),
	} {
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, i := range []int{-1, 1, 1 << 20, -1 << 62} {
		if _, err := request.Output(i); err == nil {
			t.Errorf("there is an output %d", i)
		}
		if _, err := request.Input(i); err == nil {
			t.Errorf("there is an input %d", i)
		}
	}
}

func TestWaitingForNothing(t *testing.T) {
	request := openvinotest.Request(t, scaler(t, openvino.CompileOptions{}))
	if err := request.Wait(t.Context()); err != nil {
		t.Log(err) // the runtime may say so, and must not hang
	}
}

// slow returns a request whose inference takes several hundred milliseconds, with the input
// set.
func slow(t *testing.T) *openvino.Request {
	t.Helper()
	core := openvinotest.Core(t)
	model, err := core.ReadFile(openvinotest.Model(t, "yolo11n.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	if err := model.Reshape(map[string]openvino.PartialShape{"images": openvino.ShapeOf(1, 3, 1280, 1280)}); err != nil {
		t.Fatal(err)
	}
	return openvinotest.Request(t, compile(t, model, openvino.CompileOptions{}))
}

func TestCancelledInference(t *testing.T) {
	request := slow(t)
	waits := map[string]func(context.Context) error{
		"Infer": request.Infer,
		"Wait": func(ctx context.Context) error {
			if err := request.Start(); err != nil {
				return err
			}
			return request.Wait(ctx)
		},
	}
	for name, wait := range waits {
		for _, delay := range []time.Duration{0, time.Microsecond, 20 * time.Millisecond} {
			ctx, cancel := context.WithTimeout(t.Context(), delay)
			if err := wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s, cancelled after %v: %v", name, delay, err)
			}
			cancel()
		}
	}
	if err := request.Infer(t.Context()); err != nil {
		t.Errorf("after it was cancelled: %v", err)
	}
}

func TestBusyRequest(t *testing.T) {
	request := slow(t)
	if err := request.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := request.Start(); err == nil || !strings.Contains(err.Error(), "busy") {
		t.Errorf("started twice: %v", err)
	}
	if _, err := request.Output(0); err == nil || !strings.Contains(err.Error(), "busy") {
		t.Errorf("its output, which is there: %v", err)
	}
	cancel()
	if err := request.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestInferencesAtTheSameTime(t *testing.T) {
	compiled := scaler(t, openvino.CompileOptions{Hint: openvino.Throughput, Streams: 2, Threads: 2})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			request, err := compiled.NewRequest()
			if err != nil {
				t.Error(err)
				return
			}
			defer request.Close()
			input, err := openvino.NewTensor(openvino.F32, 2, 3)
			if err != nil {
				t.Error(err)
				return
			}
			defer input.Close()
			if err := request.SetInput(0, input); err != nil {
				t.Error(err)
				return
			}
			for i := range 200 {
				x := float32(g*1000 + i)
				copy(input.Float32s(), []float32{x, x, x, 1, 1, 1})
				if err := request.Infer(ctx); err != nil {
					t.Error(err)
					return
				}
				output, err := request.Output(0)
				if want := []float32{2 * x, 3 * x, 4 * x, 2, 3, 4}; err != nil || !slices.Equal(output.Float32s(), want) {
					t.Errorf("%v, want %v (%v)", output, want, err)
					return
				}
			}
		})
	}
	group.Wait()
}

func TestProfile(t *testing.T) {
	request := openvinotest.Request(t, openvinotest.Compiled(t, "yunet.onnx", openvino.CompileOptions{Profile: true}))
	if err := request.Infer(t.Context()); err != nil {
		t.Fatal(err)
	}
	layers, err := request.Profile()
	if err != nil {
		t.Fatal(err)
	}
	var total time.Duration
	for _, layer := range layers {
		if layer.Name == "" || layer.Type == "" {
			t.Errorf("%+v", layer)
		}
		if layer.Executed && layer.Type == "Convolution" {
			total += layer.Real
		}
	}
	if total <= 0 {
		t.Errorf("of %d layers no convolution was executed", len(layers))
	}
	if layers, err := openvinotest.Request(t, scaler(t, openvino.CompileOptions{})).Profile(); err == nil && len(layers) > 0 && layers[0].Real > 0 {
		t.Error("there is a profile that nobody asked for")
	}
}

func TestOptions(t *testing.T) {
	for _, test := range []struct {
		options    openvino.CompileOptions
		name, want string
	}{
		{openvino.CompileOptions{}, "INFERENCE_PRECISION_HINT", "f32"},
		{openvino.CompileOptions{Precision: "bf16"}, "INFERENCE_PRECISION_HINT", "bf16"},
		{openvino.CompileOptions{Hint: openvino.Latency}, "PERFORMANCE_HINT", "LATENCY"},
		{openvino.CompileOptions{Hint: openvino.Throughput}, "PERFORMANCE_HINT", "THROUGHPUT"},
		{openvino.CompileOptions{Streams: 2}, "NUM_STREAMS", "2"},
		{openvino.CompileOptions{Threads: 1}, "INFERENCE_NUM_THREADS", "1"},
		{openvino.CompileOptions{Profile: true}, "PERF_COUNT", "YES"},
		{openvino.CompileOptions{Precision: "bf16", Properties: map[string]string{"INFERENCE_PRECISION_HINT": "f32"}}, "INFERENCE_PRECISION_HINT", "f32"},
	} {
		if got, err := scaler(t, test.options).Property(test.name); err != nil || got != test.want {
			t.Errorf("%+v: %s is %s, %v", test.options, test.name, got, err)
		}
	}
}

func TestOptionsThatDoNotExist(t *testing.T) {
	core := openvinotest.Core(t)
	xml, bin := scaleModel(1, 2, 3)
	model := read(t, xml, bin)
	for _, options := range []openvino.CompileOptions{
		{Device: "ABACUS"},
		{Device: "\x00"},
		{Precision: "f99"},
		{Hint: "FASTER"},
		{Streams: -7},
		{Properties: map[string]string{"NO_SUCH_PROPERTY": "1"}},
	} {
		compiled, err := core.Compile(model, options)
		if err == nil {
			compiled.Close()
		}
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: %v", options, err)
		}
	}
	if _, err := core.Property("CPU", "NO_SUCH_PROPERTY"); err == nil {
		t.Error("a property that does not exist")
	}
	if devices, err := core.Devices(); err != nil || !slices.Contains(devices, "CPU") {
		t.Errorf("the devices are %v, %v", devices, err)
	}
}
