package openvino

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"datum/openvino/internal/capi"
)

// A Core reads and compiles models.
type Core struct{ handle capi.Core }

// theCore is the only one. It is never freed: its plugins have threads and memory that
// every compiled model uses, and nothing is won by making them anew.
var theCore struct {
	sync.Mutex
	core *Core
}

// cpu is the device that is used unless another one is asked for.
const cpu = "CPU"

// Default returns the core of the process, which is made on first use.
func Default() (*Core, error) {
	if loaded.Load() == nil {
		return nil, ErrNotLoaded
	}
	theCore.Lock()
	defer theCore.Unlock()
	if theCore.core == nil {
		core, err := newCore()
		if err != nil {
			return nil, err
		}
		theCore.core = core
	}
	return theCore.core, nil
}

func newCore() (*Core, error) {
	c := &Core{}
	err := exclusively("starting", func() (status capi.Status) {
		c.handle, status = capi.CoreCreate()
		return status
	})
	if err != nil {
		return nil, err
	}
	// To ask for its name is what loads the plugin. It brings operations that models
	// may have, which are unknown before.
	if _, err = c.Property(cpu, "FULL_DEVICE_NAME"); err == nil {
		// For models that are imported: those have no options of their own.
		err = c.setProperties(cpu, []capi.Property{{Key: precisionKey, Value: "f32"}})
	}
	if err != nil {
		capi.CoreFree(c.handle)
		return nil, fmt.Errorf("%w: no use of the processor: %w", ErrDamaged, err)
	}
	return c, nil
}

// Property returns a setting or a fact of a device, such as FULL_DEVICE_NAME of CPU.
func (c *Core) Property(device, key string) (string, error) {
	if err := whole("asking a device", device, key); err != nil {
		return "", err
	}
	value, status := capi.CoreProperty(c.handle, device, key)
	return value, promptly("asking for "+key+" of "+device, status)
}

func (c *Core) setProperties(device string, properties []capi.Property) error {
	return promptly("setting properties of "+device, capi.CoreSetProperties(c.handle, device, properties))
}

// Devices returns the names of the devices that models can be compiled for.
func (c *Core) Devices() ([]string, error) {
	names, status := capi.CoreDevices(c.handle)
	return names, promptly("looking for devices", status)
}

// AddExtension loads a library of additional operations, such as
// libopenvino_tokenizers.so. It must come from where the runtime comes from: it is
// code that runs in the process.
func (c *Core) AddExtension(path string) error {
	if err := whole("loading an extension", path); err != nil {
		return err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return err
	}
	if err := checkLibrary(path); err != nil {
		return err
	}
	return exclusively("loading the extension "+path, func() capi.Status {
		return capi.CoreAddExtension(c.handle, path)
	})
}

// ReadFile reads a model: OpenVINO's own .xml, with the .bin beside it, .onnx with
// external data beside it, and what else the installed runtime can read.
func (c *Core) ReadFile(path string) (*Model, error) {
	if err := whole("reading a model", path); err != nil {
		return nil, asModelError(err)
	}
	if err := checkModelFile(path); err != nil {
		return nil, err
	}
	m := &Model{}
	err := exclusively("reading "+path, func() (status capi.Status) {
		m.handle, status = capi.CoreReadFile(c.handle, path)
		return status
	})
	return m.made("reading "+path, err)
}

// Read reads a model from memory: OpenVINO's own XML with its weights, or the bytes of
// an ONNX file, whose weights are nil. Both are copied. External data of an ONNX file
// are not found, since there is no place to look for them.
func (c *Core) Read(model, weights []byte) (*Model, error) {
	if len(weights) == 0 {
		return c.ReadWithWeights(model, nil)
	}
	tensor, err := newTensor(U8, []int{len(weights)})
	if err != nil {
		return nil, err
	}
	defer tensor.Close()
	copy(tensor.Bytes(), weights)
	return c.ReadWithWeights(model, tensor)
}

// ReadFrozen reads a frozen graph of TensorFlow from memory; the runtime must have been
// installed with what reads such. It reads them from files only: this gives it one that
// exists in memory and nowhere else.
func (c *Core) ReadFrozen(graph []byte) (*Model, error) {
	const op = "reading a frozen TensorFlow graph from memory"
	if len(graph) == 0 {
		return nil, &Error{Op: op, Text: "it is empty", Err: ErrModel}
	}
	file, path, err := memoryFile()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if _, err := file.Write(graph); err != nil {
		return nil, err
	}
	m := &Model{}
	err = exclusively(op, func() (status capi.Status) {
		m.handle, status = capi.CoreReadFile(c.handle, path)
		return status
	})
	return m.made(op, err)
}

// ReadWithWeights is Read for weights that lie in a tensor, of bytes, which the model
// shares: they must not be changed while the model or one compiled of it is in use. The
// tensor may be closed.
func (c *Core) ReadWithWeights(model []byte, weights *Tensor) (*Model, error) {
	const op = "reading a model from memory"
	if len(model) == 0 {
		return nil, &Error{Op: op, Text: "it is empty", Err: ErrModel}
	}
	var handle capi.Tensor
	if weights != nil {
		if weights.handle == nil {
			return nil, ErrClosed
		}
		handle = weights.handle
	}
	m := &Model{}
	err := exclusively(op, func() (status capi.Status) {
		m.handle, status = capi.CoreReadMemory(c.handle, model, handle)
		return status
	})
	return m.made(op, err)
}
