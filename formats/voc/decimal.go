package voc

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// decimal is the number m / 10^scale. Sizes of boxes are differences of
// corners; with decimals they are exact, so that a box which was written is
// read as the same box to the last bit.
type decimal struct {
	small int64
	large *big.Int // in the place of small, where that is too small
	scale int
}

// maxDigits bounds the text of a number. That of a float64 without exponent
// has fewer.
const maxDigits = 1100

// parseDecimal reads a number as text has it; ok is false where it is none, or
// not a finite one.
func parseDecimal(text []byte) (d decimal, ok bool) {
	if d, ok := parseSmall(text); ok {
		return d, true
	}
	if len(text) > maxDigits {
		return d, false
	}
	s := strings.TrimPrefix(string(text), "+")
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(s, "xX_") {
		return d, false
	}
	if strings.ContainsAny(s, "eE") {
		s = strconv.FormatFloat(f, 'f', -1, 64)
	}
	whole, fraction, _ := strings.Cut(s, ".")
	d.large, ok = new(big.Int).SetString(whole+fraction, 10)
	d.scale = len(fraction)
	return d, ok
}

// parseSmall reads a plain number of few digits.
func parseSmall(text []byte) (d decimal, ok bool) {
	const few = 17
	digits := text
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > few {
		return d, false
	}
	dot := -1
	for i, c := range digits {
		switch {
		case c == '.' && dot < 0:
			dot = i
		case c >= '0' && c <= '9':
			d.small = 10*d.small + int64(c-'0')
		default:
			return d, false
		}
	}
	if dot >= 0 {
		d.scale = len(digits) - 1 - dot
		if len(digits) == 1 {
			return d, false
		}
	}
	if text[0] == '-' {
		d.small = -d.small
	}
	return d, true
}

// decimalOf is the number that the shortest text of f stands for.
func decimalOf(f float64) decimal {
	var buf [24]byte
	d, _ := parseDecimal(strconv.AppendFloat(buf[:0], f, 'f', -1, 64))
	return d
}

func (d decimal) big() *big.Int {
	if d.large != nil {
		return d.large
	}
	return big.NewInt(d.small)
}

// plus returns d + sign × e, for a sign of 1 or -1.
func (d decimal) plus(e decimal, sign int64) decimal {
	scale := max(d.scale, e.scale)
	if a, ok := d.atScale(scale); ok {
		if b, ok := e.atScale(scale); ok {
			return decimal{small: a + sign*b, scale: scale}
		}
	}
	a, b := scaled(d.big(), scale-d.scale), scaled(e.big(), scale-e.scale)
	return decimal{large: new(big.Int).Add(a, b.Mul(b, big.NewInt(sign))), scale: scale}
}

// powers are those of ten that a float64 holds exactly.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// atScale returns d × 10^scale, where that is small enough to be added to
// another such number.
func (d decimal) atScale(scale int) (int64, bool) {
	const room = 1 << 61
	k := scale - d.scale
	if d.large != nil || k >= len(powers) {
		return 0, false
	}
	p := int64(powers[k])
	return d.small * p, abs(d.small) < room/p
}

func abs(n int64) int64 { return max(n, -n) }

// scaled returns a new number n × 10^k.
func scaled(n *big.Int, k int) *big.Int {
	return new(big.Int).Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(k)), nil))
}

// float is the float64 nearest to d.
func (d decimal) float() float64 {
	if d.large == nil && d.scale < len(powers) && abs(d.small) < 1<<53 {
		return float64(d.small) / powers[d.scale] // both exact, so rounded once
	}
	f, err := strconv.ParseFloat(string(d.appendTo(nil)), 64)
	if err != nil {
		return math.Inf(1)
	}
	return f
}

func (d decimal) negative() bool { return d.small < 0 || d.large != nil && d.large.Sign() < 0 }

// appendTo appends the shortest text of d without exponent.
func (d decimal) appendTo(dst []byte) []byte {
	if d.scale == 0 && d.large == nil {
		return strconv.AppendInt(dst, d.small, 10)
	}
	s := d.big().String()
	if d.negative() {
		dst, s = append(dst, '-'), s[1:]
	}
	if len(s) <= d.scale {
		s = strings.Repeat("0", d.scale-len(s)+1) + s
	}
	whole, fraction := s[:len(s)-d.scale], strings.TrimRight(s[len(s)-d.scale:], "0")
	dst = append(dst, whole...)
	if fraction != "" {
		dst = append(append(dst, '.'), fraction...)
	}
	return dst
}

var one = decimal{small: 1}
