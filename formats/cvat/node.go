package cvat

import (
	"strings"

	"datum/formats"
)

// node is an element that is held as a whole, which only <meta> is.
type node struct {
	name     string
	attrs    [][2]string
	text     string
	children []*node
}

// maxNodes bounds the elements of a <meta>.
const maxNodes = 1 << 20

// readNode reads the element whose start tag is t.
func readNode(s *scanner, t token, left *int) (*node, error) {
	if *left--; *left < 0 {
		return nil, badAt(t.at, "<meta> has more than %d elements", maxNodes)
	}
	n := &node{name: t.name}
	list, err := t.attribs(nil)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		v, err := unescape(a.raw, true)
		if err != nil {
			return nil, &syntaxError{t.at, err}
		}
		n.attrs = append(n.attrs, [2]string{string(a.name), v})
	}
	for {
		t, err := s.next()
		if err != nil {
			return nil, err
		}
		switch t.kind {
		case endTag:
			if len(n.children) > 0 {
				n.text = "" // what is between elements is layout
			}
			return n, nil
		case textPart:
			text, err := t.content()
			if err != nil {
				return nil, err
			}
			n.text += text
		case startTag:
			child, err := readNode(s, t, left)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, child)
		}
	}
}

// parseNode reads the only element of text.
func parseNode(text []byte) (*node, error) {
	s := scanChunk(text, 0)
	t, err := s.next()
	if err != nil {
		return nil, err
	}
	if t.kind != startTag {
		return nil, formats.Reason(formats.ErrCorrupt, "no element")
	}
	left := maxNodes
	n, err := readNode(s, t, &left)
	if err != nil {
		return nil, err
	}
	if t, err = s.next(); err == nil && t.kind != endOfFile {
		err = formats.Reason(formats.ErrCorrupt, "more than one element")
	}
	return n, err
}

// child returns the first child of that name, nil where there is none. A nil
// node has no children.
func (n *node) child(name string) *node {
	if n != nil {
		for _, c := range n.children {
			if c.name == name {
				return c
			}
		}
	}
	return nil
}

// value is the text of a child, without blanks around it.
func (n *node) value(name string) string {
	if c := n.child(name); c != nil {
		return strings.TrimSpace(c.text)
	}
	return ""
}

// each calls f with each node of that name below n, n itself included.
func (n *node) each(name string, f func(*node)) {
	if n == nil {
		return
	}
	if n.name == name {
		f(n)
	}
	for _, c := range n.children {
		c.each(name, f)
	}
}

// appendTo appends the element, in lines and two blanks further in at each
// level, or all in one line where indent is negative.
func (n *node) appendTo(b []byte, indent int) []byte {
	b = appendIndent(b, indent)
	b = append(append(b, '<'), n.name...)
	for _, a := range n.attrs {
		b = appendAttr(b, a[0], a[1])
	}
	if len(n.children) == 0 && n.text == "" {
		return append(b, "/>"...)
	}
	b = append(b, '>')
	if len(n.children) == 0 {
		b = appendText(b, n.text)
	}
	inner := indent
	if indent >= 0 {
		inner++
	}
	for _, c := range n.children {
		b = c.appendTo(b, inner)
	}
	if len(n.children) > 0 {
		b = appendIndent(b, indent)
	}
	return append(append(append(b, "</"...), n.name...), '>')
}

// appendIndent begins a line, unless all is to be one.
func appendIndent(b []byte, indent int) []byte {
	if indent < 0 {
		return b
	}
	if len(b) > 0 {
		b = append(b, '\n')
	}
	for range indent {
		b = append(b, "  "...)
	}
	return b
}

// appendAttr appends an attribute.
func appendAttr(b []byte, name, value string) []byte {
	b = append(append(append(b, ' '), name...), `="`...)
	for _, r := range value {
		switch r {
		case '"':
			b = append(b, "&quot;"...)
		case '\n':
			b = append(b, "&#10;"...)
		case '\t':
			b = append(b, "&#9;"...)
		default:
			b = appendRune(b, r)
		}
	}
	return append(b, '"')
}

// appendText appends the text of an element.
func appendText(b []byte, text string) []byte {
	for _, r := range text {
		b = appendRune(b, r)
	}
	return b
}

func appendRune(b []byte, r rune) []byte {
	switch r {
	case '<':
		return append(b, "&lt;"...)
	case '>':
		return append(b, "&gt;"...)
	case '&':
		return append(b, "&amp;"...)
	case '\r':
		return append(b, "&#13;"...)
	}
	if !isChar(r) {
		r = '\uFFFD'
	}
	return append(b, string(r)...)
}

// holds reports whether XML can hold every character of text.
func holds(text string) bool {
	for _, r := range text {
		if !isChar(r) {
			return false
		}
	}
	return true
}
