package openvino_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"syscall"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
)

func TestTensorsAreSlices(t *testing.T) {
	openvinotest.Core(t)
	tensor, err := openvino.NewTensor(openvino.F32, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer tensor.Close()
	if !slices.Equal(tensor.Float32s(), make([]float32, 6)) {
		t.Errorf("a new tensor is %v", tensor.Float32s())
	}
	tensor.Float32s()[5] = 1
	if got := tensor.Bytes(); len(got) != 24 || got[23] != 0x3f {
		t.Errorf("the bytes are %v", got)
	}
	if tensor.Element() != openvino.F32 || !slices.Equal(tensor.Shape(), []int{2, 3}) {
		t.Errorf("it is a tensor %v of %v", tensor.Shape(), tensor.Element())
	}
	if tensor.Uint8s() != nil || tensor.Int64s() != nil || tensor.Int32s() != nil || tensor.Uint16s() != nil || tensor.Float64s() != nil {
		t.Error("numbers are taken for others")
	}
	if err := tensor.SetShape(4, 5); err != nil {
		t.Fatal(err)
	}
	if len(tensor.Float32s()) != 20 {
		t.Errorf("%d numbers after the change of shape", len(tensor.Float32s()))
	}
}

func TestTensorsOfEachElement(t *testing.T) {
	openvinotest.Core(t)
	for element := openvino.Dynamic; element <= openvino.F8E8M0; element++ {
		tensor, err := openvino.NewTensor(element, 2, 8)
		if element.Bits() == 0 {
			if err == nil {
				t.Errorf("a tensor of %v was made", element)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", element, err)
			continue
		}
		if got := len(tensor.Bytes()); got != 16*element.Bits()/8 {
			t.Errorf("sixteen %v take %d bytes", element, got)
		}
		tensor.Close()
	}
}

func TestShapesOfTensors(t *testing.T) {
	openvinotest.Core(t)
	for _, test := range []struct {
		shape []int
		count int // -1: impossible
	}{
		{nil, 1},
		{[]int{0}, 0},
		{[]int{3, 0, 2}, 0},
		{[]int{-1}, -1},
		{[]int{0, -1}, -1},
		{[]int{math.MaxInt}, -1},
		{[]int{1 << 32, 1 << 32}, -1},
		{[]int{1 << 31, 1 << 31, 1 << 31}, -1},
	} {
		tensor, err := openvino.NewTensor(openvino.F32, test.shape...)
		if test.count < 0 {
			if err == nil || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v: %v", test.shape, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", test.shape, err)
			continue
		}
		if len(tensor.Float32s()) != test.count || !slices.Equal(tensor.Shape(), test.shape) {
			t.Errorf("%v: %d numbers in %v", test.shape, len(tensor.Float32s()), tensor.Shape())
		}
		if err := tensor.SetShape(1 << 50); err == nil {
			t.Errorf("%v became a petabyte", test.shape)
		}
		tensor.Close()
	}
}

func TestClosedTensors(t *testing.T) {
	openvinotest.Core(t)
	tensor, err := openvino.NewTensor(openvino.U8, 4)
	if err != nil {
		t.Fatal(err)
	}
	tensor.Close()
	tensor.Close()
	if tensor.Bytes() != nil || tensor.Uint8s() != nil || len(tensor.Shape()) != 0 {
		t.Error("a closed tensor has something in it")
	}
	if err := tensor.SetShape(1); !errors.Is(err, openvino.ErrClosed) {
		t.Errorf("the shape of a closed tensor: %v", err)
	}
	if _, err := tensor.Strings(); !errors.Is(err, openvino.ErrClosed) {
		t.Errorf("the strings of a closed tensor: %v", err)
	}
}

func TestStrings(t *testing.T) {
	texts := []string{"", "short", "exactly 15 byte", "exactly 16 bytes", strings.Repeat("long ", 1000), "ÄÖÜ 漢字"}
	compiled := compile(t, read(t, echoModel("string", "STRING", "?"), nil), openvino.CompileOptions{})
	request := openvinotest.Request(t, compiled)
	tensor, err := openvino.NewStringTensor(texts)
	if err != nil {
		t.Fatal(err)
	}
	defer tensor.Close()
	if err := request.SetInput(0, tensor); err != nil {
		t.Fatal(err)
	}
	if err := request.Infer(t.Context()); err != nil {
		t.Fatal(err)
	}
	output, err := request.Output(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, tensor := range []*openvino.Tensor{tensor, output} {
		if got, err := tensor.Strings(); err != nil || !slices.Equal(got, texts) {
			t.Errorf("%q, %v", got, err)
		}
		if tensor.Bytes() != nil {
			t.Error("strings are bytes")
		}
	}
	if _, err := openvino.NewStringTensor(texts, 2, 2); err == nil {
		t.Error("six strings in a tensor of four")
	}
}

func TestNumbersAreNotStrings(t *testing.T) {
	openvinotest.Core(t)
	tensor := tensorOf(t, nil, 8)
	if _, err := tensor.Strings(); err == nil {
		t.Error("numbers were read as strings")
	}
}

func TestMappedTensors(t *testing.T) {
	core := openvinotest.Core(t)
	xml, bin := scaleModel(1, 2, 3)
	memory, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(memory)
	copy(memory, bin)
	weights, err := openvino.MappedTensor(memory)
	if err != nil {
		t.Fatal(err)
	}
	if &weights.Bytes()[0] != &memory[0] {
		t.Error("it was copied")
	}
	model, err := core.ReadWithWeights(xml, weights)
	if err != nil {
		t.Fatal(err)
	}
	weights.Close()
	compiled, err := core.Compile(model, openvino.CompileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	model.Close()
	request, err := compiled.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	compiled.Close()
	if got := infer(t, request, tensorOf(t, []float32{1, 1, 1}, 1, 3)); !slices.Equal(got, []float32{1, 2, 3}) {
		t.Errorf("%v", got)
	}
	request.Close()
	if _, err := core.ReadWithWeights(xml, weights); !errors.Is(err, openvino.ErrClosed) {
		t.Errorf("with weights that were closed: %v", err)
	}
}
