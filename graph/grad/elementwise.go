package grad

import (
	"math"

	"datum/graph"
)

// together checks how two tensors are computed with: only as numpy does, or
// not repeated at all.
func (s *step) together() {
	if how := s.text("auto_broadcast", "numpy"); how != "numpy" && how != "none" {
		s.refuse("auto_broadcast=%q", how)
	}
}

func fromAdd(s *step) {
	s.together()
	s.give(0, s.g)
	s.give(1, s.g)
}

func fromSubtract(s *step) {
	s.together()
	s.give(0, s.g)
	s.give(1, func() *graph.Output { return s.Neg(s.g()) })
}

func fromMultiply(s *step) {
	s.together()
	if s.x(0) == s.x(1) { // a square
		s.give(0, func() *graph.Output { return s.Mul(s.Mul(s.g(), s.num(2)), s.x(0)) })
		return
	}
	s.give(0, func() *graph.Output { return s.Mul(s.g(), s.x(1)) })
	s.give(1, func() *graph.Output { return s.Mul(s.g(), s.x(0)) })
}

func fromDivide(s *step) {
	s.together()
	q := s.Div(s.g(), s.x(1))
	s.give(0, func() *graph.Output { return q })
	s.give(1, func() *graph.Output { return s.Neg(s.Mul(q, s.y(0))) })
}

// fromPower: the derivative of x^p by x is p·x^(p−1), that by p is x^p·log x.
func fromPower(s *step) {
	s.together()
	s.give(0, func() *graph.Output { return s.Mul(s.g(), s.powerSlope(s.x(0), s.x(1))) })
	s.give(1, func() *graph.Output {
		log := s.Select(s.Equal(s.x(0), s.num(0)), s.num(0), s.Log(s.x(0)))
		return s.Mul(s.g(), s.Mul(s.y(0), log))
	})
}

func (s *step) powerSlope(x, p *graph.Output) *graph.Output {
	v, ok := p.KnownFloats()
	switch {
	case ok && len(v) == 1 && v[0] == 2:
		return s.Mul(x, s.num(2))
	case ok && len(v) == 1 && v[0] == 1:
		return s.num(1)
	case ok && len(v) == 1 && v[0] != 0:
		return s.Mul(s.num(v[0]), s.Pow(x, s.num(v[0]-1)))
	}
	// x^−1 is infinite at 0, and 0 times that is no number.
	slope := s.Mul(p, s.Pow(x, s.Sub(p, s.num(1))))
	return s.Select(s.Equal(p, s.num(0)), s.num(0), slope)
}

// fromExtremum: the greater of two takes all of the gradient, the first one
// where they are the same.
func fromExtremum(s *step) {
	s.together()
	first := s.GreaterEqual
	if s.node.Type == "Minimum" {
		first = s.LessEqual
	}
	mask := first(s.x(0), s.x(1))
	s.give(0, func() *graph.Output { return s.Select(mask, s.g(), s.num(0)) })
	s.give(1, func() *graph.Output { return s.Select(mask, s.num(0), s.g()) })
}

func fromSquaredDifference(s *step) {
	s.together()
	d := s.Mul(s.Mul(s.g(), s.num(2)), s.Sub(s.x(0), s.x(1)))
	s.give(0, func() *graph.Output { return d })
	s.give(1, func() *graph.Output { return s.Neg(d) })
}

// fromMod: what is left of x/y is x minus a whole number of y.
func fromMod(s *step) {
	s.together()
	s.give(0, s.g)
	s.give(1, func() *graph.Output {
		times := s.Round(s.Div(s.Sub(s.x(0), s.y(0)), s.x(1)))
		return s.Neg(s.Mul(s.g(), times))
	})
}

func fromSelect(s *step) {
	s.together()
	s.give(1, func() *graph.Output { return s.Select(s.x(0), s.g(), s.num(0)) })
	s.give(2, func() *graph.Output { return s.Select(s.x(0), s.num(0), s.g()) })
}

func fromConvert(s *step) {
	s.give1(0, s.Convert(s.g(), s.x(0).Element))
}

func fromNegative(s *step) { s.give1(0, s.Neg(s.g())) }

// A derivative is that of a function of one number, from its argument and its
// value.
type derivative func(s *step, x, y *graph.Output) *graph.Output

// derivatives are those of the functions that need no attribute.
func derivatives() map[string]derivative {
	return map[string]derivative{
		"Exp":  func(s *step, x, y *graph.Output) *graph.Output { return y },
		"Log":  func(s *step, x, y *graph.Output) *graph.Output { return s.Div(s.num(1), x) },
		"Sqrt": func(s *step, x, y *graph.Output) *graph.Output { return s.Div(s.num(0.5), y) },
		"Abs":  func(s *step, x, y *graph.Output) *graph.Output { return s.Sign(x) },
		"Sin":  func(s *step, x, y *graph.Output) *graph.Output { return s.Cos(x) },
		"Cos":  func(s *step, x, y *graph.Output) *graph.Output { return s.Neg(s.Sin(x)) },
		"Tan":  func(s *step, x, y *graph.Output) *graph.Output { return s.Add(s.num(1), s.Mul(y, y)) },
		"Erf": func(s *step, x, y *graph.Output) *graph.Output {
			return s.Mul(s.num(2/math.SqrtPi), s.Exp(s.Neg(s.Mul(x, x))))
		},
		"Sinh": func(s *step, x, y *graph.Output) *graph.Output {
			return s.Mul(s.num(0.5), s.Add(s.Exp(x), s.Exp(s.Neg(x))))
		},
		"Cosh": func(s *step, x, y *graph.Output) *graph.Output {
			return s.Mul(s.num(0.5), s.Sub(s.Exp(x), s.Exp(s.Neg(x))))
		},
		"Atan":  func(s *step, x, y *graph.Output) *graph.Output { return s.Div(s.num(1), s.Add(s.num(1), s.Mul(x, x))) },
		"Atanh": func(s *step, x, y *graph.Output) *graph.Output { return s.Div(s.num(1), s.Sub(s.num(1), s.Mul(x, x))) },
		"Asin": func(s *step, x, y *graph.Output) *graph.Output {
			return s.Div(s.num(1), s.Sqrt(s.Sub(s.num(1), s.Mul(x, x))))
		},
		"Acos": func(s *step, x, y *graph.Output) *graph.Output {
			return s.Div(s.num(-1), s.Sqrt(s.Sub(s.num(1), s.Mul(x, x))))
		},
		"Asinh": func(s *step, x, y *graph.Output) *graph.Output {
			return s.Div(s.num(1), s.Sqrt(s.Add(s.Mul(x, x), s.num(1))))
		},
		"Acosh": func(s *step, x, y *graph.Output) *graph.Output {
			return s.Div(s.num(1), s.Sqrt(s.Sub(s.Mul(x, x), s.num(1))))
		},
		"Sigmoid":  func(s *step, x, y *graph.Output) *graph.Output { return s.Mul(y, s.Sub(s.num(1), y)) },
		"Tanh":     func(s *step, x, y *graph.Output) *graph.Output { return s.Sub(s.num(1), s.Mul(y, y)) },
		"SoftPlus": func(s *step, x, y *graph.Output) *graph.Output { return s.Sigmoid(x) },
		"SoftSign": softSignSlope,
		"Mish":     mishSlope,
		"HSwish":   hSwishSlope,
		"Gelu":     geluSlope,
	}
}
