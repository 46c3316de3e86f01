package coco

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// The functions here step over JSON text that nobody has looked at yet, and are
// as strict as the tokenizer: what it refuses, they refuse. They may refuse
// more; -1 says that they did, and that the tokenizer has to look. They read a
// number in eight bytes at a time, and so need text with [padding] behind it,
// of zeros, which are valid nowhere.

// padding is how many bytes there are behind a text.
const padding = 8

// deepest is how many values may be in one another: more than any record has.
const deepest = 40

const (
	eachByte = 0x0101010101010101
	highBits = 0x80 * eachByte
	lowBits  = 0x7f * eachByte
)

// word returns the eight bytes from i on, the first one lowest.
func word(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+8 : i+8]) }

// notDigits marks the bytes of a word that are no digits, by their highest bit.
// Those below it are digits, xor 0x30.
func notDigits(w uint64) (digits, marks uint64) {
	digits = w ^ 0x30*eachByte
	return digits, (digits&lowBits + 0x76*eachByte | digits) & highBits
}

// strictSpace returns the place of the first byte from i on that is no space.
func strictSpace(b []byte, i int) int {
	if b[i] > ' ' {
		return i
	}
	for b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r' {
		i++
	}
	return i
}

// strictValue returns the place behind the value that begins at i.
func strictValue(b []byte, i, depth int) int {
	switch c := b[i]; {
	case c == '"':
		return strictString(b, i)
	case c == '[' && depth > 0:
		return strictArray(b, i, depth)
	case c == '{' && depth > 0:
		return strictObject(b, i, depth)
	case c == '-' || c >= '0' && c <= '9':
		return strictNumber(b, i)
	}
	return strictLiteral(b, i)
}

func strictLiteral(b []byte, i int) int {
	for _, l := range [...]string{"null", "true", "false"} {
		if len(b)-i >= len(l) && string(b[i:i+len(l)]) == l {
			return i + len(l)
		}
	}
	return -1
}

// strictArray is mostly about numbers, of which COCO mostly consists. Most of
// them are of the form 123.45 and end within eight bytes.
func strictArray(b []byte, i, depth int) int {
	i = strictSpace(b, i+1)
	if b[i] == ']' {
		return i + 1
	}
	for {
		i = strictSpace(b, decimals(b, i))
		if i = strictValue(b, i, depth-1); i < 0 {
			return -1
		}
		switch i = strictSpace(b, i); b[i] {
		case ',':
			i = strictSpace(b, i+1)
		case ']':
			return i + 1
		default:
			return -1
		}
	}
}

// decimals steps over as many numbers as there are that have no more than
// digits and a fraction, end within eight bytes, and have a comma behind them,
// with or without a space.
func decimals(b []byte, i int) int {
	for {
		w := word(b, i)
		_, marks := notDigits(w)
		if marks == 0 {
			return i
		}
		n := bits.TrailingZeros64(marks) & 0x38
		if n == 0 || n > 8 && byte(w) == '0' {
			return i
		}
		c := byte(w >> n)
		if c == '.' {
			if marks &= marks - 1; marks == 0 {
				return i
			}
			point := n
			if n = bits.TrailingZeros64(marks) & 0x38; n == point+8 {
				return i
			}
			c = byte(w >> n)
		}
		if c != ',' {
			return i
		}
		if i += n>>3 + 1; b[i] == ' ' {
			i++
		}
	}
}

// strictObject steps over an object.
func strictObject(b []byte, i, depth int) int {
	i = strictSpace(b, i+1)
	if b[i] == '}' {
		return i + 1
	}
	for {
		if i = strictName(b, i); i < 0 {
			return -1
		}
		if i = strictValue(b, i, depth-1); i < 0 {
			return -1
		}
		switch i = strictSpace(b, i); b[i] {
		case ',':
			i = strictSpace(b, i+1)
		case '}':
			return i + 1
		default:
			return -1
		}
	}
}

// strictName steps over the name of a member, up to its value.
func strictName(b []byte, i int) int {
	if b[i] != '"' {
		return -1
	}
	if i = strictString(b, i); i < 0 {
		return -1
	}
	if i = strictSpace(b, i); b[i] != ':' {
		return -1
	}
	return strictSpace(b, i+1)
}

// strictString looks at eight bytes at a time for those that end a string or
// are not simply ASCII.
func strictString(b []byte, i int) int {
	start, wide, escaped := i, false, false
	for i++; ; {
		w := word(b, i)
		const quotes, slashes = '"' * eachByte, '\\' * eachByte
		q, s := w^quotes, w^slashes
		// A byte is marked where it is below 0x20, or one of the two, or over
		// 0x7f; a borrow may mark a byte too much above the first one only.
		marks := ((w - 0x20*eachByte) | (q - eachByte) | (s - eachByte) | w) & highBits
		if marks == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(marks) >> 3
		switch c := b[i]; {
		case c == '"' && (wide || escaped):
			return checkedString(b, start, i+1, escaped)
		case c == '"':
			return i + 1
		case c == '\\':
			escaped = true
			if i += 2; i > len(b)-padding {
				return -1
			}
		case c >= utf8.RuneSelf:
			wide = true
			i++
		default:
			return -1
		}
	}
}

// checkedString returns end where a string is one.
func checkedString(b []byte, i, end int, escaped bool) int {
	if !escaped {
		if !utf8.Valid(b[i:end]) {
			return -1
		}
		return end
	}
	if _, err := jsontext.AppendUnquote(nil, b[i:end]); err != nil {
		return -1
	}
	return end
}

// strictNumber steps over any number.
func strictNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	if b[i] == '0' {
		i++
	} else if i = strictDigits(b, i); i < 0 {
		return -1
	}
	if b[i] == '.' {
		if i = strictDigits(b, i+1); i < 0 {
			return -1
		}
	}
	if b[i] != 'e' && b[i] != 'E' {
		return i
	}
	if i++; b[i] == '-' || b[i] == '+' {
		i++
	}
	return strictDigits(b, i)
}

// strictDigits steps over at least one digit.
func strictDigits(b []byte, i int) int {
	start := i
	for b[i] >= '0' && b[i] <= '9' {
		i++
	}
	if i == start {
		return -1
	}
	return i
}
