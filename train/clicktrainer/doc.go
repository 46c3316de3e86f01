// Package clicktrainer trains click-through models on logs of behaviour, encrypted or
// not.
//
// A step is a graph of OpenVINO over rows of embeddings, see packages step and ctr. The
// tables that the rows are from lie outside, and only rows that a batch has touched are
// changed. Batches have histories of similar length, and there is a graph for each of a
// few lengths, which all train the same weights. The rows of the next batches are put
// together while a step is at work.
//
// After each epoch the model is validated with rows that it has not learnt from, and the
// best is kept. Rows for the test are never looked at here.
//
// The same log, options and seed give the same model on the same machine with the same
// number of threads, and so does a training that was interrupted and went on.
package clicktrainer
