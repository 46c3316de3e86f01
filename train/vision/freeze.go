package vision

import (
	"datum/graph"
)

// Layers of a model are its products with weights, and recurrent cells. They are
// numbered from 1 on in the order in which they are computed; what scales and shifts
// their results belongs to them.
type layers struct {
	number map[*graph.Node]int
	before map[*graph.Node]int // how many there are in front of an operation
	count  int
}

func layersOf(m *graph.Model) (*layers, error) {
	nodes, err := m.Sorted()
	if err != nil {
		return nil, err
	}
	l := &layers{number: map[*graph.Node]int{}, before: map[*graph.Node]int{}}
	for _, n := range nodes {
		l.before[n] = l.count
		if isLayer(n) {
			l.count++
			l.number[n] = l.count
		}
	}
	return l, nil
}

func isLayer(n *graph.Node) bool {
	if !n.Is("MatMul", "Convolution", "GroupConvolution", "ConvolutionBackpropData", "GroupConvolutionBackpropData",
		"LSTMCell", "GRUCell", "RNNCell", "LSTMSequence", "GRUSequence", "RNNSequence") {
		return false
	}
	for i := range n.Inputs() {
		if madeOfConstants(n.Source(i), depthOfWeights) {
			return true
		}
	}
	return false
}

// of returns the layer to which a constant belongs: the first, where several use it.
// What belongs to none is of the layer in front of it.
func (l *layers) of(constant *graph.Output) int {
	first := l.count
	for _, in := range constant.Consumers() {
		n := in.Node()
		k := l.number[n]
		switch {
		case k > 0:
		case len(n.Outputs()) == 1 && madeOfConstants(n.Output(0), depthOfWeights):
			k = l.of(n.Output(0))
		default:
			k = l.behind(n)
		}
		first = min(first, k)
	}
	return first
}

// behind returns the layer whose results an operation scales, shifts or moves.
func (l *layers) behind(n *graph.Node) int {
	for at := n; at.Is("Add", "Subtract", "Multiply", "Divide", "Convert", "Reshape", "Squeeze", "Unsqueeze", "Transpose"); {
		o := at.Source(0)
		if madeOfConstants(o, depthOfWeights) && len(at.Inputs()) > 1 {
			o = at.Source(1)
		}
		if o == nil {
			break
		}
		at = o.Node()
		if k := l.number[at]; k > 0 {
			return k
		}
	}
	return l.before[n]
}
