package graph

import (
	"encoding/binary"
	"math"
	"slices"
)

// Unknown stands for a value that is not known before the model runs.
const Unknown = math.MinInt64

// maxKnown bounds the values that are followed through a graph: those that
// shapes are made of.
const maxKnown = 1024

// KnownInts returns the values of an output that holds integers, as far as
// they follow from constants and shapes. Single ones may be Unknown.
func (o *Output) KnownInts() ([]int64, bool) {
	return (&follower{left: 200}).ints(o)
}

// A follower computes the values of an output from those that it is made of,
// for the operations that shapes are computed with. It gives up after a while.
type follower struct{ left int }

func (f *follower) ints(o *Output) ([]int64, bool) {
	if f.left--; f.left < 0 || o == nil || !o.Shape.Ranked() {
		return nil, false
	}
	count, ok := o.Shape.Elements()
	if len(o.Shape) > 1 && (!ok || count > 1) || count > maxKnown {
		return nil, false
	}
	n := o.node
	switch n.Type {
	case "Const":
		return constInts(o.Element, n.data)
	case "ShapeOf":
		return shapeValues(n.Source(0))
	case "Convert":
		if s := n.Source(0); s != nil && s.Element.IsReal() && o.Element.IsInteger() {
			return cutOff(s)
		}
		fallthrough
	case "Squeeze", "Unsqueeze", "Reshape":
		if s := n.Source(0); s == nil || !s.Element.IsInteger() || !o.Element.IsInteger() {
			return nil, false
		}
		return f.ints(n.Source(0))
	case "Concat":
		return f.joined(n)
	case "Add", "Subtract", "Multiply", "Divide", "Maximum", "Minimum", "Power":
		a, ok1 := f.ints(n.Source(0))
		b, ok2 := f.ints(n.Source(1))
		op := n.Type
		if down, err := n.Attrs.Bool("m_pythondiv"); op == "Divide" && err == nil && !down {
			op = "Truncate"
		}
		return pairwise(op, o.Element, a, b, ok1 && ok2 && o.Element.IsInteger())
	case "ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin":
		v, ok := f.ints(n.Source(0))
		if s := n.Source(0); !ok || len(s.Shape) != 1 || !o.Element.IsInteger() || o.Shape.Ranked() && len(o.Shape) == 1 && o.Shape[0] != 1 {
			return nil, false
		}
		return reduced(n.Type, o.Element, v)
	case "Range":
		return f.counted(o)
	}
	return f.moved(o)
}

// counted are the values of a range.
func (f *follower) counted(o *Output) ([]int64, bool) {
	start, ok1 := f.ints(o.node.Source(0))
	step, ok2 := f.ints(o.node.Source(2))
	if count, ok := o.Shape.Elements(); ok && ok1 && ok2 && len(start)+len(step) == 2 && o.Element.IsInteger() {
		if start[0] == Unknown || step[0] == Unknown {
			return nil, false
		}
		list := make([]int64, count)
		for i := range list {
			list[i] = start[0] + int64(i)*step[0]
		}
		return list, true
	}
	return nil, false
}

func (f *follower) joined(n *Node) ([]int64, bool) {
	var list []int64
	for i := range n.inputs {
		v, ok := f.ints(n.Source(i))
		if !ok {
			return nil, false
		}
		list = append(list, v...)
	}
	return list, len(list) <= maxKnown
}

// moved are the values of what only chooses among its inputs' values.
func (f *follower) moved(o *Output) ([]int64, bool) {
	n := o.node
	switch n.Type {
	case "Gather", "Broadcast", "Split", "VariadicSplit", "Slice", "StridedSlice":
	default:
		return nil, false
	}
	v, ok := f.ints(n.Source(0))
	if !ok || len(n.Source(0).Shape) > 1 {
		return nil, false
	}
	switch n.Type {
	case "Gather":
		at, ok := f.ints(n.Source(1))
		if !ok || len(n.Source(0).Shape) != 1 {
			return nil, false
		}
		return pick(v, at)
	case "Broadcast":
		if count, ok := o.Shape.Elements(); ok && len(v) == 1 {
			return slices.Repeat(v, int(count)), true
		}
		return nil, false
	case "Split", "VariadicSplit":
		at := int64(0)
		for _, p := range n.outputs[:o.Index()] {
			if len(p.Shape) != 1 || p.Shape[0] < 0 {
				return nil, false
			}
			at += p.Shape[0]
		}
		if len(o.Shape) != 1 || o.Shape[0] < 0 || at+o.Shape[0] > int64(len(v)) {
			return nil, false
		}
		return v[at : at+o.Shape[0]], true
	}
	return f.cut(n, v)
}

// cut are the values that a slice takes out of a vector.
func (f *follower) cut(n *Node, v []int64) ([]int64, bool) {
	var at [3][]int64
	for i := range at {
		at[i] = []int64{1}
		if n.Source(1+i) == nil {
			continue
		}
		list, ok := f.ints(n.Source(1 + i))
		if !ok || len(list) != 1 || list[0] == Unknown {
			return nil, false
		}
		at[i] = list
	}
	start, stop, step := at[0][0], at[1][0], at[2][0]
	if n.Type == "StridedSlice" {
		mask := func(name string) []int64 {
			list, _ := n.Attrs.Ints(name)
			return list
		}
		if masked(mask("new_axis_mask"), 0) || masked(mask("ellipsis_mask"), 0) {
			return nil, false
		}
		start, stop = unmasked(mask("begin_mask"), mask("end_mask"), start, stop, step)
		if masked(mask("shrink_axis_mask"), 0) { // a single place, wherever the slice ends
			return pick(v, []int64{start})
		}
	}
	if step == 0 {
		return nil, false
	}
	d := int64(len(v))
	count := (&inference{n}).sliced(d, start, stop, step)
	start = clampStart(d, start, step)
	list := make([]int64, count)
	for i := range list {
		list[i] = v[start+int64(i)*step]
	}
	return list, true
}

// shapeValues is the shape of an output as values.
func shapeValues(o *Output) ([]int64, bool) {
	if o == nil || !o.Shape.Ranked() {
		return nil, false
	}
	list := make([]int64, len(o.Shape))
	for i, d := range o.Shape {
		if list[i] = d; d < 0 {
			list[i] = Unknown
		}
	}
	return list, true
}

// floorDiv divides as OpenVINO does unless m_pythondiv says otherwise: it rounds
// down.
func floorDiv(p, q int64) int64 {
	n := p / q
	if p%q != 0 && (p < 0) != (q < 0) {
		n--
	}
	return n
}

func pick(v, at []int64) ([]int64, bool) {
	list := make([]int64, len(at))
	for i, a := range at {
		if a < 0 && a != Unknown {
			a += int64(len(v))
		}
		if a < 0 || a >= int64(len(v)) {
			return nil, false
		}
		list[i] = v[a]
	}
	return list, true
}

func pairwise(op string, t ElementType, a, b []int64, ok bool) ([]int64, bool) {
	if !ok || len(a) != len(b) && len(a) != 1 && len(b) != 1 {
		return nil, false
	}
	list := make([]int64, max(len(a), len(b)))
	if min(len(a), len(b)) == 0 {
		list = nil
	}
	for i := range list {
		p, q := a[i%len(a)], b[i%len(b)]
		switch {
		case p == Unknown || q == Unknown:
			list[i] = Unknown
		case op == "Add":
			list[i] = wrapped(t, p+q)
		case op == "Subtract":
			list[i] = wrapped(t, p-q)
		case op == "Multiply":
			list[i] = wrapped(t, p*q)
		case (op == "Divide" || op == "Truncate") && q == 0:
			list[i] = Unknown
		case op == "Truncate":
			list[i] = p / q
		case op == "Divide":
			list[i] = floorDiv(p, q)
		case op == "Maximum":
			list[i] = max(p, q)
		case op == "Power":
			list[i] = power(t, p, q)
		default:
			list[i] = min(p, q)
		}
	}
	return list, true
}

// wrapped is what the runtime takes a number for that a type does not hold.
func wrapped(t ElementType, v int64) int64 {
	switch t {
	case I8:
		return int64(int8(v))
	case I16:
		return int64(int16(v))
	case I32:
		return int64(int32(v))
	case U8:
		return int64(uint8(v))
	case U16:
		return int64(uint16(v))
	case U32:
		return int64(uint32(v))
	}
	return v
}

// power is p to the power of q.
func power(t ElementType, p, q int64) int64 {
	if q < 0 || q > 64 {
		return Unknown
	}
	v := int64(1)
	for range q {
		v = wrapped(t, v*p)
	}
	return v
}

// reduced is one value made of several.
func reduced(typ string, t ElementType, list []int64) ([]int64, bool) {
	if len(list) == 0 {
		return nil, false
	}
	op := map[string]string{"ReduceProd": "Multiply", "ReduceSum": "Add", "ReduceMax": "Maximum", "ReduceMin": "Minimum"}[typ]
	sum := list[:1]
	for i := range list[1:] {
		sum, _ = pairwise(op, t, sum, list[1+i:2+i], true)
	}
	return sum, true
}

// cutOff are the values of a constant without their fractions.
func cutOff(o *Output) ([]int64, bool) {
	list, ok := o.KnownFloats()
	if !ok {
		return nil, false
	}
	whole := make([]int64, len(list))
	for i, v := range list {
		if whole[i] = Unknown; v >= math.MinInt32 && v < 1<<62 {
			whole[i] = int64(v)
		}
	}
	return whole, true
}

// constInts reads the integers of a constant.
func constInts(t ElementType, b []byte) ([]int64, bool) {
	size := int(t.Bits() / 8)
	if !t.IsInteger() && t != Boolean || size == 0 || b == nil || len(b)/size > maxKnown || len(b)%size != 0 {
		return nil, false
	}
	list := make([]int64, len(b)/size)
	for i := range list {
		v := b[i*size:]
		switch t {
		case I8:
			list[i] = int64(int8(v[0]))
		case U8, Boolean:
			list[i] = int64(v[0])
		case I16:
			list[i] = int64(int16(binary.LittleEndian.Uint16(v)))
		case U16:
			list[i] = int64(binary.LittleEndian.Uint16(v))
		case I32:
			list[i] = int64(int32(binary.LittleEndian.Uint32(v)))
		case U32:
			list[i] = int64(binary.LittleEndian.Uint32(v))
		case I64, U64:
			// The least number means the same as the one above it wherever it
			// is used, an end beyond all ends.
			list[i] = max(int64(binary.LittleEndian.Uint64(v)), Unknown+1)
		}
	}
	return list, true
}

// KnownFloats returns the values of a constant that holds numbers of any type,
// as long as there are not very many.
func (o *Output) KnownFloats() ([]float64, bool) {
	if o == nil {
		return nil, false
	}
	n := o.node
	if n.Type == "Convert" {
		return n.Source(0).KnownFloats()
	}
	if n.Type != "Const" || n.data == nil {
		return nil, false
	}
	if list, ok := constInts(o.Element, n.data); ok {
		f := make([]float64, len(list))
		for i, v := range list {
			f[i] = float64(v)
		}
		return f, true
	}
	return decodeFloats(o.Element, n.data)
}

func decodeFloats(t ElementType, b []byte) ([]float64, bool) {
	size := int(t.Bits() / 8)
	if !t.IsReal() || size < 2 || len(b)/size > maxKnown {
		return nil, false
	}
	f := make([]float64, len(b)/size)
	for i := range f {
		v := b[i*size:]
		switch t {
		case F16:
			f[i] = float64(F16ToFloat32(binary.LittleEndian.Uint16(v)))
		case BF16:
			f[i] = float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(v)) << 16))
		case F32:
			f[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(v)))
		case F64:
			f[i] = math.Float64frombits(binary.LittleEndian.Uint64(v))
		}
	}
	return f, true
}
