package text

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// deepest is how deep values may lie in each other.
const deepest = 32

// literal reads a dictionary that is a Python literal or JSON: the lines of the
// Amazon reviews of 2014 are the former. Nothing is evaluated.
type literal struct {
	b     []byte
	at    int
	depth int
}

func (p *literal) fail(what string) error {
	return corrupt("at byte %d of the line: %s", p.at, what)
}

// peek returns the next byte that is no space, 0 at the end.
func (p *literal) peek() byte {
	for ; p.at < len(p.b); p.at++ {
		switch c := p.b[p.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// whole reads a dictionary that is all there is. field has to read each value.
func (p *literal) whole(field func(key []byte) error) error {
	if err := p.dict(field); err != nil {
		return err
	}
	if p.peek(); p.at < len(p.b) {
		return p.fail("something comes after the dictionary")
	}
	return nil
}

func (p *literal) dict(field func(key []byte) error) error {
	return p.between('{', '}', func() error {
		key, err := p.text()
		if err != nil {
			return err
		}
		if p.peek() != ':' {
			return p.fail("a colon is missing")
		}
		p.at++
		return field(key)
	})
}

// list reads a list or a tuple; element has to read each value.
func (p *literal) list(element func() error) error {
	if p.peek() == '(' {
		return p.between('(', ')', element)
	}
	return p.between('[', ']', element)
}

func (p *literal) between(open, end byte, element func() error) error {
	if p.peek() != open {
		return p.fail("there is no " + string(rune(open)))
	}
	if p.depth++; p.depth > deepest {
		return p.fail("it is nested too deeply")
	}
	p.at++
	for p.peek() != end {
		if err := element(); err != nil {
			return err
		}
		switch p.peek() {
		case ',':
			p.at++
		case end:
		default:
			return p.fail("neither a comma nor " + string(rune(end)))
		}
	}
	p.at++
	p.depth--
	return nil
}

// keep reads a text, or a number as it is written; None leaves nothing.
func (p *literal) keep(into *[]byte) error {
	var err error
	if p.quoted() {
		*into, err = p.text()
		return err
	}
	word, err := p.word()
	if err != nil {
		return err
	}
	if *into = word; string(word) == "None" || string(word) == "null" {
		*into = nil
	}
	return nil
}

// skip reads any value.
func (p *literal) skip() error {
	if p.quoted() {
		_, err := p.text()
		return err
	}
	switch p.peek() {
	case '{':
		return p.dict(func([]byte) error { return p.skip() })
	case '[', '(':
		return p.list(p.skip)
	}
	_, err := p.word()
	return err
}

// word reads a number, True, None and what else is not quoted.
func (p *literal) word() ([]byte, error) {
	p.peek()
	start := p.at
	for p.at < len(p.b) {
		c := p.b[p.at]
		if ('a' > c || c > 'z') && ('A' > c || c > 'Z') && ('0' > c || c > '9') && c != '+' && c != '-' && c != '.' {
			break
		}
		p.at++
	}
	if p.at == start {
		return nil, p.fail("a value is missing")
	}
	return p.b[start:p.at:p.at], nil
}

// quoted reports whether a text begins here, perhaps with the u of Python 2.
func (p *literal) quoted() bool {
	c := p.peek()
	if c == 'u' && p.at+1 < len(p.b) {
		c = p.b[p.at+1]
	}
	return c == '\'' || c == '"'
}

// text reads a quoted text. Without escapes it is a part of the line.
func (p *literal) text() ([]byte, error) {
	if !p.quoted() {
		return nil, p.fail("a text is missing")
	}
	unicode := p.b[p.at] == 'u'
	if unicode {
		p.at++
	}
	quote := p.b[p.at]
	p.at++
	var out []byte
	// Where the next quote is stays known until an escape has passed it: else a text of
	// escapes alone would be searched from each of them to its end.
	for end := -1; ; {
		if end < p.at {
			next := bytes.IndexByte(p.b[p.at:], quote)
			if next < 0 {
				return nil, p.fail("a text does not end")
			}
			end = p.at + next
		}
		part := p.b[p.at:end:end]
		escape := bytes.IndexByte(part, '\\')
		if escape < 0 {
			p.at = end + 1
			if out == nil {
				return part, nil
			}
			return append(out, part...), nil
		}
		out = append(out, part[:escape]...)
		p.at += escape + 1
		var err error
		if out, err = p.escape(out, unicode); err != nil {
			return nil, err
		}
	}
}

// escapes are those that stand for one character.
var escapes = map[byte]byte{
	'\\': '\\', '\'': '\'', '"': '"', '/': '/', 'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', 'a': '\a', 'v': '\v',
}

// escape reads what follows a backslash. Two hexadecimal digits are a byte, as in
// the texts of Python 2, unless a u said that they are a character.
func (p *literal) escape(out []byte, unicode bool) ([]byte, error) {
	if p.at == len(p.b) {
		return nil, p.fail("a text does not end")
	}
	c := p.b[p.at]
	p.at++
	if one, ok := escapes[c]; ok {
		return append(out, one), nil
	}
	switch c {
	case 'x':
		n, err := p.hex(2)
		if err == nil && !unicode {
			return append(out, byte(n)), nil
		}
		return utf8.AppendRune(out, n), err
	case 'u':
		n, err := p.hex(4)
		if err == nil && utf16.IsSurrogate(n) && bytes.HasPrefix(p.b[p.at:], []byte(`\u`)) {
			p.at += 2
			var low rune
			if low, err = p.hex(4); err == nil {
				n = utf16.DecodeRune(n, low)
			}
		}
		return p.character(out, n, err)
	case 'U':
		n, err := p.hex(8)
		return p.character(out, n, err)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		return p.octal(out, unicode), nil
	}
	return append(out, '\\', c), nil // as Python reads what is no escape
}

func (p *literal) character(out []byte, n rune, err error) ([]byte, error) {
	if err == nil && !utf8.ValidRune(n) {
		err = p.fail("an escape is no character")
	}
	return utf8.AppendRune(out, n), err
}

// octal reads up to three digits, of which the first has been read.
func (p *literal) octal(out []byte, unicode bool) []byte {
	n, digits := rune(p.b[p.at-1]-'0'), 1
	for ; digits < 3 && p.at < len(p.b) && p.b[p.at] >= '0' && p.b[p.at] <= '7'; digits++ {
		n = n<<3 | rune(p.b[p.at]-'0')
		p.at++
	}
	if unicode {
		return utf8.AppendRune(out, n)
	}
	return append(out, byte(n))
}

func (p *literal) hex(digits int) (rune, error) {
	if len(p.b)-p.at < digits {
		return 0, p.fail("an escape is cut off")
	}
	n, err := strconv.ParseUint(string(p.b[p.at:p.at+digits]), 16, 31)
	if err != nil {
		return 0, p.fail("an escape is none")
	}
	p.at += digits
	return rune(n), nil
}
