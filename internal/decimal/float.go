package decimal

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// Float64 returns the float64 nearest to d. A sum can be beyond all of them: it
// is infinite.
func (d Decimal) Float64() float64 { return d.Times(1) }

// Times returns the float64 nearest to d × n, for an n that is not negative:
// rounded once, and not for d and for the product.
func (d Decimal) Times(n int32) float64 {
	if d.large != nil || d.scale >= len(powers) {
		return d.timesLarge(n)
	}
	hi, lo := bits.Mul64(uint64(abs(d.small)), uint64(n))
	v := 0.0
	if den := powers[d.scale]; hi == 0 && lo < 1<<53 {
		v = float64(lo) / float64(den) // both are exact, as 5^19 has 45 bits
	} else {
		v = nearest(hi, lo, den)
	}
	if d.small < 0 {
		return -v
	}
	return v
}

func (d Decimal) timesLarge(n int32) float64 {
	product := new(big.Int).Mul(d.big(), big.NewInt(int64(n)))
	v, _ := strconv.ParseFloat(Decimal{large: product, scale: d.scale}.String(), 64)
	return v
}

// nearest returns the float64 nearest to the quotient of a number of 128 bits,
// not zero, and one of 64 bits.
func nearest(hi, lo, den uint64) float64 {
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
	exponent, lost := zeros-shift, uint64(0)
	if hi >= den {
		lost = lo & 1
		hi, lo = hi>>1, hi<<63|lo>>1
		exponent++
	}
	q, rest := bits.Div64(hi, lo, den)
	if rest|lost != 0 {
		q |= 1 // far below what is kept: it only says on which side
	}
	return math.Ldexp(float64(q), exponent)
}
