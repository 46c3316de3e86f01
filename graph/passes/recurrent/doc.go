// Package recurrent finds recurrent units in models that somebody else made, and puts
// OpenVINO's operations for whole sequences in their place.
//
// What a step is written as does not matter. The gates' arguments are read as sums of
// what the step reads, each times a matrix (affine), and the new state as a polynomial in
// the old state, the new content and the gates; the weights of the operation follow from
// both. Loops (TensorIterator and Loop) and chains of steps that were unrolled are
// recognised by the same step.
//
// Models with such units have attention in front of them, mostly. What its first layer
// computes again for each step, though it is the same for all steps of a row, is computed
// once.
//
// Shapes are believed as the file has them, and a pass cannot know everything that a
// runtime does. So who uses it compares what comes out with what it was: see package
// models/optimize.
package recurrent
