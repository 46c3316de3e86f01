package grad_test

import (
	"math/rand/v2"

	"datum/graph"
)

// lossSamples are what networks are trained with.
func lossSamples() []sample {
	return []sample{
		{"cross entropy", "F.cross_entropy(x, i)", inputs(wide("x", 8, 10), index(0, 10, "i", 8)), single(func(b builder, x []output) output {
			wanted := b.OneHot(x[1], 10, scalar(b, 1), scalar(b, 0), -1)
			return b.Neg(b.Mean(b.Sum(b.Mul(b.LogSoftmax(x[0], 1), wanted), false, 1), false, 0))
		})},
		{"cross entropy with smoothed labels", "F.cross_entropy(x, i, label_smoothing=0.1)", inputs(wide("x", 8, 10), index(0, 10, "i", 8)), single(func(b builder, x []output) output {
			wanted := b.OneHot(x[1], 10, scalar(b, 0.91), scalar(b, 0.01), 1)
			return b.Neg(b.Mean(b.Sum(b.Mul(b.LogSoftmax(x[0], -1), wanted), false, 1), false, 0))
		})},
		{"binary cross entropy", "F.binary_cross_entropy_with_logits(x, t)", inputs(wide("x", 8, 10), between(0, 1, "t", 8, 10)), single(func(b builder, x []output) output {
			return b.Mean(b.Sub(b.SoftPlus(x[0]), b.Mul(x[0], x[1])), false, 0, 1)
		})},
		{"focal loss of a heat map", "p = torch.sigmoid(x)\nhit = (t > 0.9).to(x)\n" +
			"y = -(hit * (1 - p) ** 2 * F.logsigmoid(x) + (1 - hit) * (1 - t) ** 4 * p ** 2 * F.logsigmoid(-x)).sum() / (hit.sum() + 1)",
			inputs(wide("x", 2, 3, 6, 5), between(0, 1, "t", 2, 3, 6, 5)), single(func(b builder, x []output) output {
				one, axes := scalar(b, 1), ints(0, 1, 2, 3)
				p, hit := b.Sigmoid(x[0]), b.Convert(b.Greater(x[1], scalar(b, 0.9)), graph.F32)
				near := b.Mul(b.Pow(b.Sub(one, p), scalar(b, 2)), b.SoftPlus(b.Neg(x[0])))
				far := b.Mul(b.Mul(b.Pow(b.Sub(one, x[1]), scalar(b, 4)), b.Mul(p, p)), b.SoftPlus(x[0]))
				return b.Div(b.Sum(b.Add(b.Mul(hit, near), b.Mul(b.Sub(one, hit), far)), false, axes...), b.Add(b.Sum(hit, false, axes...), one))
			})},
		{"generalised intersection over union", "giou(p, t).mean()", inputs(boxes("p", 9), boxes("t", 9)), single(func(b builder, x []output) output {
			return b.Mean(giou(b, x[0], x[1]), false, 0)
		})},
		{"smooth L1", "F.smooth_l1_loss(x, y, beta=0.5)", inputs(number("x", 6, 4), number("y", 6, 4)), single(func(b builder, x []output) output {
			d := b.Abs(b.Sub(x[0], x[1]))
			near := b.Mul(b.Mul(d, d), scalar(b, 1))
			return b.Mean(b.Select(b.Less(d, scalar(b, 0.5)), near, b.Sub(d, scalar(b, 0.25))), false, 0, 1)
		})},
		{"the hardest of many", "torch.topk(F.softplus(x), 5, 1)[0].sum(1).mean()", inputs(spaced("x", 4, 12)), single(func(b builder, x []output) output {
			worst, _ := b.TopK(b.SoftPlus(x[0]), 5, 1)
			return b.Mean(b.Sum(worst, false, 1), false, 0)
		})},
	}
}

// boxes are inputs that are boxes, as corners.
func boxes(name string, n int64) input {
	in := positive(name, n, 4)
	draw := in.draw
	in.draw = func(r *rand.Rand, n int) []float64 {
		list := draw(r, n)
		for i := 0; i < n; i += 4 {
			list[i+2] += list[i] + 0.5
			list[i+3] += list[i+1] + 0.5
		}
		return list
	}
	return in
}

func giou(b builder, p, t output) output {
	sides := func(x output) (left, top, right, bottom output) {
		s := b.Split(x, 1, 4)
		return s[0], s[1], s[2], s[3]
	}
	l1, t1, r1, b1 := sides(p)
	l2, t2, r2, b2 := sides(t)
	length := func(low, high output) output { return b.Relu(b.Sub(high, low)) }
	area := func(l, t, r, o output) output { return b.Mul(length(l, r), length(t, o)) }
	inside := area(b.Maximum(l1, l2), b.Maximum(t1, t2), b.Minimum(r1, r2), b.Minimum(b1, b2))
	union := b.Sub(b.Add(area(l1, t1, r1, b1), area(l2, t2, r2, b2)), inside)
	hull := area(b.Minimum(l1, l2), b.Minimum(t1, t2), b.Maximum(r1, r2), b.Maximum(b1, b2))
	return b.Squeeze(b.Add(b.Sub(scalar(b, 1), b.Div(inside, union)), b.Div(b.Sub(hull, union), hull)), 1)
}

// networkSamples are pieces of networks, where tensors are used several times.
func networkSamples() []sample {
	return []sample{
		{"a residual block", "F.relu(x + F.batch_norm(F.conv2d(F.silu(F.conv2d(x, w, None, 1, 1)), v, None, 1, 1), None, None, g, b, True))",
			inputs(number("x", 3, 4, 6, 5), number("w", 6, 4, 3, 3), number("v", 4, 6, 3, 3), number("g", 4), number("b", 4)),
			single(func(b builder, x []output) output {
				h := b.Convolution(b.Swish(b.Convolution(x[0], x[1], square(1, 1, 1))), x[2], square(1, 1, 1))
				return b.Relu(b.Add(x[0], batchNorm(b, h, x[3], x[4], 0, 2, 3)))
			})},
		{"a depthwise block with attention to channels", "h = F.hardswish(F.conv2d(x, w, None, 2, 1, 1, 6))\ns = F.hardsigmoid(F.conv2d(h.mean((2, 3), True), v))\ny = F.conv2d(h * s, u)",
			inputs(number("x", 2, 6, 8, 7), number("w", 6, 1, 3, 3), number("v", 6, 6, 1, 1), number("u", 5, 6, 1, 1)),
			single(func(b builder, x []output) output {
				h := b.HSwish(b.GroupConvolution(x[0], b.Unsqueeze(x[1], 1), square(2, 1, 1)))
				s := b.HSigmoid(b.Convolution(b.Mean(h, true, 2, 3), x[2], window{}))
				return b.Convolution(b.Mul(h, s), x[3], window{})
			})},
		{"a pyramid", "l = F.conv2d(x, w)\ns = F.conv2d(F.relu(F.conv2d(x, v, None, 2, 1)), w)\ny = F.conv2d(l + F.interpolate(s, scale_factor=2, mode='nearest'), u, None, 1, 1), s",
			inputs(number("x", 2, 4, 8, 6), number("w", 5, 4, 1, 1), number("v", 4, 4, 3, 3), number("u", 3, 5, 3, 3)), func(b builder, x []output) []output {
				l := b.Convolution(x[0], x[1], window{})
				s := b.Convolution(b.Relu(b.Convolution(x[0], x[2], square(2, 1, 1))), x[1], window{})
				up := b.Resize(s, ints(2, 3), ints(8, 6), graph.Interpolation{Mode: "nearest", Coordinates: "asymmetric", Nearest: "floor"})
				return []output{b.Convolution(b.Add(l, up), x[3], square(1, 1, 1)), s}
			}},
		{"a transformer's block", "n = F.layer_norm(x, (12,), g, b)\nq, k, v = (n @ w.T).reshape(2, 7, 3, 3, 4).permute(2, 0, 3, 1, 4)\n" +
			"h = x + (F.softmax(q @ k.mT / 2, -1) @ v).transpose(1, 2).reshape(2, 7, 12) @ o.T\ny = h + F.gelu(F.layer_norm(h, (12,), g, b) @ f.T) @ f",
			inputs(number("x", 2, 7, 12), number("g", 12), number("b", 12), number("w", 36, 12), number("o", 12, 12), number("f", 20, 12)), single(transformerBlock)},
	}
}

func transformerBlock(b builder, x []output) output {
	n := layerNorm(b, x[0], x[1], x[2])
	heads := b.Transpose(b.Reshape(b.MatMul(n, x[3], false, true), 2, 7, 3, 3, 4), 2, 0, 3, 1, 4)
	var parts []output
	for _, p := range b.Split(heads, 0, 3) {
		parts = append(parts, b.Squeeze(p, 0))
	}
	scores := b.Mul(b.MatMul(parts[0], parts[1], false, true), scalar(b, 0.5))
	mixed := b.Reshape(b.Transpose(b.MatMul(b.Softmax(scores, -1), parts[2], false, false), 0, 2, 1, 3), 2, 7, 12)
	h := b.Add(x[0], b.MatMul(mixed, x[4], false, true))
	return b.Add(h, b.MatMul(b.Gelu(b.MatMul(layerNorm(b, h, x[1], x[2]), x[5], false, true), false), x[5], false, false))
}
