package optimize

import (
	"encoding/binary"
	"math"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/openvino"
)

// Whatever type an input has, all bytes of its numbers are written: what the memory held
// before would be different numbers for the two models.
func TestInputsAreWhole(t *testing.T) {
	openvinotest.Core(t)
	const want = 300
	for element, read := range map[openvino.ElementType]func(b []byte) float64{
		openvino.Boolean: func(b []byte) float64 { return float64(b[0]) },
		openvino.I8:      func(b []byte) float64 { return float64(b[0]) },
		openvino.U8:      func(b []byte) float64 { return float64(b[0]) },
		openvino.I16:     func(b []byte) float64 { return float64(int16(binary.LittleEndian.Uint16(b))) },
		openvino.U16:     func(b []byte) float64 { return float64(binary.LittleEndian.Uint16(b)) },
		openvino.I32:     func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) },
		openvino.U32:     func(b []byte) float64 { return float64(binary.LittleEndian.Uint32(b)) },
		openvino.I64:     func(b []byte) float64 { return float64(int64(binary.LittleEndian.Uint64(b))) },
		openvino.U64:     func(b []byte) float64 { return float64(binary.LittleEndian.Uint64(b)) },
		openvino.F16:     func(b []byte) float64 { return float64(graph.F16ToFloat32(binary.LittleEndian.Uint16(b))) },
		openvino.BF16: func(b []byte) float64 {
			return float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16))
		},
		openvino.F32: func(b []byte) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) },
		openvino.F64: func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) },
	} {
		in, err := openvino.NewTensor(element, 3)
		if err != nil {
			t.Fatal(err)
		}
		data := in.Bytes()
		for i := range data {
			data[i] = 0xff
		}
		size := len(data) / 3
		number := float64(want)
		if size == 1 {
			number = 1
		}
		write(in, func(i int) float64 { return number * float64(i) })
		for i := range 3 {
			if got := read(data[i*size:]); got != number*float64(i) {
				t.Errorf("%s: the number %d is %v, and not %v", element, i, got, number*float64(i))
			}
		}
		in.Close()
	}
}
