package grad

import (
	"math"
	"slices"
	"strings"

	"datum/graph"
)

func fromRelu(s *step) {
	s.give(0, func() *graph.Output { return s.Select(s.Greater(s.y(0), s.num(0)), s.g(), s.num(0)) })
}

// fromPRelu: a slope of one dimension is one for each channel.
func fromPRelu(s *step) {
	x, slope := s.x(0), s.x(1)
	rank := s.rank(x)
	wide := slope
	if s.rank(slope) == 1 && slope.Shape[0] != 1 && rank > 1 {
		shape := slices.Repeat([]int64{1}, rank)
		shape[1] = -1
		wide = s.Reshape(slope, shape...)
	}
	mask := s.Greater(x, s.num(0))
	s.give(0, func() *graph.Output { return s.Select(mask, s.g(), s.Mul(s.g(), wide)) })
	if s.wants(1) {
		g := s.Select(mask, s.num(0), s.Mul(s.g(), x))
		s.down[1] = s.reshaped(s.sumTo(g, s.y(0).Shape, wide), slope)
	}
}

// fromElu: α·e^x is the value plus α.
func fromElu(s *step) {
	s.give(0, func() *graph.Output {
		return s.Select(s.Greater(s.x(0), s.num(0)), s.g(), s.Mul(s.g(), s.Add(s.y(0), s.num(s.float("alpha", 1)))))
	})
}

// fromSelu: λx where x is positive, else λα(e^x−1).
func fromSelu(s *step) {
	x, y, alpha, lambda := s.x(0), s.y(0), s.x(1), s.x(2)
	positive := s.Greater(x, s.num(0))
	s.give(0, func() *graph.Output {
		return s.Mul(s.g(), s.Select(positive, lambda, s.Add(y, s.Mul(lambda, alpha))))
	})
	s.give(1, func() *graph.Output {
		return s.Mul(s.g(), s.Select(positive, s.num(0), s.Mul(lambda, s.Sub(s.Exp(x), s.num(1)))))
	})
	s.give(2, func() *graph.Output {
		return s.Mul(s.g(), s.Select(positive, x, s.Mul(alpha, s.Sub(s.Exp(x), s.num(1)))))
	})
}

// fromSwish: y = x·σ(βx), whose derivative by x is σ + βy(1−σ), and that by β
// is xy(1−σ).
func fromSwish(s *step) {
	if len(s.wanted) == 1 {
		x := s.again(s.x(0))
		sigmoid := s.Sigmoid(x)
		s.give(0, func() *graph.Output {
			slope := s.Add(s.num(1), s.Mul(x, s.Sub(s.num(1), sigmoid)))
			return s.Mul(s.g(), s.Mul(sigmoid, slope))
		})
		return
	}
	x, y, beta := s.x(0), s.y(0), s.x(1)
	sigmoid := s.Sigmoid(s.Mul(x, beta))
	rest := s.Mul(y, s.Sub(s.num(1), sigmoid))
	s.give(0, func() *graph.Output { return s.Mul(s.g(), s.Add(sigmoid, s.Mul(rest, beta))) })
	s.give(1, func() *graph.Output { return s.Mul(s.g(), s.Mul(rest, x)) })
}

// inside is where x lies between two numbers, which belong to it.
func (s *step) inside(x, low, high *graph.Output) *graph.Output {
	return s.And(s.GreaterEqual(x, low), s.LessEqual(x, high))
}

// fromClamp: the limits belong to where it is level.
func fromClamp(s *step) {
	s.give(0, func() *graph.Output {
		low, high := s.num(s.float("min", 0)), s.num(s.float("max", 0))
		return s.Select(s.And(s.Greater(s.x(0), low), s.Less(s.x(0), high)), s.g(), s.num(0))
	})
}

// fromHSigmoid looks at x for where it is level: the value there is not always
// exactly 0 or 1.
func fromHSigmoid(s *step) {
	s.give(0, func() *graph.Output {
		mask := s.And(s.Greater(s.x(0), s.num(-3)), s.Less(s.x(0), s.num(3)))
		return s.Select(mask, s.Mul(s.g(), s.num(1./6)), s.num(0))
	})
}

func fromHardSigmoid(s *step) {
	x, alpha, beta := s.x(0), s.x(1), s.x(2)
	line := s.Add(s.Mul(x, alpha), beta)
	g := s.Select(s.And(s.Greater(line, s.num(0)), s.Less(line, s.num(1))), s.g(), s.num(0))
	s.give(0, func() *graph.Output { return s.Mul(g, alpha) })
	s.give(1, func() *graph.Output { return s.Mul(g, x) })
	s.give(2, func() *graph.Output { return g })
}

// fromFakeQuantize passes the gradient straight through, as if nothing was
// rounded: where x lies between its limits, the output rises with it.
func fromFakeQuantize(s *step) {
	s.constants(1, "the limits of a quantisation")
	low, high := s.x(1), s.x(2)
	s.give(0, func() *graph.Output {
		g := s.g()
		if s.x(3) != low || s.x(4) != high {
			g = s.Mul(g, s.Div(s.Sub(s.x(4), s.x(3)), s.Sub(high, low)))
		}
		return s.Select(s.inside(s.x(0), low, high), g, s.num(0))
	})
}

func softSignSlope(s *step, x, y *graph.Output) *graph.Output {
	d := s.Add(s.num(1), s.Abs(x))
	return s.Div(s.num(1), s.Mul(d, d))
}

func mishSlope(s *step, x, y *graph.Output) *graph.Output {
	t := s.Tanh(s.SoftPlus(x))
	return s.Add(t, s.Mul(s.Mul(x, s.Sigmoid(x)), s.Sub(s.num(1), s.Mul(t, t))))
}

func hSwishSlope(s *step, x, y *graph.Output) *graph.Output {
	middle := s.Add(s.Mul(x, s.num(1./3)), s.num(0.5))
	return s.Select(s.LessEqual(x, s.num(-3)), s.num(0), s.Select(s.GreaterEqual(x, s.num(3)), s.num(1), middle))
}

// geluSlope: Φ(x) + x·φ(x), or the derivative of the approximation with tanh.
func geluSlope(s *step, x, y *graph.Output) *graph.Output {
	square := s.Mul(x, x)
	if strings.EqualFold(s.text("approximation_mode", "ERF"), "TANH") {
		const c = 0.044715
		k := math.Sqrt(2 / math.Pi)
		t := s.Tanh(s.Mul(s.Mul(s.num(k), x), s.Add(s.num(1), s.Mul(s.num(c), square))))
		inner := s.Mul(s.num(k/2), s.Add(s.num(1), s.Mul(s.num(3*c), square)))
		return s.Add(s.Add(s.num(0.5), s.Mul(s.num(0.5), t)), s.Mul(s.Mul(x, s.Sub(s.num(1), s.Mul(t, t))), inner))
	}
	cdf := s.Add(s.num(0.5), s.Mul(s.num(0.5), s.Erf(s.Mul(x, s.num(math.Sqrt2/2)))))
	pdf := s.Mul(s.num(1/math.Sqrt(2*math.Pi)), s.Exp(s.Mul(s.num(-0.5), square)))
	return s.Add(cdf, s.Mul(x, pdf))
}

func fromSoftmax(s *step) {
	axis := s.int("axis", 1)
	s.give(0, func() *graph.Output {
		gy := s.Mul(s.g(), s.y(0))
		return s.Sub(gy, s.Mul(s.y(0), s.Sum(gy, true, axis)))
	})
}

func fromLogSoftmax(s *step) {
	axis := s.int("axis", 1)
	s.give(0, func() *graph.Output {
		return s.Sub(s.g(), s.Mul(s.Exp(s.y(0)), s.Sum(s.g(), true, axis)))
	})
}
