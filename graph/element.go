package graph

// An ElementType is the type of the elements of a tensor.
type ElementType uint8

// The element types that OpenVINO 2026.4 has.
const (
	Dynamic ElementType = iota // not known
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
	F4E2M1
	F8E8M0
	String
	elementTypes // how many there are
)

// elements has for each type the name that attributes use, the one that ports
// use, and the bits of an element, 0 where that is not a fixed number.
var elements = [elementTypes]struct {
	name, precision string
	bits            int64
}{
	Dynamic: {"dynamic", "UNSPECIFIED", 0},
	Boolean: {"boolean", "BOOL", 8},
	BF16:    {"bf16", "BF16", 16},
	F16:     {"f16", "FP16", 16},
	F32:     {"f32", "FP32", 32},
	F64:     {"f64", "FP64", 64},
	I4:      {"i4", "I4", 4},
	I8:      {"i8", "I8", 8},
	I16:     {"i16", "I16", 16},
	I32:     {"i32", "I32", 32},
	I64:     {"i64", "I64", 64},
	U1:      {"u1", "BIN", 1},
	U2:      {"u2", "U2", 2},
	U3:      {"u3", "U3", 0},
	U4:      {"u4", "U4", 4},
	U6:      {"u6", "U6", 0},
	U8:      {"u8", "U8", 8},
	U16:     {"u16", "U16", 16},
	U32:     {"u32", "U32", 32},
	U64:     {"u64", "U64", 64},
	NF4:     {"nf4", "NF4", 4},
	F8E4M3:  {"f8e4m3", "F8E4M3", 8},
	F8E5M2:  {"f8e5m2", "F8E5M2", 8},
	F4E2M1:  {"f4e2m1", "F4E2M1", 4},
	F8E8M0:  {"f8e8m0", "F8E8M0", 8},
	String:  {"string", "STRING", 0},
}

var byTypeName, byPrecision = indexElements()

// indexElements are the types by their two names.
func indexElements() (names, precisions map[string]ElementType) {
	names, precisions = map[string]ElementType{"undefined": Dynamic}, map[string]ElementType{}
	for t, e := range elements {
		names[e.name], precisions[e.precision] = ElementType(t), ElementType(t)
	}
	return names, precisions
}

// String is the name of the type as attributes write it, such as "f32".
func (t ElementType) String() string {
	if t >= elementTypes {
		return "invalid"
	}
	return elements[t].name
}

// Precision is the name of the type as ports write it, such as "FP32".
func (t ElementType) Precision() string {
	if t >= elementTypes {
		return "UNSPECIFIED"
	}
	return elements[t].precision
}

// ParseElementType is the type of a name such as "f32".
func ParseElementType(name string) (ElementType, bool) {
	t, ok := byTypeName[name]
	return t, ok
}

// Bits returns how many bits an element has, 0 where they are not a fixed
// number (strings, and types that are packed in groups).
func (t ElementType) Bits() int64 {
	if t >= elementTypes {
		return 0
	}
	return elements[t].bits
}

// IsReal reports whether the type is a floating point number.
func (t ElementType) IsReal() bool {
	switch t {
	case BF16, F16, F32, F64, NF4, F8E4M3, F8E5M2, F4E2M1, F8E8M0:
		return true
	}
	return false
}

// IsInteger reports whether the type is an integer, which a boolean is not.
func (t ElementType) IsInteger() bool {
	return t < elementTypes && !t.IsReal() && t != Dynamic && t != Boolean && t != String
}
