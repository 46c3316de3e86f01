package openvino

import "strconv"

// An ElementType says what a tensor consists of.
type ElementType int

// The element types, in the order of the runtime's own numbers. Those of less than
// eight bits are packed.
const (
	Dynamic ElementType = iota // not known yet
	Boolean
	BF16
	F16
	F32
	F64
	I4
	I8
	I16
	I32
	I64
	U1
	U2
	U3
	U4
	U6
	U8
	U16
	U32
	U64
	NF4
	F8E4M3
	F8E5M2
	String
	F4E2M1
	F8E8M0
)

// elements has the name of each type, as models spell it, and its size.
var elements = [...]struct {
	name string
	bits int
}{
	Dynamic: {"dynamic", 0}, Boolean: {"boolean", 8},
	BF16: {"bf16", 16}, F16: {"f16", 16}, F32: {"f32", 32}, F64: {"f64", 64},
	I4: {"i4", 4}, I8: {"i8", 8}, I16: {"i16", 16}, I32: {"i32", 32}, I64: {"i64", 64},
	U1: {"u1", 1}, U2: {"u2", 2}, U3: {"u3", 3}, U4: {"u4", 4}, U6: {"u6", 6},
	U8: {"u8", 8}, U16: {"u16", 16}, U32: {"u32", 32}, U64: {"u64", 64},
	NF4: {"nf4", 4}, F8E4M3: {"f8e4m3", 8}, F8E5M2: {"f8e5m2", 8},
	String: {"string", 0}, F4E2M1: {"f4e2m1", 4}, F8E8M0: {"f8e8m0", 8},
}

// String returns the name, as models spell it: "f32".
func (e ElementType) String() string {
	if e < 0 || int(e) >= len(elements) {
		return "element type " + strconv.Itoa(int(e))
	}
	return elements[e].name
}

// Bits returns the size of an element, 0 for strings and what is not known.
func (e ElementType) Bits() int {
	if e < 0 || int(e) >= len(elements) {
		return 0
	}
	return elements[e].bits
}
