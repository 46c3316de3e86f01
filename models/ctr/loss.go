package ctr

import (
	"fmt"

	"datum/graph"
	"datum/train/parameters"
)

// tiny keeps the logarithm of a share finite.
const tiny = 1e-8

// A Loss says how far a network is from what it is to say.
type Loss struct {
	// Total is what training makes small: Click, and Auxiliary as the network weighs it.
	Total *graph.Output
	// Click is half of the usual cross entropy, as published: 0.3466 for a guess.
	Click *graph.Output
	// Auxiliary says how badly the states of the first GRU tell the next item of the
	// history from another one; nil where there is no auxiliary loss.
	Auxiliary *graph.Output
	// Probability is what the network says of each row, [batch].
	Probability *graph.Output
}

// Loss adds the training graph, over inputs as Inputs describes them, whose sizes must
// be known. The tensors are told what the statistics become.
func (n *Network) Loss(b *graph.Builder, t *parameters.Tensors, inputs ...*graph.Output) (*Loss, error) {
	if want := len(n.Inputs(1, 1)); len(inputs) != want {
		return nil, fmt.Errorf("%w: it was given %d inputs and wants %d", ErrConfig, len(inputs), want)
	}
	l := &layers{Builder: b, network: n, tensors: t}
	loss := l.loss(inputs)
	return loss, b.Err()
}

func (l *layers) loss(inputs []*graph.Output) *Loss {
	x, clicked := batchOf(inputs), l.Unsqueeze(inputs[len(inputs)-1], 1)
	o := l.body(x)
	shares := l.Softmax(o.logits, 1)
	wanted := l.Concat(1, clicked, l.Sub(l.number(1), clicked))
	loss := &Loss{Click: l.Neg(l.Mean(l.Mul(l.Log(l.Add(shares, l.number(tiny))), wanted), false, 0, 1))}
	loss.Total = loss.Click
	loss.Probability = l.Squeeze(l.Slice(shares, graph.Range{Axis: 1, Start: 0, Stop: 1}), 1)
	if l.network.Auxiliary > 0 {
		loss.Auxiliary = l.auxiliary(o.states, x, inputs[5])
		loss.Total = l.Add(loss.Click, l.Mul(loss.Auxiliary, l.number(l.network.Auxiliary)))
	}
	return loss
}

// auxiliary asks of each state whether it is followed by what came next in the history,
// and by a negative. Both go through the network at once.
func (l *layers) auxiliary(states *graph.Output, x batch, negative *graph.Output) *graph.Output {
	before := graph.Range{Axis: 1, Start: 0, Stop: -1}
	after := graph.Range{Axis: 1, Start: 1, Stop: graph.All}
	states, mask := l.Slice(states, before), l.Slice(x.mask, after)
	pair := func(next *graph.Output) *graph.Output { return l.Concat(2, states, l.Slice(next, after)) }
	h := l.scaled(l.Concat(0, pair(x.history), pair(negative)), "auxiliary.norm")
	h = l.Sigmoid(l.dense(h, "auxiliary.1", 100))
	h = l.Sigmoid(l.dense(h, "auxiliary.2", 50))
	shares := l.Softmax(l.dense(h, "auxiliary.3", 2), 2)
	// 1 minus the share of a click is the other share, of which a logarithm exists.
	halves := l.Split(l.Log(l.Add(shares, l.number(tiny))), 0, 2)
	click := l.Slice(halves[0], graph.Range{Axis: 2, Start: 0, Stop: 1})
	none := l.Slice(halves[1], graph.Range{Axis: 2, Start: 1, Stop: 2})
	each := l.Mul(l.Squeeze(l.Add(click, none), 2), mask)
	if l.network.Reference {
		return l.Neg(l.Mean(each, false, 0, 1))
	}
	count := l.Maximum(l.Sum(mask, false, 0, 1), l.number(1))
	return l.Neg(l.Div(l.Sum(each, false, 0, 1), count))
}
