package xmltext

import (
	"errors"
	"strings"

	"datum/formats"
)

// A Node is an element that is held as a whole.
type Node struct {
	Name     string
	Attrs    [][2]string // name and value
	Text     string      // all of it, where there are no children
	Children []*Node
}

// MaxNodes bounds the elements of a [Node] that [Parse] reads.
const MaxNodes = 1 << 20

// Read reads the element whose start tag is t. More than most elements, itself
// included, are an error.
func Read(s *Scanner, t Token, most int) (*Node, error) {
	left := most
	n, err := read(s, t, &left)
	if left < 0 {
		return nil, Errorf(t.At, "<%s> has more than %d elements", t.Name, most)
	}
	return n, err
}

var errTooMany = errors.New("too many elements")

func read(s *Scanner, t Token, left *int) (*Node, error) {
	if *left--; *left < 0 {
		return nil, errTooMany
	}
	n := &Node{Name: t.Name}
	if err := n.attributes(t); err != nil {
		return nil, err
	}
	for {
		t, err := s.Next()
		if err != nil {
			return nil, err
		}
		switch t.Kind {
		case End:
			if len(n.Children) > 0 {
				n.Text = "" // what is between elements is layout
			}
			return n, nil
		case Text:
			text, err := t.Content()
			if err != nil {
				return nil, err
			}
			n.Text += text
		case Start:
			child, err := read(s, t, left)
			if err != nil {
				return nil, err
			}
			n.Children = append(n.Children, child)
		}
	}
}

func (n *Node) attributes(t Token) error {
	list, err := t.Attribs(nil)
	if err != nil {
		return err
	}
	for _, a := range list {
		v, err := Unescape(a.Raw, true)
		if err != nil {
			return &Error{t.At, err}
		}
		n.Attrs = append(n.Attrs, [2]string{string(a.Name), v})
	}
	return nil
}

// Parse reads the only element of text, which lies at base in its file.
func Parse(text []byte, base int64) (*Node, error) {
	s := Of(text, base)
	t, err := s.Next()
	if err != nil {
		return nil, err
	}
	if t.Kind != Start {
		return nil, formats.Reason(formats.ErrCorrupt, "no element")
	}
	n, err := Read(s, t, MaxNodes)
	if err != nil {
		return nil, err
	}
	_, err = s.Next() // there is no second
	return n, err
}

// Child returns the first child of that name, nil where there is none. A nil
// node has no children.
func (n *Node) Child(name string) *Node {
	if n != nil {
		for _, c := range n.Children {
			if c.Name == name {
				return c
			}
		}
	}
	return nil
}

// Value is the text of a child, without blanks around it.
func (n *Node) Value(name string) string {
	if c := n.Child(name); c != nil {
		return strings.TrimSpace(c.Text)
	}
	return ""
}

// Each calls f with each node of that name below n, n itself included.
func (n *Node) Each(name string, f func(*Node)) {
	if n == nil {
		return
	}
	if n.Name == name {
		f(n)
	}
	for _, c := range n.Children {
		c.Each(name, f)
	}
}

// Set gives n a child with a text, in the place of an older one of that name.
func (n *Node) Set(name, text string) {
	for i, c := range n.Children {
		if c.Name == name {
			n.Children[i] = &Node{Name: name, Text: text}
			return
		}
	}
	n.Children = append(n.Children, &Node{Name: name, Text: text})
}

// Append appends the element, in lines and two blanks further in at each
// level, or all in one line where indent is negative.
func (n *Node) Append(b []byte, indent int) []byte {
	b = appendIndent(b, indent)
	b = append(append(b, '<'), n.Name...)
	for _, a := range n.Attrs {
		b = AppendAttr(b, a[0], a[1])
	}
	if len(n.Children) == 0 && n.Text == "" {
		return append(b, "/>"...)
	}
	b = append(b, '>')
	if len(n.Children) == 0 {
		b = AppendText(b, n.Text)
	}
	inner := indent
	if indent >= 0 {
		inner++
	}
	for _, c := range n.Children {
		b = c.Append(b, inner)
	}
	if len(n.Children) > 0 {
		b = appendIndent(b, indent)
	}
	return append(append(append(b, "</"...), n.Name...), '>')
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
