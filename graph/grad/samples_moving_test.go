package grad_test

import (
	"fmt"

	"datum/graph"
)

func attr(pairs ...string) graph.Attrs {
	var a graph.Attrs
	for i := 0; i < len(pairs); i += 2 {
		a = append(a, graph.Attr{Name: pairs[i], Value: pairs[i+1]})
	}
	return a
}

func movingSamples() []sample {
	x := number("x", 4, 3, 8)
	two := inputs(number("x", 3, 4, 5), number("y", 3, 2, 5))
	var all []sample
	for _, first := range []bool{false, true} {
		how, torch := "depth first", "x.reshape(2, 2, 2, 2, 3, 5).permute(0, 1, 4, 2, 5, 3).reshape(2, 2, 6, 10)"
		back := "x.reshape(2, 2, 3, 2, 5, 2).permute(0, 1, 3, 5, 2, 4).reshape(2, 8, 3, 5)"
		if first {
			how, torch = "blocks first", "x.reshape(2, 2, 2, 2, 3, 5).permute(0, 3, 4, 1, 5, 2).reshape(2, 2, 6, 10)"
			back = "x.reshape(2, 2, 3, 2, 5, 2).permute(0, 3, 5, 1, 2, 4).reshape(2, 8, 3, 5)"
		}
		all = append(all,
			unary("DepthToSpace, "+how, torch, number("x", 2, 8, 3, 5), func(b builder, x output) output { return b.DepthToSpace(x, 2, first) }),
			unary("SpaceToDepth, "+how, back, number("x", 2, 2, 6, 10), func(b builder, x output) output { return b.SpaceToDepth(x, 2, first) }))
	}
	return append(all,
		unary("DepthToSpace as PyTorch", "F.pixel_shuffle(x, 3)", number("x", 1, 18, 2, 3), func(b builder, x output) output { return b.DepthToSpace(x, 3, false) }),
		sample{"Concat", "torch.cat([x, y], 1)", two, single(func(b builder, x []output) output { return b.Concat(1, x[0], x[1]) })},
		sample{"Concat with itself and a constant", "torch.cat([x, torch.zeros(2, 3).to(x), x], -1)", inputs(number("x", 2, 3)),
			single(func(b builder, x []output) output {
				return b.Concat(-1, x[0], b.Broadcast(scalar(b, 0), 2, 3), x[0])
			})},
		sample{"Concat of three", "torch.cat([x, y, x * 2], 1)", two, single(func(b builder, x []output) output { return b.Concat(-2, x[0], x[1], b.Mul(x[0], scalar(b, 2))) })},
		sample{"Split", "(lambda p: p[0] * p[1])(x.chunk(2, 1))", inputs(number("x", 3, 4, 5)), single(func(b builder, x []output) output {
			p := b.Split(x[0], 1, 2)
			return b.Mul(p[0], p[1])
		})},
		sample{"Split, all parts given out", "x.chunk(3, -1)", inputs(number("x", 2, 9)), func(b builder, x []output) []output { return b.Split(x[0], -1, 3) }},
		unary("VariadicSplit, one part used", "x[:, 1:3]", number("x", 3, 4, 5), func(b builder, x output) output { return b.SplitAt(x, 1, 1, 2, 1)[1] }),
		sample{"VariadicSplit with the rest", "(x[:, :, :2], x[:, :, 7:])", inputs(x), func(b builder, x []output) []output {
			p := b.SplitAt(x[0], -1, 2, -1, 1)
			return []output{p[0], p[2]}
		}},
		unary("Transpose", "x.permute(2, 0, 1)", x, func(b builder, x output) output { return b.Transpose(x, 2, 0, 1) }),
		unary("Transpose of four", "x.permute(3, 1, 0, 2)", number("x", 2, 3, 4, 5), func(b builder, x output) output { return b.Transpose(x, 3, 1, 0, 2) }),
		unary("Transpose without an order", "x.permute(2, 1, 0) * 2", x, func(b builder, x output) output { return b.Mul(b.Transpose(x), scalar(b, 2)) }),
		unary("Reshape", "x.reshape(6, 16)", x, func(b builder, x output) output { return b.Reshape(x, 6, -1) }),
		unary("Reshape with special zeroes", "x.reshape(4, 24)", x, func(b builder, x output) output { return b.ReshapeTo(x, b.Int64s(0, -1), true) }),
		unary("Squeeze and Unsqueeze", "x.reshape(12, 8)[:, None]", x, func(b builder, x output) output { return b.Unsqueeze(b.Squeeze(b.Reshape(x, 12, 1, 8), 1), -2) }),
		unary("Squeeze of all", "x * 2", number("x", 1, 3, 1, 2), func(b builder, x output) output {
			return b.Reshape(b.Mul(b.Add1("Squeeze", nil, x), scalar(b, 2)), 1, 3, 1, 2)
		}),
		unary("Tile", "x.repeat(2, 3)", number("x", 3, 4), func(b builder, x output) output { return b.Tile(x, 2, 3) }),
		unary("Tile to more dimensions", "x.repeat(2, 1, 3)", number("x", 3, 4), func(b builder, x output) output { return b.Tile(x, 2, 1, 3) }),
		unary("Tile of fewer dimensions", "x.repeat(1, 1, 3)", number("x", 2, 3, 4), func(b builder, x output) output { return b.Tile(x, 3) }),
		unary("Slice turned round", "x.flip(2)", x, func(b builder, x output) output { return b.Reverse(x, 2) }),
		sample{"ReverseSequence", "torch.stack([torch.cat([r[:k].flip(0), r[k:]]) for r, k in zip(x, [3, 1, 5, 4])])", inputs(number("x", 4, 5, 2)),
			single(func(b builder, x []output) output { return b.ReverseSequence(x[0], b.Int64s(3, 1, 5, 4), 0, 1) })},
		sample{"Roll", "x.roll((2, -3), (0, 2))", inputs(x), single(func(b builder, x []output) output {
			n := b.AddForeign("Roll", "opset7", nil, []graph.OutputType{{Element: graph.F32, Shape: x[0].Shape}}, x[0], b.Int64s(2, -3), b.Int64s(0, -1))
			if n == nil {
				return x[0]
			}
			return n.Output(0)
		})},
		sample{"ShuffleChannels", "x.reshape(2, 3, 2, 4).transpose(1, 2).reshape(2, 6, 4)", inputs(number("x", 2, 6, 4)), single(func(b builder, x []output) output {
			n := b.AddForeign("ShuffleChannels", "opset1", attr("axis", "1", "group", "3"), []graph.OutputType{{Element: graph.F32, Shape: x[0].Shape}}, x[0])
			if n == nil {
				return x[0]
			}
			return n.Output(0)
		})},
	)
}

func sliceSamples() []sample {
	x := number("x", 4, 3, 8)
	slice := func(name, torch string, ranges ...graph.Range) sample {
		return unary("Slice "+name, torch, x, func(b builder, x output) output { return b.Slice(x, ranges...) })
	}
	strided := func(name, torch string, begin, end, step []int64, m graph.Masks) sample {
		return unary("StridedSlice "+name, torch, x, func(b builder, x output) output { return b.StridedSlice(x, begin, end, step, m) })
	}
	pad := func(name, torch string, begin, end []int64) sample {
		return unary("Pad "+name, torch, x, func(b builder, x output) output { return b.Pad(x, begin, end, scalar(b, 0.5)) })
	}
	mode := func(mode, torch string, begin, end []int64) sample {
		return unary("Pad "+mode, torch, x, func(b builder, x output) output { return b.PadMode(x, begin, end, mode) })
	}
	// Which place of x each place of the padded tensor has.
	edges := func(i, j string) string { return fmt.Sprintf("x[:, %s][:, :, %s]", i, j) }
	return []sample{
		slice("of two axes", "x[1:3, :, 2:7]", graph.Range{Axis: 0, Start: 1, Stop: 3}, graph.Range{Axis: 2, Start: 2, Stop: 7}),
		slice("in steps of 2", "x[:, :, 1:8:2]", graph.Range{Axis: -1, Start: 1, Stop: 8, Step: 2}),
		slice("in steps of 3", "x[:, :, 0:8:3]", graph.Range{Axis: 2, Start: 0, Stop: graph.All, Step: 3}),
		slice("from the end", "x[:, -2:, -7:-2:2]", graph.Range{Axis: 2, Start: -7, Stop: -2, Step: 2}, graph.Range{Axis: 1, Start: -2, Stop: graph.All}),
		slice("beyond the ends", "x[:, :, :]", graph.Range{Axis: 2, Start: -100, Stop: 100}),
		slice("backwards in steps of 3", "x.flip(2)[:, :, 1:7:3]", graph.Range{Axis: 2, Start: -2, Stop: -8, Step: -3}),
		slice("backwards from beyond", "x.flip(2)[:, :, ::2]", graph.Range{Axis: 2, Start: 100, Stop: -100, Step: -2}),
		slice("of one place", "x[:, 1:2, 4:5]", graph.Range{Axis: 1, Start: 1, Stop: 2}, graph.Range{Axis: 2, Start: 4, Stop: 5, Step: 4}),
		unary("Slice without axes", "x[1:4, 0:3:2]", x, func(b builder, x output) output {
			return b.Add1("Slice", nil, x, b.Int64s(1, 0), b.Int64s(4, 3), b.Int64s(1, 2))
		}),
		strided("that drops an axis", "x[:, 1]", ints(0, 1, 0), ints(0, 2, 0), nil, graph.Masks{Begin: ints(1, 0, 1), End: ints(1, 0, 1), Shrink: ints(0, 1, 0)}),
		strided("that drops the last of an axis", "x[..., -1]", ints(0, 0, -1), ints(0, 0, 0), nil, graph.Masks{Begin: ints(1, 1, 0), End: ints(1, 1, 0), Shrink: ints(0, 0, 1)}),
		strided("with a new axis", "x[:, None, 0:2]", ints(0, 0, 0), ints(0, 0, 2), nil, graph.Masks{Begin: ints(1, 0, 0), End: ints(1, 0, 0), NewAxis: ints(0, 1, 0)}),
		strided("with an ellipsis", "x[1, ..., 2:7:2]", ints(1, 0, 2), ints(2, 0, 7), ints(1, 1, 2), graph.Masks{Ellipsis: ints(0, 1, 0), Shrink: ints(1, 0, 0)}),
		strided("with everything", "x[..., None, 2].flip(1)", ints(0, 0, 0, 2), ints(0, 0, 0, 3), ints(1, -1, 1, 1),
			graph.Masks{Begin: ints(1, 1, 0, 0), End: ints(1, 1, 0, 0), NewAxis: ints(0, 0, 1, 0), Shrink: ints(0, 0, 0, 1)}),
		strided("backwards", "x.flip(2)[:, :, ::3]", ints(0, 0, -1), ints(0, 0, -100), ints(1, 1, -3), graph.Masks{Begin: ints(1, 1, 0), End: ints(1, 1, 0)}),
		strided("of fewer axes", "x[1:3]", ints(1), ints(-1), nil, graph.Masks{}),
		pad("with a number", "F.pad(x, (2, 3, 1, 0, 0, 1), value=0.5)", ints(0, 1, 2), ints(1, 0, 3)),
		pad("that cuts", "F.pad(x, (-2, 3, 1, -1), value=0.5)", ints(0, 1, -2), ints(0, -1, 3)),
		mode("edge", edges("[0, 0, 1, 2, 2, 2]", "[0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 7]"), ints(0, 1, 2), ints(0, 2, 1)),
		mode("reflect", edges("[1, 0, 1, 2, 1, 0]", "[3, 2, 1, 0, 1, 2, 3, 4, 5, 6, 7]"), ints(0, 1, 3), ints(0, 2, 0)),
		mode("symmetric", edges("[0, 0, 1, 2, 2, 1]", "[2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 7]"), ints(0, 1, 3), ints(0, 2, 1)),
	}
}

// resized is a sample of Interpolate over the last axes.
func resized(name, torch string, x, size []int64, how graph.Interpolation) sample {
	return unary("Interpolate "+name, torch, number("x", x...), func(b builder, x output) output {
		axes := make([]int64, len(size))
		for i := range axes {
			axes[i] = int64(len(x.Shape) - len(size) + i)
		}
		return b.Resize(x, axes, size, how)
	})
}

func resizeSamples() []sample {
	nearest := func(coordinates, rounding string) graph.Interpolation {
		return graph.Interpolation{Mode: "nearest", Coordinates: coordinates, Nearest: rounding}
	}
	linear := func(mode, coordinates string) graph.Interpolation {
		return graph.Interpolation{Mode: mode, Coordinates: coordinates}
	}
	floor := nearest("asymmetric", "floor")
	return []sample{
		resized("nearest to twice the size", "F.interpolate(x, scale_factor=2, mode='nearest')", ints(2, 3, 5, 4), ints(10, 8), floor),
		resized("nearest to three times and twice", "F.interpolate(x, (15, 8), mode='nearest')", ints(2, 3, 5, 4), ints(15, 8), floor),
		resized("nearest to an odd size", "F.interpolate(x, (13, 7), mode='nearest')", ints(2, 3, 5, 4), ints(13, 7), floor),
		resized("nearest to less", "F.interpolate(x, (4, 3), mode='nearest')", ints(2, 3, 9, 8), ints(4, 3), floor),
		resized("nearest exact", "F.interpolate(x, (11, 6), mode='nearest-exact')", ints(2, 3, 5, 4), ints(11, 6), nearest("half_pixel", "round_prefer_ceil")),
		resized("nearest to twice, half pixels", "F.interpolate(x, (10, 8), mode='nearest-exact')", ints(2, 3, 5, 4), ints(10, 8), nearest("half_pixel", "round_prefer_floor")),
		resized("nearest of one axis", "F.interpolate(x, 12, mode='nearest')", ints(2, 3, 4), ints(12), floor),
		resized("nearest to the same", "x * 1", ints(2, 3, 4, 5), ints(4, 5), floor),
		resized("linear to twice the size", "F.interpolate(x, scale_factor=2, mode='bilinear')", ints(2, 3, 5, 4), ints(10, 8), linear("linear_onnx", "half_pixel")),
		resized("linear to an odd size", "F.interpolate(x, (11, 7), mode='bilinear')", ints(2, 3, 5, 4), ints(11, 7), linear("linear_onnx", "pytorch_half_pixel")),
		resized("linear to less", "F.interpolate(x, (4, 3), mode='bilinear')", ints(2, 3, 9, 8), ints(4, 3), linear("linear_onnx", "half_pixel")),
		resized("linear between the corners", "F.interpolate(x, (9, 7), mode='bilinear', align_corners=True)", ints(2, 3, 5, 4), ints(9, 7), linear("linear_onnx", "align_corners")),
		resized("linear to one", "F.interpolate(x, (1, 3), mode='bilinear')", ints(2, 3, 5, 4), ints(1, 3), linear("linear_onnx", "half_pixel")),
		resized("linear the other way", "F.interpolate(x, (10, 8), mode='bilinear')", ints(2, 3, 5, 4), ints(10, 8), linear("linear", "half_pixel")),
		resized("cubic", "F.interpolate(x, (11, 7), mode='bicubic')", ints(2, 3, 5, 4), ints(11, 7), linear("cubic", "half_pixel")),
		{"Interpolate by factors", "F.interpolate(x, scale_factor=(2, 3), mode='nearest')", inputs(number("x", 2, 3, 4, 5)),
			single(func(b builder, x []output) output { return b.Scale(x[0], ints(2, 3), []float32{2, 3}, floor) })},
		{"Interpolate by factors, linear", "F.interpolate(x, scale_factor=2, mode='bilinear')", inputs(number("x", 2, 3, 4, 5)),
			single(func(b builder, x []output) output {
				return b.Scale(x[0], ints(2, 3), []float32{2, 2}, linear("linear_onnx", "half_pixel"))
			})},
	}
}
