package openvino

import (
	"context"
	"fmt"
	"time"

	"datum/openvino/internal/capi"
)

// A Request runs inferences, one at a time, with tensors of its own or of the caller.
type Request struct {
	handle          capi.Request
	blob            *sharedTensor
	inputs, outputs []*Tensor       // those that were asked for
	set             map[any]*Tensor // those that inferences write into, by number or name
}

// NewRequest makes a request. Inferences run at the same time on requests of the same
// compiled model.
func (c *Compiled) NewRequest() (*Request, error) {
	if c.handle == nil {
		return nil, ErrClosed
	}
	handle, status := capi.CompiledRequest(c.handle)
	if err := promptly("making a request", status); err != nil {
		return nil, err
	}
	used.requests.Add(1)
	return &Request{handle: handle, blob: c.blob.share()}, nil
}

// SetInput makes t the i-th input of the inferences to come. Its memory is read at
// each; it may be filled anew in between, and the tensor may be closed.
func (r *Request) SetInput(i int, t *Tensor) error {
	if r.handle == nil || t.handle == nil {
		return ErrClosed
	}
	return setting("input", i, capi.RequestSetInput(r.handle, i, t.handle))
}

// SetOutput makes the inferences to come write their i-th output into t, which gets the
// shape of the output.
func (r *Request) SetOutput(i int, t *Tensor) error {
	if r.handle == nil || t.handle == nil {
		return ErrClosed
	}
	return r.writing(i, t, setting("output", i, capi.RequestSetOutput(r.handle, i, t.handle)))
}

// SetNamed is SetInput or SetOutput by any name of the port.
func (r *Request) SetNamed(name string, t *Tensor) error {
	if r.handle == nil || t.handle == nil {
		return ErrClosed
	}
	if err := whole("setting a tensor", name); err != nil {
		return err
	}
	return r.writing(name, t, promptly("setting "+name, capi.RequestSetNamed(r.handle, name, t.handle)))
}

// writing notes that inferences write into t, if it could be set.
func (r *Request) writing(port any, t *Tensor, err error) error {
	if err != nil {
		return err
	}
	if r.set == nil {
		r.set = map[any]*Tensor{}
	}
	r.set[port] = t
	return nil
}

// wrote notes that an inference has written into the tensors.
func (r *Request) wrote() {
	for _, t := range r.outputs {
		t.written = true
	}
	for _, t := range r.set {
		t.written = true
	}
}

func setting(kind string, i int, status capi.Status) error {
	if status == capi.OK {
		return nil
	}
	return promptly(fmt.Sprintf("setting %s %d", kind, i), status)
}

// Input returns the tensor of the i-th input: the one that was set, or the request's
// own, which has the model's shape where that is known.
func (r *Request) Input(i int) (*Tensor, error) {
	return r.tensor("input", &r.inputs, i, capi.RequestInput)
}

// Output returns the tensor of the i-th output, which the last inference has written.
// It is the same tensor each time, with the shape that the output has now.
func (r *Request) Output(i int) (*Tensor, error) {
	return r.tensor("output", &r.outputs, i, capi.RequestOutput)
}

// maxPorts bounds the index of a port before there is a list for it.
const maxPorts = 1 << 16

func (r *Request) tensor(kind string, list *[]*Tensor, i int, get func(capi.Request, int) (capi.Tensor, capi.Status)) (*Tensor, error) {
	if r.handle == nil {
		return nil, ErrClosed
	}
	if i < 0 || i >= maxPorts {
		return nil, &Error{Op: "asking for a tensor", Text: fmt.Sprintf("there is no %s %d", kind, i)}
	}
	handle, status := get(r.handle, i)
	if status == capi.Busy {
		return nil, failed("asking for a tensor", status, "")
	}
	if status != capi.OK {
		return nil, &Error{Op: "asking for a tensor", Text: fmt.Sprintf("there is no %s %d", kind, i)}
	}
	for len(*list) <= i {
		*list = append(*list, &Tensor{owned: true})
	}
	t := (*list)[i]
	if t.handle != nil {
		capi.TensorFree(t.handle)
	}
	t.point(handle)
	return t, nil
}

// Infer runs an inference and returns when it is done. If ctx ends first, the
// inference is broken off, and the error is that of ctx.
func (r *Request) Infer(ctx context.Context) error {
	if r.handle == nil {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.run(ctx, "inference", capi.RequestInfer)
}

// Start starts an inference and returns at once. Wait has to follow, before anything
// else is done with the request.
func (r *Request) Start() error {
	if r.handle == nil {
		return ErrClosed
	}
	return promptly("starting an inference", capi.RequestStart(r.handle))
}

// Wait waits for the inference that Start started. If ctx ends first, it is broken
// off, and the error is that of ctx; in any case nothing runs any more afterwards.
func (r *Request) Wait(ctx context.Context) error {
	if r.handle == nil {
		return ErrClosed
	}
	return r.run(ctx, "inference", capi.RequestWait)
}

// run makes a call that lasts as long as an inference.
func (r *Request) run(ctx context.Context, op string, call func(capi.Request) (capi.Status, string)) error {
	watched := func() {}
	if ctx.Done() != nil {
		watched = r.cancelAfter(ctx)
	}
	status, text := call(r.handle)
	watched()
	r.wrote()
	switch {
	case status == capi.OK:
		return nil
	case status == capi.Cancelled && ctx.Err() != nil:
		return ctx.Err()
	}
	return failed(op, status, text)
}

// cancelAfter breaks inferences off once ctx has ended, until the function that it
// returns was called.
func (r *Request) cancelAfter(ctx context.Context) (done func()) {
	over, stopped := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		// An inference that has not begun yet cannot be broken off: so again and again.
		for {
			capi.RequestCancel(r.handle)
			select {
			case <-over:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	return func() {
		close(over)
		if !stop() {
			<-stopped
		}
	}
}

// Close gives the request back, and with it the tensors that Input and Output have
// returned.
func (r *Request) Close() {
	if r.handle == nil {
		return
	}
	for _, t := range append(r.inputs, r.outputs...) {
		t.release()
	}
	capi.RequestFree(r.handle)
	r.blob.release()
	*r = Request{}
	used.requests.Add(-1)
}

// A LayerProfile says how long a layer took.
type LayerProfile struct {
	Name     string // in the model
	Type     string // of the operation, such as Convolution
	Kernel   string // with which it was computed
	Executed bool   // and not optimised away, or skipped
	Real     time.Duration
	CPU      time.Duration
}

// Profile returns how long each layer took in the last inference, for models that were
// compiled with CompileOptions.Profile.
func (r *Request) Profile() ([]LayerProfile, error) {
	if r.handle == nil {
		return nil, ErrClosed
	}
	layers, status := capi.RequestProfile(r.handle)
	if err := promptly("asking for a profile", status); err != nil {
		return nil, err
	}
	profile := make([]LayerProfile, len(layers))
	for i, layer := range layers {
		profile[i] = LayerProfile{layer.Name, layer.Type, layer.Kernel, layer.Executed,
			time.Duration(layer.Real) * time.Microsecond, time.Duration(layer.CPU) * time.Microsecond}
	}
	return profile, nil
}
