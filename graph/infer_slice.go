package graph

import "math"

// sliced is the length of what is taken of a dimension.
func (x *inference) sliced(d, start, stop, step int64) int64 {
	if step == 0 {
		x.fail("a slice in steps of 0")
		return -1
	}
	if d < 0 || start == Unknown || stop == Unknown || step == Unknown {
		return -1
	}
	n := clampStart(d, stop, step) - clampStart(d, start, step)
	if step < 0 {
		n, step = -n, max(-step, 1)
	}
	if n <= 0 {
		return 0
	}
	return (n-1)/step + 1
}

// clampStart is where a slice of a dimension begins or ends, counted from the
// end where it is negative.
func clampStart(d, v, step int64) int64 {
	low, high := int64(0), d
	if step < 0 {
		low, high = -1, d-1
	}
	if v < 0 {
		v = max(v, -math.MaxInt64) + d
	}
	return min(max(v, low), high)
}

func inferSlice(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	if !in.Ranked() {
		return one(t, in)
	}
	start, ok1 := x.known(1)
	stop, ok2 := x.known(2)
	step, ok3 := x.known(3)
	axes, ok4 := []int64(nil), true
	if x.has(4) {
		axes, ok4 = x.all(4)
	} else {
		for i := range start {
			axes = append(axes, int64(i))
		}
	}
	if !ok4 {
		return one(t, dims(len(in)))
	}
	s := in.Clone()
	if !ok1 || !ok2 || !ok3 {
		for _, a := range axes {
			s[x.axis(a, max(1, len(in)))] = -1
		}
		if axes == nil {
			s = dims(len(in))
		}
		return one(t, s)
	}
	if len(start) != len(axes) || len(stop) != len(axes) || len(step) != len(axes) {
		x.fail("%d starts, %d stops and %d steps for %d axes", len(start), len(stop), len(step), len(axes))
		return one(t, s)
	}
	seen := map[int]bool{}
	for k, a := range axes {
		i := x.axis(a, len(in))
		if x.err != nil || seen[i] {
			x.fail("the axis %d twice", i)
			break
		}
		seen[i] = true
		s[i] = x.sliced(in[i], start[k], stop[k], step[k])
	}
	return one(t, s)
}

// A strided slice is told what to do with each place of its lists by masks.
type slicer struct {
	begin, end, step                    []int64
	beginMask, endMask, newAxis, shrink []int64
	ellipsis                            []int64
}

func masked(mask []int64, i int) bool { return i < len(mask) && mask[i] == 1 }

func (x *inference) slicer() (s slicer, ok bool) {
	var ok1, ok2 bool
	s.begin, ok1 = x.known(1)
	s.end, ok2 = x.known(2)
	if x.has(3) {
		s.step, ok = x.known(3)
	} else {
		ok = true
		for range s.begin {
			s.step = append(s.step, 1)
		}
	}
	for name, list := range map[string]*[]int64{
		"begin_mask": &s.beginMask, "end_mask": &s.endMask, "new_axis_mask": &s.newAxis, "shrink_axis_mask": &s.shrink, "ellipsis_mask": &s.ellipsis,
	} {
		if _, there := x.n.Attrs.Get(name); there {
			v, err := x.n.Attrs.Ints(name)
			if err != nil {
				x.fail("%w", err)
			}
			*list = v
		}
	}
	return s, ok && ok1 && ok2 && len(s.begin) == len(s.end) && len(s.step) == len(s.begin)
}

func inferStridedSlice(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	sl, ok := x.slicer()
	if !ok || !in.Ranked() {
		return one(t, Unranked())
	}
	consumed := 0
	for i := range sl.begin {
		if !masked(sl.newAxis, i) && !masked(sl.ellipsis, i) {
			consumed++
		}
	}
	s, at := Shape{}, 0
	for i := range sl.begin {
		switch {
		case masked(sl.ellipsis, i):
			for ; at < len(in)-consumed; at++ {
				s = append(s, in[at])
			}
		case masked(sl.newAxis, i):
			s = append(s, 1)
		case at >= len(in):
			x.fail("more places than the %d dimensions of [%s]", len(in), in)
			return one(t, Unranked())
		default:
			if !masked(sl.shrink, i) {
				s = append(s, x.strided(&sl, i, in[at]))
			}
			at++
			consumed--
		}
	}
	return one(t, append(s, in[min(at, len(in)):]...))
}

// strided is the length of what place i of the lists takes of a dimension.
func (x *inference) strided(s *slicer, i int, d int64) int64 {
	start, stop := unmasked(s.beginMask[min(i, len(s.beginMask)):], s.endMask[min(i, len(s.endMask)):], s.begin[i], s.end[i], s.step[i])
	return x.sliced(d, start, stop, s.step[i])
}

// unmasked is where a slice begins and ends when masks say that it has all.
func unmasked(begin, end []int64, start, stop, step int64) (int64, int64) {
	if masked(begin, 0) {
		if start = 0; step < 0 {
			start = math.MaxInt64
		}
	}
	if masked(end, 0) {
		if stop = math.MaxInt64; step < 0 {
			stop = -math.MaxInt64
		}
	}
	return start, stop
}
