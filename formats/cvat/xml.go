package cvat

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"datum/formats"
)

// maxDepth is how deep elements may lie in each other. CVAT needs eight levels.
const maxDepth = 64

// kind is a kind of [token].
type kind int

const (
	startTag kind = iota
	endTag
	textPart
	endOfFile
)

// token is a piece of an XML file. Its bytes are valid until the next one.
type token struct {
	kind kind
	// name is that of the element, without a namespace's prefix being looked
	// at.
	name string
	// raw is the text between the name of a start tag and its end, or the
	// content of a text, references not replaced.
	raw []byte
	// literal says that raw stands as it is, without references (CDATA).
	literal bool
	// at and end are the offsets in the file of the token and of what follows.
	at, end int64
}

// scanner splits XML into tags and texts, and checks that tags match. It knows
// the part of XML that annotation tools write: a document type, and with it
// entities of its own, is refused, comments and instructions are skipped.
type scanner struct {
	in       io.Reader
	buf      []byte
	pos      int   // of what comes next in buf
	base     int64 // offset of buf[0]
	eof      bool
	fault    error // of the disk
	most     int64 // bytes of one token
	open     []string
	names    map[string]string
	pending  bool // the last start tag was empty (<a/>): its end comes next
	rootSeen bool
	mark     bool // the file begins with a byte order mark
}

func newScanner(in io.Reader, base, most int64) *scanner {
	return &scanner{in: in, base: base, most: most, names: map[string]string{}}
}

// scanChunk returns a scanner of text that lies at base in its file.
func scanChunk(text []byte, base int64) *scanner {
	return &scanner{buf: text, eof: true, base: base, most: int64(len(text)) + 1, names: map[string]string{}}
}

// syntaxError is a break of XML's rules at an offset of the file.
type syntaxError struct {
	at  int64
	err error
}

func (e *syntaxError) Error() string { return e.err.Error() }
func (e *syntaxError) Unwrap() error { return e.err }

func badAt(at int64, format string, args ...any) error {
	return &syntaxError{at, formats.Reason(formats.ErrCorrupt, format, args...)}
}

// offset returns where the next token begins.
func (s *scanner) offset() int64 { return s.base + int64(s.pos) }

// more reads on. The bytes before pos are given up.
func (s *scanner) more() error {
	if s.eof {
		return io.EOF
	}
	if int64(len(s.buf)-s.pos) > s.most {
		return badAt(s.offset(), "a tag or text of more than %d bytes", s.most)
	}
	s.base += int64(s.pos)
	kept := copy(s.buf, s.buf[s.pos:])
	if kept == cap(s.buf) {
		grown := make([]byte, max(64<<10, 2*kept))
		copy(grown, s.buf[:kept])
		s.buf = grown
	}
	s.pos = 0
	n, err := io.ReadAtLeast(s.in, s.buf[kept:cap(s.buf)], 1)
	s.buf = s.buf[:kept+n]
	if err != nil {
		s.eof = true
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.fault = err
	}
	return err
}

// find returns how far ahead mark is, reading on as needed.
func (s *scanner) find(mark string) (int, error) {
	from := 0
	for {
		rest := s.buf[s.pos:]
		if i := bytes.Index(rest[from:], []byte(mark)); i >= 0 {
			return from + i, nil
		}
		from = max(0, len(rest)-len(mark)+1)
		if err := s.more(); err != nil {
			return len(s.buf) - s.pos, err
		}
	}
}

// starts reports whether what comes next begins with text.
func (s *scanner) starts(text string) bool {
	for len(s.buf)-s.pos < len(text) {
		if s.more() != nil {
			return false
		}
	}
	return string(s.buf[s.pos:s.pos+len(text)]) == text
}

// cut takes n bytes.
func (s *scanner) cut(n int) []byte {
	b := s.buf[s.pos : s.pos+n]
	s.pos += n
	return b
}

// next returns the next token. Where reading failed, that is the error, and not
// that the file seems to end.
func (s *scanner) next() (token, error) {
	t, err := s.scan()
	if s.fault != nil && (err != nil || t.kind == endOfFile) {
		err = s.fault
	}
	return t, err
}

func (s *scanner) scan() (token, error) {
	if s.pending {
		s.pending = false
		return s.close(s.offset())
	}
	for {
		at := s.offset()
		if !s.starts("<") {
			t, err := s.text(at)
			if err != nil || t.kind != textPart || len(s.open) > 0 {
				return t, err
			}
			continue // around the root
		}
		t, skipped, err := s.markup(at)
		if err != nil {
			return token{}, s.cutShort(err)
		}
		if !skipped {
			return t, nil
		}
	}
}

// cutShort says in which element the file ends.
func (s *scanner) cutShort(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if len(s.open) > 0 {
		return badAt(s.base+int64(len(s.buf)), "the file ends inside <%s>", s.open[len(s.open)-1])
	}
	return badAt(s.base+int64(len(s.buf)), "the file ends inside a tag")
}

func (s *scanner) text(at int64) (token, error) {
	n, err := s.find("<")
	if err != nil && !errors.Is(err, io.EOF) {
		return token{}, err
	}
	if n == 0 {
		return s.endOfFile(at)
	}
	t := token{kind: textPart, raw: s.cut(n), at: at, end: at + int64(n)}
	outer := t.raw
	if at == 0 {
		outer = bytes.TrimPrefix(outer, []byte("\uFEFF"))
		s.mark = len(outer) < len(t.raw)
	}
	if len(s.open) == 0 && len(bytes.TrimSpace(outer)) > 0 {
		return t, badAt(at, "text outside of the elements; this is no XML file")
	}
	return t, nil
}

func (s *scanner) endOfFile(at int64) (token, error) {
	switch {
	case len(s.open) > 0:
		return token{}, s.cutShort(io.EOF)
	case !s.rootSeen:
		return token{}, badAt(at, "the file has no element")
	}
	return token{kind: endOfFile, at: at, end: at}, nil
}

// markup reads what begins with "<". Comments and instructions are skipped.
func (s *scanner) markup(at int64) (t token, skipped bool, err error) {
	switch {
	case s.starts("<?"):
		return t, true, s.skip("?>", 2)
	case s.starts("<!--"):
		return t, true, s.skip("-->", 4)
	case s.starts("<![CDATA["):
		t, err = s.cdata(at)
		return t, false, err
	case s.starts("<!"):
		return t, false, badAt(at, "a document type or entity, which datum does not read")
	case s.starts("</"):
		t, err = s.endTag(at)
		return t, false, err
	}
	t, err = s.startTag(at)
	return t, false, err
}

// skip skips to the end of mark. An instruction that names another encoding
// than UTF-8 is an error.
func (s *scanner) skip(mark string, head int) error {
	at := s.offset()
	s.pos += head
	n, err := s.find(mark)
	if err != nil {
		return err
	}
	text := s.cut(n + len(mark))
	if at < 4 && bytes.HasPrefix(text, []byte("xml")) {
		return encodingOf(text, at)
	}
	return nil
}

func encodingOf(declaration []byte, at int64) error {
	_, rest, ok := bytes.Cut(declaration, []byte("encoding"))
	if !ok {
		return nil
	}
	name := strings.ToLower(string(bytes.Trim(rest, "= \t\r\n?>'\"")))
	name, _, _ = strings.Cut(name, `"`)
	name, _, _ = strings.Cut(name, `'`)
	switch name {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return nil
	}
	return badAt(at, "the encoding is %q; datum reads UTF-8 only", name)
}

func (s *scanner) cdata(at int64) (token, error) {
	const head = len("<![CDATA[")
	if len(s.open) == 0 {
		return token{}, badAt(at, "text outside of the elements")
	}
	s.pos += head
	n, err := s.find("]]>")
	if err != nil {
		return token{}, err
	}
	text := s.cut(n)
	s.pos += len("]]>")
	return token{kind: textPart, raw: text, literal: true, at: at, end: s.offset()}, nil
}

func (s *scanner) endTag(at int64) (token, error) {
	n, err := s.find(">")
	if err != nil {
		return token{}, err
	}
	name := trimRight(s.cut(n + 1)[2:n])
	if len(s.open) == 0 || s.open[len(s.open)-1] != string(name) {
		return token{}, badAt(at, "</%s> ends no element that is open", shorten(name))
	}
	return s.close(at)
}

// close ends the innermost element.
func (s *scanner) close(at int64) (token, error) {
	last := len(s.open) - 1
	name := s.open[last]
	s.open = s.open[:last]
	return token{kind: endTag, name: name, at: at, end: s.offset()}, nil
}

func (s *scanner) startTag(at int64) (token, error) {
	n, err := s.tagEnd()
	if err != nil {
		return token{}, err
	}
	tag := s.cut(n + 1)
	inner := tag[1:n]
	if s.pending = len(inner) > 0 && inner[len(inner)-1] == '/'; s.pending {
		inner = inner[:len(inner)-1]
	}
	end := 0
	for end < len(inner) && !isBlank(inner[end]) {
		end++
	}
	if err := s.opens(inner[:end], at); err != nil {
		return token{}, err
	}
	return token{kind: startTag, name: s.open[len(s.open)-1], raw: inner[end:], at: at, end: s.offset()}, nil
}

// opens notes that an element is open.
func (s *scanner) opens(name []byte, at int64) error {
	switch {
	case len(name) == 0 || len(name) > 100 || !utf8.Valid(name) || !isName(name):
		return badAt(at, "%q is no name of an element", shorten(name))
	case len(s.open) == 0 && s.rootSeen:
		return badAt(at, "a second root, <%s>", name)
	case len(s.open) == maxDepth:
		return badAt(at, "elements lie more than %d deep in each other", maxDepth)
	}
	s.rootSeen = true
	known, ok := s.names[string(name)]
	if !ok {
		known = string(name)
		if len(s.names) < 1000 {
			s.names[known] = known
		}
	}
	s.open = append(s.open, known)
	return nil
}

// tagEnd returns how far ahead the ">" is that ends a tag; in quotes, it does
// not.
func (s *scanner) tagEnd() (int, error) {
	quote := byte(0)
	for i := 1; ; i++ {
		if i >= len(s.buf)-s.pos {
			if err := s.more(); err != nil {
				return 0, err
			}
		}
		switch c := s.buf[s.pos+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i, nil
		case c == '<':
			return 0, badAt(s.offset(), "a tag that does not end")
		}
	}
}
