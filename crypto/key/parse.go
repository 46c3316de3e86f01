package key

import (
	"bytes"
	"encoding/base64"
	"fmt"
)

// Prefix starts the text of every key.
const Prefix = "datum-"

const (
	encodedLen = 44 // characters of base64, the last of them "="
	textLen    = len(Prefix) + encodedLen
)

// Parse reads the text of a key: exactly [Prefix] and 44 characters of
// canonical URL-safe base64. White space around it is ignored. Datumaro took
// any six characters for the prefix; this does not, but says how to mend it.
//
// An error wraps [ErrMalformed], or [ErrWrapped] if this is a wrapped key, and
// says what is wrong without repeating any of the text.
func Parse(text []byte) (*Key, error) {
	text = bytes.TrimSpace(text)
	if isWrapped(text) {
		return nil, ErrWrapped
	}
	if err := checkFrame(text); err != nil {
		return nil, err
	}
	body := text[len(Prefix):]
	if err := checkAlphabet(body); err != nil {
		return nil, err
	}
	var raw [encodedLen / 4 * 3]byte
	defer clear(raw[:])
	n, err := base64.URLEncoding.Strict().Decode(raw[:], body)
	if err != nil || n != secretLen { // the decoder's error is not repeated: it is about the text
		return nil, malformed("unused bits of the last character are set, it was changed or cut")
	}
	return hold((*[secretLen]byte)(raw[:])), nil
}

// checkFrame looks at the length and the prefix.
func checkFrame(text []byte) error {
	prefixed := bytes.HasPrefix(text, []byte(Prefix))
	switch {
	case len(text) == 0:
		return malformed("it is empty")
	case len(text) == encodedLen && !prefixed:
		return malformed("the prefix %q is missing", Prefix)
	case len(text) != textLen:
		return malformed("it has %d characters instead of %d", len(text), textLen)
	case !prefixed:
		return malformed("it starts with another prefix than %q; if Datumaro made or took this key, replace its first %d characters", Prefix, len(Prefix))
	}
	return nil
}

// checkAlphabet says which character of the base64 part cannot be there.
func checkAlphabet(body []byte) error {
	last := len(body) - 1
	for i, c := range body[:last] {
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		case c == '+', c == '/':
			return malformed("character %d is of the standard base64 alphabet, keys use the URL-safe one", len(Prefix)+i+1)
		default:
			return malformed("character %d is not of the URL-safe base64 alphabet", len(Prefix)+i+1)
		}
	}
	if body[last] != '=' {
		return malformed("the last character is not %q", '=')
	}
	return nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}
