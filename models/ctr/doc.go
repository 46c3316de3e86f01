// Package ctr has networks that predict clicks from what a user did before: dien (GRU,
// attention and AUGRU), din (attention) and dnn (a sum), as graphs over rows of
// embeddings.
//
// The tables of embeddings are not in the graphs. Who runs a graph looks the rows up,
// and in training is told their gradients: a step then costs what its batch costs,
// however large the tables are, and what the tables have memorised of users stays where
// it was decrypted.
//
// Each network has three forms that compute the same. The sequence graph has the
// operations GRUSequence and AUGRUSequence, of which the second belongs to OpenVINO's
// CPU plugin. The loop graph has TensorIterators of ordinary operations, and runs
// anywhere. The training graph is the loop graph with fixed sizes and a loss. The
// sequence operations ignore the lengths of histories where sizes are dynamic, so they
// always run to the end, and the state is taken from where each history ends.
//
// The published networks compute statistics of a batch when they predict, and add
// padding to the sum of a history, so that what they say of a row depends on the rows
// beside it. Here statistics are gathered in training and frozen, and padding is masked;
// [Config].Reference brings the published behaviour back.
package ctr
