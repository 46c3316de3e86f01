package recurrenttest

import "datum/graph"

// timed exchanges the two first dimensions where the time comes first.
func (w *writer) timed(o *graph.Output) *graph.Output {
	if o == nil || !w.TimeFirst {
		return o
	}
	return w.b.Transpose(o, 1, 0, 2)
}

func (w *writer) axis() int64 {
	if w.TimeFirst {
		return 0
	}
	return 1
}

// zeros is [rows, hidden].
func (w *writer) zeros() *graph.Output {
	b := w.b
	batch := b.Gather(b.ShapeOf(w.x), b.Int64s(0), 0)
	return b.BroadcastTo(b.Scalar(graph.F32, 0), b.Concat(0, batch, b.Int64s(Hidden)), "numpy")
}

// factor is the attention, or 1 less it where that is computed before.
func (w *writer) factor() *graph.Output {
	if w.attention != nil && w.Attention == "hoisted" {
		return w.b.Sub(w.b.Scalar(graph.F32, 1), w.attention)
	}
	return w.attention
}

// choose is one of two, by whether the history of a row has ended before a step.
func (w *writer) choose(b *graph.Builder, now, lengths, ended, live *graph.Output) *graph.Output {
	condition := func(typ string) *graph.Output {
		return b.Unsqueeze(b.Add1(typ, nil, b.Unsqueeze(now, 0), lengths), 1)
	}
	switch {
	case w.Spoil == "mask":
		return b.Select(condition("Equal"), ended, live)
	case w.Lengths == "":
		return live
	case w.Lengths == "Less":
		return b.Select(condition("Less"), live, ended)
	}
	return b.Select(condition("GreaterEqual"), ended, live)
}

// before is the part of all gates that needs no state.
func (w *writer) before(x *graph.Output) *graph.Output {
	gates := []string{"reset", "update", "new"}
	if w.UpdateFirst {
		gates = []string{"update", "reset", "new"}
	}
	m, turned := w.matrix(w.b, w.input, Columns, gates...)
	return w.b.MatMul(x, m, false, turned)
}

// loop is a TensorIterator, or a Loop that reads what a counter says.
func (w *writer) loop() *graph.Output {
	b := w.b
	x, a := w.timed(w.x), w.timed(w.factor())
	ahead := w.Join == "before" && !(w.Cell && w.Spoil == "")
	if ahead {
		x = w.timed(w.before(w.x))
	}
	first := w.zeros()
	it, now, read := w.rounds(x)
	e := it.Body
	part := read(x)
	var attention *graph.Output
	if a != nil {
		attention = read(a)
	}
	state := it.State(first)
	var lengths *graph.Output
	if w.lengths != nil {
		lengths = it.Shared(w.lengths)
		if now == nil {
			now = count(b, it)
		}
		now = e.Convert(now, graph.I32)
	}
	var fresh *graph.Output
	if ahead {
		fresh = w.step(e, nil, part, state, attention)
	} else {
		fresh = w.step(e, part, nil, state, attention)
	}
	next := fresh
	if lengths != nil {
		next = w.choose(e, now, lengths, state, fresh)
	}
	it.Next(state, next)
	return w.emit(it, next, fresh, now, lengths)
}

// count is a counter of the rounds.
func count(b *graph.Builder, it *graph.Iteration) *graph.Output {
	now := it.State(b.Scalar(graph.I32, 0))
	it.Next(now, it.Body.Add(now, it.Body.Scalar(graph.I32, 1)))
	return now
}

// rounds begins a loop over the steps of x. Read takes the part of a round; now is its
// number, if the loop needs that.
func (w *writer) rounds(x *graph.Output) (it *graph.Iteration, now *graph.Output, read func(o *graph.Output) *graph.Output) {
	b := w.b
	if w.Form == "iterator" {
		it = b.Iterate()
		return it, nil, func(o *graph.Output) *graph.Output {
			by := &graph.Slicing{Axis: w.axis(), Start: 0, End: -1, Stride: 1, PartSize: 1}
			if w.Spoil == "backwards" {
				by.Start, by.End, by.Stride = -1, 0, -1
			}
			return it.Body.Squeeze(it.SliceBy(o, by), w.axis())
		}
	}
	steps := b.Squeeze(b.Gather(b.ShapeOf(x), b.Int64s(w.axis()), 0), 0)
	if w.Form == "loop" {
		it = b.Loop(steps, b.Bool(true))
		now = it.Round()
	} else {
		steps = b.Convert(steps, graph.I32)
		it = b.Loop(b.Int64(-1), b.Less(b.Scalar(graph.I32, 0), steps))
		now = it.State(b.Scalar(graph.I32, 0))
		next := it.Body.Add(now, it.Body.Scalar(graph.I32, 1))
		it.Next(now, next)
		bound := it.Shared(steps)
		if w.Spoil == "rounds" {
			bound = it.Body.Sub(bound, it.Body.Scalar(graph.I32, 1))
		}
		it.While(it.Body.And(it.Body.Less(next, bound), it.Body.Bool(true)))
	}
	e := it.Body
	return it, now, func(o *graph.Output) *graph.Output {
		at := now
		if w.Spoil == "backwards" {
			at = e.Sub(e.Scalar(now.Element, -1), now)
		}
		return e.Squeeze(e.Gather(it.Shared(o), e.Unsqueeze(at, 0), w.axis()), w.axis())
	}
}

// emit lets out what comes out of a loop.
func (w *writer) emit(it *graph.Iteration, next, fresh, now, lengths *graph.Output) *graph.Output {
	e := it.Body
	out := next
	switch {
	case w.Spoil == "escapes":
		out = e.Add(fresh, e.Scalar(graph.F32, 1))
	case w.Emit == "last":
		it.Last(next)
		return it.Done()[0]
	case w.Emit == "zeros" && lengths != nil:
		out = w.choose(e, now, lengths, it.Shared(w.zeros()), fresh)
	case w.Emit == "constant" && lengths != nil:
		out = w.choose(e, now, lengths, filler(e), fresh)
	}
	it.Join(e.Unsqueeze(out, w.axis()), w.axis(), 1)
	return w.timed(it.Done()[0])
}

// filler is what may come out behind the end of a history.
func filler(b *graph.Builder) *graph.Output {
	return b.Float32s("", graph.Shape{1, Hidden}, 1, 2, 3, 4, 5, 6)
}

// chain is one step behind the other.
func (w *writer) chain() *graph.Output {
	b := w.b
	x, a := b.Split(w.timed(w.x), w.axis(), Steps), []*graph.Output(nil)
	if w.attention != nil {
		a = b.Split(w.timed(w.factor()), w.axis(), Steps)
	}
	first := w.zeros()
	state := first
	var all []*graph.Output
	for t := range Steps {
		at := t
		if w.Spoil == "backwards" {
			at = Steps - 1 - t
		}
		if w.Spoil == "order" && t%2 == 1 {
			at = t - 1
		}
		if w.Spoil == "weights" {
			w.makeWeights()
		}
		var attention *graph.Output
		if a != nil {
			attention = b.Squeeze(a[at], w.axis())
		}
		fresh := w.step(b, b.Squeeze(x[at], w.axis()), nil, state, attention)
		next := fresh
		now := b.Scalar(graph.I32, float64(t))
		if w.lengths != nil {
			next = w.choose(b, now, w.lengths, state, fresh)
		}
		out := next
		if w.Emit == "zeros" && w.lengths != nil {
			out = w.choose(b, now, w.lengths, first, fresh)
		}
		if w.Emit == "constant" && w.lengths != nil {
			out = w.choose(b, now, w.lengths, filler(b), fresh)
		}
		state = next
		all = append(all, b.Unsqueeze(out, w.axis()))
	}
	if w.Emit == "last" {
		return state
	}
	return w.timed(b.Concat(int(w.axis()), all...))
}
