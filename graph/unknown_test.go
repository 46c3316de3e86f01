package graph

// unknownCases have tensors of which little is known: no number of dimensions,
// or axes and lists that come in when the model runs.
func unknownCases(all map[string]func(*Builder)) {
	all["unranked"] = func(b *Builder) {
		x, y := b.ParameterOf("x", F32, Unranked()), b.Parameter("y", F32, 2, 3)
		v, i := b.TopK(x, 4, -1)
		results(b, b.Add(x, y), b.Less(x, y), b.Select(b.Less(x, y), x, y), b.Relu(x), b.MatMul(x, y, false, false), b.Convert(x, I32), b.ConvertLike(y, x), b.ShapeOf(x), b.NonZero(x),
			b.Concat(0, x, y), v, i, b.Softmax(x, 1), b.Reshape(x, 2, -1), b.ReshapeTo(x, b.Int64s(0, -1), true), b.Transpose(x, 1, 0), b.Squeeze(x, 0), b.Unsqueeze(x, 0), b.Tile(x, 2, 2),
			b.Sum(x, true, 0), b.Sum(x, false, 0), b.Gather(x, b.Int64(0), 0), b.Slice(x, Range{Axis: 0, Start: 0, Stop: 1}), b.StridedSlice(x, []int64{0}, []int64{1}, nil, Masks{}),
			b.BroadcastTo(x, b.ShapeOf(y), "bidirectional"), b.BroadcastTo(y, b.ShapeOf(x), "bidirectional"), b.Clamp(x, 0, 1), b.CumSum(x, 0, false, false), b.GatherElements(x, b.Ints("", I64, Shape{1, 1}, 0), 0))
		results(b, b.Split(x, 0, 2)...)
		results(b, b.SplitAt(x, 0, 1, -1)...)
	}
	all["unrankedwindows"] = func(b *Builder) {
		x := b.ParameterOf("x", F32, Unranked())
		w := Pad(1, 0)
		w.Dilations = []int64{1, 1}
		v, i := b.pool(x, w)
		results(b, v, i, b.Add1("Convolution", w.attrs(2, true), x, constantOf(b, 2, 3, 1, 1)), b.BatchNorm(x, constantOf(b, 3), constantOf(b, 3), constantOf(b, 3), constantOf(b, 3), 1e-3))
	}
	all["unknownaxes"] = func(b *Builder) {
		x := b.Parameter("x", F32, 4, 6, 8)
		axis, axes, list := b.Parameter("axis", I64), b.Parameter("axes", I64, 2), b.Parameter("list", I64, 3)
		keep := Attrs{{"keep_dims", "true"}}
		drop := Attrs{{"keep_dims", "false"}}
		k := b.AddNode("TopK", "", Attrs{{"axis", "1"}, {"mode", "max"}, {"sort", "value"}, {"index_element_type", "i64"}, {"stable", "true"}}, x, axis)
		results(b, b.Add1("ReduceSum", keep, x, axes), b.Add1("ReduceSum", drop, x, axes), b.Add1("Gather", Attrs{{"batch_dims", "0"}}, x, list, axis), b.ReshapeTo(x, axes, false),
			b.Add1("Transpose", nil, x, list), b.Add1("Tile", nil, x, list), b.Add1("Pad", Attrs{{"pad_mode", "constant"}}, x, list, list, b.Like(x, 0)), b.BroadcastTo(b.Like(x, 1), list, "numpy"),
			b.Add1("Slice", nil, x, axes, axes, axes, b.Int64s(0, 2)), b.Add1("Slice", nil, x, axes, axes, axes, axes), k.Output(0), k.Output(1), b.Count(axis, axis, axis, I64), b.Random(list, b.Like(x, 0), b.Like(x, 1), 0, 0),
			b.Add1("OneHot", Attrs{{"axis", "0"}}, list, axis, b.Like(x, 1), b.Like(x, 0)), b.Add1("Unsqueeze", nil, x, b.Int64s(1, -1)), b.Add1("CumSum", Attrs{{"exclusive", "false"}, {"reverse", "false"}}, x, axis))
		results(b, b.AddNode("Split", "", Attrs{{"num_splits", "2"}}, x, axis).Outputs()...)
		results(b, b.AddNode("VariadicSplit", "", nil, x, axis, b.Int64s(1, -1)).Outputs()...)
		results(b, b.AddNode("VariadicSplit", "", nil, x, b.Int64(1), axes).Outputs()...)
	}
	all["otherversions"] = func(b *Builder) {
		x := b.Parameter("x", F32, 1, 4, 6, 8)
		old := func(typ, version string, attrs Attrs, in ...*Output) []*Output {
			if n := b.AddNode(typ, version, attrs, in...); n != nil {
				return n.Outputs()[:1]
			}
			return nil
		}
		w := Pad(2, 1)
		pool := w.attrs(2, false)
		pool.Set("kernel", "3, 3")
		pool.Set("rounding_type", "ceil")
		torch := append(Attrs(nil), pool...)
		torch.Set("rounding_type", "ceil_torch")
		torch.Set("dilations", "1, 1")
		torch.Set("index_element_type", "i64")
		torch.Set("axis", "0")
		results(b, old("TopK", "opset3", Attrs{{"axis", "-1"}, {"mode", "min"}, {"sort", "index"}, {"index_element_type", "i64"}}, x, b.Int64(3))...)
		results(b, old("ShapeOf", "opset1", nil, x)...)
		results(b, old("Gather", "opset7", Attrs{{"batch_dims", "-1"}}, x, b.Ints("", I32, Shape{1, 2}, 0, 1), b.Int64(1))...)
		results(b, old("Pad", "opset1", Attrs{{"pad_mode", "edge"}}, x, b.Int64s(0, 0, 1, 1), b.Int64s(0, 0, 1, 1))...)
		results(b, old("SoftMax", "opset1", Attrs{{"axis", "1"}}, x)...)
		results(b, old("Squeeze", "opset15", Attrs{{"allow_axis_skip", "true"}}, x, b.Int64s(0, 1))...)
		results(b, old("Broadcast", "opset1", Attrs{{"mode", "numpy"}}, b.Like(x, 1), b.Int64s(2, 3))...)
		results(b, old("MaxPool", "opset14", torch, x)...)
		before := old("ReadValue", "opset3", Attrs{{"variable_id", "old"}}, b.Add(x, x))
		results(b, before...)
		old("Assign", "opset3", Attrs{{"variable_id", "old"}}, b.Add(before[0], x))
		results(b, old("Interpolate", "opset4", Attrs{
			{"mode", "linear"}, {"shape_calculation_mode", "scales"}, {"coordinate_transformation_mode", "half_pixel"}, {"nearest_mode", "simple"}, {"antialias", "false"},
			{"pads_begin", "0, 0, 1, 0"}, {"pads_end", "0, 0, 0, 2"}, {"cube_coeff", "-0.75"},
		}, x, b.Int64s(9, 9), b.Float32s("", Shape{2}, 2, 0.5), b.Int64s(2, 3))...)
	}
	all["lstm"] = func(b *Builder) {
		x, h, c := b.Parameter("x", F32, 2, 5, 3), b.Parameter("h", F32, 2, 2, 4), b.Parameter("c", F32, 2, 2, 4)
		n := b.AddNode("LSTMSequence", "", append(Attrs{{"direction", "bidirectional"}, {"activations", "sigmoid, tanh, tanh"}}, gru(4)[:1]...), x, h, c, b.Ints("", I32, Shape{2}, 5, 5), constantOf(b, 2, 16, 3), constantOf(b, 2, 16, 4), constantOf(b, 2, 16))
		results(b, n.Outputs()...)
		y, s := b.Parameter("y", F32, 2, 3), b.Parameter("s", F32, 2, 4)
		results(b, b.AddNode("LSTMCell", "", append(Attrs{{"activations", "sigmoid, tanh, tanh"}}, gru(4)[:1]...), y, s, s, constantOf(b, 16, 3), constantOf(b, 16, 4), constantOf(b, 16)).Outputs()...)
		results(b, b.Add1("RNNCell", append(Attrs{{"activations", "tanh"}}, gru(4)[:1]...), y, s, constantOf(b, 4, 3), constantOf(b, 4, 4), constantOf(b, 4)))
	}
}

// pool is a MaxPool of a tensor whose number of dimensions is not known.
func (b *Builder) pool(x *Output, w Window) (values, indices *Output) {
	a := w.attrs(2, true)
	a.Set("kernel", "2, 2")
	a.Set("rounding_type", "floor")
	a.Set("index_element_type", "i32")
	a.Set("axis", "0")
	return b.two(b.AddNode("MaxPool", "", a, x))
}
