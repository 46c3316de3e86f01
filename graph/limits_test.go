package graph

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"datum/formats"
)

const huge = math.MaxInt64

// absurd are operations that ask for more than can be, each under what is said.
// In OpenVINO 2026.4 most of them end in an allocation of terabytes, some in sums
// modulo 2^64, and an Interpolate to 2^40 rows never ends.
var absurd = []struct {
	name, want string
	build      func(b *Builder, x *Output) *Output // x is f32 [2,3,4,4]
}{
	{"a dimension", "more than the 16 GiB", func(b *Builder, x *Output) *Output { return b.Parameter("", F32, 1<<35, 4) }},
	{"a dimension beyond all", "the dimension 1099511627777, where", func(b *Builder, x *Output) *Output { return b.Parameter("", U1, MaxDimension+1) }},
	{"with an unknown one", "more than the 16 GiB", func(b *Builder, x *Output) *Output { return b.Parameter("", F32, -1, 1<<33) }},
	{"with none", "more than the 16 GiB", func(b *Builder, x *Output) *Output { return b.Parameter("", F32, 0, 1<<33) }},
	{"a product beyond numbers", "more than the 16 GiB", func(b *Builder, x *Output) *Output { return b.Parameter("", F32, 1<<40, 1<<40, 1<<40) }},
	{"Tile", "output 0 would be f32 [8589934592,3,4,4]", func(b *Builder, x *Output) *Output { return b.Tile(x, 1<<32, 1, 1, 1) }},
	{"Tile beyond numbers", "the product of 2 and 9223372036854775807", func(b *Builder, x *Output) *Output { return b.Tile(x, huge, 1, 1, 1) }},
	{"Tile of a power", "more than the 16 GiB", func(b *Builder, x *Output) *Output {
		n := b.Pow(b.Int64s(1<<16), b.Int64s(2))
		return b.Add1("Tile", nil, x, b.Concat(0, n, b.Int64s(1, 1, 1)))
	}},
	{"Tile of a number with a fraction", "more than the 16 GiB", func(b *Builder, x *Output) *Output {
		n := b.Convert(b.Float32s("", Shape{1}, 1e11), I64)
		return b.Add1("Tile", nil, x, b.Concat(0, n, b.Int64s(1, 1, 1)))
	}},
	{"Tile of a product", "more than the 16 GiB", func(b *Builder, x *Output) *Output {
		n := b.Add1("ReduceProd", Attrs{{"keep_dims", "true"}}, b.Int64s(1<<10, 1<<10, 1<<10, 1<<5), b.Int64s(0))
		return b.Add1("Tile", nil, x, b.Concat(0, n, b.Int64s(1, 1, 1)))
	}},
	{"Broadcast", "more than the 16 GiB", func(b *Builder, x *Output) *Output {
		return b.BroadcastTo(b.Like(x, 0), b.Int64s(1<<20, 1<<20), "numpy")
	}},
	{"Pad", "the sum of 4 and 9223372036854775807", func(b *Builder, x *Output) *Output {
		return b.Add1("Pad", Attrs{{"pad_mode", "constant"}}, x, b.Int64s(0, 0, 0, huge), b.Int64s(0, 0, 0, 0), b.Like(x, 0))
	}},
	{"Pad on both sides", "the sum of 9223372036854775807 and 1", func(b *Builder, x *Output) *Output {
		return b.Add1("Pad", Attrs{{"pad_mode", "constant"}}, x, b.Int64s(0, 0, 0, huge), b.Int64s(0, 0, 0, 1), b.Like(x, 0))
	}},
	{"less than nothing", "nothing is left of dimension 3", func(b *Builder, x *Output) *Output {
		return b.Add1("Pad", Attrs{{"pad_mode", "constant"}}, x, b.Int64s(0, 0, 0, -9), b.Int64s(0, 0, 0, 0), b.Like(x, 0))
	}},
	{"Range", "more than the 16 GiB", func(b *Builder, x *Output) *Output { return b.Count(b.Int64(0), b.Int64(1<<40), b.Int64(1), I64) }},
	{"Range over everything", "the dimension 9223372036854775807", func(b *Builder, x *Output) *Output {
		return b.Count(b.Int64(-huge), b.Int64(huge), b.Int64(1), I64)
	}},
	{"Range backwards", "the dimension 9223372036854775807", func(b *Builder, x *Output) *Output {
		return b.Count(b.Int64(huge), b.Int64(-huge), b.Int64(-1), I64)
	}},
	{"Range of fractions", "more than the 16 GiB", func(b *Builder, x *Output) *Output { return b.Count(b.Like(x, 0), b.Like(x, 1e11), b.Like(x, 1), F32) }},
	{"Range of tiny steps", "a range of +Inf numbers", func(b *Builder, x *Output) *Output { return b.Count(b.Like(x, 0), b.Like(x, 1e30), b.Like(x, 0), F32) }},
	{"OneHot", "more than the 16 GiB", func(b *Builder, x *Output) *Output {
		return b.Add1("OneHot", Attrs{{"axis", "-1"}}, b.Int64s(1, 2), b.Int64(1<<32), b.Like(x, 1), b.Like(x, 0))
	}},
	{"OneHot of less than none", "the dimension -5", func(b *Builder, x *Output) *Output {
		return b.Add1("OneHot", Attrs{{"axis", "-1"}}, b.Int64s(1, 2), b.Int64(-5), b.Like(x, 1), b.Like(x, 0))
	}},
	{"random numbers", "more than the 16 GiB", func(b *Builder, x *Output) *Output {
		return b.Random(b.Int64s(1<<30, 1<<10), b.Like(x, 0), b.Like(x, 1), 0, 0)
	}},
	{"Reshape", "the product of 4294967296 and 4294967296", func(b *Builder, x *Output) *Output { return b.Reshape(x, 1<<32, 1<<32) }},
	{"Reshape below", "the dimension -9223372036854775807", func(b *Builder, x *Output) *Output { return b.Reshape(x, math.MinInt64, 2) }},
	{"a product of vectors", "output 0 would be f32 [1048576,1048576]", func(b *Builder, x *Output) *Output {
		return b.MatMul(b.Parameter("", F32, 1<<20, 1), b.Parameter("", F32, 1, 1<<20), false, false)
	}},
	{"an element-wise sum", "more than the 16 GiB", func(b *Builder, x *Output) *Output {
		return b.Add(b.Parameter("", F32, 1<<20, 1), b.Parameter("", F32, 1<<20))
	}},
	{"Concat", "more than the 16 GiB", func(b *Builder, x *Output) *Output {
		y := b.Parameter("", F32, 1<<31)
		return b.Concat(0, y, y, y)
	}},
	{"a conversion", "more than the 16 GiB", func(b *Builder, x *Output) *Output { return b.Convert(b.Parameter("", I8, 1<<33), F64) }},
	{"paddings of a convolution", "pads_begin has 1099511627776", func(b *Builder, x *Output) *Output { return b.Convolution(x, constantOf(b, 2, 3, 1, 1), Pad(1, 1<<40)) }},
	{"strides back", "strides has 4294967296", func(b *Builder, x *Output) *Output {
		return b.ConvolutionBack(x, constantOf(b, 3, 2, 1, 1), nil, Pad(1<<32, 0))
	}},
	{"large strides back", "more than the 16 GiB", func(b *Builder, x *Output) *Output {
		return b.ConvolutionBack(x, constantOf(b, 3, 2, 1, 1), nil, Pad(1<<30, 0))
	}},
	{"a pool", "kernel has 4611686018427387904", func(b *Builder, x *Output) *Output {
		return b.AvgPool(x, []int64{1 << 62, 1}, Window{}, true)
	}},
	{"blocks", "the product of 4 and 4611686018427387904", func(b *Builder, x *Output) *Output {
		return b.Add1("DepthToSpace", Attrs{{"mode", "blocks_first"}, {"block_size", fmt.Sprint(1 << 62)}}, x)
	}},
	{"a hidden state", "hidden_size=4611686018427387904", func(b *Builder, x *Output) *Output {
		y := b.Parameter("", F32, 1, 4)
		return b.Add1("RNNCell", Attrs{{"hidden_size", fmt.Sprint(1 << 62)}, {"activations", "tanh"}}, y, y, b.Parameter("", F32, 4, 4), b.Parameter("", F32, 4, 4), b.Parameter("", F32, 4))
	}},
	{"parts", "num_splits=1099511627776", func(b *Builder, x *Output) *Output {
		return b.Add1("Split", Attrs{{"num_splits", fmt.Sprint(1 << 40)}}, x, b.Int64(0))
	}},
	{"the largest", "the first 4611686018427387904 of a dimension of 4", func(b *Builder, x *Output) *Output { v, _ := b.TopK(x, 1<<62, -1); return v }},
}

func TestAbsurdSizes(t *testing.T) {
	for _, c := range absurd {
		t.Run(c.name, func(t *testing.T) {
			b := NewBuilder("absurd")
			b.Result(c.build(b, b.Parameter("x", F32, 2, 3, 4, 4)), "y")
			_, err := b.Model()
			if !errors.Is(err, ErrModel) || !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// interpolated is an Interpolate of [1,1,4,4] to sizes, in a version.
func interpolated(version, more string, inputs func(b *Builder, x *Output) []*Output) (*Output, error) {
	b := NewBuilder("resized")
	x := b.Parameter("x", F32, 1, 1, 4, 4)
	attrs := Attrs{{"mode", "nearest"}}
	for a := range strings.FieldsSeq(more) {
		name, value, _ := strings.Cut(a, "=")
		attrs = append(attrs, Attr{name, value})
	}
	n := b.AddNode("Interpolate", version, attrs, append([]*Output{x}, inputs(b, x)...)...)
	if b.Err() != nil {
		return nil, b.Err()
	}
	b.Result(n.Output(0), "y")
	_, err := b.Model()
	return n.Output(0), err
}

// TestInterpolate compares all versions of the operation, whose inputs differ.
func TestInterpolate(t *testing.T) {
	sizes := func(v ...int64) func(b *Builder, x *Output) []*Output {
		return func(b *Builder, x *Output) []*Output { return []*Output{b.Int64s(v...)} }
	}
	for _, c := range []struct {
		version, attrs string
		inputs         func(b *Builder, x *Output) []*Output
		want           string
	}{
		{"opset1", "axes=2,3 align_corners=0 pads_begin=0 pads_end=0", sizes(8, 6), "1,1,8,6"},
		{"opset1", "axes=3", sizes(6), "1,1,4,6"},
		{"opset1", "", sizes(8, 6), `the attribute "axes" is missing`},
		{"opset4", "", sizes(8, 6), `needs the attribute "shape_calculation_mode"`},
		{"opset4", "shape_calculation_mode=sizes", func(b *Builder, x *Output) []*Output {
			return []*Output{b.Int64s(8, 6), b.Float32s("", Shape{2}, 3, 3), b.Int64s(2, 3)}
		}, "1,1,8,6"},
		{"opset4", "shape_calculation_mode=scales", func(b *Builder, x *Output) []*Output {
			return []*Output{b.Int64s(8, 6), b.Float32s("", Shape{2}, 3, 2.5), b.Int64s(2, 3)}
		}, "1,1,12,10"},
		{"opset11", "shape_calculation_mode=sizes", sizes(1, 2, 3, 4), "1,2,3,4"},
		{"opset11", "shape_calculation_mode=scales pads_begin=0,0,1 pads_end=0,0,1", func(b *Builder, x *Output) []*Output {
			return []*Output{b.Float32s("", Shape{2}, 2, 2), b.Int64s(2, 3)}
		}, "1,1,12,8"},
		{"opset11", "shape_calculation_mode=sizes", sizes(1, 1, 1<<40, 8), "more than the 16 GiB"},
		{"opset11", "shape_calculation_mode=sizes", sizes(1, 1, -7, 8), "the dimension -7"},
		{"opset11", fmt.Sprintf("shape_calculation_mode=sizes pads_begin=0,0,%d", huge), sizes(1, 1, 8, 8), "pads_begin has 9223372036854775807"},
		{"opset11", "shape_calculation_mode=sizes pads_end=-1", sizes(1, 1, 8, 8), "pads_end has -1"},
		{"opset11", "shape_calculation_mode=scales", func(b *Builder, x *Output) []*Output {
			return []*Output{b.Float32s("", Shape{1}, 1e30), b.Int64s(2)}
		}, "a dimension of 4, scaled by 1.0000000150474662e+30"},
		{"opset11", "shape_calculation_mode=scales", func(b *Builder, x *Output) []*Output {
			return []*Output{b.Float32s("", Shape{1}, float32(math.NaN())), b.Int64s(2)}
		}, "a dimension of 4, scaled by NaN"},
	} {
		o, err := interpolated(c.version, c.attrs, c.inputs)
		switch {
		case err != nil && strings.Contains(err.Error(), c.want):
		case err != nil || o.Shape.String() != c.want:
			t.Errorf("%s %s: %v, %v; want %s", c.version, c.attrs, o, err, c.want)
		}
	}
}

// TestForeignSizes has operations that the package knows by their size only.
func TestForeignSizes(t *testing.T) {
	const tooMuch = "more than the 16 GiB"
	for name, c := range map[string]struct {
		typ, version, want string
		attrs              Attrs
		inputs             func(b *Builder, x *Output) []*Output
	}{
		"eye": {"Eye", "opset9", tooMuch, Attrs{{"output_type", "f32"}}, func(b *Builder, x *Output) []*Output {
			return []*Output{b.Int64(1 << 17), b.Int64(1 << 17), b.Int64(0)}
		}},
		"a small eye": {"Eye", "opset9", "", Attrs{{"output_type", "f32"}}, func(b *Builder, x *Output) []*Output { return []*Output{b.Int64(8), b.Int64(8), b.Int64(0)} }},
		"many eyes": {"Eye", "opset9", tooMuch, Attrs{{"output_type", "f32"}}, func(b *Builder, x *Output) []*Output {
			return []*Output{b.Int64(8), b.Int64(8), b.Int64(0), b.Int64s(1 << 30)}
		}},
		"somebody else": {"Eye", "mine", "", nil, func(b *Builder, x *Output) []*Output { return []*Output{b.Int64(1 << 17), b.Int64(1 << 17)} }},
		"a pool":        {"AdaptiveAvgPool", "opset8", "the dimension 2199023255552", nil, func(b *Builder, x *Output) []*Output { return []*Output{x, b.Int64s(1<<41, 1)} }},
		"a fine pool":   {"AdaptiveMaxPool", "opset8", "", nil, func(b *Builder, x *Output) []*Output { return []*Output{x, b.Int64s(2, 2)} }},
		"an open pool":  {"AdaptiveMaxPool", "opset8", "", nil, func(b *Builder, x *Output) []*Output { return []*Output{x, b.Parameter("", I64, 2)} }},
		"regions": {"ROIAlign", "opset9", tooMuch, Attrs{{"pooled_h", "1000000"}, {"pooled_w", "1000000"}}, func(b *Builder, x *Output) []*Output {
			return []*Output{x, b.Parameter("", F32, 5, 4), b.Parameter("", I64, 5)}
		}},
		"fine regions": {"ROIAlign", "opset9", "", Attrs{{"pooled_h", "7"}, {"pooled_w", "7"}}, func(b *Builder, x *Output) []*Output {
			return []*Output{x, b.Parameter("", F32, 5, 4), b.Parameter("", I64, 5)}
		}},
		"groups": {"PSROIPooling", "opset1", tooMuch, Attrs{{"output_dim", "8"}, {"group_size", "65536"}}, func(b *Builder, x *Output) []*Output { return []*Output{x, b.Parameter("", F32, 5, 5)} }},
		"to the batch": {"SpaceToBatch", "opset2", tooMuch, nil, func(b *Builder, x *Output) []*Output {
			return []*Output{x, b.Int64s(1, 1, 1, 1), b.Int64s(0, 0, 1<<39, 0), b.Int64s(0, 0, 0, 0)}
		}},
		"far to the batch": {"SpaceToBatch", "opset2", "which is no number", nil, func(b *Builder, x *Output) []*Output {
			return []*Output{x, b.Int64s(1, 1, 1, 1), b.Int64s(0, 0, huge, 0), b.Int64s(0, 0, 0, 0)}
		}},
		"samples":      {"Multinomial", "opset13", tooMuch, nil, func(b *Builder, x *Output) []*Output { return []*Output{b.Parameter("", F32, 1, 4), b.Int64s(1 << 36)} }},
		"waves":        {"DFT", "opset7", tooMuch, nil, func(b *Builder, x *Output) []*Output { return []*Output{x, b.Int64s(0), b.Int64s(1 << 36)} }},
		"usual waves":  {"DFT", "opset7", "", nil, func(b *Builder, x *Output) []*Output { return []*Output{x, b.Int64s(0), b.Int64s(-1)} }},
		"a wrong axis": {"DFT", "opset7", "the axis 9 of a tensor of 4", nil, func(b *Builder, x *Output) []*Output { return []*Output{x, b.Int64s(9), b.Int64s(1)} }},
		"boxes":        {"PriorBox", "opset8", tooMuch, nil, func(b *Builder, x *Output) []*Output { return []*Output{b.Int64s(1<<20, 1<<20), b.Int64s(300, 300)} }},
		"open boxes": {"PriorBox", "opset8", "", nil, func(b *Builder, x *Output) []*Output {
			return []*Output{b.ParameterOf("", I64, Unranked()), b.Int64s(300, 300)}
		}},
		"segments": {"EmbeddingSegmentsSum", "opset3", tooMuch, nil, func(b *Builder, x *Output) []*Output {
			return []*Output{x, b.Int64s(0), b.Int64s(0), b.Int64(1 << 36)}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			b := NewBuilder("foreign")
			n := b.AddForeign(c.typ, c.version, c.attrs, []OutputType{{F32, Shape{-1}}}, c.inputs(b, b.Parameter("x", F32, 2, 3, 4, 4))...)
			if n == nil {
				t.Fatal(b.Err())
			}
			b.Result(n.Output(0), "y")
			_, err := b.Model()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v", err)
			}
		})
	}
	// What a foreign operation says of itself is believed, as far as it can be.
	b := NewBuilder("claims")
	b.Result(b.AddForeign("Mine", "mine", nil, []OutputType{{F32, Shape{1 << 40}}}).Output(0), "y")
	if _, err := b.Model(); err == nil || !strings.Contains(err.Error(), tooMuch) {
		t.Error(err)
	}
}

// TestConstantsThatGrow adds up what the runtime makes of constants.
func TestConstantsThatGrow(t *testing.T) {
	grown := func(b *Builder, n int64) *Output {
		return b.BroadcastTo(b.Float32s("", Shape{}, 1), b.Int64s(n), "numpy")
	}
	const gib = 1 << 28 // numbers of f32
	for name, c := range map[string]struct {
		build func(b *Builder)
		wrong bool
	}{
		"up to the bound": {func(b *Builder) { results(b, grown(b, 4*gib)) }, false},
		"one more":        {func(b *Builder) { results(b, grown(b, 4*gib), grown(b, 100)) }, true},
		"two":             {func(b *Builder) { results(b, grown(b, 3*gib), grown(b, 2*gib)) }, true},
		"what is made of it": {func(b *Builder) {
			x := grown(b, 2*gib)
			results(b, b.Exp(b.Exp(x)))
		}, true},
		"less is made of it": {func(b *Builder) { results(b, b.Sum(grown(b, 3*gib), false, 0)) }, false},
		"of an input": {func(b *Builder) {
			x := b.Parameter("x", F32, 1)
			for range 5 {
				results(b, b.BroadcastTo(x, b.Int64s(2*gib), "numpy"))
			}
		}, false},
		"of the shape of an input": {func(b *Builder) {
			x := b.Parameter("x", F32, 3*gib)
			results(b, b.BroadcastTo(b.Like(x, 0), b.ShapeOf(x), "numpy"), b.BroadcastTo(b.Like(x, 1), b.ShapeOf(x), "numpy"))
		}, true},
		"unpacked": {func(b *Builder) {
			w := b.Ints("w", I8, Shape{4}, 1, 2, 3, 4)
			results(b, b.Mul(b.Convert(w, F32), b.Float32s("", Shape{1}, 2)))
		}, false},
		"in a body": {func(b *Builder) {
			x := b.Parameter("x", F32, 1)
			results(b, grown(b, 3*gib))
			results(b, b.If(b.Parameter("p", Boolean), func(b *Builder, in []*Output) []*Output {
				return []*Output{b.Add(in[0], grown(b, 2*gib))}
			}, func(b *Builder, in []*Output) []*Output { return []*Output{in[0]} }, x)...)
		}, true},
	} {
		b := NewBuilder(name)
		c.build(b)
		_, err := b.Model()
		if c.wrong != (err != nil) || err != nil && (!strings.Contains(err.Error(), "4 GiB are made of the constants") || strings.Count(err.Error(), "GiB") != 1) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLoopsThatGrow has a loop whose rounds are joined.
func TestLoopsThatGrow(t *testing.T) {
	_, m := readModel(t, "testdata/loop.xml")
	var loop *Node
	m.Each(func(n *Node) {
		if n.Type == "Loop" {
			loop = n
		}
	})
	if loop == nil {
		t.Fatal("no loop")
	}
	b := loop.Bodies()[0]
	joined := false
	for i := range b.Ports {
		p := &b.Ports[i]
		if p.Output && p.External >= 0 && len(p.Internal.Source(0).Shape) > 0 {
			p.Slice, joined = &Slicing{Axis: 0, End: -1, Stride: 1, PartSize: 1}, true
		}
		if p.Purpose == "execution_condition" {
			p.Purpose = ""
		}
	}
	if !joined {
		t.Fatal("no output")
	}
	g := loop.Graph().Edit()
	if err := loop.Input(0).Connect(g.Int64(1 << 50)); err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err == nil || !strings.Contains(err.Error(), "Loop: ") {
		t.Errorf("%v", err)
	}
}

// TestWrapped follows numbers beyond their type as OpenVINO computes them.
func TestWrapped(t *testing.T) {
	for _, c := range []struct {
		t          ElementType
		value, max int64
	}{
		{I8, 200, -56}, {U8, 300, 44}, {I16, 1 << 15, -1 << 15}, {U16, 1 << 16, 0}, {I32, 1 << 31, -1 << 31}, {U32, -1, math.MaxUint32}, {I64, 1 << 40, 1 << 40},
		{I8, -5, -5}, {I32, 7, 7},
	} {
		if got := wrapped(c.t, c.value); got != c.max {
			t.Errorf("%d as %s: %d, and not %d", c.value, c.t, got, c.max)
		}
	}
	b := NewBuilder("wrapped")
	x, y := b.Ints("", I32, Shape{2}, 1<<30, 7), b.Ints("", I32, Shape{2}, 4, 2)
	for name, c := range map[string]struct {
		o    *Output
		want []int64
	}{
		"a product":        {b.Mul(x, y), []int64{0, 14}},
		"a sum":            {b.Add(x, b.Mul(y, y)), []int64{1<<30 + 16, 11}},
		"a power":          {b.Pow(y, y), []int64{256, 4}},
		"a large power":    {b.Pow(y, b.Ints("", I32, Shape{}, 33)), []int64{0, 0}},
		"a power below 0":  {b.Pow(y, b.Ints("", I32, Shape{}, -1)), []int64{Unknown, Unknown}},
		"all together":     {b.Add1("ReduceProd", Attrs{{"keep_dims", "false"}}, y, b.Int64s(0)), []int64{8}},
		"the least":        {b.Add1("ReduceMin", Attrs{{"keep_dims", "true"}}, y, b.Int64s(0)), []int64{2}},
		"the greatest":     {b.Add1("ReduceMax", Attrs{{"keep_dims", "true"}}, x, b.Int64s(0)), []int64{1 << 30}},
		"the sum":          {b.Add1("ReduceSum", Attrs{{"keep_dims", "false"}}, y, b.Int64s(0)), []int64{6}},
		"over no axis":     {b.Add1("ReduceSum", Attrs{{"keep_dims", "false"}}, y, b.Int64s()), nil},
		"without fraction": {b.Convert(b.Float32s("", Shape{3}, 2.9, -2.9, 1e30), I64), []int64{2, -2, Unknown}},
	} {
		got, ok := c.o.KnownInts()
		if ok != (c.want != nil) || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, %v, and not %v", name, got, ok, c.want)
		}
	}
	if b.Err() != nil {
		t.Error(b.Err())
	}
}
