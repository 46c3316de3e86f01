package graph

import (
	"fmt"
)

// checkParsed checks what a layer alone must have, and finds the bytes of a
// constant.
func (n *Node) checkParsed() error {
	switch n.Type {
	case "Const":
		return n.parseConstant()
	case "Parameter":
		return n.parseParameter()
	case "Result":
		if len(n.inputs) != 1 {
			return fmt.Errorf("a result with %d inputs", len(n.inputs))
		}
	}
	return nil
}

func (n *Node) parseParameter() error {
	if len(n.inputs) != 0 || len(n.outputs) != 1 {
		return fmt.Errorf("a parameter with %d inputs and %d outputs", len(n.inputs), len(n.outputs))
	}
	shape, err := n.Attrs.Shape("shape")
	if err != nil {
		return err
	}
	if _, err = n.Attrs.Element("element_type"); err != nil {
		return err
	}
	if !shape.Ranked() {
		n.outputs[0].Shape = shape
	}
	return nil
}

func (n *Node) parseConstant() error {
	if len(n.inputs) != 0 || len(n.outputs) != 1 {
		return fmt.Errorf("a constant with %d inputs and %d outputs", len(n.inputs), len(n.outputs))
	}
	typ, err := n.Attrs.Element("element_type")
	if err != nil {
		return err
	}
	shape, err := n.Attrs.Shape("shape")
	if err != nil {
		return err
	}
	at, err := n.Attrs.Int("offset")
	if err != nil {
		return err
	}
	size, err := n.Attrs.Int("size")
	if err != nil {
		return err
	}
	if err := checkSize(typ, shape, size); err != nil {
		return err
	}
	if w := n.graph.weights; w != nil {
		n.data, err = w.Slice(at, size)
	} else if at < 0 {
		err = fmt.Errorf("the offset %d is negative", at)
	}
	return err
}

// checkSize checks that a constant has as many bytes as its shape says.
func checkSize(typ ElementType, shape Shape, size int64) error {
	count, ok := shape.Elements()
	if !ok || size < 0 {
		return fmt.Errorf("a constant of the shape %s in %d bytes", shape, size)
	}
	bits := typ.Bits()
	if count == 0 && size <= 1 {
		return nil // OpenVINO gives a constant without elements a byte
	}
	if bits == 0 {
		return nil // strings and odd numbers of bits: the weights alone bound them
	}
	// Counted in eights, since count times bits might not be a number.
	if want := count/8*bits + (count%8*bits+7)/8; want != size || count/8 > (1<<62)/bits {
		return fmt.Errorf("a constant of %s and the shape %s has %d bytes in the file and not %d", typ, shape, size, want)
	}
	return nil
}

// IsConst reports whether the output is a constant.
func (o *Output) IsConst() bool { return o != nil && o.node.Type == "Const" }

// Data returns the bytes of a constant, by reference.
func (o *Output) Data() ([]byte, error) {
	if !o.IsConst() {
		return nil, nodeErrorf(o.node, "it is no constant")
	}
	if o.node.data == nil {
		return nil, &Error{Layer: o.node.label(), Err: errNoWeights}
	}
	return o.node.data, nil
}
