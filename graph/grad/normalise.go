package grad

import (
	"slices"
	"strings"

	"datum/graph"
)

// fromBatchNorm: γ(x−mean)/√(variance+ε)+β, with statistics that are given.
func fromBatchNorm(s *step) {
	if s.node.Version == "opset1" {
		s.refuse("BatchNormInference of opset1, whose inputs come in another order")
	}
	x, gamma, g := s.x(0), s.x(1), s.g()
	shape, axes := slices.Repeat([]int64{1}, s.rank(x)), []int64{0}
	shape[1] = -1
	for i := 2; i < len(shape); i++ {
		axes = append(axes, int64(i))
	}
	wide := func(o *graph.Output) *graph.Output { return s.Reshape(o, shape...) }
	inverse := s.Div(s.num(1), s.Sqrt(s.Add(s.x(4), s.num(s.float("epsilon", 0)))))
	scale := s.Mul(gamma, inverse)
	s.give1(0, s.Mul(g, wide(scale)))
	if !slices.Contains(s.wanted[1:], true) {
		return
	}
	sum := s.Sum(g, false, axes...)
	s.give1(2, sum)
	s.give1(3, s.Neg(s.Mul(sum, scale)))
	if s.wants(1) || s.wants(4) {
		moment := s.Mul(s.Sum(s.Mul(g, s.Sub(x, wide(s.x(3)))), false, axes...), inverse)
		s.give1(1, moment)
		s.give1(4, s.Mul(s.num(-0.5), s.Mul(s.Mul(moment, scale), inverse)))
	}
}

// mvnAxes are the dimensions over which MVN takes its mean.
func (s *step) mvnAxes() []int64 {
	rank := s.rank(s.x(0))
	if s.node.Source(1) != nil {
		return s.axes(1, rank)
	}
	first := int64(2)
	if s.truth("across_channels", false) {
		first = 1
	}
	var axes []int64
	for a := first; a < int64(rank); a++ {
		axes = append(axes, a)
	}
	return axes
}

// fromMVN: y = (x−mean)/σ, whose gradient is that of y without its mean and
// without its part along y, divided by σ.
func fromMVN(s *step) {
	x, g, axes := s.x(0), s.g(), s.mvnAxes()
	g = s.Sub(g, s.Mean(g, true, axes...))
	if !s.truth("normalize_variance", true) {
		s.give1(0, g)
		return
	}
	eps := s.num(s.float("eps", 0))
	centred := s.Sub(x, s.Mean(x, true, axes...))
	variance := s.Mean(s.Mul(centred, centred), true, axes...)
	along := s.Mean(s.Mul(s.g(), s.y(0)), true, axes...)
	if strings.EqualFold(s.text("eps_mode", "INSIDE_SQRT"), "OUTSIDE_SQRT") {
		// Where all is the same, the deviation has no slope, and is taken as level.
		deviation := s.Sqrt(variance)
		level := s.Equal(variance, s.num(0))
		direction := s.Div(centred, s.Select(level, s.num(1), deviation))
		g = s.Sub(g, s.Mul(direction, along))
		s.give1(0, s.Div(g, s.Add(deviation, eps)))
		return
	}
	g = s.Sub(g, s.Mul(s.y(0), along))
	s.give1(0, s.Div(g, s.Sqrt(s.Add(variance, eps))))
}

// fromNormalizeL2: y = x/‖x‖, where ε is added to the square of the length or
// is the least that it may be.
func fromNormalizeL2(s *step) {
	x, g, axes := s.x(0), s.g(), s.axes(1, s.rank(s.x(0)))
	if len(axes) == 0 {
		s.refuse("NormalizeL2 over no axes")
	}
	square, eps := s.Sum(s.Mul(x, x), true, axes...), s.num(s.float("eps", 0))
	along := s.Mul(s.y(0), s.Sum(s.Mul(g, s.y(0)), true, axes...))
	if strings.EqualFold(s.text("eps_mode", "add"), "max") {
		along = s.Select(s.Greater(square, eps), along, s.num(0))
		square = s.Maximum(square, eps)
	} else {
		square = s.Add(square, eps)
	}
	s.give1(0, s.Div(s.Sub(g, along), s.Sqrt(square)))
}
