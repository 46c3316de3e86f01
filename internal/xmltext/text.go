package xmltext

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"datum/formats"
)

// Shorten makes text fit into a message.
func Shorten[T ~string | ~[]byte](text T) string {
	const most = 40
	if len(text) <= most {
		return string(text)
	}
	return strings.ToValidUTF8(string(text[:most]), "") + "…"
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

// Unescape replaces references. In the value of an attribute, line ends and
// tabs that are not written as references count as spaces.
func Unescape(raw []byte, inAttribute bool) (string, error) {
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
			r, n, err := Reference(raw[i:])
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
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

// Reference returns what the reference that raw begins with stands for, and its
// length.
func Reference(raw []byte) (r rune, length int, err error) {
	end := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
	if end < 0 {
		return 0, 0, formats.Reason(formats.ErrCorrupt, "a \"&\" that begins no reference")
	}
	name := string(raw[1:end])
	if r, ok := entities[name]; ok {
		return r, end + 1, nil
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if hex := strings.TrimPrefix(name, "#x"); hex != name {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || digits == name || !IsChar(rune(n)) || n > utf8.MaxRune {
		return 0, 0, formats.Reason(formats.ErrCorrupt, "the reference &%s; stands for nothing that XML knows", name)
	}
	return rune(n), end + 1, nil
}

// IsChar reports whether XML 1.0 can hold a character.
func IsChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}
