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
	if l.network.Auxiliary > 0 {
		loss.Auxiliary = l.auxiliary(o.states, x, inputs[5])
		loss.Total = l.Add(loss.Click, l.Mul(loss.Auxiliary, l.number(l.network.Auxiliary)))
	}
	return loss
}

// auxiliary asks of each state whether it is followed by what came next in the history,
// and by a negative.
//
// The network for that was published over state and next side by side, behind a scaling,
// and ends in two shares. Here the scaling goes to the weights, what the first layer
// makes of the states is computed once for both questions, and the share of a click is a
// sigmoid of the difference of the two: the same, in half of the passes over memory.
func (l *layers) auxiliary(states *graph.Output, x batch, negative *graph.Output) *graph.Output {
	before := graph.Range{Axis: 1, Start: 0, Stop: -1}
	after := graph.Range{Axis: 1, Start: 1, Stop: graph.All}
	mask := l.Slice(x.mask, after)
	asked := l.question(l.Slice(states, before))
	click := l.share(asked(l.Slice(x.history, after)))
	none := l.share(l.Neg(asked(l.Slice(negative, after))))
	each := l.Mul(l.Log(l.Mul(click, none)), mask)
	if l.network.Reference {
		return l.Neg(l.Mean(each, false, 0, 1))
	}
	count := l.Maximum(l.Sum(mask, false, 0, 1), l.number(1))
	return l.Neg(l.Div(l.Sum(each, false, 0, 1), count))
}

// share is the probability of what has these odds [batch, time, 1], and a little more.
func (l *layers) share(odds *graph.Output) *graph.Output {
	return l.Add(l.Squeeze(l.Sigmoid(odds), 2), l.number(tiny))
}

// question returns what answers, for states [batch, time, hidden], whether something
// [batch, time, width] follows: the logarithm of the odds, [batch, time, 1].
func (l *layers) question(states *graph.Output) func(next *graph.Output) *graph.Output {
	hidden := last(states)
	in := hidden + l.network.width()
	scale := l.Mul(l.vector("auxiliary.norm.scale", in, 1), l.number(normal))
	shift := l.Unsqueeze(l.vector("auxiliary.norm.shift", in, 0), 0)
	weight := l.weight("auxiliary.1.weight", in, 100)
	bias := l.Add(l.MatMul(shift, weight, false, false), l.vector("auxiliary.1.bias", 100, 0))
	parts := l.SplitAt(l.Mul(weight, l.Unsqueeze(scale, 1)), 0, hidden, l.network.width())
	known := l.Add(l.MatMul(states, parts[0], false, false), bias)
	second, secondBias := l.weight("auxiliary.2.weight", 100, 50), l.vector("auxiliary.2.bias", 50, 0)
	third := l.Split(l.weight("auxiliary.3.weight", 50, 2), 1, 2)
	thirdBias := l.Split(l.vector("auxiliary.3.bias", 2, 0), 0, 2)
	odds, oddsBias := l.Sub(third[0], third[1]), l.Sub(thirdBias[0], thirdBias[1])
	return func(next *graph.Output) *graph.Output {
		h := l.Sigmoid(l.Add(l.MatMul(next, parts[1], false, false), known))
		h = l.Sigmoid(l.Add(l.MatMul(h, second, false, false), secondBias))
		return l.Add(l.MatMul(h, odds, false, false), oddsBias)
	}
}
