package decimal

import (
	"math"
	"math/big"
)

// Shortest returns the decimal d of the fewest digits behind the point for
// which (d − from).Times(n) is v. It is how a coordinate becomes the text that
// is read as the same coordinate: from is what a reader takes off before it
// multiplies by the n pixels of a picture. n is positive; of NaN and the
// infinities it returns from.
func Shortest(from Decimal, v float64, n int32) Decimal {
	if v == 0 || n < 1 || !Finite(v) {
		return from
	}
	// Two decimals of 15 digits are told apart by the bits of v, as long as
	// that is not far outside of the picture. So what is found there has no
	// shorter rival but itself without zeros.
	first := 15
	if math.Abs(v) > 4*float64(n) {
		first = 0
	}
	for k := first; k < len(powers)-1; k++ {
		d, ok := from.near(v, n, k)
		if !ok {
			break
		}
		if d.Minus(from).Times(n) == v {
			return d
		}
	}
	return shortestExact(from, v, n)
}

// near returns the decimal of k digits behind the point that is next to
// d + v / n, where 64 bits are enough.
func (d Decimal) near(v float64, n int32, k int) (Decimal, bool) {
	scale := max(k, d.scale)
	m, ok := d.at(scale)
	if !ok || scale >= len(powers)-1 {
		return Decimal{}, false
	}
	// v × 10^scale / n in two floats, the second what the first lacks.
	div, p := float64(n), float64(powers[scale])
	product := v * p
	q := product / div
	if math.Abs(q) >= room/2 {
		return Decimal{}, false
	}
	lack := (math.FMA(-q, div, product) + math.FMA(v, p, -product)) / div
	whole := math.Floor(q)
	m += int64(whole) + int64(math.Round(q-whole+lack))
	if unit := int64(powers[scale-k]); unit > 1 {
		m = roundTo(m, unit)
	}
	return Decimal{small: m, scale: k}, true
}

// roundTo returns m / unit, rounded to the nearest.
func roundTo(m, unit int64) int64 {
	if m < 0 {
		return -roundTo(-m, unit)
	}
	return (m + unit/2) / unit
}

// shortestExact does the same as [Shortest] with numbers of any length. A
// longer decimal is never worse, so that halving finds the shortest.
func shortestExact(from Decimal, v float64, n int32) Decimal {
	exact := new(big.Rat).SetFloat64(v)
	exact.Quo(exact, new(big.Rat).SetInt64(int64(n)))
	exact.Add(exact, new(big.Rat).SetFrac(from.big(), tenTo(from.scale)))
	at := func(k int) Decimal { return plain(exact.FloatString(k), 0) }
	least, most := 0, places(v, n)
	for least < most {
		if k := (least + most) / 2; at(k).Minus(from).Times(n) == v {
			most = k
		} else {
			least = k + 1
		}
	}
	return at(least)
}

// places returns how many digits behind the point always tell v / n from its
// neighbours.
func places(v float64, n int32) int {
	const bits, smallest = 53, -1021
	_, exponent := math.Frexp(v)
	digits := float64(bits-max(exponent, smallest))*math.Log10(2) + math.Log10(float64(n))
	return max(2, int(digits)+2)
}
