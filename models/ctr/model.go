package ctr

import (
	"strconv"

	"datum/graph"
	"datum/train/parameters"
)

// A Form is one of the graphs that compute the same.
type Form string

// The forms of a network that predicts. Those of din and dnn are equal.
const (
	// Sequence has an operation of OpenVINO's CPU plugin: fast, and only for those who
	// have checked that it computes what Loop does.
	Sequence Form = "sequence"
	// PreciseSequence is Sequence with an AUGRU that stays in float32 in a graph that is
	// compiled for bfloat16, where that operation is wrong for some sizes.
	PreciseSequence Form = "precise sequence"
	// Loop has operations that every OpenVINO has.
	Loop Form = "loop"
)

// The outputs of a model.
const (
	// Probability is that of a click, [batch].
	Probability = "probability"
	// End is what came out of the history [batch, width], which shows more of an error
	// than the probability does. Dnn has none.
	End = "end"
)

// Model returns a network that predicts, for batches and histories of any size. Its
// inputs are those of [Network.Inputs] up to lengths.
func (n *Network) Model(f Form, values parameters.Values) (*graph.Model, error) {
	b := graph.NewBuilder(n.Architecture)
	tensors, err := parameters.Constants(b, n.set, values)
	if err != nil {
		return nil, err
	}
	l := &layers{Builder: b, network: n, tensors: tensors, sequence: f != Loop, precise: f == PreciseSequence}
	var inputs []*graph.Output
	for _, in := range n.served(-1, -1) {
		inputs = append(inputs, l.ParameterOf(in.Name, in.Element, in.Shape))
	}
	o := l.body(batchOf(inputs))
	shares := l.Softmax(o.logits, 1)
	if n.Reference {
		shares = l.Add(shares, l.number(tiny))
	}
	b.Result(l.Squeeze(l.Slice(shares, graph.Range{Axis: 1, Start: 0, Stop: 1}), 1), Probability)
	if o.end != nil {
		b.Result(o.end, End)
	}
	m, err := b.Model()
	if err != nil {
		return nil, err
	}
	m.SetInfo("model_info", n.info(f)...)
	return m, nil
}

// info is what the model says of itself.
func (n *Network) info(f Form) graph.Attrs {
	return graph.Attrs{
		{Name: "model_type", Value: n.Architecture},
		{Name: "task_type", Value: "click_through"},
		{Name: "embedding", Value: strconv.Itoa(n.Embedding)},
		{Name: "reference", Value: strconv.FormatBool(n.Reference)},
		{Name: "form", Value: string(f)},
	}
}
