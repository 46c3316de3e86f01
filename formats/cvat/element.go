package cvat

import (
	"strconv"
	"strings"

	"datum/formats"
	"datum/internal/decimal"
	"datum/internal/xmltext"
)

// element is a shape as it stands in the file, with its attributes and, of a
// skeleton, the shapes in it.
type element struct {
	at     int64
	name   string
	attrs  []xmltext.Attrib
	values [][2]string // the <attribute> elements: name, text
	parts  []*element
}

// readElement reads the element whose start tag is t to its end.
func readElement(s *xmltext.Scanner, t xmltext.Token, deep int) (*element, error) {
	e := &element{at: t.At, name: t.Name}
	var err error
	if e.attrs, err = t.Attribs(nil); err != nil {
		return nil, err
	}
	for {
		t, err := s.Next()
		switch {
		case err != nil:
			return nil, err
		case t.Kind == xmltext.End:
			return e, nil
		case t.Kind != xmltext.Start:
			continue
		case t.Name == "attribute":
			err = e.value(s, t)
		case deep > 2:
			err = xmltext.Errorf(t.At, "shapes lie too deep in each other")
		default:
			var part *element
			part, err = readElement(s, t, deep+1)
			e.parts = append(e.parts, part)
		}
		if err != nil {
			return nil, err
		}
	}
}

// value reads an <attribute>.
func (e *element) value(s *xmltext.Scanner, t xmltext.Token) error {
	const most = 100 // elements, of which there should be one
	n, err := xmltext.Read(s, t, most)
	if err != nil {
		return err
	}
	for _, a := range n.Attrs {
		if a[0] == "name" {
			e.values = append(e.values, [2]string{a[1], n.Text})
			return nil
		}
	}
	return xmltext.Errorf(t.At, "an <attribute> without a name")
}

func (e *element) find(name string) ([]byte, bool) {
	for _, a := range e.attrs {
		if string(a.Name) == name {
			return a.Raw, true
		}
	}
	return nil, false
}

func (e *element) has(name string) bool {
	_, ok := e.find(name)
	return ok
}

// text returns an attribute, empty where it is missing.
func (e *element) text(name string) (string, error) {
	raw, _ := e.find(name)
	return xmltext.Unescape(raw, true)
}

// bad is an error about the element.
func (e *element) bad(format string, args ...any) error {
	return &xmltext.Error{At: e.at, Err: formats.Reason(formats.ErrCorrupt, "<%s>: "+format, append([]any{e.name}, args...)...)}
}

// number reads an attribute that has to be there.
func (e *element) number(name string) (decimal.Decimal, error) {
	raw, ok := e.find(name)
	if !ok {
		return decimal.Decimal{}, e.bad("%s is missing", name)
	}
	d, ok := decimal.Parse(strings.TrimSpace(string(raw)))
	if !ok {
		return decimal.Decimal{}, e.bad("%s is %q, which is no number", name, xmltext.Shorten(raw))
	}
	return d, nil
}

// numbers reads several attributes that have to be there.
func (e *element) numbers(names ...string) ([]decimal.Decimal, error) {
	out := make([]decimal.Decimal, len(names))
	for i, name := range names {
		var err error
		if out[i], err = e.number(name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// integer reads an attribute that may be missing. A whole number may be
// written with decimals.
func (e *element) integer(name string, otherwise int64) (int64, error) {
	raw, ok := e.find(name)
	if !ok {
		return otherwise, nil
	}
	text := strings.TrimSpace(string(raw))
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		return n, nil
	}
	if d, ok := decimal.Parse(text); ok {
		if v := d.Float64(); v == float64(int64(v)) && v < 1<<53 && v > -(1<<53) {
			return int64(v), nil
		}
	}
	return 0, e.bad("%s is %q, which is no whole number", name, xmltext.Shorten(raw))
}

// flag reads an attribute that is 0 or 1; there reports whether it is at all.
func (e *element) flag(name string) (on, there bool, err error) {
	raw, ok := e.find(name)
	if !ok {
		return false, false, nil
	}
	switch strings.ToLower(strings.TrimSpace(string(raw))) {
	case "1", "true":
		return true, true, nil
	case "0", "false", "":
		return false, true, nil
	}
	return false, true, e.bad("%s is %q, which is neither 0 nor 1", name, xmltext.Shorten(raw))
}

// points reads the points of a polygon or line.
func (e *element) points() ([]float64, error) {
	raw, ok := e.find("points")
	if !ok {
		return nil, e.bad("points is missing")
	}
	var out []float64
	rest := strings.TrimSpace(string(raw))
	if rest == "" {
		return nil, nil
	}
	out = make([]float64, 0, 2*strings.Count(rest, ";")+2)
	for more := true; more; {
		var pair string
		pair, rest, more = strings.Cut(rest, ";")
		if pair = strings.TrimSpace(pair); pair == "" && !more {
			break // a semicolon at the end
		}
		x, y, _ := strings.Cut(pair, ",")
		a, okX := decimal.Parse(strings.TrimSpace(x))
		b, okY := decimal.Parse(strings.TrimSpace(y))
		if !okX || !okY {
			return nil, e.bad("points has %q, which is no pair of numbers", xmltext.Shorten(pair))
		}
		out = append(out, a.Float64(), b.Float64())
	}
	return out, nil
}
