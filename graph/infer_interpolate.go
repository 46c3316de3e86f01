package graph

func inferInterpolate(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	if !in.Ranked() {
		return one(t, in)
	}
	asked, scales := 1, x.text("shape_calculation_mode", "sizes") == "scales"
	if version := opset(x.n.Version); scales && version > 0 && version < 11 {
		asked = 2
	}
	axes, ok := x.interpolated(len(in))
	if !ok {
		return one(t, dims(len(in)))
	}
	s, end := in.Clone(), x.padded("pads_end", len(in))
	for i, n := range x.padded("pads_begin", len(in)) {
		if s[i] >= 0 {
			s[i] = x.plus(s[i], n+end[i])
		}
	}
	for k, a := range axes {
		i := x.axis(a, len(in))
		s[i] = x.scaled(s[i], asked, k, scales)
	}
	return one(t, s)
}

// interpolated are the dimensions that change their size, false where they are
// not known. Once they were an attribute.
func (x *inference) interpolated(rank int) ([]int64, bool) {
	at := 2
	switch version := opset(x.n.Version); {
	case version > 0 && version < 4:
		list, err := x.n.Attrs.Ints("axes")
		if err != nil {
			x.fail("%w", err)
		}
		return list, true
	case version > 0 && version < 11:
		at = 3
	}
	if x.has(at) {
		return x.all(at)
	}
	list := make([]int64, rank)
	for i := range list {
		list[i] = int64(i)
	}
	return list, true
}

// padded is a list of paddings, which may be shorter than the shape.
func (x *inference) padded(name string, rank int) []int64 {
	list := make([]int64, rank)
	v, _ := x.n.Attrs.Ints(name) // there may be none
	for _, n := range v {
		if n < 0 || n > maxWindow {
			x.fail("%s has %d, where at most %d can be", name, n, int64(maxWindow))
		}
	}
	copy(list, v)
	return list
}

// scaled is a dimension in the size that value k of an input asks for.
func (x *inference) scaled(d int64, input, k int, scales bool) int64 {
	if !scales {
		v, ok := x.known(input)
		if !ok || k >= len(v) || v[k] == Unknown {
			return -1
		}
		return v[k]
	}
	v, ok := x.n.Source(input).KnownFloats()
	if !ok || k >= len(v) || d < 0 {
		return -1
	}
	size := float32(d) * (float32(v[k]) + 1e-6)
	if !(size >= 0 && size <= MaxDimension) {
		x.fail("a dimension of %d, scaled by %v", d, v[k])
	}
	return int64(size)
}
