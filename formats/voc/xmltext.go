package voc

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"datum/formats"
)

var (
	markUTF8    = []byte("\xef\xbb\xbf")
	markUTF16BE = []byte("\xfe\xff")
	markUTF16LE = []byte("\xff\xfe")
)

var declaredEncoding = regexp.MustCompile(`^<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']`)

// toUTF8 returns the text of an XML file as UTF-8, without a byte order mark.
func toUTF8(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, markUTF8):
		data = data[len(markUTF8):]
	case bytes.HasPrefix(data, markUTF16BE):
		return fromUTF16(data[2:], binary.BigEndian), nil
	case bytes.HasPrefix(data, markUTF16LE):
		return fromUTF16(data[2:], binary.LittleEndian), nil
	default:
		if m := declaredEncoding.FindSubmatch(data[:min(len(data), 200)]); m != nil {
			return fromDeclared(data, string(m[1]))
		}
	}
	return checkUTF8(data)
}

func fromDeclared(data []byte, name string) ([]byte, error) {
	switch strings.ToLower(name) {
	case "utf-8", "utf8", "ascii", "us-ascii", "":
		return checkUTF8(data)
	case "iso-8859-1", "latin1", "latin-1", "iso8859-1":
		return fromLatin1(data), nil
	}
	return nil, formats.Reason(formats.ErrCorrupt, "the encoding %q is not one of UTF-8, UTF-16 and ISO-8859-1", name)
}

func checkUTF8(data []byte) ([]byte, error) {
	if utf8.Valid(data) {
		return data, nil
	}
	at := 0
	for {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n <= 1 {
			return nil, &placeError{at: at, data: data, error: formats.Reason(formats.ErrCorrupt, "the text is not UTF-8, and no other encoding is declared")}
		}
		at += n
	}
}

func fromLatin1(data []byte) []byte {
	out := make([]byte, 0, len(data)+len(data)/8)
	for _, c := range data {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i+1 < len(data); i += 2 {
		r := rune(order.Uint16(data[i:]))
		if utf16.IsSurrogate(r) && i+3 < len(data) {
			r = utf16.DecodeRune(r, rune(order.Uint16(data[i+2:])))
			i += 2
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// placeError is an error at a byte of a text.
type placeError struct {
	error
	at   int
	data []byte
}

func (e *placeError) Unwrap() error { return e.error }

// line returns the 1-based line of the place.
func (e *placeError) line() int {
	return 1 + bytes.Count(e.data[:min(e.at, len(e.data))], []byte{'\n'})
}
