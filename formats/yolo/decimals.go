package yolo

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// The numbers of label files are parts of the width or height of a picture, as
// decimals. They are turned into pixels without any error but one rounding at
// the end: 0.9 − 0.4/2 of 48 pixels is 33.6, and not the 33.599999999999994
// that comes of rounding at each step. That way each float64 has a decimal that
// means it, if enough digits are written, and the writer finds the shortest.

// maxFixed is the number of decimals that fixed holds.
const maxFixed = 18

// fixed is the number n / 10^d.
type fixed struct {
	n int64
	d int
}

var powers = func() (p [maxFixed + 1]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = 10 * p[i-1]
	}
	return p
}()

// parseFixed reads a plain decimal of up to 18 digits.
func parseFixed(text string) (f fixed, ok bool) {
	rest, negative := strings.CutPrefix(text, "-")
	rest = strings.TrimPrefix(rest, "+")
	point := false
	if len(rest) > maxFixed+1 {
		return f, false
	}
	for _, c := range []byte(rest) {
		switch {
		case c == '.' && !point:
			point = true
		case c < '0' || c > '9':
			return f, false
		default:
			f.n = 10*f.n + int64(c-'0')
			if point {
				f.d++
			}
		}
	}
	if negative {
		f.n = -f.n
	}
	return f, f.d <= maxFixed && f.n < int64(powers[maxFixed])
}

// to returns the number with d decimals, if that fits.
func (f fixed) to(d int) (fixed, bool) {
	p := int64(powers[d-f.d])
	if f.n > math.MaxInt64/4/p || f.n < -math.MaxInt64/4/p {
		return f, false
	}
	return fixed{f.n * p, d}, true
}

// String returns the number without zeros at its end.
func (f fixed) String() string {
	for f.d > 0 && f.n%10 == 0 {
		f.n, f.d = f.n/10, f.d-1
	}
	sign, digits := "", strconv.FormatInt(f.n, 10)
	if f.n < 0 {
		sign, digits = "-", digits[1:]
	}
	if f.d == 0 {
		return sign + digits
	}
	if missing := f.d + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	return sign + digits[:len(digits)-f.d] + "." + digits[len(digits)-f.d:]
}

// of returns the float64 that is nearest to f·dim/half.
func (f fixed) of(dim int64, half uint64) float64 {
	u := uint64(f.n)
	if f.n < 0 {
		u = uint64(-f.n)
	}
	hi, lo := bits.Mul64(u, uint64(dim))
	den := powers[f.d] * half
	v := 0.0
	if hi == 0 && lo < 1<<53 {
		v = float64(lo) / float64(den) // both are exact, 5^18 has 42 bits
	} else {
		v = nearest(hi, lo, den)
	}
	if f.n < 0 {
		return -v
	}
	return v
}

// nearest returns the float64 nearest to the quotient of a number of 128 bits,
// not zero, and one of 64 bits.
func nearest(hi, lo, den uint64) float64 {
	exponent := 0
	shift := bits.LeadingZeros64(hi)
	if hi == 0 {
		shift = 64 + bits.LeadingZeros64(lo)
		hi, lo = lo, 0
	}
	if n := shift % 64; n > 0 {
		hi, lo = hi<<n|lo>>(64-n), lo<<n
	}
	zeros := bits.LeadingZeros64(den)
	den <<= zeros
	exponent += zeros - shift
	lost := uint64(0)
	if hi >= den {
		lost = lo & 1
		hi, lo = hi>>1, hi<<63|lo>>1
		exponent++
	}
	q, r := bits.Div64(hi, lo, den)
	if r|lost != 0 {
		q |= 1 // far below what is kept: it only says on which side
	}
	return math.Ldexp(float64(q), exponent)
}

// longestDecimal bounds the text of a number that is taken exactly: what a
// float64 can be, and maxDecimals behind the point.
const longestDecimal = 310 + maxDecimals

// plainDecimal returns a number as a decimal that is not too long to compute
// with, the nearest float64 where it is one with an exponent.
func plainDecimal(text string) string {
	if len(text) <= longestDecimal && !strings.ContainsAny(text, "eE") {
		return text
	}
	v, _ := strconv.ParseFloat(text, 64)
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// span turns the centre and the extent of a side of a box into pixels.
func span(centre, extent string, dim int32) (low, size float64) {
	centre, extent = plainDecimal(centre), plainDecimal(extent)
	c, ok1 := parseFixed(centre)
	q, ok2 := parseFixed(extent)
	if ok1 && ok2 {
		d := max(c.d, q.d)
		wide, ok1 := c.to(d)
		deep, ok2 := q.to(d)
		if ok1 && ok2 {
			return fixed{2*wide.n - deep.n, d}.of(int64(dim), 2), q.of(int64(dim), 1)
		}
	}
	exact := rational(centre)
	exact.Sub(exact, half(rational(extent)))
	low, _ = exact.Mul(exact, big.NewRat(int64(dim), 1)).Float64()
	return low, pixel(extent, dim)
}

// pixel turns a coordinate or an extent into pixels.
func pixel(text string, dim int32) float64 {
	text = plainDecimal(text)
	if f, ok := parseFixed(text); ok {
		return f.of(int64(dim), 1)
	}
	r := rational(text)
	v, _ := r.Mul(r, big.NewRat(int64(dim), 1)).Float64()
	return v
}

// rational returns the value of a decimal.
func rational(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return new(big.Rat) // not reached: the text is a number
	}
	return r
}

func half(r *big.Rat) *big.Rat { return new(big.Rat).Mul(r, big.NewRat(1, 2)) }

// spanTexts is the reverse of [span].
func spanTexts(low, size float64, dim int32) (centre, extent string) {
	w := float64(dim)
	extent = shortest(size/w, size, w, func(q string) float64 { return pixel(q, dim) }, func() *big.Rat {
		return quotient(size, dim)
	})
	centre = shortest((low+size/2)/w, low, w, func(c string) float64 { v, _ := span(c, extent, dim); return v }, func() *big.Rat {
		exact := quotient(low, dim)
		return exact.Add(exact, half(rational(extent)))
	})
	return centre, extent
}

// pixelText is the reverse of [pixel].
func pixelText(v float64, dim int32) string {
	return shortest(v/float64(dim), v, float64(dim), func(p string) float64 { return pixel(p, dim) }, func() *big.Rat {
		return quotient(v, dim)
	})
}

func quotient(v float64, dim int32) *big.Rat {
	r := new(big.Rat)
	r.SetFloat64(v)
	return r.Quo(r, big.NewRat(int64(dim), 1))
}

// shortest returns the shortest decimal that read turns into target. guess is
// near it, exact gives its value without any error, and a step of the decimal
// moves the target by dim times as much.
func shortest(guess, target, dim float64, read func(string) float64, exact func() *big.Rat) string {
	if math.IsNaN(guess) || math.IsInf(guess, 0) {
		return strconv.FormatFloat(guess, 'f', -1, 64)
	}
	// Two decimals of up to 15 digits are told apart by the bits of pixels,
	// unless these are far from the picture: so the first one found has no
	// shorter rival.
	first := 15
	if math.Abs(guess) >= 1 || math.Abs(target) > 4*dim {
		first = 0
	}
	for d := first; d <= maxFixed; d++ {
		if text, ok := search(guess, target, dim, d, read); ok {
			return text
		}
	}
	for d := maxFixed + 1; d <= maxDecimals; d++ {
		if text := exact().FloatString(d); read(text) == target {
			return trimZeros(text)
		}
	}
	return strconv.FormatFloat(guess, 'f', -1, 64)
}

// search looks for a decimal of d digits behind the point: it corrects the
// guess by how far off it is.
func search(guess, target, dim float64, d int, read func(string) float64) (string, bool) {
	scale := float64(powers[d])
	n := math.Round(guess * scale)
	for range 4 {
		if math.Abs(n) >= 1<<62 {
			return "", false
		}
		text := fixed{int64(n), d}.String()
		v := read(text)
		if v == target {
			return text, true
		}
		step := math.Round((target - v) / dim * scale)
		if step == 0 {
			return "", false
		}
		n += step
	}
	return "", false
}
