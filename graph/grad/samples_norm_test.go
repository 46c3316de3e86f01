package grad_test

import "datum/graph"

// batchNorm is what a convolution's output goes through in training, in
// operations.
func batchNorm(b builder, x, gamma, beta output, axes ...int64) output {
	shape := make([]int64, len(x.Shape))
	for i := range shape {
		shape[i] = 1
	}
	shape[1] = x.Shape[1]
	mean := b.Mean(x, true, axes...)
	variance := b.Mean(b.SquaredDifference(x, mean), true, axes...)
	scaled := b.Div(b.Sub(x, mean), b.Sqrt(b.Add(variance, scalar(b, 1e-5))))
	return b.Add(b.Mul(scaled, b.Reshape(gamma, shape...)), b.Reshape(beta, shape...))
}

// layerNorm goes over the last dimension.
func layerNorm(b builder, x, gamma, beta output) output {
	return b.Add(b.Mul(b.MVN(x, 1e-5, -1), gamma), beta)
}

func normSamples() []sample {
	three := inputs(number("x", 4, 10, 18), number("g", 18), number("b", 18))
	mvn := func(name, torch, eps string, variance bool, mode string, axes ...int64) sample {
		return unary("MVN "+name, torch, number("x", 3, 4, 5, 6), func(b builder, x output) output {
			normalise := "false"
			if variance {
				normalise = "true"
			}
			return b.Add1("MVN", graph.Attrs{{Name: "eps", Value: eps}, {Name: "normalize_variance", Value: normalise}, {Name: "eps_mode", Value: mode}}, x, b.Int64s(axes...))
		})
	}
	length := func(name, torch string, eps float64, mode string, x input, axes ...int64) sample {
		return unary("NormalizeL2 "+name, torch, x, func(b builder, x output) output { return b.NormalizeL2(x, eps, mode, axes...) })
	}
	return []sample{
		unary("SoftMax", "F.softmax(x, 1)", number("x", 4, 9, 5), func(b builder, x output) output { return b.Softmax(x, 1) }),
		unary("SoftMax, last axis", "F.softmax(x, -1)", wide("x", 4, 9, 5), func(b builder, x output) output { return b.Softmax(x, -1) }),
		unary("SoftMax, first axis", "F.softmax(x, 0)", wide("x", 4, 7), func(b builder, x output) output { return b.Softmax(x, 0) }),
		unary("LogSoftmax", "F.log_softmax(x, 1)", wide("x", 4, 9), func(b builder, x output) output { return b.LogSoftmax(x, 1) }),
		unary("LogSoftmax, axis from the end", "F.log_softmax(x, -2)", wide("x", 4, 9, 3), func(b builder, x output) output { return b.LogSoftmax(x, -2) }),
		{"batch normalisation", "F.batch_norm(x, None, None, g, b, True)", inputs(number("x", 5, 6, 7, 4), number("g", 6), number("b", 6)),
			single(func(b builder, x []output) output { return batchNorm(b, x[0], x[1], x[2], 0, 2, 3) })},
		{"instance normalisation", "F.instance_norm(x, None, None, g, b)", inputs(number("x", 5, 6, 7, 4), number("g", 6), number("b", 6)),
			single(func(b builder, x []output) output { return batchNorm(b, x[0], x[1], x[2], 2, 3) })},
		{"group normalisation", "F.group_norm(x, 3, g, b)", inputs(number("x", 2, 6, 5, 4), number("g", 6), number("b", 6)),
			single(func(b builder, x []output) output {
				y := b.Reshape(b.MVN(b.Reshape(x[0], 2, 3, -1), 1e-5, 2), 2, 6, 5, 4)
				return b.Add(b.Mul(y, b.Reshape(x[1], 1, 6, 1, 1)), b.Reshape(x[2], 1, 6, 1, 1))
			})},
		{"BatchNormInference", "(x - m.reshape(1, 6, 1, 1)) / torch.sqrt(v.reshape(1, 6, 1, 1) + 1e-3) * g.reshape(1, 6, 1, 1) + b.reshape(1, 6, 1, 1)",
			inputs(number("x", 3, 6, 5, 4), number("g", 6), number("b", 6), number("m", 6), positive("v", 6)),
			single(func(b builder, x []output) output { return b.BatchNorm(x[0], x[1], x[2], x[3], x[4], 1e-3) })},
		{"layer normalisation", "F.layer_norm(x, (18,), g, b)", three, single(func(b builder, x []output) output { return layerNorm(b, x[0], x[1], x[2]) })},
		{"layer normalisation in operations", "F.layer_norm(x, (18,), g, b)", three, single(func(b builder, x []output) output {
			d := b.Sub(x[0], b.Mean(x[0], true, 2))
			y := b.Div(d, b.Sqrt(b.Add(b.Mean(b.Mul(d, d), true, -1), scalar(b, 1e-5))))
			return b.Add(b.Mul(y, x[1]), x[2])
		})},
		mvn("over channels", "F.layer_norm(x, (4, 5, 6), eps=0.01)", "0.01", true, "INSIDE_SQRT", 1, 2, 3),
		mvn("axes from the end", "F.instance_norm(x, eps=0.01)", "0.01", true, "INSIDE_SQRT", -2, -1),
		mvn("eps outside", "(x - x.mean((2, 3), True)) / (x.std((2, 3), correction=0, keepdim=True) + 0.25)", "0.25", true, "OUTSIDE_SQRT", 2, 3),
		unary("MVN eps outside, of equal numbers", "x = x * torch.tensor([[1], [0], [2]])\ny = (x - x.mean(1, True)) / (x.std(1, correction=0, keepdim=True) + 0.25)", number("x", 3, 4), func(b builder, x output) output {
			attrs := graph.Attrs{{Name: "eps", Value: "0.25"}, {Name: "normalize_variance", Value: "true"}, {Name: "eps_mode", Value: "OUTSIDE_SQRT"}}
			return b.Add1("MVN", attrs, b.Mul(x, b.Float32s("", graph.Shape{3, 1}, 1, 0, 2)), b.Int64s(1))
		}),
		mvn("mean only", "x - x.mean((0, 2), True)", "0.01", false, "INSIDE_SQRT", 0, 2),
		length("with eps added", "x / torch.sqrt((x * x).sum(1, True) + 0.1)", 0.1, "add", number("x", 4, 9), 1),
		length("with a least eps", "x / torch.sqrt((x * x).sum(1, True).clamp(min=0.5))", 0.5, "max", number("x", 4, 3, 5), 1),
		length("below the least eps", "x / torch.sqrt((x * x).sum((1, 2), True).clamp(min=1e4))", 1e4, "max", number("x", 4, 3, 5), 1, 2),
	}
}

func reductionSamples() []sample {
	reduce := func(typ, torch string, x input, keep bool, axes ...int64) sample {
		name := typ
		if keep {
			name += " kept"
		}
		if len(axes) == 1 {
			name += " of one axis"
		}
		return unary(name, torch, x, func(b builder, x output) output { return b.Reduce(typ, x, keep, axes...) })
	}
	x, apart, positive := number("x", 4, 3, 8), spaced("x", 4, 3, 8), positive("x", 4, 3, 5)
	sum := func(name, torch string, axis int64, exclusive, reverse bool) sample {
		return unary("CumSum "+name, torch, number("x", 4, 9, 2), func(b builder, x output) output { return b.CumSum(x, axis, exclusive, reverse) })
	}
	return []sample{
		reduce("ReduceSum", "x.sum((0, 2))", x, false, 0, 2),
		reduce("ReduceSum", "x.sum((0, 2), True)", x, true, 0, -1),
		reduce("ReduceSum", "x.sum(1)", x, false, -2),
		unary("ReduceSum of everything", "x.sum()", x, func(b builder, x output) output { return b.Sum(x, false, 0, 1, 2) }),
		reduce("ReduceMean", "x.mean((0, 2))", x, false, 0, 2),
		reduce("ReduceMean", "x.mean(1, True)", x, true, 1),
		reduce("ReduceMax", "x.amax((0, 2))", apart, false, 0, 2),
		reduce("ReduceMax", "x.amax(-1, True)", apart, true, -1),
		unary("ReduceMax with ties", "x.amax(1)", tied("x", 4, 6, 2), func(b builder, x output) output { return b.Max(x, false, 1) }),
		reduce("ReduceMin", "x.amin((0, 2))", apart, false, 0, 2),
		reduce("ReduceProd", "x.prod(2).prod(0)", positive, false, 0, 2),
		reduce("ReduceL1", "x.abs().sum((0, 2))", beside([]float64{0}, "x", 4, 3, 8), false, 0, 2),
		reduce("ReduceL2", "(x * x).sum((0, 2)).sqrt()", x, false, 0, 2),
		reduce("ReduceL2", "(x * x).sum(1, True).sqrt()", x, true, 1),
		unary("ReduceLogSum, in operations", "torch.logsumexp(x, 1)", x, func(b builder, x output) output { return b.Log(b.Sum(b.Exp(x), false, 1)) }),
		sum("of an axis", "x.cumsum(1)", 1, false, false),
		sum("exclusive", "x.cumsum(1) - x", 1, true, false),
		sum("reversed", "x.flip(0).cumsum(0).flip(0)", 0, false, true),
		sum("exclusive, reversed, from the end", "x.flip(2).cumsum(2).flip(2) - x", -1, true, true),
	}
}
