package grad_test

import (
	"maps"
	"strconv"

	"datum/graph"
)

type out = graph.Output

// differences are the graphs by name.
func differences() map[string]difference {
	all := map[string]difference{}
	for _, add := range []func() map[string]difference{binaryCases, unaryCases, linearCases, convolutionCases, reductionCases, normalisationCases, poolCases, recurrentCases, movingCases, wholeCases, constantCases} {
		maps.Copy(all, add())
	}
	return all
}

// one is a graph with one output.
func one(f func(b *graph.Builder, x []*out) *out) func(b *graph.Builder, x []*out) []*out {
	return func(b *graph.Builder, x []*out) []*out { return []*out{f(b, x)} }
}

func shapes(s ...graph.Shape) []graph.Shape { return s }

func binaryCases() map[string]difference {
	all := map[string]difference{}
	for name, f := range map[string]func(b *graph.Builder, x, y *out) *out{
		"add": (*graph.Builder).Add, "sub": (*graph.Builder).Sub, "mul": (*graph.Builder).Mul, "div": (*graph.Builder).Div, "pow": (*graph.Builder).Pow,
		"maximum": (*graph.Builder).Maximum, "minimum": (*graph.Builder).Minimum, "squared difference": (*graph.Builder).SquaredDifference,
	} {
		build := one(func(b *graph.Builder, x []*out) *out { return f(b, x[0], x[1]) })
		all[name] = difference{shapes: shapes(graph.Shape{2, 3}, graph.Shape{2, 3}), low: 0.5, span: 1, build: build, apart: true}
		all[name+" repeated"] = difference{shapes: shapes(graph.Shape{2, 1, 3}, graph.Shape{4, 1}), low: 0.5, span: 1, build: build, apart: true}
	}
	all["mod"] = difference{shapes: shapes(graph.Shape{5}, graph.Shape{1}), low: 0.6, span: 0.35, build: func(b *graph.Builder, x []*out) []*out {
		y := b.Mul(x[0], b.Like(x[0], 3.1))
		return []*out{b.Mod(y, b.Like(y, 0.91)), b.FloorMod(b.Neg(x[0]), b.Mul(x[1], b.Like(y, 2.3)))}
	}}
	all["square"] = difference{shapes: shapes(graph.Shape{2, 3}), build: one(func(b *graph.Builder, x []*out) *out { return b.Mul(x[0], x[0]) })}
	all["select"] = difference{shapes: shapes(graph.Shape{2, 3}, graph.Shape{3}), build: one(func(b *graph.Builder, x []*out) *out {
		return b.Select(b.Greater(b.Float32s("", graph.Shape{2, 1}, 1, -1), b.Like(x[0], 0)), x[0], x[1])
	})}
	return all
}

func unaryCases() map[string]difference {
	all := map[string]difference{}
	for name, f := range map[string]func(b *graph.Builder, x *out) *out{
		"relu": (*graph.Builder).Relu, "sigmoid": (*graph.Builder).Sigmoid, "tanh": (*graph.Builder).Tanh, "exp": (*graph.Builder).Exp, "abs": (*graph.Builder).Abs,
		"neg": (*graph.Builder).Neg, "sin": (*graph.Builder).Sin, "cos": (*graph.Builder).Cos, "erf": (*graph.Builder).Erf, "softplus": (*graph.Builder).SoftPlus,
		"mish": (*graph.Builder).Mish, "hswish": (*graph.Builder).HSwish, "hsigmoid": (*graph.Builder).HSigmoid, "swish": (*graph.Builder).Swish,
		"softsign":  func(b *graph.Builder, x *out) *out { return b.Unary("SoftSign", x) },
		"gelu":      func(b *graph.Builder, x *out) *out { return b.Gelu(x, false) },
		"gelu tanh": func(b *graph.Builder, x *out) *out { return b.Gelu(x, true) },
		"elu":       func(b *graph.Builder, x *out) *out { return b.Elu(x, 0.7) },
		"clamp":     func(b *graph.Builder, x *out) *out { return b.Clamp(x, -1.12, 2.15) },
		"softmax":   func(b *graph.Builder, x *out) *out { return b.Softmax(x, 1) }, "logsoftmax": func(b *graph.Builder, x *out) *out { return b.LogSoftmax(x, -2) },
	} {
		all[name] = difference{shapes: shapes(graph.Shape{2, 5, 3}), low: -3.5, span: 7.13, apart: true, build: one(func(b *graph.Builder, x []*out) *out { return f(b, x[0]) })}
	}
	for name, f := range map[string]func(b *graph.Builder, x *out) *out{
		"log": (*graph.Builder).Log, "sqrt": (*graph.Builder).Sqrt, "tan": func(b *graph.Builder, x *out) *out { return b.Unary("Tan", x) },
		"power 3": func(b *graph.Builder, x *out) *out { return b.Pow(x, b.Like(x, 3)) }, "power 2": func(b *graph.Builder, x *out) *out { return b.Pow(x, b.Like(x, 2)) },
	} {
		all[name] = difference{shapes: shapes(graph.Shape{7}), low: 0.3, span: 0.9, build: one(func(b *graph.Builder, x []*out) *out { return f(b, x[0]) })}
	}
	all["prelu"] = difference{shapes: shapes(graph.Shape{2, 3, 4}, graph.Shape{3}, graph.Shape{1}), apart: true, build: func(b *graph.Builder, x []*out) []*out {
		return []*out{b.PRelu(x[0], x[1]), b.PRelu(x[0], x[2])}
	}}
	all["swish beta"] = difference{shapes: shapes(graph.Shape{2, 3}, graph.Shape{}), build: one(func(b *graph.Builder, x []*out) *out { return b.SwishBeta(x[0], x[1]) })}
	all["hard sigmoid"] = difference{shapes: shapes(graph.Shape{9}), low: -4, span: 8.3, apart: true, build: one(func(b *graph.Builder, x []*out) *out {
		return b.HardSigmoid(x[0], b.Like(x[0], 0.2), b.Like(x[0], 0.5))
	})}
	all["selu"] = difference{shapes: shapes(graph.Shape{8}), apart: true, build: one(func(b *graph.Builder, x []*out) *out {
		return b.Add1("Selu", nil, x[0], b.Like(x[0], 1.6), b.Like(x[0], 1.1))
	})}
	return all
}

func linearCases() map[string]difference {
	all := map[string]difference{}
	matmul := func(name string, a, c graph.Shape, ta, tb bool) {
		all["matmul "+name] = difference{shapes: shapes(a, c), build: one(func(b *graph.Builder, x []*out) *out { return b.MatMul(x[0], x[1], ta, tb) })}
	}
	matmul("plain", graph.Shape{2, 3}, graph.Shape{3, 4}, false, false)
	matmul("left", graph.Shape{3, 2}, graph.Shape{3, 4}, true, false)
	matmul("right", graph.Shape{2, 3}, graph.Shape{4, 3}, false, true)
	matmul("both", graph.Shape{3, 2}, graph.Shape{4, 3}, true, true)
	matmul("batch", graph.Shape{5, 2, 3}, graph.Shape{5, 3, 4}, false, false)
	matmul("batch both", graph.Shape{5, 3, 2}, graph.Shape{5, 4, 3}, true, true)
	matmul("shared", graph.Shape{5, 2, 3}, graph.Shape{3, 4}, false, false)
	matmul("shared right", graph.Shape{5, 2, 3}, graph.Shape{4, 3}, false, true)
	matmul("shared left", graph.Shape{5, 3, 2}, graph.Shape{4, 3}, true, true)
	matmul("shared first", graph.Shape{2, 3}, graph.Shape{5, 3, 4}, false, false)
	matmul("repeated", graph.Shape{2, 1, 2, 3}, graph.Shape{5, 3, 4}, false, false)
	matmul("repeated both", graph.Shape{2, 1, 3, 2}, graph.Shape{1, 5, 4, 3}, true, true)
	matmul("vector", graph.Shape{3}, graph.Shape{5, 3, 4}, false, false)
	matmul("by vector", graph.Shape{5, 2, 3}, graph.Shape{3}, false, false)
	matmul("vectors", graph.Shape{3}, graph.Shape{3}, false, false)
	return all
}

func convolutionCases() map[string]difference {
	all := map[string]difference{}
	windows := map[string]graph.Window{
		"plain": {}, "stride": graph.Pad(2, 1), "same upper": {AutoPad: "same_upper", Strides: []int64{2, 3}}, "same lower": {AutoPad: "same_lower", Strides: []int64{2, 2}},
		"dilated": {Dilations: []int64{2, 1}, Begin: []int64{1, 0}, End: []int64{2, 2}, Strides: []int64{1, 2}}, "valid": {AutoPad: "valid", Begin: []int64{1, 1}},
	}
	for name, w := range windows {
		for _, kernel := range []graph.Shape{{3, 2}, {1, 1}} {
			x := graph.Shape{2, 4, 7, 6}
			all["convolution "+name+" "+kernel.String()] = difference{shapes: shapes(x, append(graph.Shape{3, 4}, kernel...)), build: one(func(b *graph.Builder, x []*out) *out {
				return b.Convolution(x[0], x[1], w)
			})}
			all["groups "+name+" "+kernel.String()] = difference{shapes: shapes(x, append(graph.Shape{2, 3, 2}, kernel...)), build: one(func(b *graph.Builder, x []*out) *out {
				return b.GroupConvolution(x[0], x[1], w)
			})}
			all["depthwise "+name+" "+kernel.String()] = difference{shapes: shapes(x, append(graph.Shape{4, 1, 1}, kernel...)), build: one(func(b *graph.Builder, x []*out) *out {
				return b.GroupConvolution(x[0], x[1], w)
			})}
		}
	}
	all["convolution 1d"] = difference{shapes: shapes(graph.Shape{2, 4, 9}, graph.Shape{3, 4, 3}), build: one(func(b *graph.Builder, x []*out) *out {
		return b.Convolution(x[0], x[1], graph.Window{Strides: []int64{2}, Begin: []int64{1}, End: []int64{1}})
	})}
	all["convolution 3d"] = difference{shapes: shapes(graph.Shape{1, 2, 4, 5, 4}, graph.Shape{3, 2, 2, 3, 2}), build: one(func(b *graph.Builder, x []*out) *out {
		return b.Convolution(x[0], x[1], graph.Window{Strides: []int64{1, 2, 1}})
	})}
	all["convolution of many channels"] = difference{shapes: shapes(graph.Shape{2, 128, 5, 6}, graph.Shape{130, 128, 3, 3}), build: one(func(b *graph.Builder, x []*out) *out {
		return b.Mul(b.Convolution(x[0], x[1], graph.Pad(2, 1)), b.Like(x[0], 0.02))
	})}
	for name, w := range map[string]graph.Window{"plain": {}, "stride": graph.Pad(2, 1), "odd": {Strides: []int64{2, 3}, Begin: []int64{1, 0}, End: []int64{0, 1}, OutputPadding: []int64{1, 2}}} {
		all["back "+name] = difference{shapes: shapes(graph.Shape{2, 4, 3, 4}, graph.Shape{4, 3, 3, 2}), build: one(func(b *graph.Builder, x []*out) *out {
			return b.ConvolutionBack(x[0], x[1], nil, w)
		})}
		all["groups back "+name] = difference{shapes: shapes(graph.Shape{2, 4, 3, 4}, graph.Shape{2, 2, 3, 3, 2}), build: one(func(b *graph.Builder, x []*out) *out {
			return b.GroupConvolutionBack(x[0], x[1], nil, w)
		})}
		all["depthwise back "+name] = difference{shapes: shapes(graph.Shape{2, 4, 3, 4}, graph.Shape{4, 1, 1, 3, 2}), build: one(func(b *graph.Builder, x []*out) *out {
			return b.GroupConvolutionBack(x[0], x[1], nil, w)
		})}
	}
	for _, auto := range []string{"explicit", "same_upper", "same_lower"} {
		all["back to a size "+auto] = difference{shapes: shapes(graph.Shape{2, 4, 3, 4}, graph.Shape{4, 3, 3, 2}), build: one(func(b *graph.Builder, x []*out) *out {
			return b.ConvolutionBack(x[0], x[1], b.Int64s(6, 7), graph.Window{Strides: []int64{2, 2}, Begin: []int64{1, 0}, End: []int64{0, 0}, AutoPad: auto})
		})}
	}
	return all
}

func reductionCases() map[string]difference {
	all := map[string]difference{}
	for _, name := range []string{"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2"} {
		all[name] = difference{shapes: shapes(graph.Shape{2, 3, 4}), apart: true, build: func(b *graph.Builder, x []*out) []*out {
			return []*out{b.Reduce(name, x[0], false, 1), b.Reduce(name, x[0], true, 0, -1), b.Reduce(name, x[0], false, 0, 1, 2)}
		}}
	}
	all["product with zeros"] = difference{shapes: shapes(graph.Shape{3, 4}), build: one(func(b *graph.Builder, x []*out) *out {
		return b.Reduce("ReduceProd", b.Mul(x[0], b.Float32s("m", graph.Shape{3, 4}, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1)), false, 1)
	})}
	all["cumsum"] = difference{shapes: shapes(graph.Shape{3, 4}), build: func(b *graph.Builder, x []*out) []*out {
		return []*out{b.CumSum(x[0], 1, false, false), b.CumSum(x[0], -2, true, true)}
	}}
	return all
}

func normalisationCases() map[string]difference {
	all := map[string]difference{}
	all["batch norm"] = difference{shapes: shapes(graph.Shape{2, 3, 2, 2}, graph.Shape{3}, graph.Shape{3}, graph.Shape{3}, graph.Shape{3}), low: 0.4, span: 1,
		build: one(func(b *graph.Builder, x []*out) *out { return b.BatchNorm(x[0], x[1], x[2], x[3], x[4], 1e-3) })}
	all["batch norm in training"] = difference{shapes: shapes(graph.Shape{4, 3, 2, 2}, graph.Shape{1, 3, 1, 1}, graph.Shape{1, 3, 1, 1}), build: func(b *graph.Builder, x []*out) []*out {
		mean := b.Mean(x[0], true, 0, 2, 3)
		variance := b.Sub(b.Mean(b.Mul(x[0], x[0]), true, 0, 2, 3), b.Mul(mean, mean))
		scale := b.Div(x[1], b.Sqrt(b.Add(variance, b.Like(x[0], 1e-3))))
		return []*out{b.Add(b.Mul(x[0], scale), b.Sub(x[2], b.Mul(mean, scale)))}
	}}
	all["mvn"] = difference{shapes: shapes(graph.Shape{3, 4, 5}), build: func(b *graph.Builder, x []*out) []*out {
		outside := b.Add1("MVN", graph.Attrs{{Name: "eps", Value: "0.1"}, {Name: "normalize_variance", Value: "true"}, {Name: "eps_mode", Value: "OUTSIDE_SQRT"}}, x[0], b.Int64s(1))
		level := b.Add1("MVN", graph.Attrs{{Name: "eps", Value: "0.1"}, {Name: "normalize_variance", Value: "false"}, {Name: "eps_mode", Value: "INSIDE_SQRT"}}, x[0], b.Int64s(0, 2))
		return []*out{b.MVN(x[0], 1e-2, 1, 2), b.MVN(x[0], 0.3, -1), outside, level}
	}}
	all["normalize l2"] = difference{shapes: shapes(graph.Shape{3, 4}), build: func(b *graph.Builder, x []*out) []*out {
		return []*out{b.NormalizeL2(x[0], 0.1, "add", 1), b.NormalizeL2(x[0], 1e-6, "max", 0, 1), b.NormalizeL2(x[0], 100, "max", 1)}
	}}
	return all
}

func poolCases() map[string]difference {
	all := map[string]difference{}
	for name, w := range map[string]graph.Window{
		"tiles": {Strides: []int64{3, 2}}, "overlap": graph.Pad(2, 1), "dense": {}, "gaps": {Strides: []int64{4, 3}},
		"same": {Strides: []int64{2, 2}, AutoPad: "same_lower"}, "ceil": {Strides: []int64{2, 2}, Begin: []int64{1, 0}, End: []int64{0, 1}, Rounding: "ceil"},
		"over": {Strides: []int64{2, 2}, Rounding: "ceil"}, "over and padded": {Strides: []int64{2, 2}, Begin: []int64{1, 0}, End: []int64{1, 0}, Rounding: "ceil"},
		"torch": {Strides: []int64{2, 2}, Begin: []int64{1, 1}, End: []int64{1, 1}, Rounding: "ceil_torch"},
	} {
		all["pools "+name] = difference{shapes: shapes(graph.Shape{2, 3, 8, 7}), low: -20, span: 40, apart: true, build: func(b *graph.Builder, x []*out) []*out {
			greatest, _ := b.MaxPool(x[0], []int64{3, 2}, w)
			return []*out{greatest, b.AvgPool(x[0], []int64{3, 2}, w, true), b.AvgPool(x[0], []int64{3, 2}, w, false)}
		}}
	}
	all["pools whole"] = difference{shapes: shapes(graph.Shape{2, 3, 4, 5}), low: -3, span: 6, apart: true, build: func(b *graph.Builder, x []*out) []*out {
		greatest, _ := b.MaxPool(x[0], []int64{4, 5}, graph.Window{})
		dilated, _ := b.MaxPool(x[0], []int64{2, 2}, graph.Window{Dilations: []int64{2, 3}})
		return []*out{greatest, dilated, b.AvgPool(x[0], []int64{4, 5}, graph.Window{}, true)}
	}}
	return all
}

func recurrentCases() map[string]difference {
	all := map[string]difference{}
	cell := func(typ string, gates int64, more graph.Attrs, inputs ...graph.Shape) difference {
		in := append([]graph.Shape{{2, 4}}, inputs...)
		in = append(in, graph.Shape{gates * 3, 4}, graph.Shape{gates * 3, 3})
		return difference{shapes: in, build: func(b *graph.Builder, x []*out) []*out {
			return b.AddNode(typ, "", append(graph.Attrs{{Name: "hidden_size", Value: "3"}, {Name: "clip", Value: "0"}}, more...), x...).Outputs()
		}}
	}
	with := func(d difference, more ...graph.Shape) difference {
		d.shapes = append(d.shapes, more...)
		return d
	}
	gru, state := graph.Attrs{{Name: "activations", Value: "sigmoid, tanh"}}, graph.Shape{2, 3}
	all["gru"] = with(cell("GRUCell", 3, gru, state), graph.Shape{9})
	all["gru linear"] = with(cell("GRUCell", 3, append(graph.Attrs{{Name: "linear_before_reset", Value: "true"}}, gru...), state), graph.Shape{12})
	all["lstm"] = with(cell("LSTMCell", 4, graph.Attrs{{Name: "activations", Value: "sigmoid, tanh, tanh"}}, state, state), graph.Shape{12})
	all["rnn"] = with(cell("RNNCell", 1, graph.Attrs{{Name: "activations", Value: "tanh"}}, state), graph.Shape{3})
	// OpenVINO's AUGRU cell does not survive weights that are no constants.
	all["augru"] = difference{shapes: shapes(graph.Shape{2, 4}, state, graph.Shape{2, 1}), build: one(func(b *graph.Builder, x []*out) *out {
		w := func(shape ...int64) *out {
			n, _ := graph.Shape(shape).Elements()
			v := make([]float32, n)
			for i := range v {
				v[i] = float32(i*7%11)/11 - 0.5
			}
			return b.Float32s("w", shape, v...)
		}
		return b.AUGRUCell(x[0], x[1], x[2], graph.GRU{Input: w(9, 4), State: w(9, 3), Bias: w(9)})
	})}
	for name, f := range map[string]func(b *graph.Builder, x []*out) *out{
		"": func(b *graph.Builder, x []*out) *out { return b.Attention(x[0], x[1], x[2], nil, nil, false) },
		" causal": func(b *graph.Builder, x []*out) *out {
			return b.Attention(x[0], x[1], x[2], nil, b.Like(x[0], 0.4), true)
		},
		" mask": func(b *graph.Builder, x []*out) *out { return b.Attention(x[0], x[1], x[2], x[3], nil, false) },
		" bools": func(b *graph.Builder, x []*out) *out {
			return b.Attention(x[0], x[1], x[2], b.Ints("", graph.Boolean, graph.Shape{3, 5}, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1), nil, false)
		},
		" of one": func(b *graph.Builder, x []*out) *out { return b.Attention(x[0], x[0], x[0], nil, nil, false) },
		" with scale": func(b *graph.Builder, x []*out) *out {
			return b.Attention(x[0], x[1], x[2], x[3], b.Like(x[0], 0.7), false)
		},
	} {
		all["attention"+name] = difference{shapes: shapes(graph.Shape{2, 2, 3, 4}, graph.Shape{2, 2, 5, 4}, graph.Shape{2, 2, 5, 3}, graph.Shape{2, 1, 3, 5}), build: one(func(b *graph.Builder, x []*out) *out {
			return f(b, x)
		})}
	}
	return all
}

func movingCases() map[string]difference {
	all := map[string]difference{}
	all["reshape"] = difference{shapes: shapes(graph.Shape{2, 1, 6}), build: func(b *graph.Builder, x []*out) []*out {
		return []*out{b.Reshape(x[0], 3, -1), b.Squeeze(x[0], 1), b.Unsqueeze(x[0], 0, -1), b.Transpose(x[0], 2, 0, 1), b.Transpose(x[0]), b.Broadcast(x[0], 2, 2, 3, 6)}
	}}
	all["broadcast both ways"] = difference{shapes: shapes(graph.Shape{3, 1}, graph.Shape{}), build: func(b *graph.Builder, x []*out) []*out {
		return []*out{b.BroadcastTo(x[0], b.Int64s(2, 1, 1), "bidirectional"), b.Broadcast(x[1], 2, 3)}
	}}
	all["concat"] = difference{shapes: shapes(graph.Shape{2, 3}, graph.Shape{2, 1}), build: func(b *graph.Builder, x []*out) []*out {
		constant := b.Float32s("", graph.Shape{2, 2}, 1, 2, 3, 4)
		return []*out{b.Concat(1, x[0], constant, x[1]), b.Concat(-1, x[1], x[1]), b.Concat(1, constant, x[0], constant)}
	}}
	all["split"] = difference{shapes: shapes(graph.Shape{6, 4}), build: func(b *graph.Builder, x []*out) []*out {
		p, q := b.Split(x[0], 0, 3), b.SplitAt(x[0], -1, 1, -1)
		return []*out{p[0], p[2], q[1]}
	}}
	all["slice"] = difference{shapes: shapes(graph.Shape{7, 6}), build: func(b *graph.Builder, x []*out) []*out {
		return []*out{
			b.Slice(x[0], graph.Range{Axis: 0, Start: 1, Stop: 6, Step: 2}, graph.Range{Axis: -1, Start: -3, Stop: graph.All}), b.Reverse(x[0], 1),
			b.Slice(x[0], graph.Range{Axis: 0, Start: -2, Stop: -graph.All, Step: -3}, graph.Range{Axis: 1, Start: 5, Stop: 1, Step: -2}),
		}
	}}
	return all
}

// wholeCases are networks, in which tensors are read more than once.
func wholeCases() map[string]difference {
	all := map[string]difference{}
	all["cross entropy"] = difference{shapes: shapes(graph.Shape{4, 5}, graph.Shape{5, 3}, graph.Shape{3}), build: one(func(b *graph.Builder, x []*out) *out {
		logits := b.Add(b.MatMul(x[0], x[1], false, false), x[2])
		wanted := b.OneHot(b.Ints("", graph.I32, graph.Shape{4}, 0, 2, 1, 2), 3, b.Like(logits, 1), b.Like(logits, 0), -1)
		return b.Neg(b.Mean(b.Sum(b.Mul(b.LogSoftmax(logits, 1), wanted), false, 1), false, 0))
	})}
	all["residual"] = difference{shapes: shapes(graph.Shape{2, 4, 6, 6}, graph.Shape{4, 4, 3, 3}, graph.Shape{1, 4, 1, 1}), build: func(b *graph.Builder, x []*out) []*out {
		h := b.Swish(b.Convolution(x[0], x[1], graph.Pad(1, 1)))
		y := b.Add(b.Mul(h, b.Sigmoid(x[2])), x[0])
		return []*out{b.Mean(b.Mul(y, y), false, 1, 2, 3), b.Mean(y, true, 0, 1)}
	}}
	all["means of means"] = difference{shapes: shapes(graph.Shape{3, 4}, graph.Shape{4}), build: func(b *graph.Builder, x []*out) []*out {
		// Gradients that are the same everywhere meet what was repeated.
		s := b.Add(x[0], x[1])
		return []*out{b.Mean(s, false, 0, 1), b.Mean(b.Sub(s, b.Mean(b.Neg(x[1]), true, 0)), false, 0), b.Sum(b.Convert(b.Convert(x[1], graph.F32), graph.F32), false, 0)}
	}}
	return all
}

// constantCases are products with square weights that are constants, which
// OpenVINO takes for their transposes if they are used both ways.
func constantCases() map[string]difference {
	weights := func(b *graph.Builder, shape ...int64) *out {
		n, _ := graph.Shape(shape).Elements()
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(i*7%11)/11 - 0.5
		}
		return b.Float32s("weights", shape, v...)
	}
	all := map[string]difference{}
	for i, f := range []func(b *graph.Builder, x, w *out) *out{
		func(b *graph.Builder, x, w *out) *out { return b.MatMul(x, w, false, true) }, func(b *graph.Builder, x, w *out) *out { return b.MatMul(w, x, false, true) },
		func(b *graph.Builder, x, w *out) *out { return b.MatMul(x, w, true, false) }, func(b *graph.Builder, x, w *out) *out { return b.MatMul(w, x, true, true) },
	} {
		all["constant matrix "+strconv.Itoa(i)] = difference{shapes: shapes(graph.Shape{3, 3}), build: one(func(b *graph.Builder, x []*out) *out { return f(b, x[0], weights(b, 3, 3)) })}
	}
	pad := graph.Pad(1, 1)
	for i, f := range []func(b *graph.Builder, x *out) *out{
		func(b *graph.Builder, x *out) *out { return b.Convolution(x, weights(b, 8, 8, 3, 3), pad) },
		func(b *graph.Builder, x *out) *out { return b.GroupConvolution(x, weights(b, 2, 4, 4, 3, 3), pad) },
		func(b *graph.Builder, x *out) *out { return b.ConvolutionBack(x, weights(b, 8, 8, 3, 3), nil, pad) },
		func(b *graph.Builder, x *out) *out {
			return b.GroupConvolutionBack(x, weights(b, 2, 4, 4, 3, 3), nil, pad)
		},
		func(b *graph.Builder, x *out) *out { return b.Convolution(x, weights(b, 8, 8, 1, 1), graph.Pad(1, 0)) },
		func(b *graph.Builder, x *out) *out { return b.GroupConvolution(x, weights(b, 8, 1, 1, 3, 3), pad) },
	} {
		all["constant filters "+strconv.Itoa(i)] = difference{shapes: shapes(graph.Shape{2, 8, 5, 5}), build: one(func(b *graph.Builder, x []*out) *out { return f(b, x[0]) })}
	}
	all["one group"] = difference{shapes: shapes(graph.Shape{2, 4, 5, 5}, graph.Shape{1, 3, 4, 3, 3}), build: one(func(b *graph.Builder, x []*out) *out {
		return b.GroupConvolution(x[0], x[1], graph.Pad(1, 1))
	})}
	return all
}
