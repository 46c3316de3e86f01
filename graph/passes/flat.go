package passes

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"datum/graph"
)

// A Slice is where a constant of a model lies in one vector of weights.
type Slice struct {
	Name    string // of the constant
	Shape   graph.Shape
	Element graph.ElementType // in which the model has it
	At      int64             // the first number of the vector
}

// Len is how many numbers the constant has.
func (s *Slice) Len() int64 {
	n, _ := s.Shape.Elements()
	return n
}

// WeightsToInput makes constants parts of one vector of float32, which becomes
// an input of the model with the given name: a trained model is trained on
// with its weights as numbers that change. It returns where each constant lies
// and what they were.
//
// Numbers of half precision become float32, also where the model multiplies
// with them in half precision.
func WeightsToInput(m *graph.Model, name string, weights []*graph.Node) ([]Slice, []float32, error) {
	if len(weights) == 0 {
		return nil, nil, fmt.Errorf("the model has no weights that could become the input %q", name)
	}
	var parts []Slice
	var values []float32
	var lengths []int64
	for _, n := range weights {
		v, err := Numbers(n)
		if err != nil {
			return nil, nil, err
		}
		if len(v) == 0 {
			return nil, nil, fmt.Errorf("the constant %q is empty", n.Name())
		}
		o := n.Output(0)
		parts = append(parts, Slice{Name: n.Name(), Shape: o.Shape.Clone(), Element: o.Element, At: int64(len(values))})
		values, lengths = append(values, v...), append(lengths, int64(len(v)))
	}
	b := m.Edit()
	vector := b.Parameter(name, graph.F32, int64(len(values)))
	pieces := b.SplitAt(vector, 0, lengths...)
	for i, n := range weights {
		if err := feed(b, n.Output(0), b.Reshape(pieces[i], parts[i].Shape...)); err != nil {
			return nil, nil, err
		}
	}
	return parts, values, b.Err()
}

// feed makes whoever reads a constant read part.
func feed(b *graph.Builder, constant, part *graph.Output) error {
	if b.Err() != nil {
		return b.Err()
	}
	for _, in := range slices.Clone(constant.Consumers()) {
		if n := in.Node(); n.Is("Convert") && n.Output(0).Element == graph.F32 {
			if err := n.Output(0).Redirect(part); err != nil {
				return err
			}
			if err := n.Remove(); err != nil {
				return err
			}
		}
	}
	if len(constant.Consumers()) > 0 {
		if err := constant.Redirect(b.Convert(part, constant.Element)); err != nil {
			return err
		}
	}
	return constant.Node().Remove()
}

// SetWeights gives the constants of a model the numbers that the vector has for
// them. It is for the model as it was before WeightsToInput: all else about it
// stays the same.
func SetWeights(m *graph.Model, parts []Slice, values []float32) error {
	b := m.Edit()
	for _, p := range parts {
		n := m.NodeByName(p.Name)
		if n == nil || n.Type != "Const" || n.Output(0).Element != p.Element || !n.Output(0).Shape.Equal(p.Shape) {
			return fmt.Errorf("the model has no constant %q of %s [%s]", p.Name, p.Element, p.Shape)
		}
		if end := p.At + p.Len(); p.At < 0 || end > int64(len(values)) {
			return fmt.Errorf("the weights %q lie from %d to %d of %d numbers", p.Name, p.At, end, len(values))
		}
		fresh := b.Floats(p.Name, p.Element, p.Shape, values[p.At:p.At+p.Len()])
		if err := b.Err(); err != nil {
			return err
		}
		if err := n.Output(0).Replace(fresh); err != nil {
			return err
		}
		if err := n.Remove(); err != nil {
			return err
		}
	}
	return m.Repack()
}

// Numbers are those of a constant of real numbers, as float32.
func Numbers(n *graph.Node) ([]float32, error) {
	if n.Type != "Const" {
		return nil, fmt.Errorf("%q is no constant", n.Name())
	}
	data, err := n.Output(0).Data()
	if err != nil {
		return nil, err
	}
	t := n.Output(0).Element
	size := int(t.Bits() / 8)
	if !t.IsReal() || size < 2 {
		return nil, fmt.Errorf("the constant %q has numbers of the type %s, which cannot be trained", n.Name(), t)
	}
	v := make([]float32, len(data)/size)
	for i := range v {
		switch b := data[i*size:]; t {
		case graph.F16:
			v[i] = graph.F16ToFloat32(binary.LittleEndian.Uint16(b))
		case graph.BF16:
			v[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
		case graph.F32:
			v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b))
		case graph.F64:
			v[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
	}
	return v, nil
}
