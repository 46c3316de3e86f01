package openvino

import "sync/atomic"

// Counts says how many objects there are.
type Counts struct{ Models, Compiled, Requests, Tensors int }

// used counts what is not closed; the tensors of requests are the requests'.
var used struct{ models, compiled, requests, tensors atomic.Int64 }

// InUse counts what was made and not closed. A program that uses the same few objects
// all the time, and whose counts grow, has forgotten to close some.
func InUse() Counts {
	return Counts{
		Models:   int(used.models.Load()),
		Compiled: int(used.compiled.Load()),
		Requests: int(used.requests.Load()),
		Tensors:  int(used.tensors.Load()),
	}
}
