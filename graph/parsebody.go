package graph

import (
	"fmt"
	"math"
	"slices"

	"datum/internal/xmltext"
)

// A rawMap is the port map or the back edges of a node, with the numbers that
// the text has.
type rawMap struct{ entries []rawEntry }

type rawEntry struct {
	output             bool
	external, internal int
	from, to           int
	slice              *Slicing
	purpose            string
}

// noAxis is where a tensor is not cut into parts.
const noAxis = math.MinInt

func (p *parser) rawMap(m *rawMap) error {
	return p.children(func(name string) error {
		e := rawEntry{output: name == "output", external: -1, internal: -1, from: -1, to: -1}
		if name != "input" && name != "output" && name != "edge" {
			return p.faultf("", "<%s> in a map of ports", xmltext.Shorten(name))
		}
		if err := p.rawAttrs(&e); err != nil {
			return err
		}
		m.entries = append(m.entries, e)
		return p.close()
	})
}

func (p *parser) rawAttrs(e *rawEntry) error {
	axis, start, end, stride, size, older := noAxis, 0, -1, 1, 1, 0
	err := p.numbers("a map of ports", &e.purpose, func(name string) *int {
		switch name {
		case "external_port_id":
			return &e.external
		case "internal_layer_id":
			return &e.internal
		case "from-layer":
			return &e.from
		case "to-layer":
			return &e.to
		case "axis":
			return &axis
		case "start":
			return &start
		case "end":
			return &end
		case "stride":
			return &stride
		case "part_size":
			return &size
		case "from-port", "to-port", "internal_port_id": // what older files have besides
			return &older
		}
		return nil
	})
	if axis != noAxis {
		e.slice = &Slicing{Axis: int64(axis), Start: int64(start), End: int64(end), Stride: int64(stride), PartSize: int64(size)}
	}
	return err
}

// resolveBodies ties a node's ports to its bodies.
func (p *parser) resolveBodies(n *Node, maps map[string]*rawMap) error {
	used := 0
	for _, b := range n.bodies {
		if m := maps[mapTag(b.Tag)]; m != nil {
			used++
			if err := p.resolvePorts(n, b, m); err != nil {
				return err
			}
		}
		if m := maps["back_edges"]; m != nil && b.Tag == "body" {
			used++
			if err := p.resolveBack(b, m); err != nil {
				return err
			}
		}
		delete(p.layers, b.Graph)
	}
	if used != len(maps) {
		return fmt.Errorf("a map of ports without its body")
	}
	return nil
}

// mapTag is the element that has the port map of a body.
func mapTag(body string) string {
	switch body {
	case "then_body":
		return "then_port_map"
	case "else_body":
		return "else_port_map"
	}
	return "port_map"
}

func (p *parser) resolvePorts(n *Node, b *Body, m *rawMap) error {
	for _, e := range m.entries {
		port := PortMap{Output: e.output, External: -1, Internal: p.layers[b.Graph][e.internal], Slice: e.slice, Purpose: e.purpose}
		if e.external >= 0 {
			port.External = p.place(n, e.external, e.output)
		}
		if port.External < 0 && port.Purpose == "" {
			return fmt.Errorf("its map of ports names the port %d, which it does not have", e.external)
		}
		want := "Parameter"
		if e.output {
			want = "Result"
		}
		if port.Internal == nil || port.Internal.Type != want {
			return fmt.Errorf("its map of ports names the layer %d of its body, which is no %s", e.internal, want)
		}
		b.Ports = append(b.Ports, port)
	}
	return nil
}

// A portKey names a port of a node.
type portKey struct {
	node   *Node
	id     int
	output bool
}

// fewPorts is up to how many ports of a node are searched one by one.
const fewPorts = 16

// numbered notes the number of the port that was added last. It is false where
// another port of the node has the number.
func (p *parser) numbered(n *Node, output bool) bool {
	count, id := len(n.inputs), portID(n, output)
	if output {
		count = len(n.outputs)
	}
	last := count - 1
	if count == fewPorts+1 {
		for i := range last {
			p.ports[portKey{n, id(i), output}] = i
		}
	}
	if at := p.place(n, id(last), output); at >= 0 && at < last {
		return false
	}
	if count > fewPorts {
		p.ports[portKey{n, id(last), output}] = last
	}
	return true
}

// portID returns the numbers of ports by their places.
func portID(n *Node, output bool) func(int) int {
	if output {
		return func(i int) int { return n.outputs[i].id }
	}
	return func(i int) int { return n.inputs[i].id }
}

// place is the place of a port among the inputs or outputs, -1 for none.
func (p *parser) place(n *Node, id int, output bool) int {
	if output && len(n.outputs) <= fewPorts {
		return slices.IndexFunc(n.outputs, func(o *Output) bool { return o.id == id })
	}
	if !output && len(n.inputs) <= fewPorts {
		return slices.IndexFunc(n.inputs, func(in *Input) bool { return in.id == id })
	}
	if i, ok := p.ports[portKey{n, id, output}]; ok {
		return i
	}
	return -1
}

func (p *parser) resolveBack(b *Body, m *rawMap) error {
	for _, e := range m.entries {
		from, to := p.layers[b.Graph][e.from], p.layers[b.Graph][e.to]
		if from == nil || to == nil || from.Type != "Result" || to.Type != "Parameter" {
			return fmt.Errorf("a back edge from layer %d to layer %d, which are no result and no parameter of its body", e.from, e.to)
		}
		b.Back = append(b.Back, BackEdge{from, to})
	}
	return nil
}
