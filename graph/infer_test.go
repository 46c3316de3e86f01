package graph

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

// wrongOperations cannot be, each for the reason that it stands under.
var wrongOperations = map[string]func(b *Builder, x, y *Output) *Output{
	"cannot be computed with element by element": func(b *Builder, x, y *Output) *Output { return b.Add(x, b.Parameter("", F32, 7)) },
	"inputs of the types f32 and i32":            func(b *Builder, x, y *Output) *Output { return b.Mul(x, b.Parameter("", I32, 1)) },
	"boolean numbers": func(b *Builder, x, y *Output) *Output {
		p := b.Less(x, x)
		return b.Add(p, p)
	},
	"where truth values are wanted":       func(b *Builder, x, y *Output) *Output { return b.And(x, x) },
	"the condition is f32":                func(b *Builder, x, y *Output) *Output { return b.Select(x, x, x) },
	"whose inner dimensions are 8 and 2":  func(b *Builder, x, y *Output) *Output { return b.MatMul(x, y, false, true) },
	"a product of a matrix with a single": func(b *Builder, x, y *Output) *Output { return b.MatMul(x, b.Like(x, 1), false, false) },
	"and not 4 dimensions":                func(b *Builder, x, y *Output) *Output { return b.Convolution(x, constantOf(b, 2, 3), Window{}) },
	"for 6 channels over":                 func(b *Builder, x, y *Output) *Output { return b.Convolution(x, constantOf(b, 2, 6, 1, 1), Window{}) },
	"a window of 9 over a dimension of 8": func(b *Builder, x, y *Output) *Output { return b.Convolution(x, constantOf(b, 2, 3, 1, 9), Window{}) },
	"strides and dilations below 1":       func(b *Builder, x, y *Output) *Output { return b.Convolution(x, constantOf(b, 2, 3, 1, 1), Pad(0, 0)) },
	"has 3 values and not 2":              func(b *Builder, x, y *Output) *Output { return b.AvgPool(x, []int64{1, 1, 1}, Window{}, true) },
	`auto_pad="around"`: func(b *Builder, x, y *Output) *Output {
		return b.AvgPool(x, []int64{1, 1}, Window{AutoPad: "around"}, true)
	},
	"nothing is left of dimension 2": func(b *Builder, x, y *Output) *Output {
		return b.ConvolutionBack(x, constantOf(b, 3, 2, 1, 1), nil, Pad(1, 4))
	},
	"an output of the shape [1] for 2": func(b *Builder, x, y *Output) *Output {
		return b.ConvolutionBack(x, constantOf(b, 3, 2, 1, 1), b.Int64s(1), Pad(1, 0))
	},
	"dimensions of 3 and 2 that should": func(b *Builder, x, y *Output) *Output { return b.Concat(0, x, b.Parameter("", F32, 2, 2, 7, 8)) },
	"[2] joined with [2,3,7,8]":         func(b *Builder, x, y *Output) *Output { return b.Concat(0, x, b.Parameter("", F32, 2)) },
	"the axis 4 of a tensor":            func(b *Builder, x, y *Output) *Output { return b.Concat(4, x) },
	"a dimension of 7 in 2 equal parts": func(b *Builder, x, y *Output) *Output { return b.Split(x, 2, 2)[0] },
	"pieces of 5 of a dimension of 7":   func(b *Builder, x, y *Output) *Output { return b.SplitAt(x, 2, 2, 3)[0] },
	"a piece of the length -3":          func(b *Builder, x, y *Output) *Output { return b.SplitAt(x, 2, -1, -3)[1] },
	"a slice in steps of 0": func(b *Builder, x, y *Output) *Output {
		return b.StridedSlice(x, []int64{0}, []int64{1}, []int64{0}, Masks{})
	},
	"the axis 1 twice":                  func(b *Builder, x, y *Output) *Output { return b.Slice(x, Range{Axis: 1}, Range{Axis: -3}) },
	"the order of 3 dimensions for 4":   func(b *Builder, x, y *Output) *Output { return b.Transpose(x, 0, 1, 2) },
	"dimension 1 is there twice":        func(b *Builder, x, y *Output) *Output { return b.Transpose(x, 0, 1, 1, 2) },
	"[2,3,7,8] as [5,?]":                func(b *Builder, x, y *Output) *Output { return b.Reshape(x, 5, -1) },
	"[2,3,7,8] as [3,3]":                func(b *Builder, x, y *Output) *Output { return b.Reshape(x, 3, 3) },
	"dimension 4 of [2,3,7,8] does not": func(b *Builder, x, y *Output) *Output { return b.ReshapeTo(x, b.Int64s(0, 0, 0, 0, 0), true) },
	"the dimension -2":                  func(b *Builder, x, y *Output) *Output { return b.Reshape(x, -2, 3) },
	"dimension 1 of [2,3,7,8] is not 1": func(b *Builder, x, y *Output) *Output {
		return b.Add1("Squeeze", Attrs{{"allow_axis_skip", "false"}}, x, b.Int64s(1))
	},
	"a new dimension twice":               func(b *Builder, x, y *Output) *Output { return b.Unsqueeze(x, 0, 0) },
	"[2,3,7,8] as [3,7,9]":                func(b *Builder, x, y *Output) *Output { return b.Broadcast(x, 3, 7, 9) },
	"asks for the dimension -1":           func(b *Builder, x, y *Output) *Output { return b.Broadcast(x, 2, 3, 7, -1) },
	"padding of 1 and 1 dimensions for 4": func(b *Builder, x, y *Output) *Output { return b.Pad(x, []int64{1}, []int64{1}, b.Like(x, 0)) },
	"nothing is left of dimension 0": func(b *Builder, x, y *Output) *Output {
		return b.Pad(x, []int64{-3, 0, 0, 0}, []int64{0, 0, 0, 0}, b.Like(x, 0))
	},
	"a dimension of 3 in parts of 4":        func(b *Builder, x, y *Output) *Output { return b.DepthToSpace(x, 2, true) },
	"the place 7 of a dimension of 7":       func(b *Builder, x, y *Output) *Output { return b.Gather(x, b.Int64s(0, 7), 2) },
	"input 1 is f32, and not an integer":    func(b *Builder, x, y *Output) *Output { return b.Gather(x, y, 0) },
	"places of 1 dimensions in a tensor of": func(b *Builder, x, y *Output) *Output { return b.GatherElements(x, b.Int64s(1), 0) },
	"places [3,5] in [2,3,7,8]":             func(b *Builder, x, y *Output) *Output { return b.GatherND(x, b.Parameter("", I32, 3, 5), 0) },
	"values [3,7] for [5,7,8]": func(b *Builder, x, y *Output) *Output {
		return b.ScatterND(x, b.Parameter("", I32, 5, 2), b.Parameter("", F32, 3, 7), "sum")
	},
	"at places [2] of": func(b *Builder, x, y *Output) *Output {
		return b.ScatterElements(x, b.Int64s(0, 1), b.Parameter("", F32, 2), 0, "sum")
	},
	"the first 9 of a dimension of 8": func(b *Builder, x, y *Output) *Output {
		v, _ := b.TopK(x, 9, -1)
		return v
	},
	"the axis 5 of a tensor": func(b *Builder, x, y *Output) *Output { return b.Softmax(x, 5) },
	"the axis -5 of":         func(b *Builder, x, y *Output) *Output { return b.Sum(x, false, -9) },
	"weights [12,3] where [12,2] are": func(b *Builder, x, y *Output) *Output {
		return b.GRUCell(y, b.Parameter("", F32, 4, 4), GRU{constantOf(b, 12, 3), constantOf(b, 12, 4), constantOf(b, 12)})
	},
	"levels=1": func(b *Builder, x, y *Output) *Output {
		return b.FakeQuantize(x, b.Like(x, 0), b.Like(x, 1), b.Like(x, 0), b.Like(x, 1), 1)
	},
	"the first value is f32 [4,2], the":  func(b *Builder, x, y *Output) *Output { return b.ReadValue("v", F32, Shape{2, 4}, y) },
	"a range in steps of 0":              func(b *Builder, x, y *Output) *Output { return b.Count(b.Int64(0), b.Int64(3), b.Int64(0), I64) },
	"300 is no u8":                       func(b *Builder, x, y *Output) *Output { return b.Scalar(U8, 300) },
	"0.5 is no i32":                      func(b *Builder, x, y *Output) *Output { return b.Scalar(I32, 0.5) },
	"has 8 bytes in the file and not 4":  func(b *Builder, x, y *Output) *Output { return b.Float32s("", Shape{1}, 1, 2) },
	"string does not hold such numbers":  func(b *Builder, x, y *Output) *Output { return b.Floats("", String, Shape{}, []float32{1}) },
	"input 1 is no output of this graph": func(b *Builder, x, y *Output) *Output { return b.Add(x, NewBuilder("").Parameter("", F32)) },
	"input 0 is no output of this graph": func(b *Builder, x, y *Output) *Output { return b.Relu(nil) },
	"a slice along the axis 4":           func(b *Builder, x, y *Output) *Output { return b.Iterate().Slice(x, 4, 1) },
	"Next of what is no state": func(b *Builder, x, y *Output) *Output {
		it := b.Iterate()
		part := it.Slice(x, 0, 1)
		it.Next(it.Body.Relu(part), part)
		return x
	},
	"one side has 1 outputs, the other 2": func(b *Builder, x, y *Output) *Output {
		return b.If(b.Bool(true), func(b *Builder, in []*Output) []*Output { return in }, func(b *Builder, in []*Output) []*Output { return append(in, in...) }, x)[0]
	},
	"the operation is not known":           func(b *Builder, x, y *Output) *Output { return b.Add1("Sub", nil, x, y) },
	`Elu needs the attribute "alpha"`:      func(b *Builder, x, y *Output) *Output { return b.Add1("Elu", nil, x) },
	`the attribute alpha="x" is no number`: func(b *Builder, x, y *Output) *Output { return b.Add1("Elu", Attrs{{"alpha", "x"}}, x) },
	"ReLU has 2 inputs":                    func(b *Builder, x, y *Output) *Output { return b.Add1("ReLU", nil, x, x) },
}

// TestWrongOperations builds what cannot be, and wants to be told why.
func TestWrongOperations(t *testing.T) {
	for want, build := range wrongOperations {
		t.Run(want, func(t *testing.T) {
			b := NewBuilder("wrong")
			x, y := b.Parameter("x", F32, 2, 3, 7, 8), b.Parameter("y", F32, 4, 2)
			before := len(b.Graph().Nodes())
			o := build(b, x, y)
			if err := b.Err(); err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, ErrModel) {
				t.Fatalf("%v, %s", err, o)
			}
			if !strings.Contains(b.Err().Error(), "_test.go:") {
				t.Errorf("no line: %v", b.Err())
			}
			// Everything that follows is harmless.
			first := b.Err()
			b.Result(b.Relu(b.Add(o, x)), "z")
			if _, err := b.Model(); err != first {
				t.Errorf("%v and then %v", first, err)
			}
			if n := len(b.Graph().Nodes()); n < before {
				t.Errorf("%d nodes of %d", n, before)
			}
		})
	}
}

// TestKnownValues follows values through the operations that shapes are
// computed with.
func TestKnownValues(t *testing.T) {
	b := NewBuilder("values")
	x := b.Parameter("x", F32, -1, 3, 8)
	shape := b.ShapeOf(x)
	last := b.Gather(shape, b.Int64s(-1, 1), 0)
	shrink := Masks{Shrink: []int64{1}}
	for want, o := range map[string]*Output{
		"8 3 -5":   b.Concat(0, last, b.Unsqueeze(b.StridedSlice(b.Int64s(4, -5), []int64{-1}, []int64{0}, nil, shrink), 0)),
		"4 8":      b.Concat(0, b.Unsqueeze(b.StridedSlice(b.Int64s(4, -5), []int64{0}, []int64{0}, nil, shrink), 0), b.Int64s(8)),
		"? 3 8":    shape,
		"8 3":      last,
		"4 1":      b.Div(last, b.Int64s(2)),
		"-4 -2":    b.Div(last, b.Int64s(-2)),
		"-3 -7":    b.Add1("Divide", Attrs{{"auto_broadcast", "numpy"}, {"m_pythondiv", "false"}}, b.Int64s(-7, 15), b.Int64s(2, -2)),
		"9 5":      b.Add(last, b.Int64s(1, 2)),
		"16 6":     b.Mul(last, b.Int64(2)),
		"8 4":      b.Maximum(last, b.Int64(4)),
		"4 3":      b.Minimum(last, b.Int64(4)),
		"7 7 7":    b.Broadcast(b.Int64(7), 3),
		"3 8":      b.Slice(shape, Range{Axis: 0, Start: 1, Stop: All}),
		"8 3 ?":    b.Reverse(shape, 0),
		"3":        b.StridedSlice(shape, []int64{1}, []int64{2}, nil, Masks{}),
		"? 3":      b.StridedSlice(shape, []int64{1}, []int64{2}, nil, Masks{Begin: []int64{1}}),
		"2 5 8":    b.Count(b.Int64(2), b.Int64(9), b.Int64(3), I64),
		"8":        b.Squeeze(b.SplitAt(shape, 0, 2, 1)[1], 0),
		"? 3 8 -1": b.Concat(0, shape, b.Int64s(-1)),
		"5":        b.Convert(b.Unsqueeze(b.Int64(5), 0), I32),
		"":         b.Convert(b.Gather(x, b.Int64(0), 0), I64),
		"? ?":      b.Div(b.Int64s(0, 0), b.Int64s(0)),
	} {
		v, ok := o.KnownInts()
		var words []string
		for _, n := range v {
			if n == Unknown {
				words = append(words, "?")
			} else {
				words = append(words, strconv.FormatInt(n, 10))
			}
		}
		if got := strings.Join(words, " "); got != want || ok != (want != "") {
			t.Errorf("%q, %v, and not %q", got, ok, want)
		}
	}
	if b.Err() != nil {
		t.Error(b.Err())
	}
}

func TestKnownFloats(t *testing.T) {
	b := NewBuilder("values")
	for _, typ := range []ElementType{F16, BF16, F32, F64, I8, U8, I16, U16, I32, U32, I64, U64} {
		o := b.Scalar(typ, 3)
		if v, ok := o.KnownFloats(); !ok || len(v) != 1 || v[0] != 3 {
			t.Errorf("%s: %v", typ, v)
		}
	}
	if v, ok := b.Convert(b.Floats("", F16, Shape{2}, []float32{-0.5, 8}), F32).KnownFloats(); !ok || v[0] != -0.5 || v[1] != 8 {
		t.Error(v)
	}
	if _, ok := b.Parameter("", F32).KnownFloats(); ok {
		t.Error("an input is known")
	}
}
