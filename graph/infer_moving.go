package graph

func inferConcat(x *inference) []tensor {
	all := make([]int, len(x.n.inputs))
	for i := range all {
		all[i] = i
	}
	t := x.same(all...)
	s, sum := Shape(nil), int64(0)
	a, unranked := 0, false
	for i := range all {
		in := x.shape(i)
		if !in.Ranked() {
			unranked = true
			continue
		}
		if a = x.axis(x.int("axis", 0), len(in)); s == nil {
			s, sum = in.Clone(), in[a]
			continue
		}
		if len(in) != len(s) {
			x.fail("[%s] joined with [%s]", in, s)
		}
		for k, d := range in {
			if k != a {
				s[k] = x.mergeDim(s[k], d)
			}
		}
		if sum = x.plus(sum, in[a]); in[a] < 0 || s[a] < 0 {
			sum = -1
		}
		s[a] = sum
	}
	if s == nil {
		return one(t, Unranked())
	}
	if unranked {
		s[a] = -1
	}
	return one(t, s)
}

// maxParts bounds what a tensor is split into.
const maxParts = 1 << 16

func inferSplit(x *inference) []tensor {
	n := x.int("num_splits", 1)
	if n < 1 || n > maxParts {
		x.fail("num_splits=%d", n)
		return nil
	}
	s := x.shape(0)
	if v, ok := x.all(1); s.Ranked() && ok && len(v) == 1 {
		a := x.axis(v[0], len(s))
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
		if l := x.shape(2); !l.Ranked() || len(l) != 1 || l[0] < 0 || l[0] > maxParts {
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
			sum = x.plus(sum, n)
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
	if l := x.shape(1); !ok && in.Ranked() && l.Ranked() && len(l) == 1 && l[0] >= 0 && l[0] <= maxKnown {
		return one(t, dims(max(len(in), int(l[0]))))
	}
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
		if s[i] = x.times(d, n); n < 0 && n != Unknown {
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
		} else if s[i] = x.plus(s[i], x.plus(begin[i], end[i])); s[i] < 0 {
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
		area = x.times(area, block)
		if back {
			s[i] = x.divided(s[i], block)
		} else {
			s[i] = x.times(s[i], block)
		}
	}
	if back {
		s[1] = x.times(s[1], area)
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
