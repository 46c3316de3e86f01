package graph

// followedCases have shapes that hang on values which are computed on the way, and
// versions of operations that only old files have.
func followedCases(all map[string]func(*Builder)) {
	all["followed"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 3)
		tile := func(n *Output) *Output { return b.Add1("Tile", nil, x, n) }
		keep, drop := Attrs{{"keep_dims", "true"}}, Attrs{{"keep_dims", "false"}}
		two := func(y *Output) *Output { return b.Concat(0, y, b.Int64s(1)) }
		results(b,
			tile(b.Pow(b.Int64s(2, 3), b.Int64s(3, 1))),
			tile(b.Convert(b.Float32s("", Shape{2}, 2.9, 1.2), I64)),
			tile(two(b.Add1("ReduceProd", keep, b.Int64s(2, 3, 2), b.Int64s(0)))),
			tile(two(b.Add1("ReduceSum", keep, b.Int64s(2, 3, 2), b.Int64s(0)))),
			tile(two(b.Add1("ReduceMax", keep, b.Int64s(2, 3, 2), b.Int64s(-1)))),
			tile(two(b.Unsqueeze(b.Add1("ReduceMin", drop, b.Int64s(2, 3, 2), b.Int64s(0)), 0))),
			tile(b.Convert(b.Mul(b.Ints("", I32, Shape{2}, 1<<30, 3), b.Ints("", I32, Shape{2}, 4, 2)), I64)),
			tile(b.Maximum(b.Sub(b.Int64s(5, 2), b.Int64s(3, 1)), b.Int64s(1, 4))),
			b.Count(b.Int64(5), b.Int64(-6), b.Int64(-2), I64),
			b.Count(b.Int64(5), b.Int64(6), b.Int64(-2), I64),
			b.Count(b.Int64(5), b.Int64(5), b.Int64(3), I64),
			b.Count(b.Int64(0), b.Int64(7), b.Int64(7), I64),
		)
	}
	all["broadcasts"] = func(b *Builder) {
		x, y := b.Parameter("x", F32, 2, 3, 4), b.Parameter("y", F32, 3)
		how := func(typ, mode string, in ...*Output) *Output {
			return b.Add1(typ, Attrs{{"auto_broadcast", mode}}, in...)
		}
		results(b, how("Add", "none", x, x), how("Less", "none", x, x), how("Multiply", "numpy", x, b.Unsqueeze(y, 1)),
			how("Add", "none", b.Parameter("z", F32, 2, -1, 4), b.Parameter("w", F32, -1, 3, 4)),
			how("Select", "none", b.Less(x, x), x, x))
	}
	all["oldversions"] = func(b *Builder) {
		x := b.Parameter("x", F32, 2, 3, 4, 5)
		places := b.Parameter("places", I32, 2, 3, 1)
		add := func(typ, version string, attrs Attrs, in ...*Output) *Output {
			if n := b.AddNode(typ, version, attrs, in...); n != nil {
				return n.Output(0)
			}
			return b.none
		}
		resized := func(axes string, sizes ...int64) *Output {
			return add("Interpolate", "opset1", Attrs{{"axes", axes}, {"mode", "nearest"}, {"align_corners", "false"}, {"antialias", "false"}, {"pads_begin", "0"}, {"pads_end", "0"}}, x, b.Int64s(sizes...))
		}
		results(b, resized("2, 3", 8, 7), resized("3", 10),
			add("GatherND", "opset5", Attrs{{"batch_dims", "2"}}, x, places), add("GatherND", "opset8", Attrs{{"batch_dims", "2"}}, x, places),
			add("GatherND", "opset5", Attrs{{"batch_dims", "1"}}, x, places), add("SoftMax", "opset1", Attrs{{"axis", "2"}}, x),
			add("ShapeOf", "opset1", nil, x), add("Pad", "opset1", Attrs{{"pad_mode", "edge"}}, x, b.Int64s(0, 0, 1, 2), b.Int64s(0, 0, 0, 1)))
	}
}
