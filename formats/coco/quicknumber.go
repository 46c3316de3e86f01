package coco

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"
)

// quickNumber reads a number, and returns the place behind it; -1 where there
// is none, or one that the writer would not write with the same value.
func quickNumber(b []byte, i int) (f float64, end int) {
	if f, end, c := shortFloat(b, i); c == ',' || c == ']' || c == '}' {
		return f, end
	}
	if end = strictNumber(b, i); end < 0 {
		return 0, -1
	}
	raw := b[i:end]
	if f, ok := shortNumber(raw); ok {
		return f, end
	}
	if bytes.IndexByte(raw, '.') >= 0 {
		// A float of less than 53 bits is what it reads as, however long its
		// text is.
		if f, err := strconv.ParseFloat(string(raw), 64); err == nil && math.Abs(f) < 1<<53 {
			return f, end
		}
	}
	f, exact, ok := number(raw)
	if !exact || !ok {
		return 0, -1
	}
	return f, end
}

// shortFloat reads digits with or without a fraction, within eight bytes, and
// returns the byte behind them; 0 where something else is there. It is
// [decimals] with the value, and [shortNumber] for eight bytes at a time.
func shortFloat(b []byte, i int) (f float64, end int, behind byte) {
	digits, marks := notDigits(word(b, i))
	if marks == 0 {
		return 0, 0, 0
	}
	whole := bits.TrailingZeros64(marks) & 0x38
	if whole == 0 || whole > 8 && byte(digits) == 0 {
		return 0, 0, 0
	}
	n, fraction, text := whole, 0, digits&(1<<whole-1)
	c := byte(digits>>n) ^ '0'
	if c == '.' {
		if marks &= marks - 1; marks == 0 {
			return 0, 0, 0
		}
		n = bits.TrailingZeros64(marks) & 0x38
		if fraction = n - whole - 8; fraction == 0 {
			return 0, 0, 0
		}
		c = byte(digits>>n) ^ '0'
		text |= digits & (1<<n - 1) >> ((whole + 8) & 0x38) << whole
	}
	// The digits go to the upper end of the word, zeros before them, and are
	// added up in pairs, fours and eights.
	text <<= (64 - whole - fraction) & 0x38
	text = text * (10<<8 + 1) >> 8 & 0x00ff00ff00ff00ff
	text = text * (100<<16 + 1) >> 16 & 0x0000ffff0000ffff
	text = text * (10000<<32 + 1) >> 32
	return float64(int64(text)) / powersOf10[fraction>>3], i + n>>3, c
}

// quickNumbers appends the numbers of a list of them to dst, and returns the
// place behind the list, -1 where it is something else.
func quickNumbers(dst []float64, b []byte, i int) ([]float64, int) {
	if b[i] != '[' {
		return dst, -1
	}
	if i = strictSpace(b, i+1); b[i] == ']' {
		return dst, i + 1
	}
	for {
		f, end, c := shortFloat(b, i)
		if c != ',' && c != ']' {
			if f, end = quickNumber(b, i); end < 0 {
				return dst, -1
			}
			end = strictSpace(b, end)
			c = b[end]
		}
		dst = append(dst, f)
		switch c {
		case ',':
			if i = end + 1; b[i] <= ' ' {
				i = strictSpace(b, i)
			}
		case ']':
			return dst, end + 1
		default:
			return dst, -1
		}
	}
}

// quickInteger reads digits, at most 18 of them. The place is -1 where there is
// another number or something else.
func quickInteger(b []byte, i int) (n int64, end int) {
	start := i
	for b[i] >= '0' && b[i] <= '9' {
		n = n*10 + int64(b[i]-'0')
		i++
	}
	if i == start || i-start > 18 || b[start] == '0' && i-start > 1 || b[i] == '.' || b[i]|0x20 == 'e' {
		return 0, -1
	}
	return n, i
}
