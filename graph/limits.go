package graph

import "math"

// What a model may ask for. A file of a few hundred bytes can want a tensor that
// no machine has room for: a Tile that repeats a number 2^40 times, an
// Interpolate to 2^40 rows. OpenVINO's own checks let such sizes pass; it
// allocates, or computes tables for them, until the memory or the patience is
// gone, and sums that are no 64-bit number it takes modulo 2^64. So what
// [Model.Validate] and inference find beyond these bounds is an error. Dimensions
// that are known only when the model runs count as 1.
const (
	// MaxDimension bounds each dimension of a tensor.
	MaxDimension = 1 << 40
	// MaxTensorBytes bounds each tensor.
	MaxTensorBytes = 16 << 30
	// MaxFoldedBytes bounds what all operations on constants together make that
	// is larger than what they make it of: the runtime computes that when it
	// compiles the model, and keeps it. What is only unpacked or converted does
	// not count.
	MaxFoldedBytes = 4 << 30
)

// maxWindow bounds strides, dilations, paddings and sizes that attributes give.
const maxWindow = 1 << 31

// leastBytes is what a tensor needs at the least, and false where that is beyond
// all numbers. Without a known number of dimensions it is nothing.
func leastBytes(t ElementType, s Shape) (int64, bool) {
	if !s.Ranked() {
		return 0, true
	}
	count := int64(1)
	for _, d := range s {
		if d = max(d, 1); count > math.MaxInt64/64/d {
			return 0, false
		}
		count *= d
	}
	bits := t.Bits()
	if bits == 0 {
		bits = 1
	}
	return (count*bits + 7) / 8, true
}

// bounded checks that outputs are of a size that can be.
func (x *inference) bounded(list []tensor) {
	for i, t := range list {
		if !t.shape.Ranked() {
			continue
		}
		for _, d := range t.shape {
			if d < -1 {
				x.fail("output %d would have the dimension %d", i, d)
			}
		}
		x.tensorSize(i, t.element, t.shape)
	}
}

// tensorSize checks one output.
func (x *inference) tensorSize(i int, t ElementType, s Shape) {
	for _, d := range s {
		if d > MaxDimension {
			x.fail("output %d would have the dimension %d, where at most %d can be", i, d, int64(MaxDimension))
		}
	}
	if n, ok := leastBytes(t, s); !ok || n > MaxTensorBytes {
		x.fail("output %d would be %s [%s], which is more than the %d GiB that a tensor may have", i, t, s, MaxTensorBytes>>30)
	}
}

// plus is a sum of lengths.
func (x *inference) plus(a, b int64) int64 {
	if b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b {
		x.fail("the sum of %d and %d, which is no number", a, b)
	}
	return a + b
}

// times is a product of lengths, -1 where one of them is not known.
func (x *inference) times(a, b int64) int64 {
	if a < 0 || b < 0 {
		return -1
	}
	if a > 0 && b > math.MaxInt64/a {
		x.fail("the product of %d and %d, which is no number", a, b)
	}
	return a * b
}

// lengths is an attribute of strides, paddings and the like.
func (x *inference) lengths(name string, count int, without int64) []int64 {
	list := x.ints(name, count, without)
	for _, v := range list {
		if v < -maxWindow || v > maxWindow {
			x.fail("%s has %d, where at most %d can be", name, v, int64(maxWindow))
		}
	}
	return list
}

// A folding adds up what is computed of constants alone.
type folding struct {
	total int64
	said  bool // that it is too much
	// of has what was computed of constants; true for what grew on the way.
	of map[*Node]bool
}

// add looks at a node behind all that feed it.
func (f *folding) add(n *Node) error {
	if n.Type == "Const" || n.Type == "ShapeOf" && n.Source(0) != nil && n.Source(0).Shape.Static() {
		f.of[n] = false
		return nil
	}
	if len(n.inputs) == 0 || n.Is("RandomUniform", "Multinomial", "ReadValue", "Assign", "Result") {
		return nil
	}
	grown, came := false, int64(0)
	for _, in := range n.inputs {
		if in.source == nil {
			return nil
		}
		more, folded := f.of[in.source.node]
		if !folded {
			return nil
		}
		grown = grown || more
		count, _ := leastBytes(U8, in.source.Shape)
		came += count
	}
	made, bytes := int64(0), int64(0)
	for _, o := range n.outputs {
		count, _ := leastBytes(U8, o.Shape)
		size, _ := leastBytes(o.Element, o.Shape)
		made, bytes = made+count, bytes+size
	}
	if f.of[n] = grown || made > came; !f.of[n] {
		return nil
	}
	if f.total += bytes; f.total > MaxFoldedBytes {
		return nodeErrorf(n, "%s [%s] of constants: more than %d GiB are made of the constants of the model when it is compiled", n.Type, n.outputs[0].Shape, MaxFoldedBytes>>30)
	}
	return nil
}
