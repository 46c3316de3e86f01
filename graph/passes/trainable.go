package passes

import "datum/graph"

// TrainableWeights finds the constants of a model that training would change:
// weights of products, convolutions and recurrent cells, tables of embeddings,
// and the scales and shifts that follow them. Means and scales of a picture at
// the beginning of the model stay what they are, and so do the anchors of a
// detector at its end.
func TrainableWeights(m *graph.Model) ([]*graph.Node, error) {
	nodes, err := m.Sorted()
	if err != nil {
		return nil, err
	}
	linear := map[*graph.Node]bool{}
	for _, n := range nodes {
		linear[n] = isProduct(n) || n.Is("MVN", "NormalizeL2")
		for i := range n.Inputs() {
			linear[n] = linear[n] || isAffine(n) && linear[n.Source(i).Node()]
		}
	}
	var list []*graph.Node
	for _, n := range nodes {
		if n.Type == "Const" && n.Output(0).Element.IsReal() && n.Output(0).Element.Bits() >= 16 && isWeight(n.Output(0), linear, 8) {
			list = append(list, n)
		}
	}
	return list, nil
}

func isProduct(n *graph.Node) bool {
	return n.Is("MatMul", "Convolution", "GroupConvolution", "ConvolutionBackpropData", "GroupConvolutionBackpropData")
}

// isAffine reports whether what follows a product still belongs to it.
func isAffine(n *graph.Node) bool {
	return n.Is("Add", "Subtract", "Multiply", "Divide") || onlyMoves(n)
}

// onlyMoves reports whether an operation gives numbers another shape or type.
func onlyMoves(n *graph.Node) bool {
	return n.Is("Convert", "Reshape", "Squeeze", "Unsqueeze", "Transpose")
}

// isWeight reports whether somebody uses a constant, or what was made of it, as
// a weight.
func isWeight(o *graph.Output, linear map[*graph.Node]bool, depth int) bool {
	for _, in := range o.Consumers() {
		n, at := in.Node(), in.Index()
		switch {
		case onlyMoves(n) && at == 0:
			if depth > 0 && isWeight(n.Output(0), linear, depth-1) {
				return true
			}
		case isWeightInput(n, at):
			return true
		case n.Is("Add", "Subtract", "Multiply") && linear[n.Source(1-at).Node()]:
			if count, ok := o.Shape.Elements(); ok && count > 1 {
				return true
			}
		}
	}
	return false
}

// isWeightInput reports whether an operation has its weights at an input.
func isWeightInput(n *graph.Node, at int) bool {
	switch {
	case n.Is("MatMul"):
		return true
	case isProduct(n), n.Is("PReLU"):
		return at == 1
	case n.Is("BatchNormInference"):
		return at == 1 || at == 2
	case n.Is("Gather"):
		return at == 0 && isTable(n.Source(0), n)
	case n.Is("GRUCell", "RNNCell"):
		return at >= 2
	case n.Is("LSTMCell", "GRUSequence", "RNNSequence"):
		return at >= 3
	case n.Is("LSTMSequence"):
		return at >= 4
	}
	return false
}
