package openvino_test

import (
	"slices"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// summing is a model with a state: its output is the sum of all inputs so far.
const summing = `<net name="sum" version="11"><layers>
<layer id="0" name="x" type="Parameter" version="opset1"><data shape="1,2" element_type="f32"/>
<output><port id="0" precision="FP32" names="x"><dim>1</dim><dim>2</dim></port></output></layer>
<layer id="1" name="zero" type="Const" version="opset1"><data element_type="f32" shape="1,2" offset="0" size="8"/>
<output><port id="0" precision="FP32"><dim>1</dim><dim>2</dim></port></output></layer>
<layer id="2" name="old" type="ReadValue" version="opset6"><data variable_id="sum" variable_type="f32" variable_shape="1,2"/>
<input><port id="0"><dim>1</dim><dim>2</dim></port></input>
<output><port id="1" precision="FP32"><dim>1</dim><dim>2</dim></port></output></layer>
<layer id="3" name="new" type="Add" version="opset1"><data auto_broadcast="numpy"/>
<input><port id="0"><dim>1</dim><dim>2</dim></port><port id="1"><dim>1</dim><dim>2</dim></port></input>
<output><port id="2" precision="FP32" names="y"><dim>1</dim><dim>2</dim></port></output></layer>
<layer id="4" name="keep" type="Assign" version="opset6"><data variable_id="sum"/>
<input><port id="0"><dim>1</dim><dim>2</dim></port></input>
<output><port id="1" precision="FP32"><dim>1</dim><dim>2</dim></port></output></layer>
<layer id="5" name="y" type="Result" version="opset1"><input><port id="0"><dim>1</dim><dim>2</dim></port></input></layer>
</layers><edges>
<edge from-layer="1" from-port="0" to-layer="2" to-port="0"/>
<edge from-layer="0" from-port="0" to-layer="3" to-port="0"/>
<edge from-layer="2" from-port="1" to-layer="3" to-port="1"/>
<edge from-layer="3" from-port="2" to-layer="4" to-port="0"/>
<edge from-layer="3" from-port="2" to-layer="5" to-port="0"/>
</edges></net>`

func TestStateBelongsToTheRequest(t *testing.T) {
	compiled := compile(t, read(t, []byte(summing), make([]byte, 8)), openvino.CompileOptions{})
	input := tensorOf(t, []float32{1, 10}, 1, 2)
	for range 2 { // each request begins with nothing
		request := openvinotest.Request(t, compiled)
		for i := range 3 {
			n := float32(i + 1)
			if got := infer(t, request, input); !slices.Equal(got, []float32{n, 10 * n}) {
				t.Errorf("after %d inferences: %v", i+1, got)
			}
		}
	}
}
