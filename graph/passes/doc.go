// Package passes rewrites models: each pass takes a graph.Model and changes it
// in place. What they have in common is that they move work into the graph that
// would be done around it, or change weights without making them anew:
//
//   - [AddRanking] puts the end of a language model into it, so that a few
//     probabilities come out in place of a number for every word.
//   - [StateToInputs] and [InputsToState] turn variables into inputs and
//     outputs, and back.
//   - [AddAdapters] adds low-rank adapters (LoRA) to weights.
//   - [WeightsToInput] makes weights an input, so that they can be trained, and
//     [SetWeights] puts the trained ones into the model as it was.
//   - [AddEmbeddings] adds rows to a table of embeddings.
//
// A pass that fails may have changed the model half-way; it should be read
// again then.
package passes
