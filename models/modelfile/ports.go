package modelfile

import (
	"context"
	"slices"
	"strings"

	"datum/formats"
	"datum/graph"
)

// A Port is an input or an output of a model, as its file describes it.
type Port struct {
	Name    string `json:"name"`
	Element string `json:"element"` // f32, u8, i64
	Shape   string `json:"shape"`   // 1,3,-1,-1: -1 is any length; empty where even the number of dimensions is open
}

// Ports are what goes into a model and what comes out of it.
type Ports struct {
	Inputs  []Port `json:"inputs"`
	Outputs []Port `json:"outputs"`
}

// Ports reads the first part of the model, checks its hash, and says what goes
// in and out. What was compiled, or is TensorFlow's, says nothing of that, and
// neither is returned.
func (f *File) Ports(ctx context.Context) (*Ports, error) {
	var m Model
	defer m.Close()
	text, err := f.loadPart(ctx, 0, &m)
	if err != nil {
		return nil, err
	}
	var p *Ports
	switch f.Parts[0].Role {
	case RoleXML:
		p, err = irPorts(text)
	case RoleONNX:
		p, err = onnxPorts(text)
	}
	if err != nil {
		return nil, &formats.Error{Path: f.Path, Err: err}
	}
	return p, nil
}

func irPorts(text []byte) (*Ports, error) {
	m, err := graph.ParseTopology(text)
	if err != nil {
		return nil, err
	}
	p := &Ports{}
	for _, n := range m.Parameters() {
		p.Inputs = append(p.Inputs, portOf(n.Output(0), n))
	}
	for _, n := range m.Results() {
		p.Outputs = append(p.Outputs, portOf(n.Source(0), n))
	}
	return p, nil
}

// portOf describes the tensor that a node makes or takes.
func portOf(o *graph.Output, n *graph.Node) Port {
	if o == nil {
		return Port{Name: strings.Clone(n.Name())}
	}
	p := Port{Name: n.Name(), Element: o.Element.String(), Shape: o.Shape.String()}
	if names := o.Names(); len(names) > 0 {
		p.Name = slices.Min(names)
	}
	p.Name = strings.Clone(p.Name) // the text is going to be cleared
	return p
}
