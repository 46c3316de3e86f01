package voc

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"datum/formats"
)

// Bounds of what is read of an XML file at a time.
const (
	maxDepth    = 64      // elements in elements
	maxElements = 1 << 20 // in one child of the root
	maxPieces   = 1000    // of the text of one element
)

// element is an element of a tree. Its children are elements of the same
// tree, found by their numbers; 0 is the tree's root and so stands for none.
type element struct {
	name        []byte
	attrs       []byte // the text of its attributes
	text        []byte // its text, entities replaced, without space around it
	start, end  int    // where it stands in the file
	first, next int32
}

// scanner reads an XML file one child of the root after the other, and holds no
// more than that. It knows no entities but XML's own five and no document type
// with declarations in it.
type scanner struct {
	data  []byte
	at    int
	root  []byte
	empty bool      // the root ends where it begins
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

func (s *scanner) errorf(at int, format string, args ...any) error {
	return &placeError{at: at, data: s.data, error: formats.Reason(formats.ErrCorrupt, format, args...)}
}

// begin reads up to the start tag of the root and returns the root's name.
func (s *scanner) begin() (string, error) {
	for {
		if err := s.skipSpace(); err != nil {
			return "", err
		}
		switch rest := s.data[s.at:]; {
		case len(rest) == 0:
			return "", s.errorf(s.at, "the file holds no XML element")
		case bytes.HasPrefix(rest, []byte("<!DOCTYPE")):
			if err := s.skipDoctype(); err != nil {
				return "", err
			}
		case rest[0] != '<':
			return "", s.errorf(s.at, "this is no XML: text before the first element")
		default:
			e, empty, err := s.startTag()
			s.root, s.empty = e.name, empty
			return string(e.name), err
		}
	}
}

// skipSpace skips space, comments and processing instructions.
func (s *scanner) skipSpace() error {
	for s.at < len(s.data) {
		switch rest := s.data[s.at:]; {
		case isSpace(rest[0]):
			s.at++
		case bytes.HasPrefix(rest, []byte("<!--")):
			if err := s.skipPast("<!--", "-->", "comment"); err != nil {
				return err
			}
		case bytes.HasPrefix(rest, []byte("<?")):
			if err := s.skipPast("<?", "?>", "processing instruction"); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func (s *scanner) skipPast(from, to, what string) error {
	i := bytes.Index(s.data[s.at+len(from):], []byte(to))
	if i < 0 {
		return s.errorf(s.at, "the file ends inside of a %s", what)
	}
	s.at += len(from) + i + len(to)
	return nil
}

func (s *scanner) skipDoctype() error {
	i := bytes.IndexAny(s.data[s.at:], ">[")
	if i < 0 || s.data[s.at+i] == '[' {
		return s.errorf(s.at, "a document type with declarations in it is refused: it could make a small file a large one")
	}
	s.at += i + 1
	return nil
}

// next reads the next child of the root into the tree; more is false where the
// root ends. After it, nothing but space and comments may follow.
func (s *scanner) next() (more bool, err error) {
	if s.empty {
		return false, s.end()
	}
	if err := s.skipSpace(); err != nil {
		return false, err
	}
	rest := s.data[s.at:]
	switch {
	case len(rest) == 0:
		return false, s.errorf(s.at, "the file ends inside of <%s>", s.root)
	case rest[0] != '<':
		return false, s.errorf(s.at, "text directly in <%s>", s.root)
	case !bytes.HasPrefix(rest, []byte("</")):
		return true, s.child()
	}
	if err := s.endTag(s.root); err != nil {
		return false, err
	}
	s.empty = true
	return false, s.end()
}

// end checks that nothing follows the root.
func (s *scanner) end() error {
	if err := s.skipSpace(); err != nil {
		return err
	}
	if s.at < len(s.data) {
		return s.errorf(s.at, "text behind the end of <%s>", s.root)
	}
	return nil
}

// child reads one element with all that is in it.
func (s *scanner) child() error {
	s.tree, s.stack, s.mixed = s.tree[:0], s.stack[:0], nil
	if err := s.openElement(); err != nil {
		return err
	}
	for len(s.stack) > 0 {
		i := bytes.IndexByte(s.data[s.at:], '<')
		if i < 0 {
			return s.errorf(len(s.data), "the file ends inside of <%s>", s.tree[s.stack[len(s.stack)-1].node].name)
		}
		if i > 0 {
			if err := s.addText(s.data[s.at:s.at+i], true); err != nil {
				return err
			}
			s.at += i
		}
		if err := s.markup(); err != nil {
			return err
		}
	}
	return nil
}

// markup reads what begins with '<' inside of an element.
func (s *scanner) markup() error {
	rest := s.data[s.at:]
	switch {
	case len(rest) > 1 && rest[1] == '/':
		return s.closeElement()
	case bytes.HasPrefix(rest, []byte("<!--")), bytes.HasPrefix(rest, []byte("<?")):
		return s.skipSpace()
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		from := s.at + len("<![CDATA[")
		if err := s.skipPast("<![CDATA[", "]]>", "CDATA section"); err != nil {
			return err
		}
		return s.addText(s.data[from:s.at-len("]]>")], false)
	}
	return s.openElement()
}

func (s *scanner) openElement() error {
	if len(s.stack) == maxDepth {
		return s.errorf(s.at, "more than %d elements in each other", maxDepth)
	}
	if len(s.tree) == maxElements {
		return s.errorf(s.at, "more than %d elements in <%s>", maxElements, s.tree[0].name)
	}
	e, empty, err := s.startTag()
	if err != nil {
		return err
	}
	n := int32(len(s.tree))
	s.tree = append(s.tree, e)
	if k := len(s.stack); k > 0 {
		up := &s.stack[k-1]
		if up.last == 0 {
			s.tree[up.node].first = n
		} else {
			s.tree[up.last].next = n
		}
		up.last = n
	}
	if !empty {
		s.stack = append(s.stack, opened{node: n})
	}
	return nil
}

func (s *scanner) closeElement() error {
	k := len(s.stack) - 1
	e := &s.tree[s.stack[k].node]
	if err := s.endTag(e.name); err != nil {
		return err
	}
	e.text, e.end = bytes.TrimSpace(e.text), s.at
	s.stack = s.stack[:k]
	return nil
}

// startTag reads a start tag; empty says that it is the end tag as well.
func (s *scanner) startTag() (e element, empty bool, err error) {
	e.start = s.at
	i := s.at + 1
	for i < len(s.data) && !isSpace(s.data[i]) && bytes.IndexByte([]byte("/>=<&\"'!"), s.data[i]) < 0 {
		i++
	}
	e.name = s.data[s.at+1 : i]
	if len(e.name) == 0 {
		return e, false, s.errorf(s.at, "a '<' that begins no element")
	}
	from, quote := i, byte(0)
	for ; i < len(s.data); i++ {
		c := s.data[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			return e, false, s.errorf(s.at, "the tag <%s does not end", e.name)
		case c == '>':
			empty = s.data[i-1] == '/'
			e.attrs = bytes.TrimSuffix(s.data[from:i], []byte("/"))
			s.at = i + 1
			e.end = s.at
			return e, empty, nil
		}
	}
	return e, false, s.errorf(s.at, "the file ends inside of the tag <%s", e.name)
}

func (s *scanner) endTag(name []byte) error {
	i := bytes.IndexByte(s.data[s.at:], '>')
	if i < 0 {
		return s.errorf(s.at, "the file ends inside of an end tag")
	}
	if got := bytes.TrimSpace(s.data[s.at+2 : s.at+i]); !bytes.Equal(got, name) {
		return s.errorf(s.at, "<%s> ends with </%s>", name, got)
	}
	s.at += i + 1
	return nil
}

// addText adds a piece of text to the innermost element.
func (s *scanner) addText(piece []byte, entities bool) error {
	up := &s.stack[len(s.stack)-1]
	e := &s.tree[up.node]
	plain := !entities || bytes.IndexByte(piece, '&') < 0
	if plain && (up.pieces == 0 || len(bytes.TrimSpace(e.text)) == 0) {
		if e.text = piece; len(piece) > 0 {
			up.pieces++
		}
		return nil
	}
	if plain && entities && len(bytes.TrimSpace(piece)) == 0 && e.first != 0 {
		return nil // space between children
	}
	if up.pieces++; up.pieces > maxPieces {
		return s.errorf(s.at, "the text of <%s> has more than %d pieces", e.name, maxPieces)
	}
	text := append(s.mixed[len(s.mixed):], e.text...)
	if plain {
		text = append(text, piece...)
	} else {
		var err error
		if text, err = s.unescape(text, piece); err != nil {
			return err
		}
	}
	e.text, s.mixed = text, text
	return nil
}

func (s *scanner) unescape(dst, piece []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(piece, '&')
		if i < 0 {
			return append(dst, piece...), nil
		}
		dst = append(dst, piece[:i]...)
		piece = piece[i+1:]
		end := bytes.IndexByte(piece[:min(len(piece), 12)], ';')
		r, ok := rune(0), false
		if end > 0 {
			r, ok = entity(string(piece[:end]))
		}
		if !ok {
			return nil, s.errorf(s.at, "the entity &%s is not one of XML's own", piece[:min(len(piece), max(end+1, 8))])
		}
		dst = utf8.AppendRune(dst, r)
		piece = piece[end+1:]
	}
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if name[0] != '#' || len(name) < 2 {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && utf8.ValidRune(rune(n)) && n <= utf8.MaxRune
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
