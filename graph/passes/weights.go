package passes

import (
	"slices"
	"strings"

	"datum/graph"
)

// A weight is what an operation multiplies with: a constant, or one that is
// converted, scaled, brought into shape, or changed by a pass on the way.
type weight struct {
	reader *graph.Input // of the MatMul, Convolution or Gather
	names  []string     // under which it can be meant, the best first
	// ofWeight is how many of the names are the weight's, and not the operation's.
	ofWeight int
}

// matmulWeights finds the weights of matrix products and of convolutions.
func matmulWeights(g *graph.Graph) []weight {
	var list []weight
	g.Each(func(n *graph.Node) {
		switch {
		case len(n.Outputs()) != 1:
		case n.Is("MatMul"):
			for i := range 2 {
				list = appendWeight(list, n.Input(i), n.Name())
			}
		case n.Is("Convolution"):
			list = appendWeight(list, n.Input(1), n.Name())
		}
	})
	return list
}

func appendWeight(list []weight, in *graph.Input, also ...string) []weight {
	names, ok := weightNames(in.Source())
	if !ok {
		return list
	}
	return append(list, weight{in, append(names, also...), len(names)})
}

// weightNames are the names on the way from a constant, and whether the tensor
// is made of constants only. Those next to the reader come first; the mark that
// OpenVINO gives a constant of half precision is left out.
func weightNames(o *graph.Output) ([]string, bool) {
	var names []string
	for range 16 {
		if o == nil { // a file may have operations without what they read
			return nil, false
		}
		n := o.Node()
		name := strings.TrimSuffix(n.Name(), "_compressed")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		switch {
		case n.Type == "Const":
			return names, true
		case n.Is("Convert"):
		case n.Is("Multiply", "Subtract", "Reshape", "Transpose", "Concat", "Add") && constant(n.Source(len(n.Inputs())-1), 8):
		default:
			return nil, false
		}
		o = n.Source(0)
	}
	return nil, false
}

// constant reports whether a tensor is made of constants only.
func constant(o *graph.Output, depth int) bool {
	if o == nil {
		return false
	}
	n := o.Node()
	if n.Type == "Const" {
		return true
	}
	if depth == 0 || !n.Is("Convert", "Multiply", "Subtract", "Reshape", "Transpose", "MatMul") {
		return false
	}
	for i := range n.Inputs() {
		if !constant(n.Source(i), depth-1) {
			return false
		}
	}
	return true
}
