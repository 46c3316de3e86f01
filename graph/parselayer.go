package graph

import (
	"fmt"
	"slices"
	"strconv"

	"datum/internal/xmltext"
)

// An edge is a line of the text that ties two ports.
type edge struct {
	at                           int64
	fromLayer, fromPort, toLayer int
	toPort                       int
}

// graph reads what is inside of the element that was just opened, a model or a
// body.
func (p *parser) graph(owner *Node) (*Graph, error) {
	g := newGraph(p.weights)
	g.owner = owner
	byID := map[int]*Node{}
	var edges []edge
	err := p.children(func(name string) error {
		switch {
		case name == "layers" && len(g.nodes) == 0:
			return p.children(func(name string) error { return p.layer(g, byID, name) })
		case name == "edges" && edges == nil:
			edges = []edge{}
			return p.edges(&edges)
		case name == "layers" || name == "edges":
			return p.faultf("", "a second <%s>", name)
		}
		m, err := p.meta()
		g.tail = append(g.tail, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	if owner != nil {
		p.layers[g] = byID
	}
	if err := p.connect(g, byID, edges); err != nil {
		return nil, err
	}
	return g, g.checkParsed()
}

func (p *parser) edges(list *[]edge) error {
	return p.children(func(name string) error {
		if name != "edge" {
			return p.faultf("", "<%s> among the edges", xmltext.Shorten(name))
		}
		e := edge{at: p.tok.At, fromLayer: -1, fromPort: -1, toLayer: -1, toPort: -1}
		err := p.numbers("an edge", nil, func(name string) *int {
			switch name {
			case "from-layer":
				return &e.fromLayer
			case "from-port":
				return &e.fromPort
			case "to-layer":
				return &e.toLayer
			case "to-port":
				return &e.toPort
			}
			return nil
		})
		if err != nil {
			return err
		}
		*list = append(*list, e)
		return p.close()
	})
}

// connect ties the ports of the nodes.
func (p *parser) connect(g *Graph, byID map[int]*Node, edges []edge) error {
	for i, e := range edges {
		fail := func(format string, args ...any) error {
			return &fault{at: e.at, err: fmt.Errorf(format, args...)}
		}
		from, to := byID[e.fromLayer], byID[e.toLayer]
		if from == nil || to == nil {
			return fail("an edge from layer %d to layer %d, of which one does not exist", e.fromLayer, e.toLayer)
		}
		o, in := p.place(from, e.fromPort, true), p.place(to, e.toPort, false)
		if o < 0 {
			return fail("layer %q has no output port %d", xmltext.Shorten(from.label()), e.fromPort)
		}
		if in < 0 {
			return fail("layer %q has no input port %d", xmltext.Shorten(to.label()), e.toPort)
		}
		input := to.inputs[in]
		if input.source != nil {
			return fail("layer %q has two edges to its input port %d", xmltext.Shorten(to.label()), e.toPort)
		}
		input.source, input.seq = from.outputs[o], int32(i)
		input.source.consumers = append(input.source.consumers, input)
	}
	g.nextSeq = int32(len(edges))
	return nil
}

// checkParsed checks what makes a graph one: inputs are fed, and nothing runs
// in circles.
func (g *Graph) checkParsed() error {
	for _, n := range g.nodes {
		for i, in := range n.inputs {
			if in.source == nil {
				return nodeErrorf(n, "nothing feeds its input %d", i)
			}
		}
	}
	sorted, err := g.Sorted()
	for _, n := range sorted {
		n.resolveUnranked()
	}
	return err
}

// resolveUnranked tells single numbers from tensors of which nothing is known:
// both have no dimensions in the file.
func (n *Node) resolveUnranked() {
	if n.Is("Const", "Parameter") || !slices.ContainsFunc(n.outputs, func(o *Output) bool { return len(o.Shape) == 0 }) {
		return
	}
	var list []tensor
	if len(n.bodies) == 0 {
		list, _ = n.inferred()
	} else {
		list = n.fromBodies()
	}
	for i, o := range n.outputs {
		if len(o.Shape) == 0 && (i >= len(list) || !list[i].shape.Ranked()) {
			o.Shape = Unranked()
		}
	}
}

// fromBodies is what the outputs of a node are as far as its bodies say it.
func (n *Node) fromBodies() []tensor {
	list := make([]tensor, len(n.outputs))
	for _, b := range n.bodies {
		for _, p := range b.Ports {
			if p.Output && p.External >= 0 && !p.Internal.Source(0).Shape.Ranked() {
				list[p.External].shape = Unranked()
			}
		}
	}
	return list
}

func (p *parser) layer(g *Graph, byID map[int]*Node, name string) error {
	if name != "layer" {
		return p.faultf("", "<%s> among the layers", xmltext.Shorten(name))
	}
	n := &Node{graph: g}
	at := p.tok.At
	if err := p.layerAttrs(n); err != nil {
		return err
	}
	if byID[n.id] != nil {
		return p.faultf(n.name, "the id %d was taken by layer %q", n.id, xmltext.Shorten(byID[n.id].label()))
	}
	byID[n.id] = n
	g.nodes = append(g.nodes, n)
	g.nextID = max(g.nextID, n.id+1)
	maps := map[string]*rawMap{}
	if err := p.children(func(name string) error { return p.layerPart(n, name, &maps) }); err != nil {
		return withLayer(err, n)
	}
	if err := n.checkParsed(); err != nil {
		return &fault{at, n.label(), err}
	}
	if err := p.resolveBodies(n, maps); err != nil {
		return &fault{at, n.label(), err}
	}
	return nil
}

// withLayer adds the name of the layer to an error that has none.
func withLayer(err error, n *Node) error {
	if f, ok := err.(*fault); ok && f.layer == "" {
		f.layer = n.label()
	}
	return err
}

func (p *parser) layerAttrs(n *Node) (err error) {
	n.id = -1
	if err := p.split(); err != nil {
		return err
	}
	for _, a := range p.attribs {
		switch string(a.Name) {
		case "id":
			if n.id, err = p.number("id", a.Raw); err == nil && n.id < 0 {
				err = p.faultf("", "the id %d is negative", n.id)
			}
		case "name":
			n.name, err = unescaped(a.Raw)
		case "type":
			n.Type, err = p.value(a.Raw)
		case "version":
			n.Version, err = p.value(a.Raw)
		default:
			var extra Attr
			extra, err = p.attr(a)
			n.extra = append(n.extra, extra)
		}
		if err != nil {
			return err
		}
	}
	if n.id < 0 || n.Type == "" {
		return p.faultf(n.name, "a layer without id or type")
	}
	return nil
}

// layerPart reads one of the elements of a layer.
func (p *parser) layerPart(n *Node, name string, maps *map[string]*rawMap) (err error) {
	switch name {
	case "data":
		if n.Attrs != nil {
			return p.faultf("", "a second <data>")
		}
		if n.Attrs, err = p.all(); err != nil {
			return err
		}
		return p.close()
	case "input":
		return p.children(func(name string) error { return p.inputPort(n, name) })
	case "output":
		return p.children(func(name string) error { return p.outputPort(n, name) })
	case "body", "then_body", "else_body":
		if slices.ContainsFunc(n.bodies, func(b *Body) bool { return b.Tag == name }) {
			return p.faultf("", "a second <%s>", name)
		}
		g, err := p.graph(n)
		if err != nil {
			return err
		}
		n.bodies = append(n.bodies, &Body{Tag: name, Graph: g})
		return nil
	case "port_map", "then_port_map", "else_port_map", "back_edges":
		if (*maps)[name] != nil {
			return p.faultf("", "a second <%s>", name)
		}
		m := &rawMap{}
		(*maps)[name] = m
		return p.rawMap(m)
	}
	m, err := p.meta()
	if err == nil && name == "rt_info" && n.info == nil {
		n.info = m
		return nil
	}
	n.other = append(n.other, m)
	return err
}

func (p *parser) inputPort(n *Node, name string) error {
	in := &Input{node: n}
	var err error
	typ := Dynamic
	if in.extra, err = p.portAttrs(name, &in.id, &typ, nil); err != nil {
		return err
	}
	if n.inputs = append(n.inputs, in); !p.numbered(n, false) {
		return p.faultf("", "the input port %d is there twice", in.id)
	}
	return p.portParts(nil, &in.info)
}

func (p *parser) outputPort(n *Node, name string) error {
	o := &Output{node: n}
	var err error
	if o.extra, err = p.portAttrs(name, &o.id, &o.Element, &o.names); err != nil {
		return err
	}
	if n.outputs = append(n.outputs, o); !p.numbered(n, true) {
		return p.faultf("", "the output port %d is there twice", o.id)
	}
	o.Shape = Shape{}
	return p.portParts(&o.Shape, &o.info)
}

func (p *parser) portAttrs(name string, id *int, typ *ElementType, names *[]string) (extra []Attr, err error) {
	if name != "port" {
		return nil, p.faultf("", "<%s> among the ports", xmltext.Shorten(name))
	}
	if err := p.split(); err != nil {
		return nil, err
	}
	hasID, hasType := false, false
	for _, a := range p.attribs {
		switch key := string(a.Name); {
		case key == "id":
			*id, err = p.number("id", a.Raw)
			hasID = true
		case key == "precision":
			if *typ, hasType = byPrecision[string(a.Raw)]; !hasType {
				err = p.faultf("", "the element type %q is not known", xmltext.Shorten(a.Raw))
			}
		case key == "names" && names != nil:
			var s string
			s, err = p.value(a.Raw)
			*names = splitNames(s)
		default:
			var attr Attr
			attr, err = p.attr(a)
			extra = append(extra, attr)
		}
		if err != nil {
			return nil, err
		}
	}
	if !hasID || !hasType || *id < 0 {
		return nil, p.faultf("", "a port without id or precision")
	}
	return extra, nil
}

// portParts reads the dimensions of a port and what else it has. The
// dimensions of an input are those of its source, and not kept.
func (p *parser) portParts(shape *Shape, info *[]*Meta) error {
	return p.children(func(name string) error {
		if name != "dim" {
			m, err := p.meta()
			*info = append(*info, m)
			return err
		}
		d, err := p.dim()
		if shape != nil {
			*shape = append(*shape, d)
		}
		return err
	})
}

func (p *parser) dim() (int64, error) {
	if err := p.scan.Scan(&p.tok); err != nil {
		return 0, err
	}
	if p.tok.Kind != xmltext.Text {
		return 0, p.faultf("", "an empty dimension")
	}
	d, err := strconv.ParseInt(string(p.tok.Raw), 10, 64)
	if err != nil || d < -1 {
		return 0, p.faultf("", "the dimension %q", xmltext.Shorten(p.tok.Raw))
	}
	if err := p.next(); err != nil {
		return 0, err
	}
	if p.tok.Kind != xmltext.End {
		return 0, p.faultf("", "an element inside of a dimension")
	}
	return d, nil
}
