package openvino

import (
	"io"
	"sync/atomic"

	"datum/openvino/internal/capi"
)

// Export writes the compiled model, weights and all, in a form that Import reads: on a
// machine with the same runtime and the same kind of processor, and as it was
// written. The runtime can write to files only; this gives it one that exists in memory
// and nowhere else.
func (c *Compiled) Export(w io.Writer) error {
	if c.handle == nil {
		return ErrClosed
	}
	file, path, err := memoryFile()
	if err != nil {
		return err
	}
	defer file.Close()
	err = exclusively("exporting a model", func() capi.Status { return capi.CompiledExport(c.handle, path) })
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	_, err = io.Copy(w, io.NewSectionReader(file, 0, info.Size()))
	return err
}

// Import makes a compiled model of what Export wrote. The runtime does not look whether
// the bytes are what it wrote, and what was changed may do anything: they have to be
// authentic. What the options leave open is not what the exported model was compiled
// with, but the usual.
func (c *Core) Import(blob []byte, options CompileOptions) (*Compiled, error) {
	const op = "importing a compiled model"
	if len(blob) == 0 {
		return nil, &Error{Op: op, Text: "it is empty", Err: ErrModel}
	}
	if err := options.whole(op); err != nil {
		return nil, err
	}
	tensor, err := newTensor(U8, []int{len(blob)})
	if err != nil {
		return nil, err
	}
	copy(tensor.Bytes(), blob)
	compiled := &Compiled{blob: (&sharedTensor{tensor: tensor}).share()}
	err = c.withProperties(options.device(), options.properties(), func() error {
		var status capi.Status
		compiled.handle, status = capi.CoreImport(c.handle, tensor.handle, options.device())
		return asModelError(promptly(op, status))
	})
	if err != nil {
		tensor.Close()
		return nil, err
	}
	used.compiled.Add(1)
	return compiled, nil
}

// withProperties changes the settings of a device for the time of a call, during which
// nothing else is compiled: an import takes no options of its own.
func (c *Core) withProperties(device string, properties []capi.Property, call func() error) (err error) {
	errorText.Lock()
	defer errorText.Unlock()
	before := make([]capi.Property, len(properties))
	for i, property := range properties {
		value, err := c.Property(device, property.Key)
		if err != nil {
			return err
		}
		before[i] = capi.Property{Key: property.Key, Value: value}
	}
	if err := c.setProperties(device, properties); err != nil {
		return err
	}
	defer func() {
		if back := c.setProperties(device, before); err == nil {
			err = back
		}
	}()
	return call()
}

// A sharedTensor is closed by the last of those who share it. The runtime reads from
// the memory of an imported model as long as that, or a request of it, lives, and
// does not say so to the tensor.
type sharedTensor struct {
	tensor *Tensor
	users  atomic.Int32
}

// share makes one more user. There is nothing to share in nil.
func (s *sharedTensor) share() *sharedTensor {
	if s != nil {
		s.users.Add(1)
	}
	return s
}

func (s *sharedTensor) release() {
	if s != nil && s.users.Add(-1) == 0 {
		s.tensor.Close()
	}
}
