package graph

import (
	"math"
	"strconv"
)

// Concat joins tensors along an axis.
func (b *Builder) Concat(axis int, x ...*Output) *Output {
	return b.Add1("Concat", Attrs{{"axis", strconv.Itoa(axis)}}, x...)
}

// several returns the outputs of a node, count harmless ones where there is
// none.
func (b *Builder) several(n *Node, count int) []*Output {
	if n != nil {
		return n.outputs[:len(n.outputs):len(n.outputs)]
	}
	all := make([]*Output, max(count, 0))
	for i := range all {
		all[i] = b.none
	}
	return all
}

// Split cuts an axis of x into equal parts.
func (b *Builder) Split(x *Output, axis int64, parts int) []*Output {
	n := b.AddNode("Split", "", Attrs{{"num_splits", strconv.Itoa(parts)}}, x, b.Int64(axis))
	return b.several(n, parts)
}

// SplitAt cuts an axis of x into parts of the given lengths.
func (b *Builder) SplitAt(x *Output, axis int64, lengths ...int64) []*Output {
	n := b.AddNode("VariadicSplit", "", nil, x, b.Int64(axis), b.Int64s(lengths...))
	return b.several(n, len(lengths))
}

// A Range is what a slice takes of an axis: from Start up to Stop, which is not
// part of it, in steps. Both are counted from the end where they are negative.
// A Step of 0 stands for 1.
type Range struct{ Axis, Start, Stop, Step int64 }

// All is the end of an axis as the Stop of a Range.
const All = math.MaxInt64

// Slice takes a part of some axes of x.
func (b *Builder) Slice(x *Output, ranges ...Range) *Output {
	var axes, start, stop, step []int64
	for _, r := range ranges {
		if r.Step == 0 {
			r.Step = 1
		}
		axes, start, stop, step = append(axes, r.Axis), append(start, r.Start), append(stop, r.Stop), append(step, r.Step)
	}
	return b.Add1("Slice", nil, x, b.Int64s(start...), b.Int64s(stop...), b.Int64s(step...), b.Int64s(axes...))
}

// Reverse turns an axis round.
func (b *Builder) Reverse(x *Output, axis int64) *Output {
	return b.Slice(x, Range{axis, -1, -All, -1})
}

// Masks say of a StridedSlice which places are not looked at (Begin, End), are
// new dimensions, are dropped, or stand for all that is not mentioned.
type Masks struct{ Begin, End, NewAxis, Shrink, Ellipsis []int64 }

// StridedSlice takes a part of x as Python's brackets do.
func (b *Builder) StridedSlice(x *Output, begin, end, step []int64, m Masks) *Output {
	n := len(begin)
	return b.Add1("StridedSlice", Attrs{
		{"begin_mask", list(filled(m.Begin, n, 0))}, {"end_mask", list(filled(m.End, n, 0))}, {"new_axis_mask", list(m.NewAxis)},
		{"shrink_axis_mask", list(m.Shrink)}, {"ellipsis_mask", list(m.Ellipsis)},
	}, x, b.Int64s(begin...), b.Int64s(end...), b.Int64s(filled(step, n, 1)...))
}

// Pad puts value around x; negative numbers cut.
func (b *Builder) Pad(x *Output, begin, end []int64, value *Output) *Output {
	return b.Add1("Pad", Attrs{{"pad_mode", "constant"}}, x, b.Int64s(begin...), b.Int64s(end...), value)
}

// PadMode pads with what lies at the edges: "edge", "reflect", "symmetric".
func (b *Builder) PadMode(x *Output, begin, end []int64, mode string) *Output {
	return b.Add1("Pad", Attrs{{"pad_mode", mode}}, x, b.Int64s(begin...), b.Int64s(end...))
}

// Transpose puts the dimensions of x in another order.
func (b *Builder) Transpose(x *Output, order ...int64) *Output {
	return b.Add1("Transpose", nil, x, b.Int64s(order...))
}

// Reshape gives x another shape of as many elements; a dimension may be -1,
// the rest.
func (b *Builder) Reshape(x *Output, shape ...int64) *Output {
	return b.ReshapeTo(x, b.Int64s(shape...), false)
}

// ReshapeTo gives x the shape that an output holds; where zeroes are special,
// they stand for the dimension that was there.
func (b *Builder) ReshapeTo(x, shape *Output, specialZero bool) *Output {
	return b.Add1("Reshape", Attrs{{"special_zero", strconv.FormatBool(specialZero)}}, x, shape)
}

// Squeeze drops dimensions of 1.
func (b *Builder) Squeeze(x *Output, axes ...int64) *Output {
	return b.Add1("Squeeze", nil, x, b.Int64s(axes...))
}

// Unsqueeze puts dimensions of 1 at the given places of the result.
func (b *Builder) Unsqueeze(x *Output, axes ...int64) *Output {
	return b.Add1("Unsqueeze", nil, x, b.Int64s(axes...))
}

// Broadcast repeats x up to a shape.
func (b *Builder) Broadcast(x *Output, shape ...int64) *Output {
	return b.BroadcastTo(x, b.Int64s(shape...), "numpy")
}

// BroadcastTo repeats x up to the shape that an output holds, by the rules of
// "numpy" or in both directions ("bidirectional").
func (b *Builder) BroadcastTo(x, shape *Output, mode string) *Output {
	return b.Add1("Broadcast", Attrs{{"mode", mode}}, x, shape)
}

// Tile repeats x so often along each dimension.
func (b *Builder) Tile(x *Output, repeats ...int64) *Output {
	return b.Add1("Tile", nil, x, b.Int64s(repeats...))
}

// DepthToSpace makes blocks of height and width out of channels;
// blocksFirst says that the number of the block is the outer part of the
// channel.
func (b *Builder) DepthToSpace(x *Output, block int, blocksFirst bool) *Output {
	return b.Add1("DepthToSpace", Attrs{{"block_size", strconv.Itoa(block)}, {"mode", blockMode(blocksFirst)}}, x)
}

// SpaceToDepth is the reverse of DepthToSpace.
func (b *Builder) SpaceToDepth(x *Output, block int, blocksFirst bool) *Output {
	return b.Add1("SpaceToDepth", Attrs{{"block_size", strconv.Itoa(block)}, {"mode", blockMode(blocksFirst)}}, x)
}

func blockMode(blocksFirst bool) string {
	if blocksFirst {
		return "blocks_first"
	}
	return "depth_first"
}

// ReverseSequence turns the first lengths[i] places of each sequence round.
func (b *Builder) ReverseSequence(x, lengths *Output, batchAxis, axis int) *Output {
	return b.Add1("ReverseSequence", Attrs{{"batch_axis", strconv.Itoa(batchAxis)}, {"seq_axis", strconv.Itoa(axis)}}, x, lengths)
}

// ShapeOf is the shape of x.
func (b *Builder) ShapeOf(x *Output) *Output {
	return b.Add1("ShapeOf", Attrs{{"output_type", "i64"}}, x)
}

// NonZero are the places where x is not zero, one in a column.
func (b *Builder) NonZero(x *Output) *Output {
	return b.Add1("NonZero", Attrs{{"output_type", "i64"}}, x)
}

// Count are the numbers from start up to stop, in steps.
func (b *Builder) Count(start, stop, step *Output, t ElementType) *Output {
	return b.Add1("Range", Attrs{{"output_type", t.String()}}, start, stop, step)
}

// Random is a tensor of random numbers between low and high, the same in every
// run with the same seeds that are not both zero.
func (b *Builder) Random(shape, low, high *Output, seed, opSeed uint64) *Output {
	t := F32
	if low != nil {
		t = low.Element
	}
	return b.Add1("RandomUniform", Attrs{{"output_type", t.String()}, {"global_seed", strconv.FormatUint(seed, 10)}, {"op_seed", strconv.FormatUint(opSeed, 10)}, {"alignment", "tensorflow"}}, shape, low, high)
}
