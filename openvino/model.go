package openvino

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"datum/openvino/internal/capi"
)

// A Model is a graph of operations, which can be changed and compiled.
type Model struct{ handle capi.Model }

// made completes a model that was read, or makes its error the model's fault. What has
// no outputs is not a model, but the reader of XML accepts it.
func (m *Model) made(op string, err error) (*Model, error) {
	if err != nil {
		return nil, asModelError(err)
	}
	used.models.Add(1)
	if outputs, err := m.Outputs(); err != nil || len(outputs) == 0 {
		m.Close()
		return nil, &Error{Op: op, Text: "it is a model without outputs", Err: ErrModel}
	}
	return m, nil
}

// Inputs returns the inputs, in their order.
func (m *Model) Inputs() ([]Port, error) { return m.ports(false) }

// Outputs returns the outputs, in their order.
func (m *Model) Outputs() ([]Port, error) { return m.ports(true) }

func (m *Model) ports(outputs bool) ([]Port, error) {
	if m.handle == nil {
		return nil, ErrClosed
	}
	ports, status := capi.ModelPorts(m.handle, outputs)
	return portsOf(ports), promptly("looking at the ports of a model", status)
}

// Reshape gives inputs, by their names, other shapes. The number of dimensions may
// change but has to be known.
func (m *Model) Reshape(shapes map[string]PartialShape) error {
	if m.handle == nil {
		return ErrClosed
	}
	names := slices.Sorted(maps.Keys(shapes))
	if err := whole("making shapes", names...); err != nil {
		return err
	}
	dims := make([][]capi.Dim, len(names))
	described := make([]string, len(names))
	for i, name := range names {
		dims[i] = shapes[name].dims()
		described[i] = fmt.Sprintf("%s %v", name, shapes[name])
	}
	op := "making the shapes " + strings.Join(described, ", ")
	switch {
	case len(names) == 0:
		return nil
	case slices.ContainsFunc(dims, func(shape []capi.Dim) bool { return len(shape) == 0 }):
		// The library would do nothing, without a word.
		return &Error{Op: op, Text: "an input cannot be made to have no dimensions, or any number of them"}
	}
	return exclusively(op, func() capi.Status { return capi.ModelReshape(m.handle, names, dims) })
}

// Close gives the model back. What was compiled of it lives on.
func (m *Model) Close() {
	if m.handle == nil {
		return
	}
	capi.ModelFree(m.handle)
	m.handle = nil
	used.models.Add(-1)
}
