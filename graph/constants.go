package graph

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// maxShared bounds the constants without a name of which a graph has only one
// of each value.
const maxShared = 128

// Constant adds a constant of data, which is kept by reference and must not
// change. A constant without a name may be one that is there already.
func (b *Builder) Constant(name string, t ElementType, s Shape, data []byte) *Output {
	if *b.err != nil {
		return b.none
	}
	g := b.graph
	if g.weights == nil {
		b.Fail(errNoWeights)
		return b.none
	}
	if err := checkSize(t, s, int64(len(data))); err != nil {
		b.Fail(&Error{Layer: name, Err: err})
		return b.none
	}
	key := ""
	if name == "" && len(data) <= maxShared {
		key = t.String() + s.String() + ":" + string(data)
		if o := g.consts[key]; o != nil && !o.node.removed {
			return o
		}
	}
	o := b.constant(name, t, s, data)
	if key != "" {
		if g.consts == nil {
			g.consts = map[string]*Output{}
		}
		g.consts[key] = o
	}
	return o
}

func (b *Builder) constant(name string, t ElementType, s Shape, data []byte) *Output {
	at := b.graph.weights.place(data)
	n := b.node("Const", "opset1", Attrs{
		{"element_type", t.String()}, {"shape", s.join(", ")},
		{"offset", strconv.FormatInt(at, 10)}, {"size", strconv.Itoa(len(data))},
	}, nil)
	if n.data = data; n.data == nil {
		n.data = []byte{}
	}
	if name != "" {
		n.name = name
	}
	return n.addOutput(t, s.Clone())
}

// Float32s adds a constant of float32.
func (b *Builder) Float32s(name string, s Shape, v ...float32) *Output {
	return b.Floats(name, F32, s, v)
}

// Floats adds a constant of v in a type of floating point numbers.
func (b *Builder) Floats(name string, t ElementType, s Shape, v []float32) *Output {
	data, err := EncodeFloats(t, v)
	if err != nil {
		b.Fail(&Error{Layer: name, Err: err})
		return b.none
	}
	return b.Constant(name, t, s, data)
}

// EncodeFloats writes numbers as a constant of a type of floating point
// numbers has them, rounded to the nearest. As in numpy and in OpenVINO's own
// constants, those that are too large become infinite; [Overflows] counts them.
func EncodeFloats(t ElementType, v []float32) ([]byte, error) {
	data := make([]byte, 0, len(v)*int(t.Bits()/8))
	for _, f := range v {
		switch t {
		case F16:
			data = binary.LittleEndian.AppendUint16(data, F16FromFloat32(f))
		case BF16:
			data = binary.LittleEndian.AppendUint16(data, BF16FromFloat32(f))
		case F32:
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(f))
		case F64:
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(float64(f)))
		default:
			return nil, fmt.Errorf("%s does not hold such numbers", t)
		}
	}
	return data, nil
}

// Overflows returns how many finite numbers become infinite in a type of floating
// point numbers: those from 65520 on in f16, and hardly any in bf16.
func Overflows(t ElementType, v []float32) (count int) {
	for _, f := range v {
		switch {
		case f-f != 0: // infinite before, or no number
		case t == F16 && F16FromFloat32(f)&0x7FFF == 0x7C00, t == BF16 && BF16FromFloat32(f)&0x7FFF == 0x7F80:
			count++
		}
	}
	return count
}

// Scalar adds a single number of any type of numbers, which it must fit.
func (b *Builder) Scalar(t ElementType, v float64) *Output {
	if t.IsReal() {
		if t == F64 {
			return b.Constant("", t, Shape{}, binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
		}
		return b.Floats("", t, Shape{}, []float32{float32(v)})
	}
	if v != math.Trunc(v) || v < math.MinInt64 || v >= 1<<63 {
		b.Fail(&Error{Layer: "Const", Err: fmt.Errorf("%v is no %s", v, t)})
		return b.none
	}
	return b.Ints("", t, Shape{}, int64(v))
}

// Like adds a single number of the type of o.
func (b *Builder) Like(o *Output, v float64) *Output { return b.Scalar(o.Element, v) }

// Ints adds a constant of integers, or of truth values as 0 and 1.
func (b *Builder) Ints(name string, t ElementType, s Shape, v ...int64) *Output {
	var data []byte
	for _, n := range v {
		low, high := rangeOf(t)
		if n < low || n > high {
			b.Fail(&Error{Layer: name, Err: fmt.Errorf("%d is no %s", n, t)})
			return b.none
		}
		switch t.Bits() {
		case 8:
			data = append(data, byte(n))
		case 16:
			data = binary.LittleEndian.AppendUint16(data, uint16(n))
		case 32:
			data = binary.LittleEndian.AppendUint32(data, uint32(n))
		default:
			data = binary.LittleEndian.AppendUint64(data, uint64(n))
		}
	}
	return b.Constant(name, t, s, data)
}

// rangeOf are the least and the greatest integer of a type, nothing for types
// that are no whole number of bytes.
func rangeOf(t ElementType) (low, high int64) {
	switch t {
	case Boolean:
		return 0, 1
	case I8:
		return math.MinInt8, math.MaxInt8
	case I16:
		return math.MinInt16, math.MaxInt16
	case I32:
		return math.MinInt32, math.MaxInt32
	case I64:
		return math.MinInt64, math.MaxInt64
	case U8:
		return 0, math.MaxUint8
	case U16:
		return 0, math.MaxUint16
	case U32:
		return 0, math.MaxUint32
	case U64:
		return 0, math.MaxInt64
	}
	return 1, 0
}

// Int64s adds a list of integers, as axes and shapes are given.
func (b *Builder) Int64s(v ...int64) *Output {
	return b.Ints("", I64, Shape{int64(len(v))}, v...)
}

// Int64 adds a single integer.
func (b *Builder) Int64(v int64) *Output { return b.Ints("", I64, Shape{}, v) }

// Bool adds a truth value.
func (b *Builder) Bool(v bool) *Output {
	n := int64(0)
	if v {
		n = 1
	}
	return b.Ints("", Boolean, Shape{}, n)
}
