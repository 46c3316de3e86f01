package graph

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
			return one(t, Shape{-1})
		}
		v[i] = list[0]
	}
	start, stop, step := v[0], v[1], v[2]
	if step == 0 {
		x.fail("a range in steps of 0")
		return one(t, Shape{-1})
	}
	return one(t, Shape{max(0, (stop-start+step-sign(step))/step)})
}

func sign(n int64) int64 {
	if n < 0 {
		return -1
	}
	return 1
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
