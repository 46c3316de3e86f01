package modelfile

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"datum/formats"
)

// The fields of ONNX that describe inputs and outputs.
const (
	graphInitializer = 5
	graphInput       = 11
	graphOutput      = 12
	tensorName       = 8
	valueName        = 1
	valueType        = 2
	typeTensor       = 1
	tensorElement    = 1
	tensorShape      = 2
	shapeDim         = 1
	dimValue         = 1
)

// onnxElements are the names of ONNX's element types, by their numbers, as
// OpenVINO calls them.
var onnxElements = []string{
	1: "f32", 2: "u8", 3: "i8", 4: "u16", 5: "i16", 6: "i32", 7: "i64", 8: "string", 9: "boolean", 10: "f16", 11: "f64", 12: "u32", 13: "u64", 16: "bf16",
}

// fields hands each field of a message to f, with its content or number.
func fields(b []byte, f func(number protowire.Number, content []byte, v uint64)) error {
	for len(b) > 0 {
		number, wire, n := protowire.ConsumeTag(b)
		if n < 0 {
			return errWire
		}
		b = b[n:]
		if n = protowire.ConsumeFieldValue(number, wire, b); n < 0 {
			return errWire
		}
		switch wire {
		case protowire.BytesType:
			content, _ := protowire.ConsumeBytes(b)
			f(number, content, 0)
		case protowire.VarintType:
			v, _ := protowire.ConsumeVarint(b)
			f(number, nil, v)
		}
		b = b[n:]
	}
	return nil
}

// field returns the last field of that number, which is the one that counts.
func field(b []byte, number protowire.Number) (content []byte, v uint64) {
	_ = fields(b, func(n protowire.Number, c []byte, value uint64) { // what cannot be read is as if it were not there
		if n == number {
			content, v = c, value
		}
	})
	return content, v
}

// onnxPorts describes the inputs that are not weights, and the outputs.
func onnxPorts(model []byte) (*Ports, error) {
	var inputs, outputs []Port
	weights := map[string]bool{}
	graph, _ := field(model, modelGraph)
	err := fields(graph, func(number protowire.Number, content []byte, _ uint64) {
		switch number {
		case graphInitializer:
			name, _ := field(content, tensorName)
			weights[string(name)] = true
		case graphInput:
			inputs = append(inputs, onnxPort(content))
		case graphOutput:
			outputs = append(outputs, onnxPort(content))
		}
	})
	if err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	p := &Ports{Outputs: outputs}
	for _, in := range inputs {
		if !weights[in.Name] { // older files list weights among the inputs
			p.Inputs = append(p.Inputs, in)
		}
	}
	return p, nil
}

func onnxPort(value []byte) Port {
	name, _ := field(value, valueName)
	kind, _ := field(value, valueType)
	tensor, _ := field(kind, typeTensor)
	_, element := field(tensor, tensorElement)
	p := Port{Name: strings.ToValidUTF8(string(name), "?"), Element: "unknown"}
	if element < uint64(len(onnxElements)) && onnxElements[element] != "" {
		p.Element = onnxElements[element]
	}
	shape, _ := field(tensor, tensorShape)
	var dims []string
	_ = fields(shape, func(number protowire.Number, dim []byte, _ uint64) { // as in field
		if number != shapeDim {
			return
		}
		n := int64(-1) // named, or open
		_ = fields(dim, func(number protowire.Number, content []byte, v uint64) {
			if number == dimValue && content == nil {
				n = int64(v)
			}
		})
		dims = append(dims, strconv.FormatInt(n, 10))
	})
	p.Shape = strings.Join(dims, ",")
	return p
}
