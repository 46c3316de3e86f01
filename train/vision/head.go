package vision

import (
	"datum/graph"
	"datum/train/parameters"
)

// A head is the last layer of a classifier with weights, and its bias.
type head struct {
	node    *graph.Node // a MatMul or a Convolution
	classes int64
	axis    int           // of the weights along which the classes are
	bias    *graph.Input  // of an Add, nil for none
	shapes  []*graph.Node // reshapings between the layer and the end
}

// head finds the last layer with weights: the way from it to the end has only biases,
// reshapings, activations and means over places.
func (m *base) head() (*head, error) {
	h := &head{}
	for o := m.logits; o != nil; {
		n := o.Node()
		switch {
		case n.Is("MatMul", "Convolution"):
			h.node = n
			return h, h.describe()
		case n.Is("Add"):
			at := 1
			if madeOfConstants(n.Source(0), depthOfWeights) {
				at = 0
			}
			if !madeOfConstants(n.Source(at), depthOfWeights) {
				return nil, noHead(n)
			}
			if h.bias == nil {
				h.bias = n.Input(at)
			}
			o = n.Source(1 - at)
		case n.Is("Reshape"):
			h.shapes = append(h.shapes, n)
			o = n.Source(0)
		case onlyShapes(n), n.Is("ReduceMean", "AvgPool", "ReLU"):
			o = n.Source(0)
		case n.Is("Parameter"):
			o = nil
		default:
			return nil, noHead(n)
		}
	}
	return nil, refused("it has no layer with weights")
}

func noHead(n *graph.Node) error {
	return refused("its last layer with weights is not found: layer %q (%s) is behind it", n.Name(), n.Type)
}

// depthOfWeights is how many operations may be between constants and a layer.
const depthOfWeights = 8

// madeOfConstants reports whether a tensor is a constant, or one that was converted,
// scaled or brought into shape.
func madeOfConstants(o *graph.Output, depth int) bool {
	if o == nil {
		return false
	}
	n := o.Node()
	if n.Type == "Const" {
		return true
	}
	if depth == 0 || !n.Is("Convert", "Multiply", "Subtract", "Reshape", "Transpose", "Squeeze", "Unsqueeze") {
		return false
	}
	for i := range n.Inputs() {
		if !madeOfConstants(n.Source(i), depth-1) {
			return false
		}
	}
	return true
}

// describe finds out how many classes there are.
func (h *head) describe() error {
	w := h.node.Source(1)
	if !madeOfConstants(w, depthOfWeights) || !w.Shape.Static() {
		return refused("its last layer %q has no constants as weights", h.node.Name())
	}
	if h.node.Is("MatMul") {
		if len(w.Shape) != 2 {
			return refused("its last layer %q has weights of the shape [%s]", h.node.Name(), w.Shape)
		}
		if turned, err := h.node.Attrs.Bool("transpose_b"); err != nil || !turned {
			h.axis = 1
		}
	}
	if len(w.Shape) <= h.axis {
		return refused("its last layer %q has weights of the shape [%s]", h.node.Name(), w.Shape)
	}
	h.classes = w.Shape[h.axis]
	return nil
}

// constants are those of which weights and bias are made.
func (h *head) constants() (list []*graph.Output) {
	var collect func(o *graph.Output)
	collect = func(o *graph.Output) {
		if o.IsConst() {
			list = append(list, o)
			return
		}
		for i := range o.Node().Inputs() {
			collect(o.Node().Source(i))
		}
	}
	collect(h.node.Source(1))
	if h.bias != nil {
		collect(h.bias.Source())
	}
	return list
}

// replace puts in a new layer for another number of classes. It returns its weights.
func (h *head) replace(m *graph.Model, classes int64) (map[*graph.Output]parameters.Initializer, error) {
	b := m.Edit()
	w := h.node.Source(1)
	shape := w.Shape.Clone()
	shape[h.axis] = classes
	size, ok := shape.Elements()
	if !ok || size < 1 || size > 1<<31 {
		return nil, refused("its last layer would have weights of the shape [%s]", shape)
	}
	weights := b.Floats(h.node.Name()+" weights", w.Element, shape, make([]float32, size))
	fresh := map[*graph.Output]parameters.Initializer{weights: parameters.Xavier(int(size/classes), int(classes))}
	changes := []change{{h.node.Input(1), weights}}
	if h.bias != nil {
		if old := h.bias.Source(); len(old.Shape) > 0 {
			s := old.Shape.Clone()
			for i, d := range s {
				if d == h.classes {
					s[i] = classes
				}
			}
			n, _ := s.Elements()
			bias := b.Floats(h.node.Name()+" bias", old.Element, s, make([]float32, n))
			fresh[bias], changes = parameters.Constant(0), append(changes, change{h.bias, bias})
		}
	}
	for _, n := range h.shapes {
		if c, ok := h.reshaped(b, n, classes); ok {
			changes = append(changes, c)
		}
	}
	if err := b.Err(); err != nil {
		return nil, refused("%w", err)
	}
	for _, c := range changes {
		if err := c.in.Connect(c.to); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// A change is an input that reads something else.
type change struct {
	in *graph.Input
	to *graph.Output
}

// reshaped changes the number of classes in the target of a reshaping.
func (h *head) reshaped(b *graph.Builder, n *graph.Node, classes int64) (change, bool) {
	dims, ok := n.Source(1).KnownInts()
	if !ok || !n.Source(1).IsConst() {
		return change{}, false
	}
	found := false
	fresh := make([]int64, len(dims))
	for i, d := range dims {
		if fresh[i] = d; d == h.classes && i > 0 {
			fresh[i], found = classes, true
		}
	}
	if !found {
		return change{}, false
	}
	return change{n.Input(1), b.Ints("", n.Source(1).Element, graph.Shape{int64(len(dims))}, fresh...)}, true
}
