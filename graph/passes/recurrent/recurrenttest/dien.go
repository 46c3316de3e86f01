package recurrenttest

import (
	"math/rand/v2"

	"datum/graph"
)

// A DIEN is the network as it was published and converted: tables, a loop of GRU steps
// that are operations already, attention over what is put side by side, a loop of AUGRU
// steps of ordinary operations, and layers that normalise with what the batch is like.
type DIEN struct {
	Users, Items, Categories int64
	// Embedding is how many numbers stand for a thing; states have twice as many.
	Embedding int64
	// Steps unrolls the loops to so many; 0 leaves them loops.
	Steps int
}

// dien writes one.
type dien struct {
	DIEN
	*graph.Builder
	random *rand.Rand
}

// Model makes the network.
func (d DIEN) Model(seed uint64) (*graph.Model, error) {
	w := &dien{d, graph.NewBuilder("DIEN"), rand.New(rand.NewPCG(seed, 9))}
	time := int64(-1)
	if d.Steps > 0 {
		time = int64(d.Steps)
	}
	items, categories := w.Parameter("mid_his", graph.I32, -1, time), w.Parameter("cat_his", graph.I32, -1, time)
	user, item, category := w.Parameter("uid", graph.I32, -1), w.Parameter("mid", graph.I32, -1), w.Parameter("cat", graph.I32, -1)
	mask, lengths := w.Parameter("mask", graph.F32, -1, time), w.Parameter("seq_len", graph.I32, -1)
	tables := [3]*graph.Output{w.weight(d.Users, d.Embedding), w.weight(d.Items, d.Embedding), w.weight(d.Categories, d.Embedding)}
	target := w.Concat(1, w.Gather(tables[1], item, 0), w.Gather(tables[2], category, 0))
	history := w.Concat(2, w.Gather(tables[1], items, 0), w.Gather(tables[2], categories, 0))
	sum := w.Sum(history, false, 1)
	states := w.recur(history, nil, lengths)
	attention := w.attention(target, states, mask)
	final := w.recur(states, attention, lengths)
	w.Result(w.top(w.Concat(1, w.Gather(tables[0], user, 0), target, sum, w.Mul(target, sum), final)), "softmax")
	return w.Model()
}

// Model would be the builder's.
func (w *dien) Model() (*graph.Model, error) { return w.Builder.Model() }

func (w *dien) weight(shape ...int64) *graph.Output {
	n, _ := graph.Shape(shape).Elements()
	list := make([]float32, n)
	for i := range list {
		list[i] = float32(w.random.NormFloat64() * 0.15)
	}
	return w.Float32s("", shape, list...)
}

func (w *dien) dense(x *graph.Output, in, out int64) *graph.Output {
	return w.Add(w.MatMul(x, w.weight(out, in), false, true), w.weight(1, out))
}

// recur runs a GRU, or an AUGRU where there is attention, time first. It returns all
// states, or the last one.
func (w *dien) recur(x, attention, lengths *graph.Output) *graph.Output {
	h := 2 * w.Embedding
	turned := w.Transpose(x, 1, 0, 2)
	batch := w.Gather(w.ShapeOf(turned), w.Int64s(1), 0)
	zeros := w.BroadcastTo(w.Scalar(graph.F32, 0), w.Concat(0, batch, w.Int64s(h)), "numpy")
	weights := []*graph.Output{w.weight(3*h, h), w.weight(3*h, h), w.weight(3 * h), w.weight(2*h, 2*h), w.weight(1, 2*h), w.weight(h, 2*h), w.weight(1, h)}
	if w.Steps > 0 {
		return w.unrolled(turned, attention, lengths, zeros, weights)
	}
	it := w.Iterate()
	e := it.Body
	var a *graph.Output
	if attention != nil {
		a = e.Squeeze(it.Slice(attention, 1, 1), 1)
	}
	part := e.Squeeze(it.Slice(turned, 0, 1), 0)
	state, filler, ends := it.State(zeros), it.Shared(zeros), it.Shared(lengths)
	now := it.State(w.Scalar(graph.I32, 0))
	for i := range weights {
		weights[i] = it.Shared(weights[i])
	}
	fresh := step(e, part, state, a, weights)
	past := e.Unsqueeze(e.GreaterEqual(e.Unsqueeze(now, 0), ends), 1)
	next := e.Select(past, state, fresh)
	it.Next(state, next)
	it.Next(now, e.Add(now, e.Scalar(graph.I32, 1)))
	if attention != nil {
		it.Last(next)
		return it.Done()[0]
	}
	it.Join(e.Unsqueeze(e.Select(past, filler, fresh), 0), 0, 1)
	return w.Transpose(it.Done()[0], 1, 0, 2)
}

// unrolled is the same, one step behind the other.
func (w *dien) unrolled(x, attention, lengths, zeros *graph.Output, weights []*graph.Output) *graph.Output {
	parts := w.Split(x, 0, w.Steps)
	var shares, all []*graph.Output
	if attention != nil {
		shares = w.Split(attention, 1, w.Steps)
	}
	state := zeros
	for t := range parts {
		var a *graph.Output
		if shares != nil {
			a = w.Squeeze(shares[t], 1)
		}
		fresh := step(w.Builder, w.Squeeze(parts[t], 0), state, a, weights)
		past := w.Unsqueeze(w.GreaterEqual(w.Scalar(graph.I32, float64(t)), lengths), 1)
		all = append(all, w.Unsqueeze(w.Select(past, zeros, fresh), 0))
		state = w.Select(past, state, fresh)
	}
	if attention != nil {
		return state
	}
	return w.Transpose(w.Concat(0, all...), 1, 0, 2)
}

// step is one step.
func step(b *graph.Builder, x, h, a *graph.Output, weights []*graph.Output) *graph.Output {
	if a == nil {
		return b.GRUCell(x, h, graph.GRU{Input: weights[0], State: weights[1], Bias: weights[2]})
	}
	one := b.Float32s("", graph.Shape{1, 1}, 1)
	gates := b.Split(b.Sigmoid(b.Add(b.MatMul(b.Concat(1, x, h), weights[3], false, true), weights[4])), 1, 2)
	keep := b.Mul(b.Sub(one, a), gates[1])
	fresh := b.Tanh(b.Add(b.MatMul(b.Concat(1, x, b.Mul(gates[0], h)), weights[5], false, true), weights[6]))
	return b.Add(b.Mul(keep, h), b.Mul(b.Sub(one, keep), fresh))
}

// attention is [batch, time, 1], as it was published.
func (w *dien) attention(target, facts, mask *graph.Output) *graph.Output {
	h := 2 * w.Embedding
	query := w.PRelu(w.dense(target, h, h), w.Float32s("", graph.Shape{1}, 0.1))
	shape := w.ShapeOf(facts)
	steps := w.Gather(shape, w.Int64s(1), 0)
	spread := w.ReshapeTo(w.Add1("Tile", nil, query, w.Concat(0, w.Int64s(1), steps)), shape, false)
	x := w.Concat(2, spread, facts, w.Sub(spread, facts), w.Mul(spread, facts))
	in := 4 * h
	for i, out := range []int64{80, 40, 1} {
		flat := w.MatMul(w.Reshape(x, -1, in), w.weight(out, in), false, true)
		size := w.Concat(0, w.Gather(w.ShapeOf(x), w.Int64s(0, 1), 0), w.Int64s(out))
		x = w.Add(w.ReshapeTo(flat, size, false), w.weight(1, 1, out))
		if i < 2 {
			x = w.Sigmoid(x)
		}
		in = out
	}
	there := w.Equal(mask, w.Scalar(graph.F32, 1))
	scores := w.Select(there, w.Squeeze(x, 2), w.Scalar(graph.F32, -1<<32+1))
	return w.Unsqueeze(w.Softmax(scores, 1), 2)
}

// top makes shares of two classes.
func (w *dien) top(x *graph.Output) *graph.Output {
	in := 9 * w.Embedding
	x = w.Add(w.Mul(x, w.weight(1, in)), w.weight(1, in))
	for _, out := range []int64{200, 80} {
		x = w.dense(x, in, out)
		far := w.Sub(x, w.Mean(x, true, 0))
		deviation := w.Pow(w.Mean(w.Add(w.Mul(far, far), w.Scalar(graph.F32, 1e-9)), true, 0), w.Scalar(graph.F32, 0.5))
		p := w.Sigmoid(w.Div(far, w.Add(deviation, w.Scalar(graph.F32, 1e-9))))
		x = w.Add(w.Mul(w.Mul(w.weight(1, out), w.Sub(w.Scalar(graph.F32, 1), p)), x), w.Mul(p, x))
		in = out
	}
	return w.Softmax(w.dense(x, in, 2), 1)
}
