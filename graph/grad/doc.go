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
//
// Where a function bends, one of its slopes is taken: none for a ReLU at 0 and a
// Clamp at its limits, that of the first of two equal numbers for Maximum and
// Minimum. A Maximum with 0 as its second input so has the slope 1 at 0. As
// everywhere, 0 times an infinite slope is no number: what Select leaves out
// must be finite with a finite slope, too, such as the root of a number that was
// kept from 0 before.
//
// A gradient can be differentiated again, unless it goes through a convolution of groups,
// which is refused then: where such a one is multiplied by a constant, OpenVINO may
// multiply the filters of several of them at once, which would be wrong.
package grad
