package graph

import "testing"

// FuzzInfer changes the shapes, attributes and constants of models that have
// every operation in them. Whatever comes of it, nothing may panic, and what is valid is of a size that
// can be.
func FuzzInfer(f *testing.F) {
	names := []string{}
	models := map[string][]byte{}
	weights := map[string][]byte{}
	for name, build := range operations() {
		b := NewBuilder(name)
		build(b)
		m, err := b.Model()
		if err != nil {
			f.Fatal(name, err)
		}
		names = append(names, name)
		models[name], weights[name] = m.XML(), m.Weights().Bytes()
	}
	for _, name := range names {
		f.Add(name, uint16(1), int64(-1), uint16(3), "0")
		f.Add(name, uint16(7), int64(3), uint16(1), "-1")
	}
	f.Fuzz(func(t *testing.T, name string, node uint16, dim int64, at uint16, value string) {
		if models[name] == nil {
			return
		}
		m, err := Parse(models[name], append([]byte(nil), weights[name]...))
		if err != nil {
			t.Fatal(err)
		}
		var all []*Node
		m.Each(func(n *Node) { all = append(all, n) })
		n := all[int(node)%len(all)]
		switch {
		case len(n.Attrs) > 0 && at%3 == 0 && n.Type != "Const":
			n.Attrs[int(at/3)%len(n.Attrs)].Value = value
		case len(n.data) > 0 && at%3 != 2:
			n.data[int(at)%len(n.data)] = byte(dim)
		case len(n.outputs) > 0:
			o := n.outputs[int(at)%len(n.outputs)]
			switch {
			case dim == unranked:
				o.Shape = Unranked()
			case dim == unranked-1:
				o.Element = ElementType(at % uint16(elementTypes))
			case len(o.Shape) > 0 && dim >= -1:
				o.Shape[int(at)%len(o.Shape)] = dim
			case dim < 0:
				o.Shape = append(o.Shape, -1)
			}
		}
		if m.Validate() == nil {
			m.Each(func(n *Node) {
				for i, o := range n.outputs {
					if size, ok := leastBytes(o.Element, o.Shape); !ok || size > MaxTensorBytes {
						t.Fatalf("output %d of %q is %s", i, n.name, o)
					}
				}
			})
		}
		// What is inferred of nodes behind the changed one sees what it says.
		for _, n := range all {
			_, _ = n.inferred()
		}
		_ = m.Infer()
		_ = m.XML()
	})
}
