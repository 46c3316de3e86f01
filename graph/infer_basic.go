package graph

import "math"

// likeFirst is the rule of operations whose output is like their first input.
func likeFirst(x *inference) []tensor { return one(x.element(0), x.shape(0)) }

func inferParameter(x *inference) []tensor {
	s, err := x.n.Attrs.Shape("shape")
	if err != nil {
		x.fail("%w", err)
	}
	return one(x.typ("element_type", Dynamic), s)
}

func inferConst(x *inference) []tensor { return inferParameter(x) }

func inferConvert(x *inference) []tensor {
	return one(x.typ("destination_type", Dynamic), x.shape(0))
}

func inferShapeOf(x *inference) []tensor {
	rank := int64(-1)
	if s := x.shape(0); s.Ranked() {
		rank = int64(len(s))
	}
	return one(x.typ("output_type", I64), Shape{rank})
}

func inferNonZero(x *inference) []tensor {
	s := Shape{-1, -1}
	if in := x.shape(0); in.Ranked() {
		s[0] = int64(len(in))
	}
	return one(x.typ("output_type", I64), s)
}

func inferReadValue(x *inference) []tensor {
	if _, ok := x.n.Attrs.Get("variable_shape"); !ok { // before opset6: like its first value
		return likeFirst(x)
	}
	s, err := x.n.Attrs.Shape("variable_shape")
	if err != nil {
		x.fail("%w", err)
	}
	t := x.typ("variable_type", Dynamic)
	if x.has(0) {
		if !x.shape(0).Agrees(s) || x.element(0) != t && x.element(0) != Dynamic && t != Dynamic {
			x.fail("the first value is %s, the variable %s [%s]", x.n.Source(0), t, s)
		}
	}
	return one(t, s)
}

// narrow is what is known when a tensor has both shapes, which agree.
func narrow(a, b Shape) Shape {
	if !a.Ranked() {
		return b
	}
	if !b.Ranked() || len(a) != len(b) {
		return a
	}
	s := a.Clone()
	for i := range s {
		s[i] = max(s[i], b[i])
	}
	return s
}

func inferRange(x *inference) []tensor {
	t := x.typ("output_type", x.element(0))
	var v [3]int64
	for i := range v {
		list, ok := []int64(nil), false
		if x.element(i).IsInteger() {
			list, ok = x.all(i)
		}
		if !ok || len(list) != 1 {
			x.realRange(t)
			return one(t, Shape{-1})
		}
		v[i] = list[0]
	}
	start, stop, step := v[0], v[1], v[2]
	if step == 0 {
		x.fail("a range in steps of 0")
	}
	if stop == start || (step > 0) != (stop > start) {
		return one(t, Shape{0})
	}
	// The distance may be too large for an int64, but not for a uint64.
	distance, stride := uint64(stop)-uint64(start), uint64(step)
	if step < 0 {
		distance, stride = -distance, -stride
	}
	return one(t, Shape{int64(min((distance-1)/stride+1, math.MaxInt64))})
}

// realRange checks a range of numbers with a fraction, where they are known: the
// runtime makes it, but how many rounding leaves of them is not for us to say.
func (x *inference) realRange(t ElementType) {
	var v [3]float64
	for i := range v {
		list, ok := x.n.Source(i).KnownFloats()
		if !ok || len(list) != 1 {
			return
		}
		v[i] = list[0]
	}
	n := (v[1] - v[0]) / v[2]
	if !(n <= MaxDimension) {
		x.fail("a range of %v numbers", n)
	}
	x.tensorSize(0, t, Shape{int64(max(n, 0))})
}

func inferRandom(x *inference) []tensor {
	return one(x.typ("output_type", F32), x.shapeFrom(0))
}

// shapeFrom is the shape that an input asks for.
func (x *inference) shapeFrom(i int) Shape {
	v, ok := x.known(i)
	if !ok {
		if s := x.shape(i); s.Ranked() && len(s) == 1 && s[0] >= 0 && s[0] <= maxKnown {
			return dims(int(s[0]))
		}
		return Unranked()
	}
	s := make(Shape, len(v))
	for k, d := range v {
		if s[k] = d; d == Unknown {
			s[k] = -1
		} else if d < 0 {
			x.fail("input %d asks for the dimension %d", i, d)
		}
	}
	return s
}
