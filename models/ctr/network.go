package ctr

import (
	"math/rand/v2"

	"datum/graph"
	"datum/train/parameters"
)

// initial makes an initializer of a function that needs no random numbers.
func initial(fill func(values []float32)) parameters.Initializer {
	return func(values []float32, _ *rand.Rand) { fill(values) }
}

// A batch is the inputs of a prediction.
type batch struct{ user, item, history, mask, lengths *graph.Output }

func batchOf(inputs []*graph.Output) batch {
	return batch{inputs[0], inputs[1], inputs[2], inputs[3], inputs[4]}
}

// A body is a network before its last activation.
type body struct {
	logits *graph.Output // [batch, 2], clicked first
	states *graph.Output // of the first GRU, [batch, time, hidden]; of dien alone
	end    *graph.Output // what came out of the history: the last state of the AUGRU, or its attended sum; nil of dnn
}

// body adds the network.
func (l *layers) body(x batch) body {
	sum := l.sum(x)
	all := []*graph.Output{x.user, x.item, sum}
	var o body
	switch l.network.Architecture {
	case DIN:
		a := l.Mul(l.attention(x.item, x.history, x.mask), x.mask)
		o.end = l.weighted(x.history, a)
	case DIEN:
		o.states = l.gru(x.history, nil, "gru")
		query := l.prelu(l.dense(x.item, "query", l.network.width()), "query")
		a := l.attention(query, o.states, x.mask)
		o.end = l.atEnd(l.gru(o.states, l.Unsqueeze(a, 2), "augru"), x.lengths)
	}
	if o.end != nil {
		all = append(all, l.Mul(x.item, sum), o.end)
	}
	o.logits = l.top(l.Concat(1, all...))
	return o
}

// sum adds the history up.
func (l *layers) sum(x batch) *graph.Output {
	if l.network.Reference {
		return l.Sum(x.history, false, 1)
	}
	return l.weighted(x.history, x.mask)
}

// weighted is the sum of x [batch, time, width] over time, with weights [batch, time]. A
// product of matrices needs no memory for what is added up.
func (l *layers) weighted(x, weights *graph.Output) *graph.Output {
	return l.Squeeze(l.MatMul(l.Unsqueeze(weights, 1), x, false, false), 1)
}

// top makes logits of what is known of a row.
func (l *layers) top(x *graph.Output) *graph.Output {
	activate := l.dice
	if l.network.Architecture == DNN {
		activate = l.prelu
	}
	x = l.scaled(x, "top.norm")
	x = activate(l.dense(x, "top.1", 200), "top.1")
	x = activate(l.dense(x, "top.2", 80), "top.2")
	return l.dense(x, "top.3", 2)
}

// padded is the score of what is not there: so low that its share is 0.
const padded = -1<<32 + 1

// attention says how much each step of facts [batch, time, width] has to do with a
// query [batch, width]: shares [batch, time] that add up to 1.
//
// The first layer was published over query, facts, their difference and their product
// side by side. Its product with the weights is rewritten: what is of the query alone is
// computed once for all steps, and the rest is linear in the facts, so that each row has
// weights of its own. A quarter of the multiplications is left.
func (l *layers) attention(query, facts, mask *graph.Output) *graph.Output {
	const first = 80
	width := l.network.width()
	w := l.SplitAt(l.weight("attention.1.weight", 4*width, first), 0, width, width, width, width)
	ofQuery, ofFacts, ofDifference, ofProduct := w[0], w[1], w[2], w[3]
	once := l.Add(l.MatMul(query, l.Add(ofQuery, ofDifference), false, false), l.vector("attention.1.bias", first, 0))
	own := l.Add(l.Mul(l.Unsqueeze(query, 2), ofProduct), l.Sub(ofFacts, ofDifference)) // [batch, width, first]
	each := l.MatMul(facts, own, false, false)
	h := l.Sigmoid(l.Add(each, l.Unsqueeze(once, 1)))
	h = l.Sigmoid(l.dense(h, "attention.2", 40))
	scores := l.Squeeze(l.dense(h, "attention.3", 1), 2)
	scores = l.Select(l.Greater(mask, l.number(0)), scores, l.number(padded))
	return l.Softmax(scores, 1)
}
