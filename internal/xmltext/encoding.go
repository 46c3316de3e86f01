package xmltext

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

// UTF8 returns the text of an XML file as UTF-8, without a byte order mark. It
// reads UTF-16 with such a mark, and ISO-8859-1 where that is declared.
func UTF8(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, markUTF8):
		return CheckUTF8(data)
	case bytes.HasPrefix(data, markUTF16BE):
		return fromUTF16(data[2:], binary.BigEndian), nil
	case bytes.HasPrefix(data, markUTF16LE):
		return fromUTF16(data[2:], binary.LittleEndian), nil
	default:
		if m := declaredEncoding.FindSubmatch(data[:min(len(data), 200)]); m != nil {
			return fromDeclared(data, string(m[1]))
		}
	}
	return CheckUTF8(data)
}

func fromDeclared(data []byte, name string) ([]byte, error) {
	switch strings.ToLower(name) {
	case "utf-8", "utf8", "ascii", "us-ascii", "":
		return CheckUTF8(data)
	case "iso-8859-1", "latin1", "latin-1", "iso8859-1":
		return fromLatin1(data), nil
	}
	return nil, formats.Reason(formats.ErrCorrupt, "the encoding %q is not one of UTF-8, UTF-16 and ISO-8859-1", name)
}

// CheckUTF8 returns a text that has to be UTF-8, without a byte order mark.
func CheckUTF8(data []byte) ([]byte, error) {
	text := bytes.TrimPrefix(data, markUTF8)
	if utf8.Valid(text) {
		return text, nil
	}
	at := len(data) - len(text)
	for {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n <= 1 {
			return nil, Errorf(int64(at), "the text is not UTF-8, and no other encoding is declared")
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
