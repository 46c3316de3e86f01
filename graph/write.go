package graph

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// XML returns the text of the model, as OpenVINO writes it.
func (m *Model) XML() []byte { return m.AppendXML(nil) }

// AppendXML appends the text of the model. Names that a text cannot hold, which
// [Model.Validate] and [Model.Write] refuse, are not whole in it.
func (m *Model) AppendXML(b []byte) []byte {
	w := &writer{b: append(b, "<?xml version=\"1.0\"?>\n"...)}
	w.open("net", Attrs{{"name", m.Name}, {"version", m.Version}}, m.extra)
	w.graph(m.Graph)
	w.shut("net")
	return w.b
}

// Write writes the text of the model and its weights, where they are wanted.
func (m *Model) Write(text, weights io.Writer) error {
	if err := m.oddNames(); err != nil {
		return err
	}
	if _, err := text.Write(m.XML()); err != nil {
		return fmt.Errorf("writing the model: %w", err)
	}
	if weights == nil {
		return nil
	}
	if m.weights == nil {
		return errNoWeights
	}
	_, err := m.weights.WriteTo(weights)
	return err
}

// A writer makes the text of a model, with a tab for each level.
type writer struct {
	b     []byte
	level int
}

func (w *writer) indent() {
	for range w.level {
		w.b = append(w.b, '\t')
	}
}

// tag begins an element and leaves it open for more attributes.
func (w *writer) tag(name string, attrs ...[]Attr) {
	w.indent()
	w.b = append(append(w.b, '<'), name...)
	for _, list := range attrs {
		for _, a := range list {
			w.attr(a.Name, a.Value)
		}
	}
}

func (w *writer) attr(name, value string) {
	w.b = append(append(append(w.b, ' '), name...), `="`...)
	w.b = append(appendEscaped(w.b, value, true), '"')
}

func (w *writer) number(name string, n int64) {
	w.b = append(append(append(w.b, ' '), name...), `="`...)
	w.b = append(strconv.AppendInt(w.b, n, 10), '"')
}

// down ends a start tag, inside of which more elements follow.
func (w *writer) down() {
	w.b = append(w.b, ">\n"...)
	w.level++
}

// empty ends an element without anything in it.
func (w *writer) empty() { w.b = append(w.b, " />\n"...) }

func (w *writer) open(name string, attrs ...[]Attr) {
	w.tag(name, attrs...)
	w.down()
}

func (w *writer) shut(name string) {
	w.level--
	w.indent()
	w.b = append(append(append(w.b, "</"...), name...), ">\n"...)
}

func (w *writer) graph(g *Graph) {
	nodes := g.Nodes()
	w.open("layers")
	for _, n := range nodes {
		w.node(n)
	}
	w.shut("layers")
	w.edges(nodes)
	for _, m := range g.tail {
		w.meta(m)
	}
}

// edges writes the edges in the order in which they were read, then new ones.
func (w *writer) edges(nodes []*Node) {
	var list []*Input
	for _, n := range nodes {
		for _, in := range n.inputs {
			if in.source != nil {
				list = append(list, in)
			}
		}
	}
	if len(list) == 0 {
		w.tag("edges")
		w.empty()
		return
	}
	slices.SortStableFunc(list, func(a, b *Input) int { return cmp.Compare(a.seq, b.seq) })
	w.open("edges")
	for _, in := range list {
		w.tag("edge")
		w.number("from-layer", int64(in.source.node.id))
		w.number("from-port", int64(in.source.id))
		w.number("to-layer", int64(in.node.id))
		w.number("to-port", int64(in.id))
		w.empty()
	}
	w.shut("edges")
}

func (w *writer) node(n *Node) {
	w.tag("layer")
	w.number("id", int64(n.id))
	w.attr("name", n.name)
	w.attr("type", n.Type)
	if n.Version != "" {
		w.attr("version", n.Version)
	}
	for _, a := range n.extra {
		w.attr(a.Name, a.Value)
	}
	if len(n.Attrs)+len(n.inputs)+len(n.outputs)+len(n.bodies)+len(n.other) == 0 && n.info == nil {
		w.empty()
		return
	}
	w.down()
	if len(n.Attrs) > 0 {
		w.tag("data", n.Attrs)
		w.empty()
	}
	if n.info != nil {
		w.meta(n.info)
	}
	w.maps(n)
	w.ports(n)
	for _, b := range n.bodies {
		w.open(b.Tag)
		w.graph(b.Graph)
		w.shut(b.Tag)
	}
	for _, m := range n.other {
		w.meta(m)
	}
	w.shut("layer")
}

func (w *writer) ports(n *Node) {
	if len(n.inputs) > 0 {
		w.open("input")
		for _, in := range n.inputs {
			if in.source != nil {
				w.port(in.id, in.source.Element, in.source.Shape, nil, in.extra, in.info)
			}
		}
		w.shut("input")
	}
	if len(n.outputs) > 0 {
		w.open("output")
		for _, o := range n.outputs {
			w.port(o.id, o.Element, o.Shape, o.names, o.extra, o.info)
		}
		w.shut("output")
	}
}

func (w *writer) port(id int, typ ElementType, shape Shape, names []string, extra []Attr, info []*Meta) {
	w.tag("port")
	w.number("id", int64(id))
	w.attr("precision", typ.Precision())
	if len(names) > 0 {
		w.attr("names", joinNames(names))
	}
	for _, a := range extra {
		w.attr(a.Name, a.Value)
	}
	if !shape.Ranked() {
		shape = nil
	}
	if len(shape)+len(info) == 0 {
		w.empty()
		return
	}
	w.down()
	for _, d := range shape {
		w.indent()
		w.b = append(strconv.AppendInt(append(w.b, "<dim>"...), d, 10), "</dim>\n"...)
	}
	for _, m := range info {
		w.meta(m)
	}
	w.shut("port")
}

// meta writes an element as it was.
func (w *writer) meta(m *Meta) {
	w.tag(m.Name, m.Attrs)
	switch {
	case len(m.Children) > 0:
		w.down()
		for _, c := range m.Children {
			w.meta(c)
		}
		w.shut(m.Name)
	case m.Text != "":
		w.b = appendEscaped(append(w.b, '>'), m.Text, false)
		w.b = append(append(append(w.b, "</"...), m.Name...), ">\n"...)
	default:
		w.empty()
	}
}

// maps writes how the ports of a node belong to its bodies: that of an If's
// second body first, as OpenVINO does.
func (w *writer) maps(n *Node) {
	for i := len(n.bodies) - 1; i >= 0; i-- {
		b := n.bodies[i]
		w.portMap(n, b)
		if len(b.Back) == 0 {
			if b.Tag == "body" {
				w.tag("back_edges")
				w.empty()
			}
			continue
		}
		w.open("back_edges")
		for _, e := range b.Back {
			w.tag("edge")
			w.number("from-layer", int64(e.From.id))
			w.number("to-layer", int64(e.To.id))
			w.empty()
		}
		w.shut("back_edges")
	}
}

func (w *writer) portMap(n *Node, b *Body) {
	tag := mapTag(b.Tag)
	if len(b.Ports) == 0 {
		w.tag(tag)
		w.empty()
		return
	}
	w.open(tag)
	for _, p := range b.Ports {
		name, id := "input", -1
		switch {
		case p.Output:
			name = "output"
			if p.External >= 0 {
				id = n.outputs[p.External].id
			}
		case p.External >= 0:
			id = n.inputs[p.External].id
		}
		w.tag(name)
		if p.Slice != nil {
			w.number("axis", p.Slice.Axis)
		}
		w.number("external_port_id", int64(id))
		w.number("internal_layer_id", int64(p.Internal.id))
		if s := p.Slice; s != nil {
			w.number("start", s.Start)
			w.number("end", s.End)
			w.number("stride", s.Stride)
			w.number("part_size", s.PartSize)
		}
		if p.Purpose != "" {
			w.attr("purpose", p.Purpose)
		}
		w.empty()
	}
	w.shut(tag)
}

// appendEscaped appends text as OpenVINO's own writer does.
func appendEscaped(b []byte, text string, inAttribute bool) []byte {
	done := 0
	for i := range len(text) {
		c := text[i]
		if c >= 0x20 && c != '<' && c != '>' && c != '&' && c != '"' {
			continue
		}
		s := ""
		switch {
		case c == '<':
			s = "&lt;"
		case c == '&':
			s = "&amp;"
		case c == '"' && inAttribute:
			s = "&quot;"
		case c == '>' && !inAttribute:
			s = "&gt;"
		case c < 0x20 && (inAttribute || c != '\n' && c != '\t'):
			s = "&#" + string([]byte{'0' + c/10, '0' + c%10}) + ";"
		default:
			continue
		}
		b = append(append(b, text[done:i]...), s...)
		done = i + 1
	}
	return append(b, text[done:]...)
}
