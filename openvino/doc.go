// Package openvino runs models with OpenVINO 2026.4.
//
// The runtime is not linked to the program. [Load] opens it, out of a folder that
// the caller names, and until then nothing here needs it: a program with this
// package in it starts and does everything else on a machine without OpenVINO. In
// a program built without cgo, Load says so ([ErrUnavailable]).
//
//	err := openvino.Load(dir)
//	core, err := openvino.Default()
//	model, err := core.ReadFile("yunet.onnx")
//	compiled, err := core.Compile(model, openvino.CompileOptions{})
//	request, err := compiled.NewRequest()
//	input, err := request.Input(0)
//	copy(input.Float32s(), pixels)
//	err = request.Infer(ctx)
//	output, err := request.Output(0)
//	scores := output.Float32s()
//
// # Who owns what
//
// A [Model], a [Compiled] model, a [Request] and a [Tensor] hold memory that Go's
// collector does not see, and are given back by Close. They may be closed in any
// order: each holds on to what it needs of the others. Nothing is given back
// behind the caller's back, because a slice that looks into a tensor does not
// keep the tensor alive, as far as the collector knows; what is forgotten stays
// in memory. [InUse] counts what is not closed yet.
//
// The tensors that [Request.Input] and [Request.Output] return belong to the
// request, and go with it. The tensors that [NewTensor] makes belong to the caller.
// A slice of a tensor is good until the tensor, or its request, is closed, and a
// slice of what an inference writes into until the next inference, which may need
// other memory; the tensor itself stays good.
//
// There is one [Core] in a process, which is never closed. It may be used by
// several goroutines at a time, and so may a Compiled model. A Request, a Model or
// a Tensor is for one goroutine at a time; inferences run at the same time on a
// request for each. Models are read and compiled one after the other.
//
// A request of a model with a state begins with the state that the model has at first, and
// keeps it from one inference to the next. The C API can neither read nor reset it: another
// request begins anew.
//
// # What is not trusted
//
// Text, pictures, and models that were cut off or changed end in an error. But a model is a
// program: one that was made to do so can take any time and any memory, to read and to
// compile as well, and only an inference can be broken off. The libraries are looked at
// for being complete, and not for what is in them; and what [Core.Import] reads has to be
// authentic.
//
// # Numbers
//
// Models are computed in float32 unless [CompileOptions] say otherwise: the runtime's
// own choice depends on the processor, and is bfloat16 on newer ones.
package openvino
