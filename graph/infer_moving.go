package graph

func inferConcat(x *inference) []tensor {
	all := make([]int, len(x.n.inputs))
	for i := range all {
		all[i] = i
	}
	t := x.same(all...)
	s, sum := Shape(nil), int64(0)
	for i := range all {
		in := x.shape(i)
		if !in.Ranked() {
			return one(t, Unranked())
		}
		a := x.axis(x.int("axis", 0), len(in))
		if x.err != nil {
			return one(t, Unranked())
		}
		if s == nil {
			s, sum = in.Clone(), in[a]
			continue
		}
		if len(in) != len(s) {
			x.fail("[%s] joined with [%s]", in, s)
			return one(t, Unranked())
		}
		for k, d := range in {
			if k != a {
				s[k] = x.mergeDim(s[k], d)
			}
		}
		if sum < 0 || in[a] < 0 {
			sum = -1
		} else {
			sum += in[a]
		}
		s[a] = sum
	}
	return one(t, s)
}

func inferSplit(x *inference) []tensor {
	n := x.int("num_splits", 1)
	if n < 1 || n > many {
		x.fail("num_splits=%d", n)
		return nil
	}
	s := x.shape(0)
	if v, ok := x.all(1); s.Ranked() && ok && len(v) == 1 {
		a := x.axis(v[0], len(s))
		if x.err != nil {
			return nil
		}
		s = s.Clone()
		if s[a] >= 0 && s[a]%n != 0 {
			x.fail("a dimension of %d in %d equal parts", s[a], n)
		}
		if s[a] >= 0 {
			s[a] /= n
		}
	} else if s.Ranked() {
		s = dims(len(s))
	}
	return repeated(x.element(0), s, int(n))
}

func repeated(t ElementType, s Shape, n int) []tensor {
	list := make([]tensor, n)
	for i := range list {
		list[i] = tensor{t, s}
	}
	return list
}

func inferVariadicSplit(x *inference) []tensor {
	s := x.shape(0)
	lengths, ok := x.known(2)
	if !ok {
		if l := x.shape(2); !l.Ranked() || len(l) != 1 || l[0] < 0 || l[0] > many {
			return nil
		}
		lengths = make([]int64, x.shape(2)[0])
		for i := range lengths {
			lengths[i] = Unknown
		}
	}
	v, ok := x.all(1)
	if !ok || len(v) != 1 || !s.Ranked() {
		if s.Ranked() {
			s = dims(len(s))
		}
		return repeated(x.element(0), s, len(lengths))
	}
	a := x.axis(v[0], len(s))
	if x.err != nil {
		return nil
	}
	parts := x.parts(s[a], lengths)
	list := make([]tensor, len(parts))
	for i, d := range parts {
		p := s.Clone()
		p[a] = d
		list[i] = tensor{x.element(0), p}
	}
	return list
}

// parts are the lengths of the pieces of a dimension, of which one may be
// given as -1, the rest.
func (x *inference) parts(d int64, lengths []int64) []int64 {
	parts, sum, rest := make([]int64, len(lengths)), int64(0), -1
	known := true
	for i, n := range lengths {
		switch {
		case n == -1 && rest < 0:
			rest = i
		case n == Unknown:
			known = false
			n = -1
		case n < 0:
			x.fail("a piece of the length %d", n)
		default:
			sum += n
		}
		parts[i] = n
	}
	switch {
	case d < 0 || !known:
	case rest >= 0 && sum <= d:
		parts[rest] = d - sum
	case sum != d:
		x.fail("pieces of %d of a dimension of %d", sum, d)
	}
	return parts
}

func inferTranspose(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	order, ok := x.all(1)
	if !in.Ranked() {
		if ok && len(order) > 0 {
			return one(t, dims(len(order)))
		}
		return one(t, in)
	}
	if !ok {
		return one(t, dims(len(in)))
	}
	s := in.Clone()
	if len(order) == 0 {
		for i, d := range in {
			s[len(in)-1-i] = d
		}
		return one(t, s)
	}
	if len(order) != len(in) {
		x.fail("the order of %d dimensions for %d", len(order), len(in))
		return one(t, s)
	}
	seen := make([]bool, len(in))
	for i, o := range order {
		a := x.axis(o, len(in))
		if seen[a] {
			x.fail("dimension %d is there twice", a)
		}
		seen[a], s[i] = true, in[a]
	}
	return one(t, s)
}

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
			s[i], want = d, times(want, d)
		}
	}
	if !in.Ranked() {
		return one(t, s)
	}
	for i, d := range in {
		if !copied[i] {
			have = times(have, d)
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

func inferBroadcast(x *inference) []tensor {
	t, target := x.element(0), x.shapeFrom(1)
	if x.text("mode", "numpy") == "bidirectional" {
		return one(t, x.broadcast(x.shape(0), target))
	}
	if in := x.shape(0); x.text("mode", "numpy") == "numpy" && in.Ranked() && target.Ranked() {
		if len(in) > len(target) {
			x.fail("[%s] as [%s]", in, target)
		}
		for i := range min(len(in), len(target)) {
			if p, q := in[len(in)-1-i], target[len(target)-1-i]; p > 1 && q >= 0 && p != q {
				x.fail("[%s] as [%s]", in, target)
			}
		}
	}
	return one(t, target)
}

func inferTile(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	v, ok := x.known(1)
	if !ok || !in.Ranked() {
		return one(t, Unranked())
	}
	rank := max(len(in), len(v))
	s := make(Shape, rank)
	for i := range s {
		d, n := int64(1), int64(1)
		if k := i - (rank - len(in)); k >= 0 {
			d = in[k]
		}
		if k := i - (rank - len(v)); k >= 0 {
			n = v[k]
		}
		if s[i] = times(d, n); n < 0 && n != Unknown {
			s[i] = 0
		}
	}
	return one(t, s)
}

func inferPad(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	begin, ok1 := x.known(1)
	end, ok2 := x.known(2)
	if !in.Ranked() {
		return one(t, in)
	}
	if !ok1 || !ok2 {
		return one(t, dims(len(in)))
	}
	if len(begin) != len(in) || len(end) != len(in) {
		x.fail("padding of %d and %d dimensions for %d", len(begin), len(end), len(in))
		return one(t, in)
	}
	s := in.Clone()
	for i := range s {
		if begin[i] == Unknown || end[i] == Unknown || s[i] < 0 {
			s[i] = -1
		} else if s[i] += begin[i] + end[i]; s[i] < 0 {
			x.fail("nothing is left of dimension %d", i)
		}
	}
	return one(t, s)
}

func inferDepthToSpace(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	block := x.int("block_size", 1)
	if !in.Ranked() {
		return one(t, in)
	}
	if len(in) < 3 || block < 1 {
		x.fail("blocks of %d in [%s]", block, in)
		return one(t, in)
	}
	s, area := in.Clone(), int64(1)
	back := x.n.Type == "SpaceToDepth"
	for i := 2; i < len(s); i++ {
		area = times(area, block)
		if back {
			s[i] = x.divided(s[i], block)
		} else {
			s[i] = times(s[i], block)
		}
	}
	if back {
		s[1] = times(s[1], area)
	} else {
		s[1] = x.divided(s[1], area)
	}
	return one(t, s)
}

// divided is a dimension in parts of n.
func (x *inference) divided(d, n int64) int64 {
	if d < 0 || n < 1 {
		return -1
	}
	if d%n != 0 {
		x.fail("a dimension of %d in parts of %d", d, n)
	}
	return d / n
}
