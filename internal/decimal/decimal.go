package decimal

import (
	"math"
	"math/big"
	"strconv"
)

// A Decimal is the number m / 10^scale. The zero value is 0. Decimals are not
// to be compared with ==, as 1.5 and 1.50 differ in it.
type Decimal struct {
	small int64    // m, if large is nil; less than 2^62 either way
	large *big.Int // m, and never changed
	scale int      // not negative
}

// room bounds what is added as an int64: a sum of two is below 2^62.
const room = 1 << 61

// powers are those of ten that 64 bits hold.
var powers = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = 10 * p[i-1]
	}
	return p
}()

// New returns m / 10^scale, for a scale that is not negative.
func New(m int64, scale int) Decimal {
	if m > -2*room && m < 2*room {
		return Decimal{small: m, scale: scale}
	}
	return Decimal{large: big.NewInt(m), scale: scale}
}

// Of returns the shortest decimal that reads back as v, and 0 for NaN and the
// infinities.
func Of(v float64) Decimal {
	const whole = 1 << 53
	if v > -whole && v < whole && v == math.Trunc(v) {
		return Decimal{small: int64(v)}
	}
	// A number of up to 15 digits that means v has no shorter rival. Most have
	// three behind the point or less.
	const thousands = 1 << 43
	if m := math.Round(v * 1000); m > -thousands && m < thousands && m/1000 == v {
		return Decimal{small: int64(m), scale: 3}
	}
	var buf [32]byte
	d, _ := Parse(strconv.AppendFloat(buf[:0], v, 'f', -1, 64))
	return d
}

// Finite reports whether all values are numbers that a decimal can stand for:
// neither NaN nor infinite.
func Finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// Plus returns d + e.
func (d Decimal) Plus(e Decimal) Decimal { return d.plus(e, 1) }

// Minus returns d − e.
func (d Decimal) Minus(e Decimal) Decimal { return d.plus(e, -1) }

func (d Decimal) plus(e Decimal, sign int64) Decimal {
	scale := max(d.scale, e.scale)
	if a, ok := d.at(scale); ok {
		if b, ok := e.at(scale); ok {
			return Decimal{small: a + sign*b, scale: scale}
		}
	}
	sum := e.raised(scale)
	sum.Mul(sum, big.NewInt(sign)).Add(sum, d.raised(scale))
	return shrink(sum, scale)
}

// Half returns d / 2, which has one digit more at most.
func (d Decimal) Half() Decimal {
	switch {
	case d.large == nil && d.small%2 == 0:
		return Decimal{small: d.small / 2, scale: d.scale}
	case d.large == nil && abs(d.small) < room/5:
		return Decimal{small: 5 * d.small, scale: d.scale + 1}
	}
	return shrink(new(big.Int).Mul(d.big(), big.NewInt(5)), d.scale+1)
}

// Shift returns d × 10^places.
func (d Decimal) Shift(places int) Decimal {
	if d.scale -= places; d.scale >= 0 {
		return d
	}
	return shrink(Decimal{small: d.small, large: d.large}.raised(-d.scale), 0)
}

// at returns m at a scale that is not smaller than its own, where that is small
// enough to be added to another such number.
func (d Decimal) at(scale int) (m int64, ok bool) {
	k := scale - d.scale
	if d.large != nil || k >= len(powers)-1 {
		return 0, false
	}
	p := int64(powers[k])
	return d.small * p, abs(d.small) < room/p
}

func abs(n int64) int64 { return max(n, -n) }

// raised returns m at a scale that is not smaller than its own, as a new number.
func (d Decimal) raised(scale int) *big.Int {
	p := tenTo(scale - d.scale)
	return p.Mul(p, d.big())
}

func tenTo(k int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(k)), nil)
}

func (d Decimal) big() *big.Int {
	if d.large != nil {
		return d.large
	}
	return big.NewInt(d.small)
}

// shrink returns n / 10^scale.
func shrink(n *big.Int, scale int) Decimal {
	if n.IsInt64() {
		return New(n.Int64(), scale)
	}
	return Decimal{large: n, scale: scale}
}
