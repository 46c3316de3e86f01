package grad

import (
	"slices"

	"datum/graph"
)

// fromGather adds up what every place was taken for.
func fromGather(s *step) {
	x, at, g := s.x(0), s.x(1), s.g()
	rank := s.rank(x)
	axis := s.axis(s.single(2), rank)
	batch := s.int("batch_dims", 0)
	if batch < 0 {
		batch += int64(s.rank(at))
	}
	if axis == 0 { // whole rows: no place has to be said for each element
		rows := s.static(x, 1)[1:]
		places := s.Reshape(at, -1, 1)
		s.give1(0, s.ScatterND(s.zeros(x), places, s.Reshape(g, slices.Concat([]int64{-1}, rows)...), "sum"))
		return
	}
	s.static(x, 0)
	s.static(at, 0)
	before, count := slices.Clone(x.Shape), int64(1)
	for i := range before {
		if i >= int(batch) {
			before[i] = 1
		}
	}
	for _, d := range at.Shape[batch:] {
		count *= d
	}
	whole := slices.Clone(x.Shape)
	before[axis], whole[axis] = count, count
	places := s.Broadcast(s.Reshape(at, before...), whole...)
	s.give1(0, s.ScatterElements(s.zeros(x), places, s.Reshape(g, whole...), int64(axis), "sum"))
}

func fromGatherElements(s *step) {
	s.give1(0, s.ScatterElements(s.zeros(s.x(0)), s.x(1), s.g(), s.int("axis", 0), "sum"))
}

// fromGatherND puts the place in the batch before each place, since what adds
// up has no batch.
func fromGatherND(s *step) {
	x, at, g := s.x(0), s.x(1), s.g()
	if batch := int(s.int("batch_dims", 0)); batch > 0 {
		shape := s.static(at, 0).Clone()
		shape[len(shape)-1] = 1
		var all []*graph.Output
		for i := range batch {
			line := slices.Repeat([]int64{1}, len(shape))
			line[i] = shape[i]
			numbers := make([]int64, shape[i])
			for n := range numbers {
				numbers[n] = int64(n)
			}
			all = append(all, s.Broadcast(s.Ints("", at.Element, line, numbers...), shape...))
		}
		at = s.Concat(-1, append(all, at)...)
		g = s.Reshape(g, slices.Concat(at.Shape[:len(at.Shape)-1], s.static(x, 0)[at.Shape[len(at.Shape)-1]:])...)
	}
	s.give1(0, s.ScatterND(s.zeros(x), at, g, "sum"))
}

// fromTopK puts the gradients of the values back where they came from.
func fromTopK(s *step) {
	s.give1(0, s.ScatterElements(s.zeros(s.x(0)), s.y(1), s.g(), s.int("axis", 0), "none"))
}

func fromOneHot(s *step) {
	g, t := s.g(), s.y(0).Element
	hot := func(on, off float64) *graph.Output {
		mask := s.Add1("OneHot", slices.Clone(s.node.Attrs), s.x(0), s.x(1), s.Scalar(t, on), s.Scalar(t, off))
		all := make([]int64, s.rank(g))
		for i := range all {
			all[i] = int64(i)
		}
		return s.Sum(s.Mul(g, mask), false, all...)
	}
	if s.wants(2) {
		s.give1(2, hot(1, 0))
	}
	if s.wants(3) {
		s.give1(3, hot(0, 1))
	}
}

// Where several values are put at one place, which of them stays is not
// defined, and all of them get the gradient of the place.

func fromScatterUpdate(s *step) {
	at, g, axis := s.x(1), s.g(), s.single(3)
	if s.wants(0) {
		s.give1(0, s.ScatterUpdate(g, at, s.zeros(s.x(2)), axis))
	}
	if s.wants(2) {
		s.give1(2, s.Gather(g, at, axis))
	}
}

// A scatter puts values into a tensor, and takes from a tensor of its shape.
type scatter struct {
	put  func(x, values *graph.Output, reduction string) *graph.Output
	take func(x *graph.Output) *graph.Output
	// fresh says that what was at the places before does not count.
	fresh bool
}

func fromScatterElements(s *step) {
	at, axis := s.x(1), s.single(3)
	s.scattered(scatter{
		put: func(x, values *graph.Output, how string) *graph.Output {
			return s.ScatterElements(x, at, values, axis, how)
		},
		take:  func(x *graph.Output) *graph.Output { return s.GatherElements(x, at, int(axis)) },
		fresh: !s.truth("use_init_val", true),
	})
}

func fromScatterND(s *step) {
	at := s.x(1)
	s.scattered(scatter{
		put:  func(x, values *graph.Output, how string) *graph.Output { return s.ScatterND(x, at, values, how) },
		take: func(x *graph.Output) *graph.Output { return s.GatherND(x, at, 0) },
	})
}

// scattered is the rule for all kinds of reductions.
func (s *step) scattered(by scatter) {
	g, how := s.g(), s.text("reduction", "none")
	given := g
	switch how {
	case "none":
		by.fresh = true
	case "sum":
	case "sub":
		given = s.Neg(g)
	case "mean":
		ones := s.Add(s.zeros(s.x(0)), s.num(1))
		if by.fresh {
			s.refuse("a mean without what was there before")
		}
		g = s.Div(g, by.put(ones, s.Add(s.zeros(s.x(2)), s.num(1)), "sum"))
		given = g
	case "min", "max":
		s.extremes(by)
		return
	default:
		s.refuse("a reduction of the kind %q", how)
	}
	if s.wants(0) && by.fresh {
		s.give1(0, by.put(g, s.zeros(s.x(2)), "none"))
	} else {
		s.give1(0, g)
	}
	if s.wants(2) {
		s.give1(2, by.take(given))
	}
}

// extremes divides the gradient among all that are the greatest (or least) of
// their place.
func (s *step) extremes(by scatter) {
	if by.fresh {
		s.refuse("an extreme without what was there before")
	}
	t := s.y(0).Element
	old := s.Convert(s.Equal(s.x(0), s.y(0)), t)
	put := s.Convert(s.Equal(s.x(2), by.take(s.y(0))), t)
	share := s.Div(s.g(), s.Maximum(by.put(old, put, "sum"), s.num(1)))
	s.give1(0, s.Mul(old, share))
	if s.wants(2) {
		s.give1(2, s.Mul(put, by.take(share)))
	}
}
