package cvat

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"datum/formats"
)

// shorten makes text fit into a message.
func shorten[T ~string | ~[]byte](text T) string {
	const most = 40
	if len(text) <= most {
		return string(text)
	}
	return strings.ToValidUTF8(string(text[:most]), "") + "…"
}

// attrib is an attribute of a tag.
type attrib struct {
	name, raw []byte
}

// attribs splits the attributes of a start tag.
func (t *token) attribs(dst []attrib) ([]attrib, error) {
	if dst = dst[:0]; cap(dst) == 0 {
		dst = make([]attrib, 0, 12)
	}
	for rest := trimLeft(t.raw); len(rest) > 0; rest = trimLeft(rest) {
		equals := bytes.IndexByte(rest, '=')
		if equals < 0 {
			equals = len(rest) - 1
		}
		name, after := trimRight(rest[:equals]), trimLeft(rest[equals+1:])
		if len(name) == 0 || !isName(name) || len(after) < 2 || after[0] != '"' && after[0] != '\'' {
			return dst, badAt(t.at, "<%s> has an attribute that is not written as name=\"value\"", t.name)
		}
		end := bytes.IndexByte(after[1:], after[0])
		if end < 0 {
			return dst, badAt(t.at, "<%s> has an attribute without a closing quote", t.name)
		}
		for _, a := range dst {
			if bytes.Equal(a.name, name) {
				return dst, badAt(t.at, "<%s> has the attribute %q twice", t.name, shorten(name))
			}
		}
		dst = append(dst, attrib{name, after[1 : end+1]})
		rest = after[end+2:]
	}
	return dst, nil
}

// isName reports whether a name has nothing in it that ends one.
func isName(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '&' {
			return false
		}
	}
	return true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func trimRight(b []byte) []byte {
	for len(b) > 0 && isBlank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func trimLeft(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	return b
}

// unescape replaces references. In the value of an attribute, line ends and
// tabs that are not written as references count as spaces.
func unescape(raw []byte, inAttribute bool) (string, error) {
	if !utf8.Valid(raw) {
		return "", formats.Reason(formats.ErrCorrupt, "text that is not UTF-8")
	}
	if !needsWork(raw, inAttribute) {
		return string(raw), nil
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '&':
			n, err := reference(&b, raw[i:])
			if err != nil {
				return "", err
			}
			i += n - 1
		case c == '\r' && i+1 < len(raw) && raw[i+1] == '\n':
		case inAttribute && (c == '\n' || c == '\t' || c == '\r'):
			b.WriteByte(' ')
		case c == '\r':
			b.WriteByte('\n')
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

// needsWork reports whether a text is not what it stands for already.
func needsWork(raw []byte, inAttribute bool) bool {
	for _, c := range raw {
		if c == '&' || c == '\r' || inAttribute && (c == '\n' || c == '\t') {
			return true
		}
	}
	return false
}

var entities = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"', "apos": '\''}

// reference writes what the reference at the beginning of raw stands for, and
// returns its length.
func reference(b *strings.Builder, raw []byte) (int, error) {
	end := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
	if end < 0 {
		return 0, formats.Reason(formats.ErrCorrupt, "a \"&\" that begins no reference")
	}
	name := string(raw[1:end])
	if r, ok := entities[name]; ok {
		b.WriteRune(r)
		return end + 1, nil
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if hex := strings.TrimPrefix(name, "#x"); hex != name {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || digits == name || !isChar(rune(n)) || n > utf8.MaxRune {
		return 0, formats.Reason(formats.ErrCorrupt, "the reference &%s; stands for nothing that XML knows", name)
	}
	b.WriteRune(rune(n))
	return end + 1, nil
}

// isChar reports whether XML 1.0 can hold a character.
func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// content is the text of a text token.
func (t *token) content() (string, error) {
	if t.literal {
		if !utf8.Valid(t.raw) {
			return "", badAt(t.at, "text that is not UTF-8")
		}
		return string(t.raw), nil
	}
	s, err := unescape(t.raw, false)
	if err != nil {
		return "", &syntaxError{t.at, fmt.Errorf("%w", err)}
	}
	return s, nil
}
