package step

import (
	"slices"
	"strings"

	"datum/graph"
	"datum/openvino"
)

// In mixed precision, convolutions and products of matrices compute in bfloat16, and
// tensors lie in memory as it between them; whatever is computed element by element is
// computed in float32, and so are sums.
//
// OpenVINO can be told to compute in bfloat16 itself; but it leaves all that a result
// depends on without such an operation between as it is. In the graph of a step that is
// nearly everything, so that each tensor is converted several times.

// Bfloat16 reports whether OpenVINO computes in bfloat16 on this processor. Without it,
// mixed precision is f32.
func Bfloat16(core *openvino.Core) (bool, error) {
	can, err := core.Property("CPU", "OPTIMIZATION_CAPABILITIES")
	return hasBfloat16(can), err
}

// hasBfloat16 looks for it among what OpenVINO says that it can do.
func hasBfloat16(can string) bool { return strings.Contains(can, "BF16") }

// lower makes the graph of a step one of mixed precision. It does nothing and returns
// false where it cannot: if the graph has bodies.
func lower(b *graph.Builder) (bool, error) {
	nodes, err := b.Graph().Sorted()
	if err != nil {
		return false, err
	}
	nodes = slices.Clone(nodes)
	if slices.ContainsFunc(nodes, func(n *graph.Node) bool { return len(n.Bodies()) > 0 }) {
		return false, nil
	}
	l := &lowering{Builder: b, halves: map[*graph.Output]*graph.Output{}}
	for _, n := range nodes {
		switch {
		case n.Is("Convolution", "GroupConvolution", "ConvolutionBackpropData", "MatMul"), n.Is("GroupConvolutionBackpropData") && !strided(n):
			l.product(n)
		case n.Is("ReduceSum", "ReduceMean", "ReduceL2"):
			l.reduction(n)
		}
	}
	b.Graph().Prune()
	return true, b.Err()
}

// strided reports whether an operation leaves places out. OpenVINO has no fast way to do
// a convolution of single channels backwards in bfloat16 then.
func strided(n *graph.Node) bool {
	strides, err := n.Attrs.Ints("strides")
	return err == nil && slices.ContainsFunc(strides, func(s int64) bool { return s > 1 })
}

// lowering is the graph while it is made one of mixed precision.
type lowering struct {
	*graph.Builder
	halves map[*graph.Output]*graph.Output // tensors in bfloat16, by what they were
}

// product makes a node compute in bfloat16.
func (l *lowering) product(n *graph.Node) {
	if n.Output(0).Element != graph.F32 {
		return
	}
	l.widen(l.again(n).Output(0), n.Output(0).Consumers())
}

// widen makes inputs read a tensor of bfloat16 in float32. Each converts it on its own:
// that is computed together with what the reader computes, where one conversion for all
// of them would be a tensor of its own. OpenVINO makes one of conversions that are
// alike, so they are like different numbers, which mean nothing.
func (l *lowering) widen(h *graph.Output, readers []*graph.Input) {
	for i, in := range slices.Clone(readers) {
		wide := l.ConvertLike(h, l.Scalar(graph.F32, float64(i)))
		if l.Err() != nil {
			return
		}
		l.halves[wide] = h
		if err := in.Connect(wide); err != nil {
			l.Fail(err)
		}
	}
}

// replace makes everybody read another tensor.
func (l *lowering) replace(o, to *graph.Output) {
	if l.Err() != nil {
		return
	}
	if err := o.Replace(to); err != nil {
		l.Fail(err)
	}
}

// again is a node that does the same with tensors in bfloat16.
func (l *lowering) again(n *graph.Node) *graph.Node {
	var inputs []*graph.Output
	for _, in := range n.Inputs() {
		inputs = append(inputs, l.half(in.Source()))
	}
	made := l.AddNode(n.Type, n.Version, slices.Clone(n.Attrs), inputs...)
	if made == nil { // after an error
		return n
	}
	return made
}

// reduction makes sums over the places of each channel read bfloat16. They are added up
// in float32 for each picture, and the pictures' in float32 altogether.
func (l *lowering) reduction(n *graph.Node) {
	x := n.Source(0)
	axes, ok := n.Source(1).KnownInts()
	slices.Sort(axes)
	pictures := slices.Equal(axes, []int64{2, 3}) && n.Is("ReduceL2")
	if !ok || x.Element != graph.F32 || len(x.Shape) != 4 || !pictures && !slices.Equal(axes, []int64{0, 2, 3}) {
		return
	}
	if p := x.Node(); p.Is("Multiply") && len(x.Consumers()) == 1 {
		l.moved(p)
	}
	keep, err := n.Attrs.Bool("keep_dims")
	keep = keep && err == nil
	places := l.Convert(l.Reduce(n.Type, l.half(x), keep, 2, 3), graph.F32)
	if !pictures {
		places = l.Reduce(n.Type, places, keep, 0)
	}
	l.replace(n.Output(0), places)
}

// moved makes the factors of a product that is only summed lie in bfloat16 where they
// come from elsewhere in a tensor: those are copies.
func (l *lowering) moved(product *graph.Node) {
	for i, in := range product.Inputs() {
		if from := in.Source(); from.Element == graph.F32 && from.Node().Is(moving...) && len(from.Shape) == 4 {
			if err := in.Connect(l.ConvertLike(l.half(from), l.Scalar(graph.F32, float64(i)))); err != nil {
				l.Fail(err)
			}
		}
	}
}

// moving are the operations that only move elements, of which some inputs are no data.
var moving = []string{"Reshape", "Transpose", "Squeeze", "Unsqueeze", "Pad", "Slice", "StridedSlice", "ExtractImagePatches", "Concat"}

// half is a tensor in bfloat16; what is no number with a fraction stays as it is.
func (l *lowering) half(o *graph.Output) *graph.Output {
	if o.Element != graph.F32 {
		return o
	}
	if h := l.halves[o]; h != nil {
		return h
	}
	n := o.Node()
	var h *graph.Output
	switch {
	case n.Is("Convert", "ConvertLike") && n.Source(0).Element == graph.BF16:
		h = n.Source(0)
	case n.Is(moving...):
		h = l.again(n).Output(0)
	default:
		h = l.stored(o)
	}
	l.halves[o] = h
	return h
}

// large is how many elements a tensor has whose place in memory matters.
const large = 1 << 12

// stored converts a tensor. If it is a large one, everybody else reads what was
// converted, too, so that it need not lie in memory as both.
func (l *lowering) stored(o *graph.Output) *graph.Output {
	readers := slices.Clone(o.Consumers())
	h := l.Convert(o, graph.BF16)
	size, ok := o.Shape.Elements()
	if l.Err() != nil || !ok || size < large || len(o.Shape) != 4 || o.Node().Is("Parameter", "Const") {
		return h
	}
	l.widen(h, readers)
	return h
}
