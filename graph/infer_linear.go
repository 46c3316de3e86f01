package graph

func inferMatMul(x *inference) []tensor {
	t := x.same(0, 1)
	a, b := x.shape(0), x.shape(1)
	if !a.Ranked() || !b.Ranked() {
		return one(t, Unranked())
	}
	if len(a) == 0 || len(b) == 0 {
		x.fail("a product of a matrix with a single number")
		return one(t, Unranked())
	}
	a, b = turned(a, x.bool("transpose_a", false)), turned(b, x.bool("transpose_b", false))
	vectorA, vectorB := len(a) == 1, len(b) == 1
	if vectorA {
		a = Shape{1, a[0]}
	}
	if vectorB {
		b = Shape{b[0], 1}
	}
	n, k := len(a), len(b)
	if a[n-1] >= 0 && b[k-2] >= 0 && a[n-1] != b[k-2] {
		x.fail("a product of [%s] and [%s], whose inner dimensions are %d and %d", x.shape(0), x.shape(1), a[n-1], b[k-2])
	}
	s := x.broadcast(a[:n-2], b[:k-2])
	if !vectorA {
		s = append(s.Clone(), a[n-2])
	}
	if !vectorB {
		s = append(s.Clone(), b[k-1])
	}
	return one(t, s)
}

// turned is a shape with its last two dimensions exchanged, if it has two.
func turned(s Shape, turn bool) Shape {
	if !turn || len(s) < 2 {
		return s
	}
	s = s.Clone()
	n := len(s)
	s[n-1], s[n-2] = s[n-2], s[n-1]
	return s
}

// A window is how a filter or a pool goes over a tensor.
type window struct {
	strides, begin, end, dilations []int64
	autoPad                        string
}

func (x *inference) window(rank int, dilations string) window {
	w := window{
		strides: x.lengths("strides", rank, 1), begin: x.lengths("pads_begin", rank, 0), end: x.lengths("pads_end", rank, 0),
		dilations: x.lengths(dilations, rank, 1), autoPad: x.text("auto_pad", "explicit"),
	}
	for i := range rank {
		if w.strides[i] < 1 || w.dilations[i] < 1 {
			x.fail("strides and dilations below 1")
			w.strides[i], w.dilations[i] = 1, 1
		}
	}
	switch w.autoPad {
	case "explicit", "notset", "same_upper", "same_lower":
	case "valid":
		w.begin, w.end = make([]int64, rank), make([]int64, rank)
	default:
		x.fail("auto_pad=%q", w.autoPad)
	}
	return w
}

func (w *window) same() bool { return w.autoPad == "same_upper" || w.autoPad == "same_lower" }

// reach is how far a window of a size reaches.
func (x *inference) reach(w *window, i int, size int64) int64 {
	if size < 1 {
		return 1 - w.dilations[i]
	}
	return x.times(w.dilations[i], size-1) + 1
}

// over is the size of what a window gives of a dimension.
func (x *inference) over(w *window, i int, size, kernel int64, rounding string) int64 {
	if size < 0 || kernel < 0 {
		return -1
	}
	if w.same() {
		return (size + w.strides[i] - 1) / w.strides[i]
	}
	padded := size + w.begin[i] + w.end[i]
	rest := padded - x.reach(w, i, kernel)
	if rest < 0 {
		x.fail("a window of %d over a dimension of %d", x.reach(w, i, kernel), padded)
		return -1
	}
	if rounding == "floor" {
		return rest/w.strides[i] + 1
	}
	n := (rest+w.strides[i]-1)/w.strides[i] + 1
	if rounding == "ceil_torch" && (n-1)*w.strides[i] >= size+w.begin[i] {
		n--
	}
	return n
}

// filters splits the shape of filters into groups, what goes out, what comes
// in, and their size; going back, what comes in is first.
func (x *inference) filters(grouped, back bool, f Shape) (groups, out, in int64, size Shape) {
	groups = 1
	if grouped {
		groups, f = f[0], f[1:]
	}
	if back {
		return groups, f[1], f[0], f[2:]
	}
	return groups, f[0], f[1], f[2:]
}

// filtered has what convolutions in both directions have in common.
func (x *inference) filtered(back bool) (s Shape, spatial Shape, size Shape, ok bool) {
	in, f := x.shape(0), x.shape(1)
	grouped := x.n.Is("GroupConvolution", "GroupConvolutionBackpropData")
	if !in.Ranked() { // the filters say how many dimensions there are
		return x.ofFilters(f, grouped, back), nil, nil, false
	}
	rank := len(in)
	if rank < 3 {
		x.fail("input 0 has the shape [%s], and not at least 3 dimensions", in)
		return Unranked(), nil, nil, false
	}
	want := rank
	if grouped {
		want++
	}
	if !x.rank(1, want) {
		return dims(rank), nil, nil, false
	}
	groups, outputs, inputs, size := x.filters(grouped, back, f)
	if c := x.times(groups, inputs); c >= 0 && in[1] >= 0 && c != in[1] {
		x.fail("filters [%s] for %d channels over [%s]", f, c, in)
	}
	s = dims(rank)
	s[0], s[1] = in[0], x.times(groups, outputs)
	return s, in[2:], size, true
}

// ofFilters is the shape that follows from filters alone.
func (x *inference) ofFilters(f Shape, grouped, back bool) Shape {
	if !f.Ranked() || len(f) < 3 || grouped && len(f) < 4 {
		return Unranked()
	}
	groups, outputs, _, size := x.filters(grouped, back, f)
	s := dims(len(size) + 2)
	s[1] = x.times(groups, outputs)
	return s
}

func inferConvolution(x *inference) []tensor {
	t := x.same(0, 1)
	s, spatial, size, ok := x.filtered(false)
	if !ok {
		return one(t, s)
	}
	w := x.window(len(spatial), "dilations")
	for i, d := range spatial {
		s[2+i] = x.over(&w, i, d, size[i], "floor")
	}
	return one(t, s)
}

func inferDeconvolution(x *inference) []tensor {
	t := x.same(0, 1)
	s, spatial, size, ok := x.filtered(true)
	if !ok {
		return one(t, s)
	}
	if x.has(2) {
		want := x.shapeFrom(2)
		if want.Ranked() && len(want) == len(spatial) {
			copy(s[2:], want)
		} else if want.Ranked() {
			x.fail("an output of the shape [%s] for %d dimensions", want, len(spatial))
		}
		return one(t, s)
	}
	w := x.window(len(spatial), "dilations")
	if w.same() {
		w.begin, w.end = make([]int64, len(spatial)), make([]int64, len(spatial))
	}
	more := x.lengths("output_padding", len(spatial), 0)
	for i, d := range spatial {
		if d < 0 || size[i] < 0 {
			continue
		}
		span := -w.strides[i]
		if d > 0 {
			span = x.times(w.strides[i], d-1)
		}
		if s[2+i] = x.plus(span, x.reach(&w, i, size[i])) - w.begin[i] - w.end[i] + more[i]; s[2+i] < 1 {
			x.fail("nothing is left of dimension %d", 2+i)
		}
	}
	return one(t, s)
}

func inferPool(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	s := Unranked()
	if in.Ranked() && len(in) >= 3 {
		spatial := len(in) - 2
		w, kernel := x.window(spatial, "dilations"), x.lengths("kernel", spatial, 1)
		s = in.Clone()
		for i := range spatial {
			s[2+i] = x.over(&w, i, in[2+i], kernel[i], x.text("rounding_type", "floor"))
		}
	} else if in.Ranked() {
		x.fail("input 0 has the shape [%s], and not at least 3 dimensions", in)
	} else if kernel, err := x.n.Attrs.Ints("kernel"); err == nil {
		s = dims(len(kernel) + 2)
	}
	if x.n.Type == "AvgPool" || opset(x.n.Version) < 8 {
		return one(t, s)
	}
	return []tensor{{t, s}, {x.typ("index_element_type", I64), s}}
}

func inferPatches(x *inference) []tensor {
	s := x.shape(0)
	if !x.rank(0, 4) {
		return one(x.element(0), Unranked())
	}
	size := x.lengths("sizes", 2, 1)
	w := x.window(2, "rates")
	s = s.Clone()
	s[1] = x.times(s[1], x.times(size[0], size[1]))
	for i := range 2 {
		if w.autoPad == "valid" && s[2+i] >= 0 && s[2+i] < x.reach(&w, i, size[i]) {
			s[2+i] = 0
			continue
		}
		s[2+i] = x.over(&w, i, s[2+i], size[i], "floor")
	}
	return one(x.element(0), s)
}

func inferAttention(x *inference) []tensor {
	t := x.same(0, 1, 2)
	q, v := x.shape(0), x.shape(2)
	if !q.Ranked() || !v.Ranked() || len(q) < 2 || len(v) < 2 {
		return one(t, Unranked())
	}
	s := x.broadcast(q[:len(q)-2], v[:len(v)-2])
	return one(t, append(s.Clone(), q[len(q)-2], v[len(v)-1]))
}
