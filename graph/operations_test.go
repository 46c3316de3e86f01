package graph

// operations are small networks, each to show one operation.
func operations() map[string]func(b *Builder) {
	all := map[string]func(b *Builder){}
	for _, add := range []func(map[string]func(*Builder)){elementwiseCases, linearCases, poolCases, movingCases, sliceCases, indexCases, normCases, controlCases, dynamicCases, unknownCases, followedCases} {
		add(all)
	}
	return all
}

// vary are n values that differ.
func vary(n int64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i%7) / 8
	}
	return v
}

// constantOf is a constant with a name of its own.
func constantOf(b *Builder, shape ...int64) *Output {
	n, _ := Shape(shape).Elements()
	return b.Float32s("weights", shape, vary(n)...)
}

func results(b *Builder, all ...*Output) {
	for _, o := range all {
		b.Result(o, "")
	}
}

func elementwiseCases(all map[string]func(*Builder)) {
	all["binary"] = func(b *Builder) {
		x, y := b.Parameter("x", F32, 2, 1, 4), b.Parameter("y", F32, 3, 1)
		for _, f := range []func(x, y *Output) *Output{b.Add, b.Sub, b.Mul, b.Div, b.Pow, b.Maximum, b.Minimum, b.SquaredDifference, b.Mod, b.FloorMod} {
			results(b, f(x, y), f(x, b.Like(x, 2)))
		}
	}
	all["comparison"] = func(b *Builder) {
		x, y := b.Parameter("x", I32, 2, 3), b.Parameter("y", I32, 3)
		for _, f := range []func(x, y *Output) *Output{b.Equal, b.NotEqual, b.Greater, b.GreaterEqual, b.Less, b.LessEqual} {
			results(b, f(x, y))
		}
		p, q := b.Less(x, y), b.Equal(x, y)
		results(b, b.And(p, q), b.Or(p, q), b.Xor(p, q), b.Not(p), b.Select(p, x, y), b.Select(b.Bool(true), x, b.Like(x, 7)))
	}
	all["unary"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 5)
		for _, f := range []func(x *Output) *Output{
			b.Relu, b.Sigmoid, b.Tanh, b.Exp, b.Log, b.Sqrt, b.Abs, b.Neg, b.Sign, b.Floor, b.Ceiling, b.Round, b.Sin, b.Cos, b.Erf, b.SoftPlus,
			b.Mish, b.HSwish, b.HSigmoid, b.Swish,
		} {
			results(b, f(x))
		}
		results(b, b.SwishBeta(x, b.Like(x, 2)), b.Gelu(x, false), b.Gelu(x, true), b.Elu(x, 0.5), b.Clamp(x, -1.5, 1e30),
			b.PRelu(x, constantOf(b, 5)), b.HardSigmoid(x, b.Like(x, 0.2), b.Like(x, 0.5)),
			b.FakeQuantize(x, b.Like(x, -1), b.Like(x, 1), b.Like(x, -1), b.Like(x, 1), 256))
	}
	all["convert"] = func(b *Builder) {
		x := b.Parameter("x", F32, 3)
		for _, t := range []ElementType{Boolean, BF16, F16, F64, I8, I16, I32, I64, U8, U16, U32, U64} {
			results(b, b.Convert(x, t))
		}
		results(b, b.ConvertLike(x, b.Int64(1)))
	}
	all["constants"] = func(b *Builder) {
		x := b.Parameter("x", F32, 3)
		for _, t := range []ElementType{F16, BF16, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64} {
			results(b, b.Mul(b.Convert(x, t), b.Scalar(t, 3)))
		}
		results(b, b.Reshape(b.Floats("three", F16, Shape{3}, []float32{1, 2, 3}), 3, 1), b.And(b.Convert(x, Boolean), b.Bool(true)))
	}
}

func linearCases(all map[string]func(*Builder)) {
	all["matmul"] = func(b *Builder) {
		x, y := b.Parameter("x", F32, 2, 3, 4), b.Parameter("y", F32, 4, 5)
		v, w := b.Parameter("v", F32, 4), b.Parameter("w", F32, 5, 4)
		results(b, b.MatMul(x, y, false, false), b.MatMul(x, w, false, true), b.MatMul(x, v, false, false), b.MatMul(v, y, false, false),
			b.MatMul(v, v, false, false), b.MatMul(y, x, true, true), b.MatMul(x, x, false, true), b.MatMul(x, constantOf(b, 2, 4, 6), false, false))
	}
	all["convolution"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 4, 9, 8)
		f := constantOf(b, 6, 4, 3, 3)
		results(b, b.Convolution(x, f, Window{}), b.Convolution(x, f, Pad(2, 1)), b.Convolution(x, f, Window{AutoPad: "same_upper", Strides: []int64{2, 2}}),
			b.Convolution(x, f, Window{AutoPad: "valid", Dilations: []int64{2, 3}}), b.Convolution(x, f, Window{Begin: []int64{1, 0}, End: []int64{2, 3}, Strides: []int64{3, 1}}))
	}
	all["convolution1d"] = func(b *Builder) {
		results(b, b.Convolution(b.Parameter("x", F32, 2, 4, 9), constantOf(b, 6, 4, 3), Window{Strides: []int64{2}}))
	}
	all["groups"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 4, 9, 8)
		results(b, b.GroupConvolution(x, constantOf(b, 4, 1, 1, 3, 3), Pad(1, 1)), b.GroupConvolution(x, constantOf(b, 2, 3, 2, 3, 3), Pad(2, 0)))
	}
	all["backward"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 4, 5, 6)
		f := constantOf(b, 4, 3, 3, 3)
		w := Pad(2, 1)
		w.OutputPadding = []int64{1, 0}
		results(b, b.ConvolutionBack(x, f, nil, Window{}), b.ConvolutionBack(x, f, nil, Pad(2, 1)), b.ConvolutionBack(x, f, nil, w),
			b.ConvolutionBack(x, f, b.Int64s(10, 11), Pad(2, 1)), b.GroupConvolutionBack(x, constantOf(b, 4, 1, 1, 3, 3), nil, w),
			b.GroupConvolutionBack(x, constantOf(b, 2, 2, 3, 2, 2), nil, Pad(2, 0)))
	}
	all["attention"] = func(b *Builder) {
		q, k, v := b.Parameter("q", F32, 1, 2, 3, 8), b.Parameter("k", F32, 1, 2, 5, 8), b.Parameter("v", F32, 1, 2, 5, 4)
		results(b, b.Attention(q, k, v, nil, nil, false), b.Attention(q, k, v, nil, b.Scalar(F32, 0.5), true), b.Attention(q, k, v, b.Parameter("m", F32, 3, 5), nil, false))
	}
}

func poolCases(all map[string]func(*Builder)) {
	all["pools"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 3, 9, 8)
		k := []int64{3, 2}
		for _, rounding := range []string{"floor", "ceil"} {
			w := Pad(2, 1)
			w.Rounding = rounding
			v, i := b.MaxPool(x, k, w)
			results(b, v, i, b.AvgPool(x, k, w, true), b.AvgPool(x, k, w, false))
		}
		v, _ := b.MaxPool(x, k, Window{AutoPad: "same_lower", Strides: []int64{2, 3}})
		d, _ := b.MaxPool(x, k, Window{Dilations: []int64{2, 2}})
		results(b, v, d, b.AvgPool(x, k, Window{AutoPad: "valid"}, true))
	}
	all["patches"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 3, 9, 8)
		results(b, b.ImagePatches(x, []int64{3, 3}, Window{}), b.ImagePatches(x, []int64{3, 2}, Window{Strides: []int64{2, 2}, Dilations: []int64{2, 1}}),
			b.ImagePatches(x, []int64{3, 3}, Window{AutoPad: "same_upper", Strides: []int64{2, 2}}))
	}
	all["interpolate"] = func(b *Builder) {
		x := b.Parameter("x", F32, 1, 3, 5, 7)
		results(b, b.Resize(x, []int64{2, 3}, []int64{10, 9}, Interpolation{Mode: "linear_onnx"}), b.Scale(x, []int64{2, 3}, []float32{2, 2}, Interpolation{Mode: "nearest", Coordinates: "asymmetric", Nearest: "floor"}),
			b.Scale(x, []int64{2, 3}, []float32{1.6, 0.57}, Interpolation{Mode: "nearest"}), b.Resize(x, []int64{3}, []int64{4}, Interpolation{Mode: "cubic"}))
	}
}

func movingCases(all map[string]func(*Builder)) {
	all["concat"] = func(b *Builder) {
		x, y := b.Parameter("x", F32, 2, 3), b.Parameter("y", F32, 2, 5)
		results(b, b.Concat(1, x, y, x), b.Concat(-1, x, y), b.Concat(0, x))
	}
	all["split"] = func(b *Builder) {
		x := b.Parameter("x", F32, 6, 4)
		results(b, b.Split(x, 0, 3)...)
		results(b, b.Split(x, -1, 2)...)
		results(b, b.SplitAt(x, 0, 1, -1, 2)...)
		results(b, b.SplitAt(x, 1, 1, 3)...)
	}
	all["reshape"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 3, 4)
		results(b, b.Reshape(x, 6, 4), b.Reshape(x, -1), b.Reshape(x, 4, -1, 2), b.ReshapeTo(x, b.Int64s(0, -1), true), b.ReshapeTo(x, b.Int64s(0, 0, 2, -1), true),
			b.Unsqueeze(x, 0, 2, -1), b.Unsqueeze(x, -1), b.Squeeze(b.Reshape(x, 1, 24, 1), 0), b.Squeeze(b.Reshape(x, 1, 24, 1), -1, 0), b.Squeeze(b.Reshape(x, 1, 24, 1)),
			b.Transpose(x, 2, 0, 1), b.Transpose(x), b.ReshapeTo(x, b.Concat(0, b.Int64s(-1), b.Gather(b.ShapeOf(x), b.Int64s(2, 1), 0)), false))
	}
	all["broadcast"] = func(b *Builder) {
		x := b.Parameter("x", F32, 3, 1)
		results(b, b.Broadcast(x, 2, 3, 4), b.BroadcastTo(x, b.Int64s(4), "bidirectional"), b.BroadcastTo(x, b.Int64s(2, 1, 1), "bidirectional"),
			b.BroadcastTo(b.Scalar(F32, 1), b.ShapeOf(x), "numpy"), b.Tile(x, 2, 3), b.Tile(x, 3), b.Tile(x, 2, 1, 1))
	}
	all["pad"] = func(b *Builder) {
		x := b.Parameter("x", F32, 3, 5)
		results(b, b.Pad(x, []int64{1, 0}, []int64{0, 2}, b.Like(x, 0)), b.Pad(x, []int64{-1, 0}, []int64{0, -2}, b.Like(x, 0)), b.PadMode(x, []int64{1, 2}, []int64{1, 2}, "reflect"))
	}
	all["blocks"] = func(b *Builder) {
		x := b.Parameter("x", F32, 1, 8, 4, 6)
		results(b, b.DepthToSpace(x, 2, true), b.DepthToSpace(x, 2, false), b.SpaceToDepth(x, 2, true), b.SpaceToDepth(x, 2, false), b.ReverseSequence(x, b.Parameter("n", I32, 1), 0, 2))
	}
	all["shapes"] = func(b *Builder) {
		x := b.Parameter("x", F32, 3, 5)
		results(b, b.ShapeOf(x), b.NonZero(x), b.Count(b.Int64(2), b.Int64(11), b.Int64(3), I64), b.Count(b.Int64(5), b.Int64(-5), b.Int64(-3), I32),
			b.Random(b.Int64s(2, 3), b.Scalar(F32, 0), b.Scalar(F32, 1), 1, 2))
	}
}

func sliceCases(all map[string]func(*Builder)) {
	all["slice"] = func(b *Builder) {
		x := b.Parameter("x", F32, 7, 10, 3)
		results(b, b.Slice(x, Range{Axis: 1, Start: 2, Stop: 8, Step: 2}), b.Slice(x, Range{Axis: -2, Start: -3, Stop: All}, Range{Axis: 0, Start: 1, Stop: -1}), b.Reverse(x, 0),
			b.Slice(x, Range{Axis: 1, Start: 8, Stop: 1, Step: -3}), b.Slice(x, Range{Axis: 0, Start: 0, Stop: 100, Step: 3}), b.Slice(x, Range{Axis: 1, Start: 3, Stop: 4}))
	}
	all["strided"] = func(b *Builder) {
		x := b.Parameter("x", F32, 7, 10, 3)
		zero := []int64{0, 0}
		results(b, b.StridedSlice(x, []int64{1, 2}, []int64{5, 9}, []int64{2, 3}, Masks{}), b.StridedSlice(x, []int64{1, 2}, []int64{5, 9}, nil, Masks{Begin: []int64{1, 0}, End: []int64{0, 1}}),
			b.StridedSlice(x, []int64{2, 0}, []int64{3, 0}, nil, Masks{Shrink: []int64{1, 0}, Begin: []int64{0, 1}, End: []int64{0, 1}}),
			b.StridedSlice(x, zero, zero, nil, Masks{NewAxis: []int64{1, 0}, Begin: []int64{1, 1}, End: []int64{1, 1}}),
			b.StridedSlice(x, []int64{0, 1}, []int64{0, 2}, nil, Masks{Ellipsis: []int64{1, 0}}),
			b.StridedSlice(x, []int64{-1}, []int64{-6}, []int64{-2}, Masks{}))
	}
}

func indexCases(all map[string]func(*Builder)) {
	all["gather"] = func(b *Builder) {
		x, at := b.Parameter("x", F32, 4, 5, 3), b.Parameter("at", I32, 4, 2)
		results(b, b.Gather(x, at, 1), b.Gather(x, b.Int64(2), 0), b.Gather(x, at, -1), b.GatherBatch(x, at, 1, 1),
			b.GatherElements(x, b.Parameter("e", I64, 4, 2, 3), 1), b.GatherND(x, b.Parameter("n", I32, 6, 2), 0), b.GatherND(x, b.Parameter("m", I32, 4, 7, 1), 1))
	}
	all["scatter"] = func(b *Builder) {
		x := b.Parameter("x", F32, 4, 5)
		at := b.Parameter("at", I32, 2)
		results(b, b.ScatterUpdate(x, at, b.Parameter("v", F32, 2, 5), 0), b.ScatterElements(x, b.Parameter("e", I32, 2, 5), b.Parameter("w", F32, 2, 5), 0, "sum"),
			b.ScatterND(x, b.Parameter("n", I64, 3, 1), b.Parameter("u", F32, 3, 5), "sum"), b.OneHot(at, 9, b.Scalar(F32, 1), b.Scalar(F32, 0), -1), b.OneHot(at, 9, b.Scalar(F32, 1), b.Scalar(F32, 0), 0))
	}
	all["reduce"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 3, 4)
		for _, f := range []func(x *Output, keep bool, axes ...int64) *Output{b.Sum, b.Mean, b.Max, b.Min} {
			results(b, f(x, true, 1), f(x, false, 0, -1), f(x, false, 0, 1, 2))
		}
		for _, typ := range []string{"ReduceProd", "ReduceL1", "ReduceL2"} {
			results(b, b.Reduce(typ, x, false, 2))
		}
		p := b.Greater(x, b.Like(x, 0))
		results(b, b.Reduce("ReduceLogicalAnd", p, true, 1), b.Reduce("ReduceLogicalOr", p, false, 1))
	}
	all["topk"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 9)
		v, i := b.TopK(x, 4, -1)
		w, j := b.TopK(x, 2, 0)
		results(b, v, i, w, j, b.CumSum(x, 1, true, false))
	}
}

func normCases(all map[string]func(*Builder)) {
	all["norms"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 3, 4)
		c := func() *Output { return constantOf(b, 3) }
		results(b, b.Softmax(x, -1), b.LogSoftmax(x, 1), b.MVN(x, 1e-5, -1), b.NormalizeL2(x, 1e-10, "max", 1), b.BatchNorm(x, c(), c(), c(), c(), 1e-3))
	}
	all["state"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 3)
		old := b.ReadValue("v", F32, Shape{2, 3}, b.Broadcast(b.Like(x, 0), 2, 3))
		sum := b.Add(old, x)
		b.Assign("v", sum)
		results(b, sum)
	}
	all["gru"] = func(b *Builder) {
		x, h := b.Parameter("x", F32, 2, 3), b.Parameter("h", F32, 2, 4)
		results(b, b.GRUCell(x, h, GRU{constantOf(b, 12, 3), constantOf(b, 12, 4), constantOf(b, 12)}),
			b.AUGRUCell(x, h, b.Parameter("a", F32, 2, 1), GRU{constantOf(b, 12, 3), constantOf(b, 12, 4), constantOf(b, 12)}))
	}
	all["grusequence"] = func(b *Builder) {
		x, h := b.Parameter("x", F32, 2, 5, 3), b.Parameter("h", F32, 2, 1, 4)
		w := GRU{constantOf(b, 1, 12, 3), constantOf(b, 1, 12, 4), constantOf(b, 1, 12)}
		all, last := b.GRUSequence(x, h, b.Ints("", I32, Shape{2}, 5, 5), w, "forward")
		other, end := b.AUGRUSequence(x, h, b.Ints("", I32, Shape{2}, 5, 5), b.Parameter("a", F32, 2, 5, 1), w)
		results(b, all, last, other, end)
	}
}

func controlCases(all map[string]func(*Builder)) {
	all["iterator"] = func(b *Builder) {
		x, h := b.Parameter("x", F32, 4, 5, 3), b.Parameter("h", F32, 4, 3)
		for _, stride := range []int64{1, -1} {
			it := b.Iterate()
			part, state, scale := it.Slice(x, 1, stride), it.State(h), it.Shared(b.Parameter("", F32, 1))
			next := it.Body.Tanh(it.Body.Add(it.Body.Squeeze(part, 1), it.Body.Mul(state, scale)))
			it.Next(state, next)
			it.Last(next)
			it.Join(it.Body.Unsqueeze(next, 1), 1, stride)
			it.Join(it.Body.Concat(0, next, next), 0, 1)
			results(b, it.Done()...)
		}
	}
	all["loop"] = func(b *Builder) {
		x := b.Parameter("x", F32, 1, 3)
		it := b.Loop(b.Int64(5), b.Bool(true))
		state := it.State(x)
		next := it.Body.Add(state, it.Body.Convert(it.Round(), F32))
		it.Next(state, next)
		it.Last(next)
		it.Join(next, 0, 1)
		results(b, it.Done()...)
	}
	all["while"] = func(b *Builder) {
		x := b.Parameter("x", F32, 1, 3)
		it := b.Loop(b.Int64(-1), b.Bool(true))
		state := it.State(x)
		next := it.Body.Mul(state, it.Body.Like(state, 2))
		it.Next(state, next)
		it.While(it.Body.Less(it.Body.Sum(next, false, 0, 1), it.Body.Like(next, 100)))
		it.Last(next)
		results(b, it.Done()...)
	}
	all["if"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 3)
		twice := func(b *Builder, in []*Output) []*Output { return []*Output{b.Add(in[0], in[0]), in[0]} }
		join := func(b *Builder, in []*Output) []*Output { return []*Output{in[0], b.Concat(0, in[0], in[0])} }
		results(b, b.If(b.Parameter("c", Boolean), twice, join, x)...)
	}
}

func dynamicCases(all map[string]func(*Builder)) {
	all["dynamic"] = func(b *Builder) {
		x := b.Parameter("x", F32, -1, 3, -1, 8)
		y := b.Parameter("y", F32, -1, 1, 6, 8)
		v, i := b.TopK(x, 4, -1)
		results(b, b.Add(x, y), b.MatMul(x, constantOf(b, 8, 2), false, false), b.Convolution(x, constantOf(b, 6, 3, 3, 3), Pad(2, 1)), b.Concat(0, x, x), b.Concat(3, y, y), v, i,
			b.ReshapeTo(x, b.Int64s(0, 0, -1), true), b.Reshape(x, -1, 24), b.Transpose(x, 3, 2, 1, 0), b.ShapeOf(x), b.Softmax(x, 1), b.Sum(x, false, 0), b.Tile(x, 2, 2, 2, 2),
			b.Gather(x, b.Int64(0), 2), b.Pad(x, []int64{1, 1, 0, 0}, []int64{0, 0, 0, 0}, b.Like(x, 0)), b.Slice(x, Range{Axis: 3, Start: -2, Stop: All}), b.Unsqueeze(x, 0), b.Squeeze(b.Slice(x, Range{Axis: 1, Start: 0, Stop: 1}), 1),
			b.ReshapeTo(x, b.Concat(0, b.Gather(b.ShapeOf(x), b.Int64s(0), 0), b.Int64s(-1)), false), b.NonZero(x))
		results(b, b.Split(x, 0, 2)...)
		results(b, b.SplitAt(x, 3, 2, -1)...)
	}
	all["dynamiciterator"] = func(b *Builder) {
		x, h := b.Parameter("x", F32, -1, -1, 3), b.Parameter("h", F32, -1, 3)
		it := b.Iterate()
		part, state := it.Slice(x, 1, 1), it.State(h)
		next := it.Body.Add(it.Body.Squeeze(part, 1), state)
		it.Next(state, next)
		it.Last(next)
		it.Join(it.Body.Unsqueeze(next, 1), 1, 1)
		results(b, it.Done()...)
	}
	all["growing"] = func(b *Builder) {
		x := b.Parameter("x", F32, -1, 3)
		it := b.Loop(b.Int64(4), b.Bool(true))
		state := it.State(x)
		it.Next(state, it.Body.Concat(0, state, state))
		it.Last(state)
		results(b, it.Done()...)
	}
}
