package decimal

import (
	"math/big"
	"strconv"
	"strings"
)

const (
	// shortDigits always fit into an int64, with room for a sum.
	shortDigits = 18
	// maxText bounds the length of a text, and its exponent. The sum of the
	// largest float64 and the smallest is shorter.
	maxText = 1100
)

// Parse reads a number: digits with a sign, a point and an exponent where there
// are such. ok is false for what is none, as NaN, and for what a float64 cannot
// hold.
func Parse[T ~string | ~[]byte](text T) (d Decimal, ok bool) {
	if d, ok := parseShort(text); ok {
		return d, true
	}
	if len(text) > maxText {
		return Decimal{}, false
	}
	return parseLong(string(text))
}

// parseShort reads the numbers that files are full of: a few digits, a point, a
// few more.
func parseShort[T ~string | ~[]byte](text T) (d Decimal, ok bool) {
	from := 0
	if len(text) > 0 && text[0] == '-' {
		from = 1
	}
	point, m := -1, int64(0)
	if len(text)-from > shortDigits+1 {
		return d, false
	}
	for i := from; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			m = 10*m + int64(c-'0')
		case c == '.' && point < 0:
			point = i
		default:
			return d, false
		}
	}
	digits := len(text) - from
	if point >= 0 {
		digits--
		d.scale = len(text) - 1 - point
	}
	if d.small = m; from == 1 {
		d.small = -m
	}
	return d, digits > 0 && digits <= shortDigits
}

func parseLong(s string) (d Decimal, ok bool) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !Finite(v) || strings.ContainsAny(s, "xX_") {
		return d, false
	}
	exponent := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		exponent, err = strconv.Atoi(s[i+1:])
		if err != nil || exponent < -maxText || exponent > maxText {
			return Of(v), true // zeros without end, of which v is what counts
		}
		s = s[:i]
	}
	return plain(s, exponent), true
}

// plain returns a number without an exponent times a power of ten.
func plain(s string, exponent int) Decimal {
	whole, fraction, _ := strings.Cut(s, ".")
	m, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return Decimal{} // not reached: it has been read or written as a number
	}
	scale := len(fraction) - exponent
	if scale < 0 {
		m.Mul(m, tenTo(-scale))
	}
	return shrink(m, max(scale, 0))
}

// String returns the shortest text of d: without an exponent, and without zeros
// at its end. [Parse] reads it.
func (d Decimal) String() string {
	var buf [32]byte
	return string(d.Append(buf[:0]))
}

// Append appends the text that [Decimal.String] returns.
func (d Decimal) Append(dst []byte) []byte {
	var buf [24]byte
	digits := strconv.AppendInt(buf[:0], d.small, 10)
	if d.large != nil {
		digits = d.large.Append(buf[:0], 10)
	}
	if digits[0] == '-' {
		dst, digits = append(dst, '-'), digits[1:]
	}
	point := len(digits) - d.scale
	for len(digits) > max(point, 0) && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	if point <= 0 {
		dst = append(dst, '0')
	} else {
		dst, digits = append(dst, digits[:point]...), digits[point:]
	}
	if len(digits) == 0 {
		return dst
	}
	dst = append(dst, '.')
	for ; point < 0; point++ {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}
