package graph

func inferGather(x *inference) []tensor {
	t, data, at := x.element(0), x.shape(0), x.shape(1)
	x.integer(1)
	v, ok := x.all(2)
	if !data.Ranked() || !at.Ranked() {
		return one(t, Unranked())
	}
	batch := x.int("batch_dims", 0)
	if batch < 0 {
		batch += int64(len(at))
	}
	if batch < 0 || batch > int64(len(at)) || batch > int64(len(data)) {
		x.fail("batch_dims=%d", batch)
		return one(t, Unranked())
	}
	if !ok || len(v) != 1 {
		return one(t, dims(len(data)+len(at)-1-int(batch)))
	}
	a := x.axis(v[0], len(data))
	if int64(a) < batch {
		x.fail("the axis %d lies in the batch", a)
		return one(t, Unranked())
	}
	x.inside(1, data[a])
	s := data[:a].Clone()
	for i := range int(batch) {
		s[i] = x.mergeDim(s[i], at[i])
	}
	s = append(s, at[batch:]...)
	return one(t, append(s, data[a+1:]...))
}

// inside checks that the values of an input, as far as they are known, are
// places of a dimension.
func (x *inference) inside(i int, d int64) {
	v, ok := x.known(i)
	if !ok || d < 0 {
		return
	}
	for _, n := range v {
		if n != Unknown && (n >= d || n < -d) {
			x.fail("the place %d of a dimension of %d", n, d)
		}
	}
}

func inferGatherElements(x *inference) []tensor {
	x.integer(1)
	if data, at := x.shape(0), x.shape(1); data.Ranked() && at.Ranked() {
		if len(data) != len(at) {
			x.fail("places of %d dimensions in a tensor of %d", len(at), len(data))
		} else {
			x.axis(x.int("axis", 0), len(data))
		}
	}
	return one(x.element(0), x.shape(1))
}

func inferGatherND(x *inference) []tensor {
	t, data, at := x.element(0), x.shape(0), x.shape(1)
	x.integer(1)
	batch := int(x.int("batch_dims", 0))
	if !data.Ranked() || !at.Ranked() || len(at) == 0 || at[len(at)-1] < 0 {
		return one(t, Unranked())
	}
	last := int(at[len(at)-1])
	if batch < 0 || batch >= len(at) || batch+last > len(data) {
		x.fail("places [%s] in [%s] with a batch of %d dimensions", at, data, batch)
		return one(t, Unranked())
	}
	s := at[:len(at)-1].Clone()
	for i := range batch {
		s[i] = x.mergeDim(s[i], data[i])
	}
	if version := opset(x.n.Version); version > 0 && version < 8 && batch > 1 { // they were one dimension once
		joined := int64(1)
		for _, d := range s[:batch] {
			joined = x.times(joined, d)
		}
		s = append(Shape{joined}, s[batch:]...)
	}
	return one(t, append(s, data[batch+last:]...))
}

func inferScatter(x *inference) []tensor {
	data, at, values := x.shape(0), x.shape(1), x.shape(2)
	x.integer(1)
	t := x.same(0, 2)
	if !data.Ranked() || !at.Ranked() || !values.Ranked() {
		return one(t, data)
	}
	switch x.n.Type {
	case "ScatterElementsUpdate":
		if !at.Agrees(values) || len(at) != len(data) {
			x.fail("values [%s] at places [%s] of [%s]", values, at, data)
		}
	case "ScatterNDUpdate":
		if n := len(at); n > 0 && at[n-1] >= 0 && at[n-1] <= int64(len(data)) {
			if want := append(at[:n-1].Clone(), data[at[n-1]:]...); !want.Agrees(values) {
				x.fail("values [%s] for [%s]", values, want)
			}
		}
	}
	return one(t, data)
}

func inferOneHot(x *inference) []tensor {
	t, in := x.same(2, 3), x.shape(0)
	if !in.Ranked() {
		return one(t, in)
	}
	depth := int64(-1)
	if v, ok := x.all(1); ok && len(v) == 1 {
		depth = v[0]
	}
	a := x.axis(x.int("axis", -1), len(in)+1)
	s := append(in[:a].Clone(), depth)
	return one(t, append(s, in[a:]...))
}

func inferReduce(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	keep := x.bool("keep_dims", false)
	if !in.Ranked() {
		return one(t, in)
	}
	axes, ok := x.axes(1, len(in))
	if !ok {
		if keep {
			return one(t, dims(len(in)))
		}
		return one(t, Unranked())
	}
	s := Shape{}
	for i, d := range in {
		switch {
		case !axes[i]:
			s = append(s, d)
		case keep:
			s = append(s, 1)
		}
	}
	return one(t, s)
}

func inferTopK(x *inference) []tensor {
	t, in := x.element(0), x.shape(0)
	index := x.typ("index_element_type", I32)
	if !in.Ranked() {
		return []tensor{{t, in}, {index, in}}
	}
	a := x.axis(x.int("axis", -1), len(in))
	s := in.Clone()
	s[a] = -1
	if v, ok := x.all(1); ok && len(v) == 1 {
		if s[a] = v[0]; v[0] < 1 || in[a] >= 0 && v[0] > in[a] {
			x.fail("the first %d of a dimension of %d", v[0], in[a])
		}
	}
	return []tensor{{t, s}, {index, s}}
}

func inferSoftmax(x *inference) []tensor {
	if in := x.shape(0); in.Ranked() {
		x.axis(x.int("axis", 1), len(in))
	}
	return likeFirst(x)
}

func inferBatchNorm(x *inference) []tensor {
	data := x.n.Source(0)
	if opset(x.n.Version) < 5 && opset(x.n.Version) > 0 { // gamma and beta came first
		data = x.n.Source(2)
	}
	return one(data.Element, data.Shape)
}
