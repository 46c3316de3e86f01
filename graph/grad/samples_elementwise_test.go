package grad_test

import "datum/graph"

// scalar is a constant of float32.
func scalar(b builder, v float64) output { return b.Scalar(graph.F32, v) }

// pair is a sample of an operation of two tensors.
func pair(name, torch string, x, y input, f func(b builder, x, y output) output) sample {
	return sample{name, torch, inputs(x, y), single(func(b builder, x []output) output { return f(b, x[0], x[1]) })}
}

func elementwiseSamples() []sample {
	return []sample{
		pair("Add", "x + y", number("x", 3, 4, 5), number("y", 4, 1), builder.Add),
		pair("Add to itself", "x + x + y", number("x", 3, 4), number("y", 4), func(b builder, x, y output) output { return b.Add(b.Add(x, x), y) }),
		pair("Subtract", "x - y", number("x", 3, 1, 5), number("y", 4, 1), builder.Sub),
		pair("Multiply", "x * y", number("x", 5), number("y", 3, 4, 1), builder.Mul),
		pair("Divide", "x / y", number("x", 3, 4, 5), positive("y", 1, 5), builder.Div),
		pair("Divide by more", "x / y", number("x", 4, 1), positive("y", 2, 4, 5), builder.Div),
		pair("Power", "x ** y", positive("x", 3, 4), number("y", 3, 4), builder.Pow),
		pair("Power, broadcast", "x ** y", positive("x", 2, 1, 4), number("y", 3, 1), builder.Pow),
		pair("Maximum", "torch.maximum(x, y)", number("x", 3, 4, 5), beside([]float64{0}, "y", 4, 1), func(b builder, x, y output) output { return b.Maximum(x, y) }),
		pair("Minimum", "torch.minimum(x, y)", number("x", 3, 4, 5), number("y", 1, 5), builder.Minimum),
		pair("SquaredDifference", "(x - y) ** 2", number("x", 3, 4, 5), number("y", 4, 1), builder.SquaredDifference),
		pair("Mod", "torch.fmod(x, y)", wide("x", 3, 4), positive("y", 3, 4), builder.Mod),
		pair("FloorMod", "torch.remainder(x, y)", wide("x", 3, 4), positive("y", 4), builder.FloorMod),
		{"Maximum with a constant", "x.clamp(min=0.25)", inputs(number("x", 4, 5)), single(func(b builder, x []output) output { return b.Maximum(x[0], scalar(b, 0.25)) })},
		{"Power of 2", "x ** 2", inputs(number("x", 4, 5)), single(func(b builder, x []output) output { return b.Pow(x[0], scalar(b, 2)) })},
		{"Power of 3, negative too", "x ** 3", inputs(number("x", 4, 5)), single(func(b builder, x []output) output { return b.Pow(x[0], scalar(b, 3)) })},
		{"Power of a half", "x ** 0.5", inputs(positive("x", 4, 5)), single(func(b builder, x []output) output { return b.Pow(x[0], scalar(b, 0.5)) })},
		{"Power of minus one", "x ** -1", inputs(positive("x", 4, 5)), single(func(b builder, x []output) output { return b.Pow(x[0], scalar(b, -1)) })},
		{"Power of a constant", "1.7 ** x", inputs(number("x", 4, 5)), single(func(b builder, x []output) output { return b.Pow(scalar(b, 1.7), x[0]) })},
		{"Power of zero", "x ** 2.0", inputs(tied("x", 4, 5)), single(func(b builder, x []output) output { return b.Pow(x[0], scalar(b, 2)) })},
		{"Multiply by itself", "x * x * x", inputs(number("x", 4, 5)), single(func(b builder, x []output) output { return b.Mul(b.Mul(x[0], x[0]), x[0]) })},
	}
}

func broadcastSamples() []sample {
	return []sample{
		{"Add of a number", "x + y", inputs(number("x", 3, 4), number("y")), single(func(b builder, x []output) output { return b.Add(x[0], x[1]) })},
		{"Multiply by one in both", "x * y", inputs(number("x", 1, 1), number("y", 1)), single(func(b builder, x []output) output { return b.Mul(x[0], x[1]) })},
		{"Select", "torch.where(c > 1, x, y)", inputs(index(0, 4, "c", 3, 1, 5), number("x", 4, 1), number("y", 3, 4, 5)),
			single(func(b builder, x []output) output { return b.Select(b.Greater(x[0], b.Like(x[0], 1)), x[1], x[2]) })},
		{"Select by itself", "torch.where(x > 0.3, x * 2, y)", inputs(number("x", 3, 4), number("y", 4)),
			single(func(b builder, x []output) output {
				return b.Select(b.Greater(x[0], scalar(b, 0.3)), b.Mul(x[0], scalar(b, 2)), x[1])
			})},
		{"Broadcast", "x.expand(4, 3, 8)", inputs(number("x", 3, 1)), single(func(b builder, x []output) output { return b.Broadcast(x[0], 4, 3, 8) })},
		{"Broadcast of a number", "x.expand(2, 3)", inputs(number("x")), single(func(b builder, x []output) output { return b.Broadcast(x[0], 2, 3) })},
		{"Broadcast in both directions", "x.expand(4, 3, 5)", inputs(number("x", 4, 1, 5)), single(func(b builder, x []output) output { return b.BroadcastTo(x[0], b.Int64s(3, 1), "bidirectional") })},
		{"Broadcast along given axes", "x.reshape(1, 3, 1, 4).expand(2, 3, 5, 4)", inputs(number("x", 3, 4)),
			single(func(b builder, x []output) output {
				return b.Add1("Broadcast", graph.Attrs{{Name: "mode", Value: "explicit"}}, x[0], b.Int64s(2, 3, 5, 4), b.Int64s(1, 3))
			})},
		{"Convert there and back", "x * 2", inputs(number("x", 3, 4)), single(func(b builder, x []output) output {
			return b.Convert(b.Mul(b.Convert(x[0], graph.F64), b.Scalar(graph.F64, 2)), graph.F32)
		})},
		{"ConvertLike", "x * y", inputs(number("x", 3, 4), number("y", 4)), single(func(b builder, x []output) output { return b.Mul(b.ConvertLike(x[0], x[1]), x[1]) })},
	}
}

// unary is a sample of a function of one tensor.
func unary(name, torch string, x input, f func(b builder, x output) output) sample {
	return sample{name, torch, inputs(x), single(func(b builder, x []output) output { return f(b, x[0]) })}
}

// op is an operation of one tensor by its name.
func op(name string) func(builder, output) output {
	return func(b builder, x output) output { return b.Unary(name, x) }
}

func activationSamples() []sample {
	x := wide("x", 4, 5, 6)
	apart := func(points ...float64) input { return beside(points, "x", 4, 5, 6) }
	return []sample{
		unary("ReLU", "F.relu(x)", apart(0), builder.Relu),
		unary("ReLU at zero", "F.relu(x)", tied("x", 4, 5), builder.Relu),
		unary("Sigmoid", "torch.sigmoid(x)", x, builder.Sigmoid),
		unary("Tanh", "torch.tanh(x)", x, builder.Tanh),
		unary("Swish", "F.silu(x)", x, builder.Swish),
		pair("Swish with beta", "x * torch.sigmoid(y * x)", x, positive("y"), builder.SwishBeta),
		unary("HSigmoid", "F.hardsigmoid(x)", apart(-3, 3), builder.HSigmoid),
		unary("HSwish", "F.hardswish(x)", apart(-3, 3), builder.HSwish),
		unary("HardSigmoid", "(x * 0.3 + 0.4).clamp(0, 1)", apart(-4.0/3, 2), func(b builder, x output) output { return b.HardSigmoid(x, scalar(b, 0.3), scalar(b, 0.4)) }),
		unary("SoftPlus", "F.softplus(x)", x, builder.SoftPlus),
		unary("SoftPlus far out", "F.softplus(x * 15)", x, func(b builder, x output) output { return b.SoftPlus(b.Mul(x, scalar(b, 15))) }),
		unary("SoftSign", "F.softsign(x)", x, op("SoftSign")),
		unary("Mish", "F.mish(x)", x, builder.Mish),
		unary("Elu", "F.elu(x)", x, func(b builder, x output) output { return b.Elu(x, 1) }),
		unary("Elu with alpha", "F.elu(x, 0.7)", apart(0), func(b builder, x output) output { return b.Elu(x, 0.7) }),
		unary("Selu", "F.selu(x)", apart(0), func(b builder, x output) output {
			return b.Add1("Selu", nil, x, scalar(b, 1.6732632423543772), scalar(b, 1.0507009873554805))
		}),
		unary("Gelu", "F.gelu(x)", x, func(b builder, x output) output { return b.Gelu(x, false) }),
		unary("Gelu with tanh", "F.gelu(x, approximate='tanh')", x, func(b builder, x output) output { return b.Gelu(x, true) }),
		unary("Clamp", "x.clamp(-0.5, 0.7)", apart(-0.5, 0.7), func(b builder, x output) output { return b.Clamp(x, -0.5, 0.7) }),
		unary("Clamp at its limits", "x.clamp(1, 2)", tied("x", 4, 5), func(b builder, x output) output { return b.Clamp(x, 1, 2) }),
		unary("Exp", "torch.exp(x)", number("x", 4, 5), builder.Exp),
		unary("Log", "torch.log(x)", positive("x", 4, 5), builder.Log),
		unary("Sqrt", "torch.sqrt(x)", positive("x", 4, 5), builder.Sqrt),
		unary("Abs", "torch.abs(x)", apart(0), builder.Abs),
		unary("Abs of zero", "torch.abs(x)", tied("x", 4, 5), builder.Abs),
		unary("Negative", "-x", x, builder.Neg),
		unary("Erf", "torch.erf(x)", number("x", 4, 5), builder.Erf),
		unary("Sin", "torch.sin(x)", x, builder.Sin),
		unary("Cos", "torch.cos(x)", x, builder.Cos),
		unary("Tan", "torch.tan(x)", between(-1.2, 1.2, "x", 4, 5), op("Tan")),
		unary("Sign, Floor, Ceiling and Round", "x * (torch.sign(x) + torch.floor(x) + torch.ceil(x) + torch.round(x))", apart(-2.5, -2, -1.5, -1, -.5, 0, .5, 1, 1.5, 2, 2.5),
			func(b builder, x output) output {
				return b.Mul(x, b.Add(b.Add(b.Sign(x), b.Floor(x)), b.Add(b.Ceiling(x), b.Round(x))))
			}),
		pair("PReLU", "F.prelu(x, y)", beside([]float64{0}, "x", 2, 3, 4, 5), number("y", 3), builder.PRelu),
		pair("PReLU with one slope", "F.prelu(x, y)", beside([]float64{0}, "x", 2, 3, 4, 5), number("y", 1), builder.PRelu),
		pair("PReLU of a matrix", "F.prelu(x, y)", beside([]float64{0}, "x", 5, 4), number("y", 4), builder.PRelu),
		pair("PReLU with a slope for each place", "torch.where(x > 0, x, x * y)", beside([]float64{0}, "x", 2, 3, 4), number("y", 3, 4), builder.PRelu),
		// What leaves the limits has no gradient, everything else that of no rounding.
		{"FakeQuantize", "x.clamp(-1, 1)+(((x.clamp(-1, 1)+1)/2*255).round()/255*2-1-x.clamp(-1, 1)).detach()", inputs(beside([]float64{-1, 1}, "x", 4, 9)),
			single(func(b builder, x []output) output {
				return b.FakeQuantize(x[0], scalar(b, -1), scalar(b, 1), scalar(b, -1), scalar(b, 1), 256)
			})},
		{"FakeQuantize by channel", "l = torch.tensor([1., 2.]).reshape(2, 1).to(x)\nc = x.maximum(-l).minimum(l)\ny = c + ((((c + l) / (2 * l) * 15).round() / 15 * 2 - 1) * l - c).detach()", inputs(beside([]float64{-1, 1, -2, 2}, "x", 2, 2, 4)),
			single(func(b builder, x []output) output {
				low, high := b.Float32s("", graph.Shape{2, 1}, -1, -2), b.Float32s("", graph.Shape{2, 1}, 1, 2)
				return b.FakeQuantize(x[0], low, high, low, high, 16)
			})},
	}
}
