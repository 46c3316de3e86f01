package openvino_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// scaleModel returns a small model: its output is its input, of any number of rows of
// three numbers, times three weights.
func scaleModel(weights ...float32) (xml, bin []byte) {
	const text = `<?xml version="1.0"?>
<net name="scale" version="11">
	<layers>
		<layer id="0" name="x" type="Parameter" version="opset1">
			<data shape="?,3" element_type="f32"/>
			<output><port id="0" precision="FP32" names="x"><dim>-1</dim><dim>3</dim></port></output>
		</layer>
		<layer id="1" name="w" type="Const" version="opset1">
			<data element_type="f32" shape="1,3" offset="0" size="12"/>
			<output><port id="0" precision="FP32"><dim>1</dim><dim>3</dim></port></output>
		</layer>
		<layer id="2" name="times" type="Multiply" version="opset1">
			<data auto_broadcast="numpy"/>
			<input><port id="0"><dim>-1</dim><dim>3</dim></port><port id="1"><dim>1</dim><dim>3</dim></port></input>
			<output><port id="2" precision="FP32" names="y,alias"><dim>-1</dim><dim>3</dim></port></output>
		</layer>
		<layer id="3" name="y" type="Result" version="opset1">
			<input><port id="0"><dim>-1</dim><dim>3</dim></port></input>
		</layer>
	</layers>
	<edges>
		<edge from-layer="0" from-port="0" to-layer="2" to-port="0"/>
		<edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>
		<edge from-layer="2" from-port="2" to-layer="3" to-port="0"/>
	</edges>
</net>`
	for _, weight := range weights {
		bin = binary.LittleEndian.AppendUint32(bin, math.Float32bits(weight))
	}
	return []byte(text), bin
}

// echoModel returns a model whose output is its input, of the given elements.
func echoModel(element, precision, shape string) []byte {
	var dims strings.Builder
	for dim := range strings.SplitSeq(shape, ",") {
		if dim == "?" {
			dim = "-1"
		}
		if dim != "" {
			fmt.Fprintf(&dims, "<dim>%s</dim>", dim)
		}
	}
	return fmt.Appendf(nil, `<net name="echo" version="11"><layers>
<layer id="0" name="x" type="Parameter" version="opset1"><data shape="%[3]s" element_type="%[1]s"/>
<output><port id="0" precision="%[2]s" names="x">%[4]s</port></output></layer>
<layer id="1" name="y" type="Result" version="opset1"><input><port id="0">%[4]s</port></input></layer>
</layers><edges><edge from-layer="0" from-port="0" to-layer="1" to-port="0"/></edges></net>`, element, precision, shape, dims.String())
}

// read reads a model from memory and closes it when the test ends.
func read(t testing.TB, xml, bin []byte) *openvino.Model {
	t.Helper()
	model, err := openvinotest.Core(t).Read(xml, bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Close)
	return model
}

// compile compiles a model and closes it when the test ends.
func compile(t testing.TB, model *openvino.Model, options openvino.CompileOptions) *openvino.Compiled {
	t.Helper()
	compiled, err := openvinotest.Core(t).Compile(model, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(compiled.Close)
	return compiled
}

// tensorOf makes a tensor of numbers and closes it when the test ends.
func tensorOf(t testing.TB, values []float32, shape ...int) *openvino.Tensor {
	t.Helper()
	tensor, err := openvino.NewTensor(openvino.F32, shape...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tensor.Close)
	copy(tensor.Float32s(), values)
	return tensor
}

// infer sets the input and returns a copy of the output.
func infer(t testing.TB, request *openvino.Request, input *openvino.Tensor) []float32 {
	t.Helper()
	if err := request.SetInput(0, input); err != nil {
		t.Fatal(err)
	}
	if err := request.Infer(t.Context()); err != nil {
		t.Fatal(err)
	}
	output, err := request.Output(0)
	if err != nil {
		t.Fatal(err)
	}
	return append([]float32(nil), output.Float32s()...)
}
