package cvat

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// decimal is a number as it stands in a file: mantissa × 10^-scale. Corners
// and sizes are added and subtracted as decimals, since that is exact: a box
// whose width is 1.005 has that width again after its right edge was written,
// which float64 arithmetic does not give.
type decimal struct {
	mantissa *big.Int // nil: small is the mantissa
	small    int64
	scale    int
}

// smallDigits is how many digits always fit into an int64, with one to spare
// for a sum.
const smallDigits = 17

// maxScale bounds the digits of a number. Beyond it, float64 is all there is.
const maxScale = 400

// decimalOf returns the shortest decimal that reads back as v.
func decimalOf(v float64) decimal {
	var buf [32]byte
	d, _ := parseDecimal(string(strconv.AppendFloat(buf[:0], v, 'e', -1, 64)))
	return d
}

// parseDecimal reads a number. It fails for what is none, and for NaN and the
// infinities.
func parseDecimal(s string) (decimal, bool) {
	if d, ok := parseShort(s); ok {
		return d, true
	}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e < -maxScale || e > maxScale {
			return decimal{}, false
		}
		mantissa, exponent = s[:i], e
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	scale := len(fraction) - exponent
	if len(digits) > maxScale || scale > 2*maxScale || !isDigits(digits) {
		return decimal{}, false
	}
	for scale < 0 {
		digits, scale = digits+"0", scale+1
	}
	if len(digits) <= smallDigits {
		n, err := strconv.ParseInt(digits, 10, 64)
		return decimal{small: n, scale: scale}, err == nil
	}
	n, ok := new(big.Int).SetString(digits, 10)
	return decimal{mantissa: n, scale: scale}, ok
}

// parseShort reads the numbers that files are full of: a few digits, a point,
// a few more.
func parseShort(s string) (d decimal, ok bool) {
	digits := s
	if s != "" && s[0] == '-' {
		digits = s[1:]
	}
	if len(digits) == 0 || len(digits) > smallDigits {
		return d, false
	}
	point := len(digits)
	for i := range len(digits) {
		switch c := digits[i]; {
		case c >= '0' && c <= '9':
			d.small = 10*d.small + int64(c-'0')
		case c == '.' && point == len(digits):
			point = i
		default:
			return d, false
		}
	}
	d.scale = max(0, len(digits)-point-1)
	if len(digits) < len(s) {
		d.small = -d.small
	}
	return d, digits != "."
}

func isDigits(s string) bool {
	s = strings.TrimLeft(s[:min(1, len(s))], "+-") + s[min(1, len(s)):]
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func (d decimal) big() *big.Int {
	if d.mantissa != nil {
		return d.mantissa
	}
	return big.NewInt(d.small)
}

// raised returns the mantissa of d at a larger scale.
func (d decimal) raised(scale int) *big.Int {
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale-d.scale)), nil)
	return power.Mul(power, d.big())
}

// plus returns d + sign·e, where sign is 1 or -1.
func (d decimal) plus(e decimal, sign int64) decimal {
	if d.mantissa == nil && e.mantissa == nil && d.scale == e.scale {
		return fit(d.small+sign*e.small, d.scale)
	}
	scale := max(d.scale, e.scale)
	sum := e.raised(scale)
	sum.Mul(sum, big.NewInt(sign)).Add(sum, d.raised(scale))
	return shrink(sum, scale)
}

// half returns d / 2, which has one digit more at most.
func (d decimal) half() decimal {
	if d.mantissa == nil && d.small%2 == 0 {
		return decimal{small: d.small / 2, scale: d.scale}
	}
	return shrink(new(big.Int).Mul(d.big(), big.NewInt(5)), d.scale+1)
}

func fit(n int64, scale int) decimal {
	const most = 1e17
	if n < most && n > -most {
		return decimal{small: n, scale: scale}
	}
	return decimal{mantissa: big.NewInt(n), scale: scale}
}

func shrink(n *big.Int, scale int) decimal {
	if n.IsInt64() {
		return fit(n.Int64(), scale)
	}
	return decimal{mantissa: n, scale: scale}
}

// String writes the number without an exponent and without zeros at its end.
func (d decimal) String() string {
	digits, sign := d.big().String(), ""
	if strings.HasPrefix(digits, "-") {
		digits, sign = digits[1:], "-"
	}
	if len(digits) <= d.scale {
		digits = strings.Repeat("0", d.scale-len(digits)+1) + digits
	}
	whole, fraction := digits[:len(digits)-d.scale], strings.TrimRight(digits[len(digits)-d.scale:], "0")
	if fraction == "" {
		return sign + whole
	}
	return sign + whole + "." + fraction
}

var powersOfTen = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// Float returns the float64 nearest to the number.
func (d decimal) Float() float64 {
	if d.mantissa == nil && d.scale < len(powersOfTen) && d.small < 1<<53 && d.small > -(1<<53) {
		return float64(d.small) / powersOfTen[d.scale] // both are exact, so the quotient is the nearest
	}
	v, _ := strconv.ParseFloat(d.String(), 64)
	return v
}

// sumText writes a + sign·b as exactly as its parts are.
func sumText(a, b float64, sign int64) string {
	return decimalOf(a).plus(decimalOf(b), sign).String()
}

// isFinite reports whether all numbers are such that a file can hold.
func isFinite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
