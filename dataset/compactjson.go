package dataset

import "unicode/utf8"

// Limits of what [Names.Append] reads; beyond them is [ParseAttributes].
const (
	maxCompactDepth = 16
	maxCompactNames = 16
	maxKnownNames   = 256
	maxKnownName    = 64
)

// Names keeps the names of attributes that come again and again, so that each
// is in memory once. The zero value is ready for use, by one goroutine.
type Names struct{ known map[string]string }

// of returns the text of name, the same one for the same name as long as there
// are not too many.
func (n *Names) of(name []byte) string {
	if s, ok := n.known[string(name)]; ok {
		return s
	}
	s := string(name)
	if len(n.known) < maxKnownNames && len(name) <= maxKnownName {
		if n.known == nil {
			n.known = map[string]string{}
		}
		n.known[s] = s
	}
	return s
}

// Append appends the attributes of a JSON object to list, as [ParseAttributes]
// reads them, but their values are parts of text, which must not change any
// more. It reads what datum and Datumaro usually write: a compact object of few
// attributes, with no escapes in it. Of anything else it says that it is not
// ok, and appends nothing.
func (n *Names) Append(list Attributes, text []byte) (all Attributes, ok bool) {
	if len(text) < 2 || text[0] != '{' {
		return list, false
	}
	from, i := len(list), 1
	for text[i] != '}' {
		if i > 1 {
			if text[i] != ',' {
				return list[:from], false
			}
			i++
		}
		colon := compactString(text, i)
		if colon < 0 || text[colon] != ':' || len(list)-from == maxCompactNames {
			return list[:from], false
		}
		end := compactValue(text, colon+1, 0)
		name := text[i+1 : colon-1]
		if end < 0 || !utf8.Valid(name) {
			return list[:from], false
		}
		x := Attribute{Name: n.of(name), Value: text[colon+1 : end : end]}
		if list[from:].Has(x.Name) {
			return list[:from], false
		}
		list, i = append(list, x), end
	}
	if i != len(text)-1 {
		return list[:from], false
	}
	return list, true
}

// The functions below return the index after what begins at i in JSON text, -1
// where it is not valid, not compact, has escapes in it or ends the text: there
// is always something behind it inside an object.

func compactValue(b []byte, i, depth int) int {
	if i >= len(b) || depth > maxCompactDepth {
		return -1
	}
	switch c := b[i]; {
	case c == '"':
		return compactString(b, i)
	case c == '{':
		return compactList(b, i, depth, '}')
	case c == '[':
		return compactList(b, i, depth, ']')
	case c == 't':
		return compactWord(b, i, "true")
	case c == 'f':
		return compactWord(b, i, "false")
	case c == 'n':
		return compactWord(b, i, "null")
	}
	return compactNumber(b, i)
}

func compactString(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	for i++; i < len(b)-1; i++ {
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c == '\\', c < ' ':
			return -1
		}
	}
	return -1
}

func compactWord(b []byte, i int, word string) int {
	if end := i + len(word); end < len(b) && string(b[i:end]) == word {
		return end
	}
	return -1
}

// compactList reads an array, or an object, which ends with closing.
func compactList(b []byte, i, depth int, closing byte) int {
	if i++; i < len(b)-1 && b[i] == closing {
		return i + 1
	}
	for {
		if closing == '}' {
			if i = compactString(b, i); i < 0 || b[i] != ':' {
				return -1
			}
			i++
		}
		if i = compactValue(b, i, depth+1); i < 0 {
			return -1
		}
		if b[i] == closing {
			if i+1 == len(b) {
				return -1
			}
			return i + 1
		}
		if b[i] != ',' {
			return -1
		}
		i++
	}
}

func compactNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	first := i
	if i = digits(b, i); i < 0 || b[first] == '0' && i > first+1 {
		return -1
	}
	if b[i] == '.' {
		if i = digits(b, i+1); i < 0 {
			return -1
		}
	}
	if b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return digits(b, i)
	}
	return i
}

// digits wants at least one.
func digits(b []byte, i int) int {
	first := i
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	if i == first || i == len(b) {
		return -1
	}
	return i
}
