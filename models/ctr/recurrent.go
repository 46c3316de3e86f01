package ctr

import (
	"datum/graph"
	"datum/train/parameters"
)

// unit adds the parameters of a recurrent unit, in OpenVINO's order of gates: update,
// reset, new. (The published weights have reset and update.)
func (l *layers) unit(name string, in, hidden int64) graph.GRU {
	matrix := func(part string, in int64) *graph.Output {
		return l.parameter(parameters.Parameter{Name: name + "." + part, Shape: graph.Shape{3 * hidden, in}, Init: parameters.Xavier(int(in+hidden), int(2*hidden)), Decay: true})
	}
	ones := func(values []float32) {
		for i := range values[:len(values)/3*2] {
			values[i] = 1 // the bias of the gates, not of the new state
		}
	}
	bias := parameters.Parameter{Name: name + ".bias", Shape: graph.Shape{3 * hidden}, Init: initial(ones)}
	return graph.GRU{Input: matrix("input", in), State: matrix("state", hidden), Bias: l.parameter(bias)}
}

// gru runs a GRU over x [batch, time, in], or an AUGRU where there is attention [batch,
// time, 1]. It returns the state after each step [batch, time, hidden]. All histories
// run to the end of the longest; what comes behind the end of one changes nothing
// before.
func (l *layers) gru(x, attention *graph.Output, name string) *graph.Output {
	hidden := l.network.width()
	w := l.unit(name, last(x), hidden)
	if l.sequence {
		return l.sequenceOf(x, attention, w, hidden)
	}
	return l.loop(x, attention, w, hidden)
}

// zeros is the state before the first step, [batch, more…].
func (l *layers) zeros(x *graph.Output, more ...int64) *graph.Output {
	if len(x.Shape) > 0 && x.Shape[0] >= 0 {
		return l.Broadcast(l.number(0), append([]int64{x.Shape[0]}, more...)...)
	}
	batch := l.Gather(l.ShapeOf(x), l.Int64s(0), 0)
	return l.BroadcastTo(l.number(0), l.Concat(0, batch, l.Int64s(more...)), "numpy")
}

// sequenceOf is one operation. Lengths are all the whole time: others are ignored on
// dynamic shapes, without a word.
func (l *layers) sequenceOf(x, attention *graph.Output, w graph.GRU, hidden int64) *graph.Output {
	shape := l.ShapeOf(x)
	batch, time := l.Gather(shape, l.Int64s(0), 0), l.Gather(shape, l.Int64(1), 0)
	lengths := l.BroadcastTo(l.Convert(time, graph.I32), batch, "numpy")
	w = graph.GRU{Input: l.Unsqueeze(w.Input, 0), State: l.Unsqueeze(w.State, 0), Bias: l.Unsqueeze(w.Bias, 0)}
	state := l.zeros(x, 1, hidden)
	var all *graph.Output
	if attention == nil {
		all, _ = l.GRUSequence(x, state, lengths, w, "forward")
	} else {
		all, _ = l.AUGRUSequence(x, state, lengths, attention, w)
		if l.precise && all != nil {
			all.Node().SetInfo("precise")
		}
	}
	return l.Squeeze(all, 1)
}

// loop is a TensorIterator. What does not need the state is computed before, for all
// steps at once. OpenVINO does not recognise the rest as a cell, which is well: the
// fusion to an AUGRU swaps gates that are not in its order, and fails where a bias is
// the first of two operands.
func (l *layers) loop(x, attention *graph.Output, w graph.GRU, hidden int64) *graph.Output {
	inputs := l.Add(l.MatMul(x, w.Input, false, true), w.Bias)
	matrices := l.SplitAt(w.State, 0, 2*hidden, hidden)
	it := l.Iterate()
	e := it.Body
	now := e.SplitAt(e.Squeeze(it.Slice(inputs, 1, 1), 1), 1, 2*hidden, hidden)
	state := it.State(l.zeros(x, hidden))
	both := e.Sigmoid(e.Add(now[0], e.MatMul(state, it.Shared(matrices[0]), false, true)))
	gates := e.SplitAt(both, 1, hidden, hidden)
	update, reset := gates[0], gates[1]
	fresh := e.Tanh(e.Add(now[1], e.MatMul(e.Mul(reset, state), it.Shared(matrices[1]), false, true)))
	if attention != nil {
		update = e.Mul(update, e.Sub(e.Scalar(graph.F32, 1), e.Squeeze(it.Slice(attention, 1, 1), 1)))
	}
	next := e.Add(fresh, e.Mul(update, e.Sub(state, fresh)))
	it.Next(state, next)
	it.Join(e.Unsqueeze(next, 1), 1, 1)
	return it.Done()[0]
}

// atEnd is what y [batch, time, hidden] was at the end of each history, and zeros where
// there is none.
func (l *layers) atEnd(y, lengths *graph.Output) *graph.Output {
	zero, one := l.Scalar(graph.I32, 0), l.Scalar(graph.I32, 1)
	at := l.Unsqueeze(l.Maximum(l.Sub(lengths, one), zero), 1)
	end := l.Squeeze(l.GatherBatch(y, at, 1, 1), 1)
	there := l.Convert(l.Greater(lengths, zero), graph.F32)
	return l.Mul(end, l.Unsqueeze(there, 1))
}
