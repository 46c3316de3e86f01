// Package step trains networks on OpenVINO: a step of training is one graph, in which
// the loss of a batch is computed, its gradient by all weights, and what the weights
// become. The runtime knows nothing of training; it runs that graph as it runs any.
//
//	program, err := step.Build(core, network, step.Options{Optimizer: step.Adam{}}, initial)
//	inputs, err := program.NewInputs()
//	for ... {
//		copy(inputs[0].Float32s(), pictures)
//		report, err := program.Run(ctx, rate(program.Steps()), inputs...)
//	}
//
// All that changes from step to step, the state, goes into the graph and comes out of
// it: the weights as one vector, what the optimiser keeps of each weight, statistics
// that the network gathers. There are two tensors for each, which take turns, so that
// nothing is copied, and a step that went wrong leaves the state as it was: the tensors
// then do not change places. The runtime's own variables would not do, since its C API
// can neither set nor read them.
//
// The same state and the same batches give the same bits, on the same machine with the
// same number of threads. [Program.WriteState] and [Program.ReadState] interrupt
// training and go on with it without a difference.
package step
