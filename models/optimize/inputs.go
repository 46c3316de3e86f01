package optimize

import (
	"math/rand/v2"

	"datum/graph"
	"datum/openvino"
)

// A Size is that of a batch: how many rows it has, and how many steps.
type Size struct {
	Rows int `json:"rows"`
	Time int `json:"time"`
}

// usualSizes are those that are checked: single rows, sizes that the runtime cuts into
// blocks, and those that are no multiple of anything.
var usualSizes = []Size{{1, 1}, {1, 100}, {2, 7}, {3, 33}, {16, 20}, {17, 50}, {64, 100}, {128, 20}, {256, 33}}

// A role is what the numbers of an input mean, as far as the graph shows it.
type role int

const (
	anything role = iota // any numbers
	marks                // 1 for each step of a history, and 0 behind its end
	rows                 // numbers of rows of a table
	lengths              // how long the histories are
)

// An input is one of a model, and what is put into it.
type input struct {
	shape   graph.Shape
	element graph.ElementType
	role    role
	table   int64 // how many rows the smallest table has that it looks things up in
}

// inputsOf finds out what the inputs of a model mean.
func inputsOf(m *graph.Model) []input {
	var list []input
	for _, n := range m.Parameters() {
		o := n.Output(0)
		in := input{shape: o.Shape, element: o.Element}
		f := follower{seen: map[*graph.Output]bool{}}
		f.follow(o)
		in.table = f.table
		switch {
		case o.Element.IsInteger() && f.table > 0:
			in.role = rows
		case o.Element.IsInteger() && (len(o.Shape) <= 1 || len(o.Shape) == 2 && o.Shape[1] == 1):
			in.role = lengths
		case !o.Element.IsReal() || len(o.Shape) == 2 && f.compared:
			in.role = marks
		}
		list = append(list, in)
	}
	return list
}

// A follower looks what becomes of an input.
type follower struct {
	seen     map[*graph.Output]bool
	table    int64
	compared bool
}

func (f *follower) follow(o *graph.Output) {
	if f.seen[o] || len(f.seen) > 1<<12 {
		return
	}
	f.seen[o] = true
	for _, in := range o.Consumers() {
		n := in.Node()
		switch n.Type {
		case "Gather":
			f.lookUp(n, in)
		case "Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual":
			f.compared = true
			continue
		case "Convert", "Reshape", "Squeeze", "Unsqueeze", "Concat", "Split", "VariadicSplit", "Slice", "StridedSlice", "Broadcast", "Tile", "Transpose", "Maximum", "Minimum":
		default:
			continue
		}
		if n.Type == "Gather" && in.Index() == 1 {
			continue
		}
		for _, p := range n.Outputs() {
			f.follow(p)
		}
	}
}

// lookUp takes note of how many rows a table has.
func (f *follower) lookUp(n *graph.Node, in *graph.Input) {
	table := n.Source(0)
	axis, ok := n.Source(2).KnownInts()
	if in.Index() != 1 || !ok || len(axis) != 1 || !table.Shape.Ranked() {
		return
	}
	at := axis[0]
	if at < 0 {
		at += int64(len(table.Shape))
	}
	if at < 0 || at >= int64(len(table.Shape)) || table.Shape[at] < 1 {
		return
	}
	if f.table == 0 || table.Shape[at] < f.table {
		f.table = table.Shape[at]
	}
}

// A layout says which open dimensions are rows, and which are steps.
type layout int

const (
	rowsFirst layout = iota
	stepsFirst
)

// shapeAt is the shape of an input for a batch.
func (in *input) shapeAt(z Size, l layout) []int {
	s := make([]int, len(in.shape))
	for i, d := range in.shape {
		switch {
		case d >= 0:
			s[i] = int(d)
		case i == 0 && (l == rowsFirst || len(s) == 1), i == 1 && l == stepsFirst:
			s[i] = z.Rows
		default:
			s[i] = z.Time
		}
	}
	return s
}

// batch is what is put into all inputs. Histories end where the same row says so in all
// of them.
type batch struct {
	size   Size
	layout layout
	ends   []int
	random *rand.Rand
	// even says that what are marks otherwise is any number.
	even bool
}

func newBatch(z Size, l layout, inputs []input, seed uint64) *batch {
	b := &batch{size: z, layout: l, random: rand.New(rand.NewPCG(uint64(z.Rows)<<32+uint64(z.Time), seed)), even: seed%2 == 1}
	count, longest := extent(z, l, inputs)
	for i := range count {
		end := 1 + b.random.IntN(max(longest, 1))
		switch {
		case i == count-1:
			end = longest
		case b.random.IntN(3) == 0:
			end = 1 + b.random.IntN(min(3, max(longest, 1)))
		}
		b.ends = append(b.ends, end)
	}
	return b
}

// extent is how many rows there are, and how many steps: of histories of numbers or marks
// where there are some, else of what else has steps. What has one number for each row, such
// as a user or a length, says nothing of them.
func extent(z Size, l layout, inputs []input) (count, longest int) {
	count = z.Rows
	others := 0
	for i := range inputs {
		s := inputs[i].shapeAt(z, l)
		if len(s) < 2 {
			continue
		}
		of, steps := s[0], s[1]
		if l == stepsFirst && !inputs[i].single() {
			of, steps = steps, of
		}
		switch {
		case inputs[i].role != anything:
			count = max(count, of)
			if !inputs[i].single() {
				longest = max(longest, steps)
			}
		case len(s) > 2:
			others = max(others, steps)
		}
	}
	switch {
	case longest > 0:
		return count, longest
	case others > 0:
		return count, others
	}
	return count, z.Time
}

// single reports whether an input has one number for each row.
func (in *input) single() bool { return len(in.shape) == 2 && in.shape[1] == 1 }

// lasts reports whether a place of a tensor belongs to a history.
func (b *batch) lasts(shape []int, at int) bool {
	if len(shape) < 2 {
		return true
	}
	behind := 1
	for _, d := range shape[2:] {
		behind *= d
	}
	first, second := at/behind/shape[1], at/behind%shape[1]
	if b.layout == stepsFirst {
		first, second = second, first
	}
	return second < b.ends[first%len(b.ends)]
}

// fill makes up what an input reads.
func (b *batch) fill(t *openvino.Tensor, in *input) {
	shape := in.shapeAt(b.size, b.layout)
	value := func(i int) float64 {
		there := b.lasts(shape, i)
		switch {
		case in.role == rows && there:
			return float64(b.random.Int64N(in.table))
		case in.role == lengths:
			return float64(b.ends[i%len(b.ends)])
		case in.role == marks && there && (!b.even || in.element != graph.F32):
			return 1
		case in.role == marks && b.even && in.element == graph.F32, in.role == anything && in.share():
			return b.random.Float64()
		case in.role == anything && in.element.IsReal():
			return b.random.NormFloat64()
		}
		return 0
	}
	write(t, value)
}

// share reports whether an input may be a share of something, such as attention, from 0
// to 1: with others, units that multiply with it grow beyond all measure.
func (in *input) share() bool {
	n := len(in.shape)
	return n == 2 || n > 2 && in.shape[n-1] == 1
}

// write fills a tensor of any type.
func write(t *openvino.Tensor, value func(i int) float64) {
	switch t.Element() {
	case openvino.F32:
		set(t.Float32s(), value)
	case openvino.I32:
		set(t.Int32s(), value)
	case openvino.I64:
		set(t.Int64s(), value)
	case openvino.F64:
		set(t.Float64s(), value)
	case openvino.F16:
		set(t.Uint16s(), func(i int) uint16 { return graph.F16FromFloat32(float32(value(i))) })
	case openvino.BF16:
		set(t.Uint16s(), func(i int) uint16 { return graph.BF16FromFloat32(float32(value(i))) })
	default:
		bytes := t.Bytes() // truth values, and other integers
		size := max(t.Element().Bits()/8, 1)
		for i := 0; i+size <= len(bytes); i += size {
			v := int64(value(i / size))
			for k := range size {
				bytes[i+k] = byte(v >> (8 * k))
			}
		}
	}
}

func set[T, V float32 | float64 | int32 | int64 | uint16](list []T, value func(i int) V) {
	for i := range list {
		list[i] = T(value(i))
	}
}
