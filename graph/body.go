package graph

// A Body is a graph inside a node: what a TensorIterator or a Loop runs many
// times ("body"), or one of the two that an If chooses from ("then_body",
// "else_body").
type Body struct {
	Tag string
	*Graph
	// Ports say which inputs and outputs of the node belong to which
	// parameters and results of the body.
	Ports []PortMap
	// Back says which results become which parameters of the next round.
	Back []BackEdge
}

// A PortMap ties an input or output of a node to a parameter or result of its
// body.
type PortMap struct {
	Output   bool
	External int   // place among the node's inputs or outputs, -1 for none
	Internal *Node // a Parameter or a Result
	// Slice is how the tensor is cut into rounds, nil where each round has
	// all of it, or where the last round's value is the output.
	Slice *Slicing
	// Purpose marks the number of the round ("current_iteration") and whether
	// there is another one ("execution_condition").
	Purpose string
}

// Slicing cuts a tensor along an axis into parts, one for each round.
type Slicing struct {
	Axis, Start, End, Stride, PartSize int64
}

// Rounds returns how many parts a dimension has, -1 where that is not known.
func (s *Slicing) Rounds(dim int64) int64 {
	if dim < 0 || s.Stride == 0 || s.PartSize <= 0 {
		return -1
	}
	start, end := s.Start, s.End
	if start < 0 {
		start += dim + 1
	}
	if end < 0 {
		end += dim + 1
	}
	length, stride := end-start, s.Stride
	if stride < 0 {
		length, stride = -length, -stride
	}
	if length < s.PartSize {
		return -1
	}
	return length / stride
}

// A BackEdge makes a result the parameter of the next round.
type BackEdge struct {
	From *Node // a Result
	To   *Node // a Parameter
}

// InputOf returns the map of a parameter, nil where there is none.
func (b *Body) InputOf(parameter *Node) *PortMap { return b.portOf(parameter, false) }

// OutputOf returns the first map of a result, nil where there is none.
func (b *Body) OutputOf(result *Node) *PortMap { return b.portOf(result, true) }

func (b *Body) portOf(n *Node, output bool) *PortMap {
	for i := range b.Ports {
		if p := &b.Ports[i]; p.Internal == n && p.Output == output {
			return p
		}
	}
	return nil
}
