package graph

import (
	"fmt"

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
	if err := p.split(); err != nil {
		return err
	}
	s, sliced := Slicing{End: -1, Stride: 1, PartSize: 1}, false
	for _, a := range p.attribs {
		name := string(a.Name)
		if name == "purpose" {
			v, err := p.value(a.Raw)
			if err != nil {
				return err
			}
			e.purpose = v
			continue
		}
		n, err := p.number(name, a.Raw)
		if err != nil {
			return err
		}
		switch name {
		case "external_port_id":
			e.external = n
		case "internal_layer_id":
			e.internal = n
		case "from-layer":
			e.from = n
		case "to-layer":
			e.to = n
		case "axis":
			s.Axis, sliced = int64(n), true
		case "start":
			s.Start = int64(n)
		case "end":
			s.End = int64(n)
		case "stride":
			s.Stride = int64(n)
		case "part_size":
			s.PartSize = int64(n)
		case "from-port", "to-port", "internal_port_id": // what older files have besides
		default:
			return p.faultf("", "a map of ports has the attribute %q, which is not known", xmltext.Shorten(name))
		}
	}
	if sliced {
		e.slice = &s
	}
	return nil
}

// resolveBodies ties a node's ports to its bodies.
func (n *Node) resolveBodies(maps map[string]*rawMap) error {
	used := 0
	for _, b := range n.bodies {
		if m := maps[mapTag(b.Tag)]; m != nil {
			used++
			if err := b.resolvePorts(n, m); err != nil {
				return err
			}
		}
		if m := maps["back_edges"]; m != nil && b.Tag == "body" {
			used++
			if err := b.resolveBack(m); err != nil {
				return err
			}
		}
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

func (b *Body) resolvePorts(n *Node, m *rawMap) error {
	for _, e := range m.entries {
		p := PortMap{Output: e.output, External: -1, Internal: b.NodeByID(e.internal), Slice: e.slice, Purpose: e.purpose}
		if e.external >= 0 {
			p.External = n.place(e.external, e.output)
		}
		if p.External < 0 && p.Purpose == "" {
			return fmt.Errorf("its map of ports names the port %d, which it does not have", e.external)
		}
		want := "Parameter"
		if e.output {
			want = "Result"
		}
		if p.Internal == nil || p.Internal.Type != want {
			return fmt.Errorf("its map of ports names the layer %d of its body, which is no %s", e.internal, want)
		}
		b.Ports = append(b.Ports, p)
	}
	return nil
}

// place is the place of a port among the inputs or outputs, -1 for none.
func (n *Node) place(id int, output bool) int {
	if output {
		for i, o := range n.outputs {
			if o.id == id {
				return i
			}
		}
		return -1
	}
	for i, in := range n.inputs {
		if in.id == id {
			return i
		}
	}
	return -1
}

func (b *Body) resolveBack(m *rawMap) error {
	for _, e := range m.entries {
		from, to := b.NodeByID(e.from), b.NodeByID(e.to)
		if from == nil || to == nil || from.Type != "Result" || to.Type != "Parameter" {
			return fmt.Errorf("a back edge from layer %d to layer %d, which are no result and no parameter of its body", e.from, e.to)
		}
		b.Back = append(b.Back, BackEdge{from, to})
	}
	return nil
}
