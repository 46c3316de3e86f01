package kitti

import (
	"math"
	"strconv"
	"strings"
)

// decimal is a number as it is written: digits · 10^-scale.
type decimal struct {
	digits int64
	scale  int
}

// maxDigits is what always fits into an int64.
const maxDigits = 18

var powers = func() (p [maxDigits + 1]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// parseDecimal reads a plain number; ok is false for exponents and for more
// digits than an int64 holds.
func parseDecimal(s string) (d decimal, ok bool) {
	rest, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(rest, ".")
	if len(whole)+len(fraction) == 0 || len(whole)+len(fraction) > maxDigits {
		return d, false
	}
	for _, part := range []string{whole, fraction} {
		for i := range len(part) {
			if part[i] < '0' || part[i] > '9' {
				return d, false
			}
			d.digits = d.digits*10 + int64(part[i]-'0')
		}
	}
	d.scale = len(fraction)
	if negative {
		d.digits = -d.digits
	}
	return d, true
}

// at returns the digits of d for a scale that is not smaller than its own.
func (d decimal) at(scale int) (digits int64, ok bool) {
	p := powers[scale-d.scale]
	if d.digits > math.MaxInt64/2/p || d.digits < -math.MaxInt64/2/p {
		return 0, false
	}
	return d.digits * p, true
}

// plus returns d + sign·e.
func (d decimal) plus(e decimal, sign int64) (sum decimal, ok bool) {
	scale := max(d.scale, e.scale)
	a, ok1 := d.at(scale)
	b, ok2 := e.at(scale)
	return decimal{a + sign*b, scale}, ok1 && ok2
}

// String spells d without zeros at its end.
func (d decimal) String() string {
	digits := strconv.FormatInt(d.digits, 10)
	sign := ""
	if d.digits < 0 {
		sign, digits = "-", digits[1:]
	}
	if missing := d.scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole, fraction := digits[:len(digits)-d.scale], strings.TrimRight(digits[len(digits)-d.scale:], "0")
	if fraction == "" {
		return sign + whole
	}
	return sign + whole + "." + fraction
}

// float returns the nearest float64.
func (d decimal) float() float64 {
	v, _ := strconv.ParseFloat(d.String(), 64) // of at most 20 digits
	return v
}

// spell returns the shortest decimals that read back as v.
func spell(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// distance returns high - low, of the numbers as they are spelled where that
// can be done exactly.
func distance(low, high string, lowValue, highValue float64) float64 {
	a, ok1 := parseDecimal(low)
	b, ok2 := parseDecimal(high)
	if ok1 && ok2 {
		if d, ok := b.plus(a, -1); ok {
			return d.float()
		}
	}
	return highValue - lowValue
}

// far spells low + size so that [distance] gives size back, if there is a way.
func far(low, size float64) string {
	a, ok1 := parseDecimal(spell(low))
	b, ok2 := parseDecimal(spell(size))
	if ok1 && ok2 {
		if sum, ok := a.plus(b, 1); ok {
			return sum.String()
		}
	}
	return spell(low + size)
}
