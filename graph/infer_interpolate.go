package graph

import "slices"

func inferInterpolate(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	if !in.Ranked() {
		return one(t, in)
	}
	axesAt, asked := 2, 1
	scales := x.text("shape_calculation_mode", "sizes") == "scales"
	if opset(x.n.Version) < 11 {
		axesAt = 3
		if scales {
			asked = 2
		}
	}
	axes := make([]int64, len(in))
	for i := range axes {
		axes[i] = int64(i)
	}
	if x.has(axesAt) {
		list, ok := x.all(axesAt)
		if !ok {
			return one(t, dims(len(in)))
		}
		axes = list
	}
	s := in.Clone()
	for i, n := range x.padded("pads_begin", len(in)) {
		if s[i] >= 0 {
			s[i] += n + x.padded("pads_end", len(in))[i]
		}
	}
	for k, a := range axes {
		i := x.axis(a, len(in))
		s[i] = x.scaled(s[i], asked, k, scales)
	}
	return one(t, s)
}

// padded is a list of paddings, which may be shorter than the shape.
func (x *inference) padded(name string, rank int) []int64 {
	list := make([]int64, rank)
	if v, err := x.n.Attrs.Ints(name); err == nil {
		copy(list, slices.Clip(v))
	}
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
	return int64(float32(d) * (float32(v[k]) + 1e-6))
}
