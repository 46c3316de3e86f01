package xmltext

import "unicode/utf8"

// AppendAttr appends an attribute, with a blank before it. Readers give the
// value back, but for characters that XML cannot hold: see [Holds].
func AppendAttr(b []byte, name, value string) []byte {
	b = append(append(append(b, ' '), name...), `="`...)
	return append(appendEscaped(b, value, true), '"')
}

// AppendText appends the text of an element in the same way.
func AppendText(b []byte, text string) []byte { return appendEscaped(b, text, false) }

func appendEscaped(b []byte, text string, inAttribute bool) []byte {
	done := 0
	for i, r := range text {
		if r >= 0x20 && r < utf8.RuneSelf && r != '<' && r != '>' && r != '&' && r != '"' {
			continue
		}
		if s := escaped(r, inAttribute, text[i:]); s != "" {
			b = append(append(b, text[done:i]...), s...)
			done = i + width(r, text[i:])
		}
	}
	return append(b, text[done:]...)
}

// width is how many bytes a rune of text has: one, where these are no UTF-8.
func width(r rune, text string) int {
	if r != utf8.RuneError {
		return utf8.RuneLen(r)
	}
	_, n := utf8.DecodeRuneInString(text)
	return n
}

// escaped returns what is written for the rune that text begins with, empty
// where that is the rune itself.
func escaped(r rune, inAttribute bool, text string) string {
	switch {
	case r == '<':
		return "&lt;"
	case r == '>':
		return "&gt;"
	case r == '&':
		return "&amp;"
	case r == '\r':
		return "&#13;"
	case inAttribute && r == '"':
		return "&quot;"
	case inAttribute && r == '\n':
		return "&#10;"
	case inAttribute && r == '\t':
		return "&#9;"
	case !IsChar(r), r == utf8.RuneError && width(r, text) == 1:
		return "\uFFFD"
	}
	return ""
}

// Holds reports whether XML can hold every character of text.
func Holds(text string) bool {
	for _, r := range text {
		if !IsChar(r) {
			return false
		}
	}
	return true
}
