package grad

import "datum/graph"

// A reduction is what a reduction was over, and its value and gradient with
// the dimensions that it dropped as 1.
type reduction struct {
	axes []int64
	y, g *graph.Output
}

func (s *step) reduction() reduction {
	r := reduction{axes: s.axes(1, s.rank(s.x(0)))}
	r.y, r.g = s.widened(s.y(0)), s.widened(s.g())
	return r
}

// widened is a tensor in the shape of the value of a reduction with the dimensions that
// it dropped.
func (s *step) widened(o *graph.Output) *graph.Output {
	if axes := s.axes(1, s.rank(s.x(0))); !s.truth("keep_dims", false) && len(axes) > 0 {
		return s.Unsqueeze(o, axes...)
	}
	return o
}

func fromSum(s *step) { s.give1(0, s.widened(s.g())) }

func fromMean(s *step) {
	count := s.count(s.x(0), s.axes(1, s.rank(s.x(0))))
	s.give1(0, s.widened(s.Div(s.g(), count)))
}

// fromGreatest divides the gradient among all that are the greatest (or least).
func fromGreatest(s *step) {
	r := s.reduction()
	mask := s.Equal(s.x(0), r.y)
	count := s.Sum(s.Convert(mask, s.x(0).Element), true, r.axes...)
	s.give1(0, s.Select(mask, s.Div(r.g, count), s.num(0)))
}

// fromProduct: the product of all the others, which is that of all divided by
// one unless there are zeros among them.
func fromProduct(s *step) {
	r, x := s.reduction(), s.x(0)
	isZero := s.Equal(x, s.num(0))
	zeros := s.Sum(s.Convert(isZero, x.Element), true, r.axes...)
	rest := s.Select(isZero, s.num(1), x)
	product := s.Mul(r.g, s.Reduce("ReduceProd", rest, true, r.axes...))
	ofZero := s.Select(s.Equal(zeros, s.num(1)), product, s.num(0))
	ofOthers := s.Select(s.Equal(zeros, s.num(0)), s.Div(product, rest), s.num(0))
	s.give1(0, s.Select(isZero, ofZero, ofOthers))
}

func fromL1(s *step) {
	s.give1(0, s.Mul(s.reduction().g, s.Sign(s.x(0))))
}

// fromL2: the length has no slope at zero, where it is taken as level. Its quotient is
// computed in the shape of the value: what OpenVINO fuses with the product is computed
// for each element.
func fromL2(s *step) {
	level := s.Equal(s.y(0), s.num(0))
	s.give1(0, s.Mul(s.x(0), s.widened(s.Select(level, s.num(0), s.Div(s.g(), s.y(0))))))
}

func fromCumSum(s *step) {
	axis := int64(0)
	if s.node.Source(1) != nil {
		axis = s.axes(1, s.rank(s.x(0)))[0]
	}
	s.give1(0, s.CumSum(s.g(), axis, s.truth("exclusive", false), !s.truth("reverse", false)))
}
