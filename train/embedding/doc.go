// Package embedding keeps tables of embeddings outside of the graphs that are trained,
// and trains their rows.
//
// A step looks the rows of its batch up, gives them to the graph, and is told the
// gradient of each. Only rows that the batch has touched are changed, with Adam as
// torch.optim.SparseAdam does it: a step costs what its batch costs, and not what the
// table does.
package embedding
