package graph

// broadcast is the shape of two tensors that are computed with element by
// element.
func (x *inference) broadcast(a, b Shape) Shape {
	if !a.Ranked() || !b.Ranked() {
		return Unranked()
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	s, lead := a.Clone(), len(a)-len(b)
	for i, q := range b {
		switch p := s[lead+i]; {
		case p == q || q == 1:
		case p == 1:
			s[lead+i] = q
		case p < 0:
			// Where one is not known and the other is not 1, it is the other.
			s[lead+i] = q
		case q < 0:
		default:
			x.fail("shapes [%s] and [%s], which cannot be computed with element by element", a, b)
		}
	}
	return s
}

// pair is the shape of the first two inputs together.
func (x *inference) pair() Shape {
	switch how := x.text("auto_broadcast", "numpy"); how {
	case "numpy":
		return x.broadcast(x.shape(0), x.shape(1))
	case "none":
		if !x.shape(0).Agrees(x.shape(1)) {
			x.fail("shapes [%s] and [%s], which differ", x.shape(0), x.shape(1))
		}
		return narrow(x.shape(0), x.shape(1))
	case "pdpd":
		return x.shape(0)
	default:
		x.fail("auto_broadcast=%q", how)
		return x.shape(0)
	}
}

func inferBinary(x *inference) []tensor {
	t := x.same(0, 1)
	if t == Boolean || t == String {
		x.fail("%s numbers", t)
	}
	return one(t, x.pair())
}

func inferComparison(x *inference) []tensor {
	t := x.same(0, 1)
	if x.n.Is("LogicalAnd", "LogicalOr", "LogicalXor") && t != Boolean && t != Dynamic {
		x.fail("%s where truth values are wanted", t)
	}
	return one(Boolean, x.pair())
}

func inferPRelu(x *inference) []tensor {
	x.same(0, 1)
	return likeFirst(x)
}

func inferSelect(x *inference) []tensor {
	if t := x.element(0); t != Boolean && t != Dynamic {
		x.fail("the condition is %s, and not boolean", t)
	}
	t := x.same(1, 2)
	if x.text("auto_broadcast", "numpy") == "none" {
		return one(t, narrow(x.shape(1), x.shape(2)))
	}
	return one(t, x.broadcast(x.broadcast(x.shape(1), x.shape(2)), x.shape(0)))
}

func inferFakeQuantize(x *inference) []tensor {
	t := x.same(0, 1, 2, 3, 4)
	s := x.shape(0)
	for i := 1; i < 5; i++ {
		s = x.broadcast(s, x.shape(i))
	}
	if n := x.int("levels", 0); n < 2 {
		x.fail("levels=%d", n)
	}
	return one(t, s)
}
