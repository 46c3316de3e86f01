package graph

import (
	"errors"
	"fmt"
	"strconv"

	"datum/internal/xmltext"
)

// maxDepth bounds how deep elements lie in each other. A body in a body costs
// three levels.
const maxDepth = 64

// Parse reads a model whose constants lie in weights, which stays in use and
// must not change. Constants must lie inside of it.
func Parse(text, weights []byte) (*Model, error) {
	return parse(text, NewWeights(weights))
}

// ParseTopology reads a model without its weights: its constants have shapes
// and no values, and it cannot be extended by constants.
func ParseTopology(text []byte) (*Model, error) { return parse(text, nil) }

func parse(text []byte, w *Weights) (*Model, error) {
	p := &parser{text: text, scan: xmltext.Of(text, 0), weights: w, known: map[string]string{}, ports: map[portKey]int{}, layers: map[*Graph]map[int]*Node{}}
	p.scan.MaxDepth = maxDepth
	m, err := p.model()
	if err != nil {
		return nil, p.placed(err)
	}
	return m, nil
}

// A parser reads a model from front to back.
type parser struct {
	text    []byte
	scan    *xmltext.Scanner
	tok     xmltext.Token
	attribs []xmltext.Attrib
	weights *Weights
	known   map[string]string // short strings that repeat, to have them once
	metas   int
	ports   map[portKey]int          // of nodes with many, for which a search takes too long
	layers  map[*Graph]map[int]*Node // by number, of the bodies of the layer that is read
}

// fault is what is wrong at an offset of the text.
type fault struct {
	at    int64
	layer string
	err   error
}

func (f *fault) Error() string { return f.err.Error() }

func (f *fault) Unwrap() error { return f.err }

func (p *parser) faultf(layer, format string, args ...any) error {
	return &fault{p.tok.At, layer, fmt.Errorf(format, args...)}
}

// placed makes an error of what stopped the parser.
func (p *parser) placed(err error) error {
	if f, ok := errors.AsType[*fault](err); ok {
		return &Error{Line: lineOf(p.text, f.at), Layer: f.layer, Err: f.err}
	}
	if x, ok := errors.AsType[*xmltext.Error](err); ok {
		return &Error{Line: lineOf(p.text, x.At), Err: x.Err}
	}
	return &Error{Line: lineOf(p.text, p.tok.At), Err: err}
}

// next reads the next start or end tag, and refuses text before it.
func (p *parser) next() error {
	for {
		if err := p.scan.Scan(&p.tok); err != nil {
			return err
		}
		switch p.tok.Kind {
		case xmltext.Start, xmltext.End:
			return nil
		case xmltext.EOF:
			return p.faultf("", "the text ends too early")
		case xmltext.Text:
			if !blank(p.tok.Raw) {
				return p.faultf("", "text %q where elements are expected", xmltext.Shorten(p.tok.Raw))
			}
		}
	}
}

func blank(b []byte) bool {
	for _, c := range b {
		if c > ' ' {
			return false
		}
	}
	return true
}

// children calls f at each start tag inside the element that was just opened;
// f must read that element to its end.
func (p *parser) children(f func(name string) error) error {
	for {
		if err := p.next(); err != nil {
			return err
		}
		if p.tok.Kind == xmltext.End {
			return nil
		}
		if err := f(p.tok.Name); err != nil {
			return err
		}
	}
}

// close reads to the end of an element that may have nothing in it.
func (p *parser) close() error {
	name := p.tok.Name
	return p.children(func(child string) error {
		return p.faultf("", "<%s> inside of <%s>", xmltext.Shorten(child), name)
	})
}

// split reads the attributes of the current tag.
func (p *parser) split() (err error) {
	p.attribs, err = p.tok.Attribs(p.attribs)
	return err
}

// value is the text of an attribute.
func (p *parser) value(raw []byte) (string, error) {
	if s, ok := p.known[string(raw)]; ok {
		return s, nil
	}
	s, err := unescaped(raw)
	if err != nil {
		return "", p.faultf("", "%w", err)
	}
	if len(raw) <= 24 && len(p.known) < 4096 {
		p.known[string(raw)] = s
	}
	return s, nil
}

// number is the value of an attribute that is a small number.
func (p *parser) number(name string, raw []byte) (int, error) {
	n, err := strconv.ParseInt(string(raw), 10, 32)
	if err != nil {
		return 0, p.faultf("", "%s=%q is no number of a port or layer", name, xmltext.Shorten(raw))
	}
	return int(n), nil
}

// numbers reads the attributes of the current tag, which are numbers but for a
// purpose. Place says where one belongs, nil for nowhere.
func (p *parser) numbers(what string, purpose *string, place func(name string) *int) error {
	if err := p.split(); err != nil {
		return err
	}
	for _, a := range p.attribs {
		name := string(a.Name)
		if name == "purpose" && purpose != nil {
			v, err := p.value(a.Raw)
			if err != nil {
				return err
			}
			*purpose = v
			continue
		}
		at := place(name)
		if at == nil {
			return p.faultf("", "%s has the attribute %q, which is not known", what, xmltext.Shorten(name))
		}
		n, err := p.number(name, a.Raw)
		if err != nil {
			return err
		}
		*at = n
	}
	return nil
}

// all reads all attributes of the current tag as they are.
func (p *parser) all() (Attrs, error) {
	if err := p.split(); err != nil {
		return nil, err
	}
	if len(p.attribs) == 0 {
		return nil, nil
	}
	list := make(Attrs, 0, len(p.attribs))
	for _, a := range p.attribs {
		attr, err := p.attr(a)
		if err != nil {
			return nil, err
		}
		list = append(list, attr)
	}
	return list, nil
}

func (p *parser) attr(a xmltext.Attrib) (Attr, error) {
	name, err := p.value(a.Name)
	if err != nil {
		return Attr{}, err
	}
	v, err := p.value(a.Raw)
	return Attr{name, v}, err
}

func (p *parser) model() (*Model, error) {
	if err := p.next(); err != nil {
		return nil, err
	}
	if p.tok.Kind != xmltext.Start || p.tok.Name != "net" {
		return nil, p.faultf("", "<%s> and not <net> is the first element: this is no OpenVINO model", xmltext.Shorten(p.tok.Name))
	}
	m := &Model{}
	attrs, err := p.all()
	if err != nil {
		return nil, err
	}
	for _, a := range attrs {
		switch a.Name {
		case "name":
			m.Name = a.Value
		case "version":
			m.Version = a.Value
		default:
			m.extra = append(m.extra, a)
		}
	}
	if m.Version != "10" && m.Version != "11" {
		return nil, p.faultf("", "version %q of the format, where 10 and 11 can be read", xmltext.Shorten(m.Version))
	}
	if m.Graph, err = p.graph(nil); err != nil {
		return nil, err
	}
	return m, p.end()
}

// end requires that nothing follows the model.
func (p *parser) end() error {
	for {
		if err := p.scan.Scan(&p.tok); err != nil {
			return err
		}
		if p.tok.Kind == xmltext.EOF {
			return nil
		}
		if p.tok.Kind != xmltext.Text || !blank(p.tok.Raw) {
			return p.faultf("", "something follows the model")
		}
	}
}

// meta reads the current element as it is.
func (p *parser) meta() (*Meta, error) {
	if p.metas++; p.metas > xmltext.MaxNodes {
		return nil, p.faultf("", "too many elements of rt_info")
	}
	m := &Meta{Name: p.tok.Name}
	var err error
	if m.Attrs, err = p.all(); err != nil {
		return nil, err
	}
	for {
		if err := p.scan.Scan(&p.tok); err != nil {
			return nil, err
		}
		switch p.tok.Kind {
		case xmltext.EOF, xmltext.End:
			if len(m.Children) > 0 && m.Text != "" {
				return nil, p.faultf("", "<%s> has text and elements", xmltext.Shorten(m.Name))
			}
			return m, nil
		case xmltext.Start:
			child, err := p.meta()
			if err != nil {
				return nil, err
			}
			m.Children = append(m.Children, child)
		case xmltext.Text:
			if blank(p.tok.Raw) && !p.tok.Literal {
				continue
			}
			text, err := p.tok.Content()
			if err != nil {
				return nil, err
			}
			m.Text += text
		}
	}
}
