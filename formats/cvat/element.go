package cvat

import (
	"strconv"
	"strings"

	"datum/formats"
)

// element is a shape as it stands in the file, with its attributes and, of a
// skeleton, the shapes in it.
type element struct {
	at     int64
	name   string
	attrs  []attrib
	values [][2]string // the <attribute> elements: name, text
	parts  []*element
}

// readElement reads the element whose start tag is t to its end.
func readElement(s *scanner, t token, deep int) (*element, error) {
	e := &element{at: t.at, name: t.name}
	var err error
	if e.attrs, err = t.attribs(nil); err != nil {
		return nil, err
	}
	for {
		t, err := s.next()
		switch {
		case err != nil:
			return nil, err
		case t.kind == endTag:
			return e, nil
		case t.kind != startTag:
			continue
		case t.name == "attribute":
			err = e.value(s, t)
		case deep > 2:
			err = badAt(t.at, "shapes lie too deep in each other")
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
func (e *element) value(s *scanner, t token) error {
	left := 100
	n, err := readNode(s, t, &left)
	if err != nil {
		return err
	}
	for _, a := range n.attrs {
		if a[0] == "name" {
			e.values = append(e.values, [2]string{a[1], n.text})
			return nil
		}
	}
	return badAt(t.at, "an <attribute> without a name")
}

func (e *element) find(name string) ([]byte, bool) {
	for _, a := range e.attrs {
		if string(a.name) == name {
			return a.raw, true
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
	return unescape(raw, true)
}

// bad is an error about the element.
func (e *element) bad(format string, args ...any) error {
	return &syntaxError{e.at, formats.Reason(formats.ErrCorrupt, "<%s>: "+format, append([]any{e.name}, args...)...)}
}

// number reads an attribute that has to be there.
func (e *element) number(name string) (decimal, error) {
	raw, ok := e.find(name)
	if !ok {
		return decimal{}, e.bad("%s is missing", name)
	}
	d, ok := parseDecimal(strings.TrimSpace(string(raw)))
	if !ok {
		return decimal{}, e.bad("%s is %q, which is no number", name, shorten(raw))
	}
	return d, nil
}

// numbers reads several attributes that have to be there.
func (e *element) numbers(names ...string) ([]decimal, error) {
	out := make([]decimal, len(names))
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
	if d, ok := parseDecimal(text); ok {
		if v := d.Float(); v == float64(int64(v)) && v < 1<<53 && v > -(1<<53) {
			return int64(v), nil
		}
	}
	return 0, e.bad("%s is %q, which is no whole number", name, shorten(raw))
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
	return false, true, e.bad("%s is %q, which is neither 0 nor 1", name, shorten(raw))
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
		a, okX := parseDecimal(strings.TrimSpace(x))
		b, okY := parseDecimal(strings.TrimSpace(y))
		if !okX || !okY {
			return nil, e.bad("points has %q, which is no pair of numbers", shorten(pair))
		}
		out = append(out, a.Float(), b.Float())
	}
	return out, nil
}
