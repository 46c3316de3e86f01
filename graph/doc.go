// Package graph holds neural networks in OpenVINO's intermediate representation
// (IR) as Go values: it reads and writes them, builds them with shapes and
// types inferred, checks them and rewrites them. It needs no OpenVINO.
//
// A [Model] is a [Graph] and the [Weights] that its constants lie in. A graph
// has nodes; a [Node] has attributes, which are kept as the text they are, and
// inputs and outputs with an element type and a shape. An input knows the
// output that feeds it, an output knows who reads it. The bodies of
// TensorIterator, Loop and If are graphs themselves, see [Body].
//
// What OpenVINO wrote comes back byte by byte: the order of layers and edges,
// and everything that this package does not understand, stay as they were. The
// weights are never copied: a constant is a piece of the bytes that the model
// was read with, and new ones come behind them.
//
// OpenVINO's own reader takes a constant at a wrong place, or an operation that
// lacks an attribute, and computes something. So [Parse] refuses what cannot be,
// and [Model.Validate] checks what the operations need.
package graph
