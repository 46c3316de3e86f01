package grad_test

import (
	"fmt"

	"datum/graph"
)

// convolution is a sample of a convolution with the given window.
func convolution(name string, x, w []int64, how window, torch string) sample {
	return sample{name, torch, inputs(number("x", x...), number("w", w...)), single(func(b builder, x []output) output { return b.Convolution(x[0], x[1], how) })}
}

// square is a window that is the same in both directions.
func square(stride, padding, dilation int64) window {
	w := graph.Pad(stride, padding)
	w.Dilations = []int64{dilation, dilation}
	return w
}

func convolutionSamples() []sample {
	var all []sample
	for _, c := range []struct {
		name    string
		x, w    []int64
		s, p, d int64
	}{
		{"3x3", ints(2, 5, 9, 9), ints(7, 5, 3, 3), 1, 1, 1},
		{"3x3 in steps of 2, even", ints(2, 4, 8, 8), ints(6, 4, 3, 3), 2, 1, 1},
		{"3x3 in steps of 2, odd", ints(2, 4, 9, 7), ints(6, 4, 3, 3), 2, 1, 1},
		{"1x1", ints(3, 6, 5, 7), ints(4, 6, 1, 1), 1, 0, 1},
		{"1x1 in steps of 2", ints(2, 6, 8, 8), ints(5, 6, 1, 1), 2, 0, 1},
		{"1x1 in steps of 3, odd", ints(2, 3, 8, 10), ints(5, 3, 1, 1), 3, 0, 1},
		{"1x1 with padding", ints(2, 3, 4, 4), ints(5, 3, 1, 1), 1, 1, 1},
		{"dilated", ints(2, 3, 10, 9), ints(4, 3, 3, 3), 1, 2, 2},
		{"7x7 in steps of 2", ints(1, 3, 17, 16), ints(4, 3, 7, 7), 2, 3, 1},
		{"5x5, steps, dilated", ints(2, 3, 15, 16), ints(4, 3, 5, 5), 3, 2, 2},
		{"2x2 in steps of 3", ints(2, 3, 8, 9), ints(4, 3, 2, 2), 3, 0, 1},
		{"padding as wide as the filter", ints(1, 2, 4, 5), ints(3, 2, 3, 3), 1, 3, 1},
		{"filter as large as the picture", ints(2, 3, 4, 4), ints(5, 3, 4, 4), 1, 0, 1},
		{"many channels", ints(2, 33, 5, 5), ints(34, 33, 3, 3), 1, 1, 1},
		{"one of everything", ints(1, 1, 1, 1), ints(1, 1, 3, 3), 1, 1, 1},
	} {
		all = append(all, convolution("Convolution "+c.name, c.x, c.w, square(c.s, c.p, c.d), fmt.Sprintf("F.conv2d(x, w, None, %d, %d, %d)", c.s, c.p, c.d)))
	}
	return append(append(all,
		convolution("Convolution uneven", ints(2, 3, 8, 11), ints(4, 3, 3, 5), window{Strides: ints(2, 1), Begin: ints(1, 0), End: ints(1, 0), Dilations: ints(1, 2)},
			"F.conv2d(x, w, None, (2, 1), (1, 0), (1, 2))"),
		convolution("Convolution padded unevenly", ints(2, 3, 7, 8), ints(4, 3, 3, 3), window{Strides: ints(2, 2), Begin: ints(0, 2), End: ints(1, 0)},
			"F.conv2d(F.pad(x, (2, 0, 0, 1)), w, None, 2)"),
		convolution("Convolution same_upper", ints(1, 2, 7, 8), ints(3, 2, 3, 4), window{Strides: ints(2, 2), AutoPad: "same_upper"},
			"F.conv2d(F.pad(x, (1, 1, 1, 1)), w, None, 2)"),
		convolution("Convolution same_lower", ints(1, 2, 8, 8), ints(3, 2, 3, 3), window{Strides: ints(2, 2), AutoPad: "same_lower"},
			"F.conv2d(F.pad(x, (1, 0, 1, 0)), w, None, 2)"),
		convolution("Convolution valid", ints(1, 2, 8, 7), ints(3, 2, 3, 3), window{AutoPad: "valid", Strides: ints(1, 2)}, "F.conv2d(x, w, None, (1, 2))"),
		convolution("Convolution 1d", ints(2, 3, 13), ints(4, 3, 3), window{Begin: ints(1), End: ints(1)}, "F.conv1d(x, w, None, 1, 1)"),
		convolution("Convolution 1d uneven", ints(2, 3, 17), ints(4, 3, 5), window{Strides: ints(2), Begin: ints(3), End: ints(0), Dilations: ints(2)},
			"F.conv1d(F.pad(x, (3, 0)), w, None, 2, 0, 2)"),
		convolution("Convolution 3d", ints(2, 2, 5, 6, 4), ints(3, 2, 3, 3, 2), window{Strides: ints(2, 1, 1), Begin: ints(1, 1, 0), End: ints(1, 1, 0)},
			"F.conv3d(x, w, None, (2, 1, 1), (1, 1, 0))"),
	), groupSamples()...)
}

func groupSamples() []sample {
	group := func(name string, x, w []int64, how window, torch string) sample {
		return sample{"GroupConvolution " + name, torch, inputs(number("x", x...), number("w", w...)), single(func(b builder, x []output) output { return b.GroupConvolution(x[0], x[1], how) })}
	}
	return []sample{
		group("depthwise", ints(2, 6, 7, 8), ints(6, 1, 1, 3, 3), square(1, 1, 1), "F.conv2d(x, w.flatten(0, 1), None, 1, 1, 1, 6)"),
		group("depthwise in steps", ints(2, 6, 8, 9), ints(6, 1, 1, 3, 3), square(2, 1, 1), "F.conv2d(x, w.flatten(0, 1), None, 2, 1, 1, 6)"),
		group("depthwise 5x5 dilated", ints(2, 4, 11, 10), ints(4, 1, 1, 5, 5), square(1, 4, 2), "F.conv2d(x, w.flatten(0, 1), None, 1, 4, 2, 4)"),
		group("depthwise padded unevenly", ints(1, 3, 8, 7), ints(3, 1, 1, 3, 2), window{Strides: ints(2, 3), Begin: ints(0, 1), End: ints(2, 0)},
			"F.conv2d(F.pad(x, (1, 0, 0, 2)), w.flatten(0, 1), None, (2, 3), 0, 1, 3)"),
		group("two of each channel", ints(2, 3, 6, 6), ints(3, 2, 1, 3, 3), square(1, 1, 1), "F.conv2d(x, w.flatten(0, 1), None, 1, 1, 1, 3)"),
		group("four groups", ints(2, 8, 7, 6), ints(4, 3, 2, 3, 3), square(2, 1, 1), "F.conv2d(x, w.flatten(0, 1), None, 2, 1, 1, 4)"),
		group("two groups, uneven", ints(2, 6, 5, 9), ints(2, 4, 3, 1, 5), window{Begin: ints(0, 2), End: ints(0, 2)}, "F.conv2d(x, w.flatten(0, 1), None, 1, (0, 2), 1, 2)"),
		group("1x1", ints(2, 6, 5, 4), ints(2, 2, 3, 1, 1), square(1, 0, 1), "F.conv2d(x, w.flatten(0, 1), None, 1, 0, 1, 2)"),
		group("1d", ints(2, 4, 11), ints(4, 1, 1, 3), window{Strides: ints(2), Begin: ints(1), End: ints(1)}, "F.conv1d(x, w.flatten(0, 1), None, 2, 1, 1, 4)"),
	}
}

func backConvolutionSamples() []sample {
	back := func(name string, x, w []int64, how window, torch string) sample {
		return sample{"ConvolutionBackpropData " + name, torch, inputs(number("x", x...), number("w", w...)), single(func(b builder, x []output) output { return b.ConvolutionBack(x[0], x[1], nil, how) })}
	}
	padded := func(w window, output ...int64) window { w.OutputPadding = output; return w }
	return []sample{
		back("4x4 in steps of 2", ints(2, 5, 4, 5), ints(5, 3, 4, 4), square(2, 1, 1), "F.conv_transpose2d(x, w, None, 2, 1)"),
		back("3x3 in steps of 2", ints(2, 5, 4, 5), ints(5, 3, 3, 3), padded(square(2, 1, 1), 1, 1), "F.conv_transpose2d(x, w, None, 2, 1, 1)"),
		back("2x2 in steps of 2", ints(2, 4, 3, 5), ints(4, 3, 2, 2), square(2, 0, 1), "F.conv_transpose2d(x, w, None, 2)"),
		back("1x1", ints(2, 4, 3, 5), ints(4, 3, 1, 1), square(1, 0, 1), "F.conv_transpose2d(x, w)"),
		back("dilated", ints(2, 4, 5, 5), ints(4, 3, 3, 3), square(1, 2, 2), "F.conv_transpose2d(x, w, None, 1, 2, 0, 1, 2)"),
		back("in steps of 3, dilated", ints(1, 2, 4, 3), ints(2, 3, 3, 2), padded(square(3, 1, 2), 2, 1), "F.conv_transpose2d(x, w, None, 3, 1, (2, 1), 1, 2)"),
		back("padded unevenly", ints(2, 3, 4, 5), ints(3, 2, 3, 3), window{Strides: ints(2, 2), Begin: ints(1, 0), End: ints(0, 1)}, "F.conv_transpose2d(x, w, None, 2)[:, :, 1:, :-1]"),
		back("1d", ints(2, 4, 6), ints(4, 3, 5), window{Strides: ints(2), Begin: ints(1), End: ints(1)}, "F.conv_transpose1d(x, w, None, 2, 1)"),
		{"ConvolutionBackpropData to a size", "F.conv_transpose2d(x, w, None, 2, 1, 1)", inputs(number("x", 2, 4, 5, 4), number("w", 4, 3, 3, 3)),
			single(func(b builder, x []output) output {
				return b.ConvolutionBack(x[0], x[1], b.Int64s(10, 8), square(2, 1, 1))
			})},
		{"GroupConvolutionBackpropData depthwise", "F.conv_transpose2d(x, w.flatten(0, 1), None, 2, 1, 0, 5)", inputs(number("x", 2, 5, 4, 5), number("w", 5, 1, 1, 4, 4)),
			single(func(b builder, x []output) output { return b.GroupConvolutionBack(x[0], x[1], nil, square(2, 1, 1)) })},
		{"GroupConvolutionBackpropData two groups", "F.conv_transpose2d(x, w.flatten(0, 1), None, 2, 1, 1, 2)", inputs(number("x", 2, 6, 4, 3), number("w", 2, 3, 2, 3, 3)),
			single(func(b builder, x []output) output {
				return b.GroupConvolutionBack(x[0], x[1], nil, padded(square(2, 1, 1), 1, 1))
			})},
	}
}

func ints(v ...int64) []int64 { return v }

func matrixSamples() []sample {
	product := func(name, torch string, x, y []int64, tx, ty bool) sample {
		return sample{"MatMul " + name, torch, inputs(number("x", x...), number("w", y...)), single(func(b builder, x []output) output { return b.MatMul(x[0], x[1], tx, ty) })}
	}
	return []sample{
		product("plain", "x @ w", ints(5, 7), ints(7, 6), false, false),
		product("second turned", "x @ w.T", ints(5, 7), ints(6, 7), false, true),
		product("first turned", "x.T @ w", ints(7, 5), ints(7, 6), true, false),
		product("both turned", "x.T @ w.T", ints(7, 5), ints(6, 7), true, true),
		product("batch", "x @ w", ints(3, 5, 7), ints(3, 7, 2), false, false),
		product("batch, second turned and shared", "x @ w.mT", ints(2, 3, 5, 7), ints(3, 6, 7), false, true),
		product("batch, first turned", "x.mT @ w", ints(3, 7, 5), ints(3, 7, 6), true, false),
		product("batch, both turned, both shared", "x.mT @ w.mT", ints(2, 1, 7, 5), ints(1, 3, 6, 7), true, true),
		product("weights without batch", "x @ w.T", ints(3, 5, 7), ints(6, 7), false, true),
		product("weights without batch, not turned", "x @ w", ints(2, 3, 5, 7), ints(7, 6), false, false),
		product("first without batch", "x @ w", ints(5, 7), ints(3, 7, 6), false, false),
		product("first without batch, turned", "x.T @ w.mT", ints(7, 5), ints(3, 6, 7), true, true),
		product("vector and matrix", "x @ w", ints(7), ints(7, 6), false, false),
		product("vector and turned matrix", "x @ w.T", ints(7), ints(6, 7), false, true),
		product("matrix and vector", "x @ w", ints(5, 7), ints(7), false, false),
		product("turned matrix and vector", "x.T @ w", ints(7, 5), ints(7), true, false),
		product("batch and vector", "x @ w", ints(3, 5, 7), ints(7), false, false),
		product("vector and batch", "x @ w", ints(7), ints(3, 7, 4), false, false),
		product("vectors", "x @ w", ints(7), ints(7), false, false),
		{"MatMul with itself", "x @ x.T", inputs(number("x", 5, 7)), single(func(b builder, x []output) output { return b.MatMul(x[0], x[0], false, true) })},
		{"ScaledDotProductAttention", "F.scaled_dot_product_attention(q, k, v)", inputs(number("q", 2, 3, 5, 8), number("k", 2, 3, 7, 8), number("v", 2, 3, 7, 6)),
			single(func(b builder, x []output) output { return b.Attention(x[0], x[1], x[2], nil, nil, false) })},
		{"ScaledDotProductAttention with mask and scale", "F.scaled_dot_product_attention(q, k, v, m, scale=0.3)",
			inputs(number("q", 2, 3, 5, 8), number("k", 2, 3, 7, 8), number("v", 2, 3, 7, 6), number("m", 5, 7)),
			single(func(b builder, x []output) output {
				return b.Attention(x[0], x[1], x[2], x[3], b.Scalar(graph.F32, 0.3), false)
			})},
		{"ScaledDotProductAttention causal", "F.scaled_dot_product_attention(q, k, v, is_causal=True)", inputs(number("q", 2, 5, 8), number("k", 2, 5, 8), number("v", 2, 5, 8)),
			single(func(b builder, x []output) output { return b.Attention(x[0], x[1], x[2], nil, nil, true) })},
	}
}

func poolSamples() []sample {
	greatest := func(name string, x input, kernel []int64, how window, torch string) sample {
		return sample{"MaxPool " + name, torch, inputs(x), single(func(b builder, x []output) output {
			y, _ := b.MaxPool(x[0], kernel, how)
			return y
		})}
	}
	mean := func(name string, x, kernel []int64, how window, exclude bool, torch string) sample {
		return sample{"AvgPool " + name, torch, inputs(number("x", x...)), single(func(b builder, x []output) output { return b.AvgPool(x[0], kernel, how, exclude) })}
	}
	ceiling := func(w window) window { w.Rounding = "ceil"; return w }
	return []sample{
		greatest("2x2", spaced("x", 2, 3, 8, 6), ints(2, 2), graph.Pad(2, 0), "F.max_pool2d(x, 2)"),
		greatest("2x2, odd", spaced("x", 2, 3, 9, 7), ints(2, 2), graph.Pad(2, 0), "F.max_pool2d(x, 2)"),
		greatest("2x2, ties", tied("x", 2, 3, 8, 8), ints(2, 2), graph.Pad(2, 0), "F.max_pool2d(x, 2)"),
		greatest("3x3 in steps of 2", spaced("x", 2, 3, 9, 8), ints(3, 3), graph.Pad(2, 1), "F.max_pool2d(x, 3, 2, 1)"),
		greatest("3x3 in steps of 2, ties", tied("x", 2, 3, 9, 8), ints(3, 3), graph.Pad(2, 1), "F.max_pool2d(x, 3, 2, 1)"),
		greatest("3x3", spaced("x", 2, 3, 7, 6), ints(3, 3), graph.Pad(1, 1), "F.max_pool2d(x, 3, 1, 1)"),
		greatest("5x5", spaced("x", 1, 3, 9, 8), ints(5, 5), graph.Pad(1, 2), "F.max_pool2d(x, 5, 1, 2)"),
		greatest("uneven", spaced("x", 2, 2, 9, 11), ints(3, 2), window{Strides: ints(2, 3), Begin: ints(1, 0), End: ints(0, 1)},
			"F.max_pool2d(F.pad(x, (0, 1, 1, 0), value=-1e30), (3, 2), (2, 3))"),
		greatest("dilated", spaced("x", 2, 2, 9, 8), ints(3, 2), window{Strides: ints(1, 2), Dilations: ints(2, 3)}, "F.max_pool2d(x, (3, 2), (1, 2), 0, (2, 3))"),
		greatest("rounded up", spaced("x", 2, 2, 8, 9), ints(3, 3), ceiling(graph.Pad(2, 0)), "F.max_pool2d(x, 3, 2, ceil_mode=True)"),
		greatest("1d", spaced("x", 2, 3, 11), ints(3), window{Strides: ints(2), Begin: ints(1), End: ints(1)}, "F.max_pool1d(x, 3, 2, 1)"),
		greatest("3d", spaced("x", 1, 2, 4, 6, 5), ints(2, 3, 2), window{Strides: ints(2, 1, 2)}, "F.max_pool3d(x, (2, 3, 2), (2, 1, 2))"),
		mean("2x2", ints(2, 3, 8, 6), ints(2, 2), graph.Pad(2, 0), true, "F.avg_pool2d(x, 2)"),
		mean("2x2, odd", ints(2, 3, 9, 7), ints(2, 2), graph.Pad(2, 0), false, "F.avg_pool2d(x, 2)"),
		mean("3x3 in steps of 2 without padding", ints(2, 3, 9, 8), ints(3, 3), graph.Pad(2, 1), true, "F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)"),
		mean("3x3 with padding", ints(2, 3, 7, 6), ints(3, 3), graph.Pad(1, 1), false, "F.avg_pool2d(x, 3, 1, 1)"),
		mean("uneven", ints(2, 2, 9, 11), ints(3, 2), window{Strides: ints(2, 3), Begin: ints(1, 0), End: ints(0, 1)}, false,
			"F.avg_pool2d(F.pad(x, (0, 1, 1, 0)), (3, 2), (2, 3))"),
		mean("1d", ints(2, 3, 11), ints(3), window{Strides: ints(2), Begin: ints(1), End: ints(1)}, true, "F.avg_pool1d(x, 3, 2, 1, count_include_pad=False)"),
		mean("3d", ints(1, 2, 4, 6, 5), ints(2, 3, 2), window{Strides: ints(2, 1, 2)}, false, "F.avg_pool3d(x, (2, 3, 2), (2, 1, 2))"),
		mean("global", ints(2, 3, 5, 7), ints(5, 7), graph.Pad(1, 0), false, "F.avg_pool2d(x, (5, 7))"),
		{"ExtractImagePatches", "F.unfold(x, 3, 1, 0, 2).reshape(2, 3, 9, 9).transpose(1, 2).reshape(2, 27, 3, 3)", inputs(number("x", 2, 3, 8, 8)),
			single(func(b builder, x []output) output {
				return b.ImagePatches(x[0], ints(3, 3), window{Strides: ints(2, 2), Dilations: ints(1, 1)})
			})},
	}
}

// scaledSamples have a constant beside a convolution of groups whose filters are
// reshaped, as those out of one vector are, and as PyTorch's are in its models.
func scaledSamples() []sample {
	x, k := number("x", 2, 2, 5, 5), number("k", 2, 1, 3, 3)
	filters := func(b builder, k output) output { return b.Reshape(k, 2, 1, 1, 3, 3) }
	return []sample{
		pair("a convolution of groups, times a number", "F.conv2d(x, k, padding=1, groups=2) * 3", x, k, func(b builder, x, k output) output {
			return b.Mul(b.GroupConvolution(x, filters(b, k), graph.Pad(1, 1)), scalar(b, 3))
		}),
		pair("a convolution of groups with one dimension more, times a number", "F.conv2d(x, k, padding=1, groups=2) * 3", x, k, func(b builder, x, k output) output {
			return b.Mul(b.GroupConvolution(x, b.Unsqueeze(k, 1), graph.Pad(1, 1)), scalar(b, 3))
		}),
		pair("a convolution of groups, of what was multiplied", "F.conv2d(x * 3, k, padding=1, groups=2)", x, k, func(b builder, x, k output) output {
			return b.GroupConvolution(b.Mul(x, scalar(b, 3)), filters(b, k), graph.Pad(1, 1))
		}),
		pair("a convolution of groups backwards, times a number", "F.conv_transpose2d(x, k, padding=1, groups=2) * 3", x, k, func(b builder, x, k output) output {
			return b.Mul(b.GroupConvolutionBack(x, filters(b, k), nil, graph.Pad(1, 1)), scalar(b, 3))
		}),
		pair("a convolution of groups backwards, of what was multiplied", "F.conv_transpose2d(x * 3, k, padding=1, groups=2)", x, k, func(b builder, x, k output) output {
			return b.GroupConvolutionBack(b.Mul(x, scalar(b, 3)), filters(b, k), nil, graph.Pad(1, 1))
		}),
	}
}
