package grad_test

import (
	"math"

	"datum/graph"
)

// A gru is made of operations, with gates in the order update, reset, new. x is
// [1, batch, in] of the time that runs, state [batch, hidden].
func gru(b builder, x, state, wi, wh, bias, attention output) output {
	flat := b.Squeeze(x, 1)
	xs, ws, bs := b.Split(b.MatMul(flat, wi, false, true), 1, 3), b.Split(wh, 0, 3), b.Split(bias, 0, 3)
	gate := func(i int, h output) output { return b.Add(b.Add(xs[i], b.MatMul(h, ws[i], false, true)), bs[i]) }
	z, r := b.Sigmoid(gate(0, state)), b.Sigmoid(gate(1, state))
	n := b.Tanh(gate(2, b.Mul(r, state)))
	if attention != nil {
		z = b.Mul(z, b.Sub(scalar(b, 1), b.Squeeze(attention, 1)))
	}
	return b.Add(n, b.Mul(z, b.Sub(state, n)))
}

// recurrent are the inputs of a GRU over [batch, time, in].
func recurrent(more ...input) []input {
	return append(inputs(number("x", 3, 5, 4), number("h", 3, 6), number("wi", 18, 4), number("wh", 18, 6), number("b", 18)), more...)
}

func iterationSamples() []sample {
	return []sample{
		{"TensorIterator of a GRU", "gru(x, h, wi, wh, b)", recurrent(), single(func(b builder, x []output) output {
			it := b.Iterate()
			in, h := it.Slice(x[0], 1, 1), it.State(x[1])
			next := gru(it.Body, in, h, it.Shared(x[2]), it.Shared(x[3]), it.Shared(x[4]), nil)
			it.Next(h, next)
			it.Join(it.Body.Unsqueeze(next, 1), 1, 1)
			return it.Done()[0]
		})},
		{"TensorIterator of an AUGRU backwards", "(lambda s: (s, s[:, 0]))(gru(x, h, wi, wh, b, a, True))", recurrent(between(0, 1, "a", 3, 5, 1)), func(b builder, x []output) []output {
			it := b.Iterate()
			in, h := it.Slice(x[0], 1, -1), it.State(x[1])
			next := gru(it.Body, in, h, it.Shared(x[2]), it.Shared(x[3]), it.Shared(x[4]), it.Slice(x[5], 1, -1))
			it.Next(h, next)
			it.Join(it.Body.Unsqueeze(next, 1), 1, -1)
			it.Last(next)
			return it.Done()
		}},
		{"TensorIterator with the last state alone", "gru(x, h, wi, wh, b)[:, -1]", recurrent(), single(func(b builder, x []output) output {
			it := b.Iterate()
			in, h := it.Slice(x[0], 1, 1), it.State(x[1])
			next := gru(it.Body, in, h, it.Shared(x[2]), it.Shared(x[3]), it.Shared(x[4]), nil)
			it.Next(h, next)
			it.Last(next)
			return it.Done()[0]
		})},
		{"TensorIterator of an LSTM", "lstm(x, h, c, wi, wh, b)", inputs(number("x", 3, 5, 4), number("h", 3, 6), number("c", 3, 6), number("wi", 24, 4), number("wh", 24, 6), number("b", 24)),
			func(b builder, x []output) []output {
				it := b.Iterate()
				in, h, c := it.Slice(x[0], 1, 1), it.State(x[1]), it.State(x[2])
				wi, wh, bias, e := it.Shared(x[3]), it.Shared(x[4]), it.Shared(x[5]), it.Body
				g := e.Split(e.Add(e.Add(e.MatMul(e.Squeeze(in, 1), wi, false, true), e.MatMul(h, wh, false, true)), bias), 1, 4)
				cell := e.Add(e.Mul(e.Sigmoid(g[0]), c), e.Mul(e.Sigmoid(g[1]), e.Tanh(g[2])))
				state := e.Mul(e.Sigmoid(g[3]), e.Tanh(cell))
				it.Next(h, state)
				it.Next(c, cell)
				it.Join(e.Unsqueeze(state, 1), 1, 1)
				it.Last(cell)
				return it.Done()
			}},
		{"TensorIterator without a state", "torch.stack([torch.tanh(p @ w + v) for p in x], 1)", inputs(number("x", 5, 3, 4), number("w", 4, 6), number("v", 6)),
			single(func(b builder, x []output) output {
				it := b.Iterate()
				e, in := it.Body, it.Slice(x[0], 0, 1)
				y := e.Tanh(e.Add(e.MatMul(e.Squeeze(in, 0), it.Shared(x[1]), false, false), it.Shared(x[2])))
				it.Join(e.Unsqueeze(y, 1), 1, 1)
				return it.Done()[0]
			})},
		{"TensorIterator by parts", "h, s = h, []\nfor p in x.split(2, 1):\n  h = torch.tanh(h * w + p.sum(1, True)); s += [h * p]\ny = torch.cat(s, 1), h",
			inputs(number("x", 3, 8, 4), number("h", 3, 1, 4), number("w", 4)), func(b builder, x []output) []output {
				it := b.Iterate()
				e, h := it.Body, it.State(x[1])
				in := it.SliceBy(x[0], &graph.Slicing{Axis: 1, Start: 0, End: -1, Stride: 2, PartSize: 2})
				next := e.Tanh(e.Add(e.Mul(h, it.Shared(x[2])), e.Sum(in, true, 1)))
				it.Next(h, next)
				it.Join(e.Mul(next, in), 1, 1)
				it.Last(next)
				return it.Done()
			}},
		{"TensorIterator that gives out its state", "h, s = h, []\nfor t in range(6):\n  s += [h]; h = h * x[:, t]\ny = torch.stack(s, 1), h", inputs(number("x", 3, 6), number("h", 3)),
			func(b builder, x []output) []output {
				it := b.Iterate()
				e, h := it.Body, it.State(x[1])
				next := e.Mul(h, e.Squeeze(it.Slice(x[0], 1, 1), 1))
				it.Next(h, next)
				it.Join(e.Unsqueeze(h, 1), 1, 1) // the state before
				it.Last(next)
				return it.Done()
			}},
		{"TensorIterator in both directions", "h, s = h, []\nfor t in range(6):\n  h = torch.sin(h + x[:, t] * v[:, 5 - t]); s += [h]\ny = torch.stack(s, 1), torch.stack(s[::-1], 1) * 2",
			inputs(number("x", 3, 6), number("h", 3), number("v", 3, 6)), func(b builder, x []output) []output {
				it := b.Iterate()
				e, h := it.Body, it.State(x[1])
				next := e.Sin(e.Add(h, e.Mul(e.Squeeze(it.Slice(x[0], 1, 1), 1), e.Squeeze(it.Slice(x[2], 1, -1), 1))))
				it.Next(h, next)
				joined := e.Unsqueeze(next, 1)
				it.Join(joined, 1, 1)
				it.Join(e.Mul(joined, scalar(e, 2)), 1, -1)
				return it.Done()
			}},
		{"Loop of a fixed number of rounds", "h, s = h, []\nfor t in range(5):\n  h = torch.tanh(h * w + x[:, t]); s += [h]\ny = torch.stack(s, 1), h", inputs(number("x", 3, 5), number("h", 3), number("w", 3)),
			func(b builder, x []output) []output {
				it := b.Loop(b.Int64(5), b.Bool(true))
				e, h := it.Body, it.State(x[1])
				next := e.Tanh(e.Add(e.Mul(h, it.Shared(x[2])), e.Squeeze(it.Slice(x[0], 1, 1), 1)))
				it.Next(h, next)
				it.Join(e.Unsqueeze(next, 1), 1, 1)
				it.Last(next)
				return it.Done()
			}},
	}
}

// fixedWeights are those of an AUGRU, which must be constants: sines of their
// places.
const fixedWeights = "s = lambda *d: torch.sin(torch.arange(float(np.prod(d)))).reshape(d).to(x)\nwi, wh, b = s(18, 4), s(18, 6), s(18)\n"

func sines(b builder, shape ...int64) output {
	n, _ := graph.Shape(shape).Elements()
	list := make([]float32, n)
	for i := range list {
		list[i] = float32(math.Sin(float64(i)))
	}
	return b.Float32s("", shape, list...)
}

// recurrentSamples are of the operations that are whole recurrent units.
func recurrentSamples() []sample {
	lstm := inputs(number("x", 3, 5, 4), number("h", 3, 6), number("c", 3, 6), number("wi", 24, 4), number("wh", 24, 6), number("b", 24))
	lengths := func(b builder, n int64) output { return b.Int64s(n, n, n) }
	raise := func(b builder, x output, axis int64) output { return b.Unsqueeze(x, axis) }
	weights := func(b builder, x []output) graph.GRU {
		return graph.GRU{Input: raise(b, x[0], 0), State: raise(b, x[1], 0), Bias: raise(b, x[2], 0)}
	}
	cell := attr("hidden_size", "6", "activations", "sigmoid, tanh, tanh", "activations_alpha", "", "activations_beta", "", "clip", "0")
	return []sample{
		{"GRUCell", "gru(x[:, None], h, wi, wh, b)[:, 0]", inputs(number("x", 3, 4), number("h", 3, 6), number("wi", 18, 4), number("wh", 18, 6), number("b", 18)),
			single(func(b builder, x []output) output {
				return b.GRUCell(x[0], x[1], graph.GRU{Input: x[2], State: x[3], Bias: x[4]})
			})},
		{"AUGRUCell", fixedWeights + "y = gru(x[:, None], h, wi, wh, b, a[:, None])[:, 0]", inputs(number("x", 3, 4), number("h", 3, 6), between(0, 1, "a", 3, 1)),
			single(func(b builder, x []output) output {
				return b.AUGRUCell(x[0], x[1], x[2], graph.GRU{Input: sines(b, 18, 4), State: sines(b, 18, 6), Bias: sines(b, 18)})
			})},
		{"GRUSequence", "(lambda s: (s[:, None], s[:, None, -1]))(gru(x, h, wi, wh, b))", recurrent(), func(b builder, x []output) []output {
			all, last := b.GRUSequence(x[0], raise(b, x[1], 1), lengths(b, 5), weights(b, x[2:]), "forward")
			return []output{all, last}
		}},
		{"GRUSequence backwards", "(lambda s: (s[:, None], s[:, None, 0]))(gru(x, h, wi, wh, b, reverse=True))", recurrent(), func(b builder, x []output) []output {
			all, last := b.GRUSequence(x[0], raise(b, x[1], 1), lengths(b, 5), weights(b, x[2:]), "reverse")
			return []output{all, last}
		}},
		{"GRUSequence, reset behind", "gru_after(x, h, wi, wh, b)[:, None]", append(recurrent()[:4], number("b", 24)), single(func(b builder, x []output) output {
			w := weights(b, x[2:])
			n := b.AddNode("GRUSequence", "", attr("direction", "forward", "hidden_size", "6", "activations", "sigmoid, tanh", "clip", "0", "linear_before_reset", "true"),
				x[0], raise(b, x[1], 1), lengths(b, 5), w.Input, w.State, w.Bias)
			if n == nil {
				return x[0]
			}
			return n.Output(0)
		})},
		{"GRUCell with constant weights", fixedWeights + "y = gru(x[:, None], h, wi, wh, b)[:, 0]", inputs(number("x", 3, 4), number("h", 3, 6)),
			single(func(b builder, x []output) output {
				return b.GRUCell(x[0], x[1], graph.GRU{Input: sines(b, 18, 4), State: sines(b, 18, 6), Bias: sines(b, 18)})
			})},
		{"AUGRUSequence", fixedWeights + "y = gru(x, h, wi, wh, b, a)[:, None]", inputs(number("x", 3, 5, 4), number("h", 3, 6), between(0, 1, "a", 3, 5, 1)),
			single(func(b builder, x []output) output {
				w := graph.GRU{Input: sines(b, 1, 18, 4), State: sines(b, 1, 18, 6), Bias: sines(b, 1, 18)}
				all, _ := b.AUGRUSequence(x[0], raise(b, x[1], 1), lengths(b, 5), x[2], w)
				return all
			})},
		{"RNNCell", "torch.tanh(x @ wi.T + h @ wh.T + b)", inputs(number("x", 3, 4), number("h", 3, 6), number("wi", 6, 4), number("wh", 6, 6), number("b", 6)),
			single(func(b builder, x []output) output {
				return b.Add1("RNNCell", attr("hidden_size", "6", "activations", "tanh", "activations_alpha", "", "activations_beta", "", "clip", "0"), x...)
			})},
		{"GRUSequence in both directions", "torch.stack([gru(x, h, wi, wh, b), gru(x, k, vi, vh, c, reverse=True)], 1)",
			append(recurrent(), number("k", 3, 6), number("vi", 18, 4), number("vh", 18, 6), number("c", 18)), single(func(b builder, x []output) output {
				both := func(i, j int) output { return b.Concat(0, raise(b, x[i], 0), raise(b, x[j], 0)) }
				all, _ := b.GRUSequence(x[0], b.Concat(1, raise(b, x[1], 1), raise(b, x[5], 1)), lengths(b, 5), graph.GRU{Input: both(2, 6), State: both(3, 7), Bias: both(4, 8)}, "bidirectional")
				return all
			})},
		{"LSTMCell", "(lambda s: (s[0][:, 0], s[1]))(lstm(x[:, :1], h, c, wi, wh, b))", lstm, func(b builder, x []output) []output {
			n := b.AddNode("LSTMCell", "", cell, b.Squeeze(b.Slice(x[0], graph.Range{Axis: 1, Start: 0, Stop: 1}), 1), x[1], x[2], x[3], x[4], x[5])
			if n == nil {
				return x[:2]
			}
			return n.Outputs()
		}},
		{"LSTMSequence", "(lambda s: (s[0][:, None], s[0][:, None, -1], s[1][:, None]))(lstm(x, h, c, wi, wh, b))", lstm, func(b builder, x []output) []output {
			w := weights(b, x[3:])
			n := b.AddNode("LSTMSequence", "", append(attr("direction", "forward"), cell...), x[0], raise(b, x[1], 1), raise(b, x[2], 1), lengths(b, 5), w.Input, w.State, w.Bias)
			if n == nil {
				return x[:3]
			}
			return n.Outputs()
		}},
	}
}
