package xmltext

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// defaultDepth is more than any format needs; CVAT's needs eight.
const defaultDepth = 64

// A Scanner splits XML into tags and texts, and checks that tags match. It
// knows the part of XML that annotation tools write: a document type, and with
// it entities of its own, is refused; comments and instructions are skipped.
type Scanner struct {
	// MaxDepth is how deep elements may lie in each other, 64 unless it is set.
	MaxDepth int
	// Decoded says that the text is UTF-8 whatever it says itself, as that of
	// [UTF8] is.
	Decoded bool
	// DocTypes says that a document type without declarations in it is
	// skipped.
	DocTypes bool
	// Mark says that the file begins with a byte order mark.
	Mark bool

	in       io.Reader
	buf      []byte
	pos      int   // of what comes next in buf
	base     int64 // offset of buf[0]
	eof      bool
	fault    error // of the disk
	most     int64 // bytes of one token
	open     []string
	names    [128]string // read lately: those that come again cost nothing
	pending  bool        // the last start tag was empty (<a/>): its end comes next
	rootSeen bool
	root     string
}

// New returns a scanner of a file, or of the rest of one from the offset base
// on. No token may have more than about most bytes, which is what it holds in
// memory.
func New(in io.Reader, base, most int64) *Scanner {
	return &Scanner{in: in, base: base, most: most, MaxDepth: defaultDepth}
}

// Of returns a scanner of text that lies at base in its file. It does not
// change the text.
func Of(text []byte, base int64) *Scanner {
	return &Scanner{buf: text, eof: true, base: base, most: int64(len(text)) + 1, MaxDepth: defaultDepth}
}

// Offset returns where the next token begins.
func (s *Scanner) Offset() int64 { return s.base + int64(s.pos) }

// Open returns how many elements are open: 0 around the root.
func (s *Scanner) Open() int { return len(s.open) }

// Next returns the next token. Where reading failed, that is the error, and not
// that the file seems to end.
func (s *Scanner) Next() (t Token, err error) {
	err = s.Scan(&t)
	return t, err
}

// Scan does the same as [Scanner.Next], without copying the token around.
func (s *Scanner) Scan(t *Token) error {
	*t = Token{}
	err := s.scan(t)
	if s.fault != nil && (err != nil || t.Kind == EOF) {
		err = s.fault
	}
	return err
}

// scan sets t, which is empty, to the next token.
func (s *Scanner) scan(t *Token) error {
	if s.pending {
		s.pending = false
		t.At = s.Offset()
		s.close(t)
		return nil
	}
	for {
		t.At = s.Offset()
		if s.peek(0) != '<' {
			if err := s.text(t); err != nil || t.Kind != Text || len(s.open) > 0 {
				return err
			}
			*t = Token{}
			continue // around the root
		}
		skipped, err := false, error(nil)
		switch s.peek(1) {
		case '/':
			err = s.endTag(t)
		case '!':
			skipped, err = s.declaration(t)
		case '?':
			skipped, err = true, s.skip("?>", 2)
		default:
			err = s.startTag(t)
		}
		if err != nil {
			return s.cutShort(err)
		}
		if !skipped {
			return nil
		}
	}
}

// cutShort says in which element the file ends.
func (s *Scanner) cutShort(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if len(s.open) > 0 {
		return Errorf(s.base+int64(len(s.buf)), "the file ends inside <%s>", s.open[len(s.open)-1])
	}
	return Errorf(s.base+int64(len(s.buf)), "the file ends inside a tag")
}

func (s *Scanner) text(t *Token) error {
	n, err := s.find('<')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if n == 0 {
		return s.endOfFile(t)
	}
	t.Kind, t.Raw, t.End = Text, s.cut(n), t.At+int64(n)
	if len(s.open) == 0 {
		return s.outside(t)
	}
	return nil
}

// outside checks text around the root: there is none but blanks, and maybe a
// byte order mark.
func (s *Scanner) outside(t *Token) error {
	text := t.Raw
	if t.At == 0 {
		text = bytes.TrimPrefix(text, []byte("\uFEFF"))
		s.Mark = len(text) < len(t.Raw)
	}
	at := t.End - int64(len(trimLeft(text)))
	switch {
	case at == t.End:
		return nil
	case s.rootSeen:
		return Errorf(at, "text behind the end of <%s>", s.root)
	}
	return Errorf(at, "text outside of the elements; this is no XML file")
}

func (s *Scanner) endOfFile(t *Token) error {
	switch {
	case len(s.open) > 0:
		return s.cutShort(io.EOF)
	case !s.rootSeen:
		return Errorf(t.At, "the file has no element")
	}
	t.Kind, t.End = EOF, t.At
	return nil
}

// declaration reads what begins with "<!".
func (s *Scanner) declaration(t *Token) (skipped bool, err error) {
	switch {
	case s.starts("<!--"):
		return true, s.skip("-->", 4)
	case s.starts("<![CDATA["):
		return false, s.cdata(t)
	}
	if s.DocTypes && !s.rootSeen && s.starts("<!DOCTYPE") {
		return true, s.skipDocType(t.At)
	}
	return false, Errorf(t.At, "a document type or entity, which datum does not read")
}

func (s *Scanner) skipDocType(at int64) error {
	n, err := s.find('>')
	if bytes.IndexByte(s.buf[s.pos:s.pos+n], '[') >= 0 {
		return Errorf(at, "a document type with declarations in it is refused: it could make a small file a large one")
	}
	if err == nil {
		s.pos += n + 1
	}
	return err
}

// skip skips to the end of mark. An instruction that names another encoding
// than UTF-8 is an error.
func (s *Scanner) skip(mark string, head int) error {
	at := s.Offset()
	s.pos += head
	n, err := s.findMark(mark)
	if err != nil {
		return err
	}
	text := s.cut(n + len(mark))
	if at < 4 && !s.Decoded && bytes.HasPrefix(text, []byte("xml")) {
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
	return Errorf(at, "the encoding is %q; datum reads UTF-8 only", name)
}

func (s *Scanner) cdata(t *Token) error {
	if len(s.open) == 0 {
		return Errorf(t.At, "text outside of the elements")
	}
	s.pos += len("<![CDATA[")
	n, err := s.findMark("]]>")
	if err != nil {
		return err
	}
	t.Kind, t.Literal, t.Raw = Text, true, s.cut(n)
	s.pos += len("]]>")
	t.End = s.Offset()
	return nil
}

func (s *Scanner) endTag(t *Token) error {
	last := len(s.open) - 1
	if rest := s.buf[s.pos+2:]; last >= 0 && len(rest) > len(s.open[last]) {
		if end := len(s.open[last]); rest[end] == '>' && s.open[last] == string(rest[:end]) {
			s.pos += len("</>") + end
			s.close(t)
			return nil
		}
	}
	n, err := s.find('>')
	if err != nil {
		return err
	}
	name := s.cut(n + 1)[2:n]
	switch {
	case last < 0:
		return Errorf(t.At, "</%s> ends no element that is open", Shorten(trimRight(name)))
	case s.open[last] != string(trimRight(name)):
		return Errorf(t.At, "<%s> ends with </%s>", s.open[last], Shorten(trimRight(name)))
	}
	s.close(t)
	return nil
}

// close ends the innermost element.
func (s *Scanner) close(t *Token) {
	last := len(s.open) - 1
	t.Kind, t.Name, t.End = End, s.open[last], s.Offset()
	s.open = s.open[:last]
}

// endsName has the bytes behind which the name of an element cannot go on.
var endsName = [256]bool{' ': true, '\t': true, '\n': true, '\r': true, '/': true, '>': true, '<': true, '"': true, '\'': true}

func (s *Scanner) startTag(t *Token) (err error) {
	rest, end := s.buf[s.pos+1:], 0
	for end < len(rest) && !endsName[rest[end]] {
		end++
	}
	if end < len(rest) && rest[end] == '>' { // no attributes, which is common
		s.pos += len("<>") + end
		t.Name, err = s.opens(rest[:end], t.At)
	} else {
		err = s.tagWithMore(t)
	}
	t.Kind, t.End = Start, s.Offset()
	return err
}

// tagWithMore reads a start tag with attributes, or one that is an end tag as
// well.
func (s *Scanner) tagWithMore(t *Token) error {
	n, err := s.tagEnd()
	if err != nil {
		return err
	}
	inner := s.cut(n + 1)[1:n]
	if s.pending = n > 1 && inner[n-2] == '/'; s.pending {
		inner = inner[:n-2]
	}
	end := 0
	for end < len(inner) && !isBlank(inner[end]) {
		end++
	}
	t.Raw = inner[end:]
	t.Name, err = s.opens(inner[:end], t.At)
	return err
}

// opens notes that an element is open, and returns its name.
func (s *Scanner) opens(name []byte, at int64) (string, error) {
	known, err := s.nameOf(name, at)
	switch {
	case err != nil:
		return "", err
	case len(s.open) == 0 && s.rootSeen:
		return "", Errorf(at, "a second root, <%s>", name)
	case len(s.open) == s.MaxDepth:
		return "", Errorf(at, "elements lie more than %d deep in each other", s.MaxDepth)
	}
	if !s.rootSeen {
		s.rootSeen, s.root = true, known
	}
	s.open = append(s.open, known)
	return known, nil
}

// maxName is the length of the name of an element.
const maxName = 100

// nameOf returns a name as a string, if it is one.
func (s *Scanner) nameOf(name []byte, at int64) (string, error) {
	n := len(name)
	if n == 0 || n > maxName {
		return "", Errorf(at, "%q is no name of an element", Shorten(name))
	}
	place := &s.names[(n*5+int(name[0])*5+int(name[n/2])*7+int(name[n-1])*37)%len(s.names)]
	if *place == string(name) {
		return *place, nil
	}
	if !utf8.Valid(name) || !isName(name) {
		return "", Errorf(at, "%q is no name of an element", Shorten(name))
	}
	*place = string(name)
	return *place, nil
}
