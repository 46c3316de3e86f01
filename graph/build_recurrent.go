package graph

import "strconv"

// gru are the attributes of GRU and AUGRU operations.
func gru(hidden int64) Attrs {
	return Attrs{
		{"hidden_size", strconv.FormatInt(hidden, 10)}, {"activations", "sigmoid, tanh"}, {"activations_alpha", ""}, {"activations_beta", ""},
		{"clip", "0"}, {"linear_before_reset", "false"},
	}
}

// hidden is the last dimension of a state.
func hidden(state *Output) int64 {
	if state == nil || len(state.Shape) == 0 {
		return 0
	}
	return state.Shape[len(state.Shape)-1]
}

// A GRU has the weights of a recurrent unit: of the input [3·hidden, in], of
// the state [3·hidden, hidden] and the bias [3·hidden], each with the gates
// update, reset and new, in this order. Those of a sequence have a dimension
// for the direction before.
type GRU struct{ Input, State, Bias *Output }

// GRUCell is one step of a GRU: the next state of x [batch, in] and a state
// [batch, hidden].
func (b *Builder) GRUCell(x, state *Output, w GRU) *Output {
	return b.Add1("GRUCell", gru(hidden(state)), x, state, w.Input, w.State, w.Bias)
}

// AUGRUCell is a step whose update gate is multiplied by 1−attention, where
// attention is [batch, 1]. The operation belongs to OpenVINO's CPU plugin,
// which must be loaded before the model is read.
func (b *Builder) AUGRUCell(x, state, attention *Output, w GRU) *Output {
	return b.Add1("AUGRUCell", gru(hidden(state)), x, state, w.Input, w.State, w.Bias, attention)
}

// GRUSequence runs a GRU over x [batch, time, in] from the state [batch,
// directions, hidden]. It returns the state after each step [batch,
// directions, time, hidden] and the last one.
//
// OpenVINO ignores lengths on dynamic shapes.
func (b *Builder) GRUSequence(x, state, lengths *Output, w GRU, direction string) (all, last *Output) {
	n := b.AddNode("GRUSequence", "", append(Attrs{{"direction", direction}}, gru(hidden(state))...), x, state, lengths, w.Input, w.State, w.Bias)
	return b.two(n)
}

// AUGRUSequence runs an AUGRU, with attention [batch, time, 1]; see
// [Builder.AUGRUCell].
func (b *Builder) AUGRUSequence(x, state, lengths, attention *Output, w GRU) (all, last *Output) {
	n := b.AddNode("AUGRUSequence", "", append(Attrs{{"direction", "forward"}}, gru(hidden(state))...), x, state, lengths, w.Input, w.State, w.Bias, attention)
	return b.two(n)
}

func (b *Builder) two(n *Node) (*Output, *Output) {
	if n == nil {
		return b.none, b.none
	}
	return n.outputs[0], n.outputs[1]
}
