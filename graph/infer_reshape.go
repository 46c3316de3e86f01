package graph

func inferReshape(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	pattern, ok := x.known(1)
	if !ok {
		if s := x.shape(1); s.Ranked() && len(s) == 1 && s[0] >= 0 && s[0] <= maxKnown {
			return one(t, dims(int(s[0])))
		}
		return one(t, Unranked())
	}
	special := x.bool("special_zero", false)
	s, rest := make(Shape, len(pattern)), -1
	have, want := int64(1), int64(1) // what is not copied on either side
	copied := map[int]bool{}
	for i, d := range pattern {
		switch {
		case d == Unknown:
			s[i], want = -1, -1
		case d == 0 && special:
			if !in.Ranked() {
				s[i], want, have = -1, -1, -1
			} else if i >= len(in) {
				x.fail("dimension %d of [%s] does not exist", i, in)
			} else {
				s[i], copied[i] = in[i], true
			}
		case d == -1 && rest < 0:
			rest, s[i] = i, -1
		case d < 0:
			x.fail("the dimension %d", d)
		default:
			s[i], want = d, x.times(want, d)
		}
	}
	if !in.Ranked() {
		return one(t, s)
	}
	for i, d := range in {
		if !copied[i] {
			have = x.times(have, d)
		}
	}
	x.fill(s, rest, have, want, in)
	return one(t, s)
}

// fill finds the dimension that is left, and checks that nothing is lost.
func (x *inference) fill(s Shape, rest int, have, want int64, in Shape) {
	switch {
	case have < 0 || want < 0:
	case rest < 0 && have != want:
		x.fail("[%s] as [%s]", in, s)
	case rest >= 0 && want > 0 && have%want != 0:
		x.fail("[%s] as [%s]", in, s)
	case rest >= 0 && want > 0:
		s[rest] = have / want
	case rest >= 0:
		s[rest] = 0
	}
}

// axes are the values of an input as dimensions of a tensor, false where they
// are not known.
func (x *inference) axes(i, rank int) (map[int]bool, bool) {
	v, ok := x.all(i)
	if !ok {
		return nil, false
	}
	set := map[int]bool{}
	for _, a := range v {
		set[x.axis(a, rank)] = true
	}
	return set, true
}

func inferSqueeze(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	if !in.Ranked() {
		return one(t, in)
	}
	var axes map[int]bool
	if x.has(1) {
		v, ok := x.all(1)
		if !ok {
			return one(t, Unranked())
		}
		if len(v) > 0 {
			axes, _ = x.axes(1, len(in))
		}
	}
	s := Shape{}
	for i, d := range in {
		switch {
		case axes == nil && d < 0:
			return one(t, Unranked())
		case axes == nil && d == 1:
		case axes[i] && (d == 1 || d < 0):
		case axes[i]:
			if !x.bool("allow_axis_skip", false) {
				x.fail("dimension %d of [%s] is not 1", i, in)
			}
			s = append(s, d)
		default:
			s = append(s, d)
		}
	}
	return one(t, s)
}

func inferUnsqueeze(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	v, ok := x.all(1)
	if !ok || !in.Ranked() {
		return one(t, Unranked())
	}
	rank := len(in) + len(v)
	axes, _ := x.axes(1, rank)
	s, next := make(Shape, 0, rank), 0
	for i := range rank {
		if axes[i] {
			s = append(s, 1)
		} else if next < len(in) {
			s = append(s, in[next])
			next++
		}
	}
	if len(axes) != len(v) {
		x.fail("a new dimension twice")
	}
	return one(t, s)
}
