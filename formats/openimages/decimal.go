package openimages

import (
	"errors"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Normalised coordinates are decimals. Pixels are computed from them without
// rounding in between, so that every box has decimals that give it back.

const (
	// maxDecimal is the length of a decimal that is computed exactly.
	maxDecimal = 64
	// fastDigits are those behind the point of a decimal that takes 64 bits.
	fastDigits = 19
	// fastInt bounds its digits as a number.
	fastInt = 1 << 62
)

var errNumber = errors.New("not a finite number")

var pow10 = func() (p [fastDigits + 1]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// decimal is m / 10^k.
type decimal struct {
	m int64
	k int
}

// parseDecimal reads a plain decimal of few digits.
func parseDecimal(s string) (d decimal, ok bool) {
	digits, negative, point := 0, false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '-' && i == 0:
			negative = true
		case c == '.' && !point:
			point = true
		case c >= '0' && c <= '9':
			if d.m > (fastInt-9)/10 || d.k == fastDigits {
				return d, false
			}
			d.m = d.m*10 + int64(c-'0')
			digits++
			if point {
				d.k++
			}
		default:
			return d, false
		}
	}
	if negative {
		d.m = -d.m
	}
	return d, digits > 0
}

// at returns m for a larger k.
func (d decimal) at(k int) (m int64, ok bool) {
	hi, lo := bits.Mul64(uint64(max(d.m, -d.m)), pow10[k-d.k])
	if hi != 0 || lo >= fastInt {
		return 0, false
	}
	if d.m < 0 {
		return -int64(lo), true
	}
	return int64(lo), true
}

// spanFast is lo × size and (hi − lo) × size, where 128 bits are enough.
func spanFast(lo, hi decimal, size int32) (x, w float64, ok bool) {
	k := max(lo.k, hi.k)
	a, ok1 := lo.at(k)
	b, ok2 := hi.at(k)
	if !ok1 || !ok2 || size < 1 {
		return 0, 0, false
	}
	x, ok1 = pixels(a, size, pow10[k])
	w, ok2 = pixels(b-a, size, pow10[k])
	return x, w, ok1 && ok2
}

// pixels is m × size / den, rounded once.
func pixels(m int64, size int32, den uint64) (v float64, ok bool) {
	hi, lo := bits.Mul64(uint64(max(m, -m)), uint64(size))
	if hi|lo == 0 {
		return 0, true
	}
	// The quotient gets 63 or 64 bits, and what is left of the division
	// becomes its last one, which makes the rounding to 53 right.
	length := bits.Len64(lo)
	if hi != 0 {
		length = 64 + bits.Len64(hi)
	}
	shift := 63 + bits.Len64(den) - length
	if shift < 0 {
		return 0, false
	}
	if shift >= 64 {
		hi, lo = lo<<(shift-64), 0
	} else {
		hi, lo = hi<<shift|lo>>(64-shift), lo<<shift
	}
	q, rest := bits.Div64(hi, lo, den)
	if rest != 0 {
		q |= 1
	}
	v = math.Ldexp(float64(q), -shift)
	if m < 0 {
		v = -v
	}
	return v, true
}

// span returns the pixels from lo to hi of a picture of size pixels.
func span(lo, hi string, size int32) (x, w float64, err error) {
	lo, hi = strings.TrimSpace(lo), strings.TrimSpace(hi)
	a, ok := parseDecimal(lo)
	if b, also := parseDecimal(hi); ok && also {
		if x, w, ok := spanFast(a, b, size); ok {
			return x, w, nil
		}
	}
	from, err1 := strconv.ParseFloat(lo, 64)
	to, err2 := strconv.ParseFloat(hi, 64)
	if err1 != nil || err2 != nil || !finite(from) || !finite(to) {
		return 0, 0, errNumber
	}
	if isPlain(lo) && isPlain(hi) {
		a, _ := new(big.Rat).SetString(lo)
		b, _ := new(big.Rat).SetString(hi)
		x, w = spanExact(a, b, size)
		return x, w, nil
	}
	return from * float64(size), (to - from) * float64(size), nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// isPlain reports whether s is a short decimal without an exponent.
func isPlain(s string) bool {
	return len(s) <= maxDecimal && strings.Trim(s, "-.0123456789") == ""
}

func spanExact(lo, hi *big.Rat, size int32) (x, w float64) {
	n := new(big.Rat).SetInt64(int64(size))
	d := new(big.Rat).Sub(hi, lo)
	x, _ = new(big.Rat).Mul(lo, n).Float64()
	w, _ = d.Mul(d, n).Float64()
	return x, w
}

// String writes the decimal.
func (d decimal) String() string {
	if d.k == 0 {
		return strconv.FormatInt(d.m, 10)
	}
	s := strconv.FormatInt(d.m, 10)
	sign := ""
	if d.m < 0 {
		sign, s = "-", s[1:]
	}
	if len(s) <= d.k {
		s = strings.Repeat("0", d.k-len(s)+1) + s
	}
	return sign + s[:len(s)-d.k] + "." + s[len(s)-d.k:]
}

// normalise is span the other way: the shortest decimals that give x and w. Of
// numbers beyond all pictures they may give others.
func normalise(x, w float64, size int32) (lo, hi string) {
	if n := float64(size); !(math.Abs(x) < 1e15 && math.Abs(w) < 1e15) {
		return strconv.FormatFloat(x/n, 'f', -1, 64), strconv.FormatFloat((x+w)/n, 'f', -1, 64)
	}
	a, ok := shortestFast(decimal{}, x, size, func(a decimal) bool {
		got, _, ok := spanFast(a, a, size)
		return ok && got == x
	})
	if ok {
		b, ok := shortestFast(a, w, size, func(b decimal) bool {
			_, got, ok := spanFast(a, b, size)
			return ok && got == w
		})
		if ok {
			return a.String(), b.String()
		}
	}
	return normaliseExact(x, w, size)
}

// shortestFast returns the shortest decimal next to from + v / size that is
// good.
func shortestFast(from decimal, v float64, size int32, good func(decimal) bool) (decimal, bool) {
	for k := range fastDigits + 1 {
		if d, ok := from.plus(v, size, k); ok && good(d) {
			return d, true
		}
	}
	return decimal{}, false
}

// plus returns the decimal of k digits next to d + v / size.
func (d decimal) plus(v float64, size int32, k int) (decimal, bool) {
	scale := max(k, d.k)
	m, ok := d.at(scale)
	// v × 10^scale / size in two floats, the second what the first lacks.
	n, p := float64(size), float64(pow10[scale])
	product := v * p
	q := product / n
	if !ok || math.Abs(q) >= fastInt/4 {
		return decimal{}, false
	}
	lack := (math.FMA(-q, n, product) + math.FMA(v, p, -product)) / n
	whole := math.Floor(q)
	m += int64(whole) + int64(math.Round(q-whole+lack))
	if unit := int64(pow10[scale-k]); unit > 1 {
		m = int64(math.Round(float64(m) / float64(unit)))
	}
	return decimal{m, k}, max(m, -m) < fastInt
}

// normaliseExact does the same with numbers of any length.
func normaliseExact(x, w float64, size int32) (lo, hi string) {
	n := new(big.Rat).SetInt64(int64(size))
	v := new(big.Rat).SetFloat64(x)
	d := new(big.Rat).SetFloat64(w)
	v.Quo(v, n)
	lo = shortest(v, func(r *big.Rat) bool { got, _ := spanExact(r, r, size); return got == x })
	from, _ := new(big.Rat).SetString(lo)
	d.Quo(d, n).Add(d, from)
	hi = shortest(d, func(r *big.Rat) bool { _, got := spanExact(from, r, size); return got == w })
	return lo, hi
}

// shortest returns the shortest decimal next to v that is good. A longer one is
// never worse, so that halving finds it.
func shortest(v *big.Rat, good func(*big.Rat) bool) string {
	least, most := 0, maxDecimal-20 // the digits in front
	at := func(k int) string { return v.FloatString(k) }
	for least < most {
		k := (least + most) / 2
		r, _ := new(big.Rat).SetString(at(k))
		if good(r) {
			most = k
		} else {
			least = k + 1
		}
	}
	return at(least)
}
