package voc

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"datum/dataset"
)

// XML text cannot say whether 1 is a number or a word, and not hold every
// character. So text that stands for itself is written as it is; what would be
// read as something else is written as a JSON string, in quotes.

// isPlain reports whether s comes back unchanged from between two tags.
func isPlain(s string) bool {
	if s == "" || strings.TrimSpace(s) != s || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < 0x20 && r != '\t' && r != '\n' || r == 0xfffe || r == 0xffff {
			return false
		}
	}
	return true
}

// quoted returns the word that text holds as a JSON string.
func quoted(text []byte) (s string, ok bool) {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return "", false
	}
	return unquote(text)
}

func unquote(text []byte) (s string, ok bool) { return s, json.Unmarshal(text, &s) == nil }

func quote(s string) []byte { return escapeRare(dataset.AppendString(nil, s)) }

// escapeRare escapes in JSON text the two characters that XML cannot have and
// JSON can.
func escapeRare(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("\ufffe"), []byte(`\ufffe`))
	return bytes.ReplaceAll(text, []byte("\uffff"), []byte(`\uffff`))
}

// decodeName returns the name that text stands for.
func decodeName(text []byte) string {
	if s, ok := quoted(text); ok && (bytes.IndexByte(text, '\\') >= 0 || !isName(s)) {
		return s
	}
	return string(text)
}

// isName reports whether a name stands for itself.
func isName(s string) bool { return isPlain(s) && decodeName([]byte(s)) == s }

// encodeName is the inverse of decodeName.
func encodeName(s string) []byte {
	if isName(s) {
		return []byte(s)
	}
	return quote(s)
}

// decodeValue returns the JSON text of the value that text stands for: a
// number, true or false and whatever else is JSON as such, all other text as a
// string.
func decodeValue(text []byte) []byte {
	switch string(text) {
	case "True":
		return []byte("true")
	case "False":
		return []byte("false")
	}
	if s, ok := quoted(text); ok {
		if bytes.Equal(text, quote(s)) && (bytes.IndexByte(text, '\\') >= 0 || !isWord(s)) {
			return dataset.AppendString(nil, s)
		}
		if bytes.IndexByte(text, '\\') >= 0 {
			return bytes.Clone(text)
		}
	} else if len(text) > 0 && strings.IndexByte("-0123456789[{tfn", text[0]) >= 0 {
		var b bytes.Buffer
		if json.Compact(&b, text) == nil {
			return b.Bytes()
		}
	}
	return dataset.AppendString(nil, string(text))
}

// isWord reports whether a string stands for itself as a value.
func isWord(s string) bool {
	if s == "" {
		return true
	}
	return isPlain(s) && bytes.Equal(decodeValue([]byte(s)), dataset.AppendString(nil, s))
}

// encodeValue is the inverse of decodeValue.
func encodeValue(raw []byte) []byte {
	s, ok := quoted(raw)
	if !ok || !bytes.Equal(raw, dataset.AppendString(nil, s)) {
		return escapeRare(raw)
	}
	if isWord(s) {
		return []byte(s)
	}
	return quote(s)
}

// parseFlag reads a yes or no; odd says that it is written in a way that VOC
// does not have, and ok is false where it says neither.
func parseFlag(text []byte) (value, odd, ok bool) {
	switch strings.ToLower(string(text)) {
	case "1":
		return true, false, true
	case "0":
		return false, false, true
	case "true", "yes", "y", "1.0":
		return true, true, true
	case "false", "no", "n", "0.0":
		return false, true, true
	}
	return false, true, false
}
