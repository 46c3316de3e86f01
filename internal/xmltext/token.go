package xmltext

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"datum/formats"
)

// Kind is a kind of [Token].
type Kind int

// The kinds of tokens.
const (
	Start Kind = iota // a start tag
	End               // an end tag, which also follows an empty element (<a/>)
	Text              // text in an element
	EOF               // the end of the file
)

// A Token is a piece of an XML file. Its bytes are valid until the next one.
type Token struct {
	Kind Kind
	// Name is that of the element, without a namespace's prefix being looked
	// at.
	Name string
	// Raw is the text between the name of a start tag and its end, or the
	// content of a text, references not replaced: see [Token.Attribs] and
	// [Token.Content].
	Raw []byte
	// Literal says that Raw stands as it is, without references (CDATA).
	Literal bool
	// At and End are the offsets in the file of the token and of what follows.
	At, End int64
}

// An Attrib is an attribute of a tag.
type Attrib struct {
	Name, Raw []byte // of the value, references not replaced: see [Unescape]
}

// Attribs splits the attributes of a start tag, in the room of dst.
func (t *Token) Attribs(dst []Attrib) ([]Attrib, error) {
	if dst = dst[:0]; cap(dst) == 0 {
		dst = make([]Attrib, 0, 12)
	}
	for rest := trimLeft(t.Raw); len(rest) > 0; rest = trimLeft(rest) {
		equals := bytes.IndexByte(rest, '=')
		if equals < 0 {
			equals = len(rest) - 1
		}
		name, after := trimRight(rest[:equals]), trimLeft(rest[equals+1:])
		if len(name) == 0 || !isName(name) || len(after) < 2 || after[0] != '"' && after[0] != '\'' {
			return dst, Errorf(t.At, "<%s> has an attribute that is not written as name=\"value\"", t.Name)
		}
		end := bytes.IndexByte(after[1:], after[0])
		if end < 0 {
			return dst, Errorf(t.At, "<%s> has an attribute without a closing quote", t.Name)
		}
		for _, a := range dst {
			if bytes.Equal(a.Name, name) {
				return dst, Errorf(t.At, "<%s> has the attribute %q twice", t.Name, Shorten(name))
			}
		}
		dst = append(dst, Attrib{name, after[1 : end+1]})
		rest = after[end+2:]
	}
	return dst, nil
}

// Content is the text of a text token.
func (t *Token) Content() (string, error) {
	if t.Literal {
		if !utf8.Valid(t.Raw) {
			return "", Errorf(t.At, "text that is not UTF-8")
		}
		return string(t.Raw), nil
	}
	s, err := Unescape(t.Raw, false)
	if err != nil {
		return "", &Error{t.At, fmt.Errorf("%w", err)}
	}
	return s, nil
}

// An Error is a break of XML's rules at an offset of the file. It matches
// [formats.ErrCorrupt].
type Error struct {
	At  int64
	Err error // without the place
}

// Error says what is wrong.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an [Error] at an offset.
func Errorf(at int64, format string, args ...any) error {
	return &Error{at, formats.Reason(formats.ErrCorrupt, format, args...)}
}
