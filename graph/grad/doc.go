// Package grad differentiates graphs: it adds to a graph the operations that
// compute how a number that the graph computes (a loss) changes with other
// tensors of it (weights). What comes out is an ordinary graph, which OpenVINO
// runs as it runs any other, so that networks are trained without another
// library. It does not matter whether the graph was built in Go or read from a
// file.
//
// The method is reverse-mode differentiation. [Add] goes through the operations
// from the loss backwards, and knows for each kind of operation how the
// gradient of its outputs makes the gradients of its inputs; table.go lists the
// rules. Only gradients on the way to what was asked for are computed.
//
// Truth values, integers and shapes have no gradient, and what is computed with
// them is taken as it is. A TensorIterator, or a Loop of a fixed number of
// rounds, has a TensorIterator as its gradient, which goes through the rounds
// backwards. Operations without a rule, such as If, are
// refused by name, see [ErrNoGradient]. The sizes of tensors may be unknown
// until the model runs as long as a rule does without them; then two
// dimensions of which one is not known are taken to be the same unless the
// other is 1, that is, tensors are not repeated along a dimension of unknown
// size.
package grad
