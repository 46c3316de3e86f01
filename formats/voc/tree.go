package voc

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"datum/formats"
	"datum/internal/xmltext"
)

// Bounds of what is held of an XML file at a time.
const (
	maxElements = 1 << 20 // in one child of the root
	maxPieces   = 1000    // of the text of one element
)

// element is an element of a tree. Its children are elements of the same
// tree, found by their numbers; 0 is the tree's root and so stands for none.
type element struct {
	name        string
	attrs       []byte // the text of its attributes
	text        []byte // its text, entities replaced, without space around it
	start, end  int    // where it stands in the file
	first, next int32
}

// scanner reads an XML file one child of the root after the other, and holds no
// more than that of it as a tree.
type scanner struct {
	data  []byte
	xml   *xmltext.Scanner
	root  string
	tree  []element // the child read last; used again for the next one
	stack []opened
	// mixed collects text that is not one piece of the file.
	mixed []byte
}

// opened is an element whose end was not seen yet.
type opened struct {
	node, last int32 // last is its last child
	pieces     int   // of text
}

// newScanner returns a scanner of a text in UTF-8.
func newScanner(text []byte) scanner {
	const usual = 16 // elements of an object
	s := scanner{data: text, xml: xmltext.Of(text, 0), tree: make([]element, 0, usual), stack: make([]opened, 0, usual)}
	s.xml.Decoded, s.xml.DocTypes = true, true
	return s
}

// placeError is an error at a byte of a text.
type placeError struct {
	error
	at   int
	data []byte
}

func (e *placeError) Unwrap() error { return e.error }

// line returns the 1-based line of the place.
func (e *placeError) line() int {
	return 1 + bytes.Count(e.data[:min(e.at, len(e.data))], []byte{'\n'})
}

// placed gives an error of the XML its text.
func placed(data []byte, err error) error {
	var at *xmltext.Error
	if errors.As(err, &at) {
		return &placeError{at.Err, int(at.At), data}
	}
	return err
}

// checkUTF8 returns a text that has to be UTF-8, without a byte order mark.
func checkUTF8(data []byte) ([]byte, error) {
	text, err := xmltext.CheckUTF8(data)
	return text, placed(data, err)
}

func (s *scanner) errorf(at int, format string, args ...any) error {
	return &placeError{at: at, data: s.data, error: formats.Reason(formats.ErrCorrupt, format, args...)}
}

func (s *scanner) token(t *xmltext.Token) error {
	if err := s.xml.Scan(t); err != nil {
		return placed(s.data, err)
	}
	return nil
}

// begin reads the start tag of the root and returns the root's name.
func (s *scanner) begin() (string, error) {
	var t xmltext.Token
	err := s.token(&t)
	s.root = t.Name
	return t.Name, err
}

// next reads the next child of the root into the tree; more is false where the
// root ends. After it, nothing but space and comments may follow.
func (s *scanner) next() (more bool, err error) {
	var t xmltext.Token
	for {
		err := s.token(&t)
		switch {
		case err != nil || t.Kind == xmltext.EOF:
			return false, err
		case t.Kind == xmltext.Start:
			return true, s.child(&t)
		case t.Kind == xmltext.Text:
			if text := bytes.TrimLeft(t.Raw, " \t\r\n"); len(text) > 0 {
				return false, s.errorf(int(t.End)-len(text), "text directly in <%s>", s.root)
			}
		}
	}
}

// child reads the element that begins with t, with all that is in it.
func (s *scanner) child(t *xmltext.Token) error {
	s.tree, s.stack, s.mixed = s.tree[:0], s.stack[:0], nil
	if err := s.open(t); err != nil {
		return err
	}
	for len(s.stack) > 0 {
		if err := s.token(t); err != nil {
			return err
		}
		var err error
		switch t.Kind {
		case xmltext.Start:
			err = s.open(t)
		case xmltext.Text:
			err = s.addText(t)
		default:
			s.close(t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) open(t *xmltext.Token) error {
	if len(s.tree) == maxElements {
		return s.errorf(int(t.At), "more than %d elements in <%s>", maxElements, s.tree[0].name)
	}
	n := int32(len(s.tree))
	s.tree = append(s.tree, element{name: t.Name, attrs: t.Raw, start: int(t.At)})
	if k := len(s.stack); k > 0 {
		up := &s.stack[k-1]
		if up.last == 0 {
			s.tree[up.node].first = n
		} else {
			s.tree[up.last].next = n
		}
		up.last = n
	}
	s.stack = append(s.stack, opened{node: n})
	return nil
}

func (s *scanner) close(t *xmltext.Token) {
	k := len(s.stack) - 1
	e := &s.tree[s.stack[k].node]
	e.text, e.end = bytes.TrimSpace(e.text), int(t.End)
	s.stack = s.stack[:k]
}

// addText adds a piece of text to the innermost element.
func (s *scanner) addText(t *xmltext.Token) error {
	up := &s.stack[len(s.stack)-1]
	e := &s.tree[up.node]
	plain := t.Literal || bytes.IndexByte(t.Raw, '&') < 0
	if plain && (up.pieces == 0 || len(bytes.TrimSpace(e.text)) == 0) {
		if e.text = t.Raw; len(t.Raw) > 0 {
			up.pieces++
		}
		return nil
	}
	if plain && !t.Literal && len(bytes.TrimSpace(t.Raw)) == 0 && e.first != 0 {
		return nil // space between children
	}
	if up.pieces++; up.pieces > maxPieces {
		return s.errorf(int(t.At), "the text of <%s> has more than %d pieces", e.name, maxPieces)
	}
	text := append(s.mixed[len(s.mixed):], e.text...)
	if plain {
		text = append(text, t.Raw...)
	} else {
		var err error
		if text, err = s.unescape(text, t); err != nil {
			return err
		}
	}
	e.text, s.mixed = text, text
	return nil
}

func (s *scanner) unescape(dst []byte, t *xmltext.Token) ([]byte, error) {
	piece := t.Raw
	for {
		i := bytes.IndexByte(piece, '&')
		if i < 0 {
			return append(dst, piece...), nil
		}
		r, n, err := xmltext.Reference(piece[i:])
		if err != nil {
			return nil, &placeError{err, int(t.At), s.data}
		}
		dst = utf8.AppendRune(append(dst, piece[:i]...), r)
		piece = piece[i+n:]
	}
}

// attr returns the text of the attribute called name, and whether there is one.
func (e *element) attr(name string) (string, bool) {
	a := e.attrs
	for len(a) > 0 {
		eq := bytes.IndexByte(a, '=')
		if eq < 0 {
			return "", false
		}
		key, rest := bytes.TrimSpace(a[:eq]), bytes.TrimLeft(a[eq+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return "", false
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return "", false
		}
		if string(key) == name {
			return string(rest[1 : 1+end]), true
		}
		a = rest[end+2:]
	}
	return "", false
}
