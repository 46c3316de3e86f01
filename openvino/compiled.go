package openvino

import (
	"datum/openvino/internal/capi"
)

// A Compiled model is ready to run on a device.
type Compiled struct {
	handle capi.Compiled
	blob   *sharedTensor // where an imported model has its weights
}

// Compile compiles a model, which is not changed and may be closed afterwards.
func (c *Core) Compile(m *Model, options CompileOptions) (*Compiled, error) {
	if m.handle == nil {
		return nil, ErrClosed
	}
	const op = "compiling a model"
	if err := options.whole(op); err != nil {
		return nil, err
	}
	compiled := &Compiled{}
	err := exclusively(op, func() (status capi.Status) {
		compiled.handle, status = capi.CoreCompile(c.handle, m.handle, options.device(), options.properties())
		return status
	})
	if err != nil {
		return nil, err
	}
	used.compiled.Add(1)
	return compiled, nil
}

// Inputs returns the inputs, in their order.
func (c *Compiled) Inputs() ([]Port, error) { return c.ports(false) }

// Outputs returns the outputs, in their order.
func (c *Compiled) Outputs() ([]Port, error) { return c.ports(true) }

func (c *Compiled) ports(outputs bool) ([]Port, error) {
	if c.handle == nil {
		return nil, ErrClosed
	}
	ports, status := capi.CompiledPorts(c.handle, outputs)
	return portsOf(ports), promptly("looking at the ports of a model", status)
}

// Property returns a setting or a fact of the compiled model, such as
// OPTIMAL_NUMBER_OF_INFER_REQUESTS.
func (c *Compiled) Property(name string) (string, error) {
	if c.handle == nil {
		return "", ErrClosed
	}
	if err := whole("asking a compiled model", name); err != nil {
		return "", err
	}
	value, status := capi.CompiledProperty(c.handle, name)
	return value, promptly("asking for "+name, status)
}

// Close gives the compiled model back. Its requests live on.
func (c *Compiled) Close() {
	if c.handle == nil {
		return
	}
	capi.CompiledFree(c.handle)
	c.handle = nil
	c.blob.release()
	used.compiled.Add(-1)
}
