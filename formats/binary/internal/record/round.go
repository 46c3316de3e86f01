package record

import "math"

// round2 narrows v the way Datumaro does for plane shapes: to float32, then to
// two decimals in float32 arithmetic, half to even (numpy.round).
func round2(v float64) float32 {
	hundredfold := float32(v) * 100
	return float32(math.RoundToEven(float64(hundredfold))) / 100
}

// round2wide narrows v the way Datumaro does for cuboids in space: to two
// decimals in float64 arithmetic, then to float32.
func round2wide(v float64) float32 { return float32(hundredths(v)) }

// hundredths rounds to two decimals in float64, half to even, which Datumaro
// does to cuboids in space before it narrows them and after it widens them.
func hundredths(v float64) float64 { return math.RoundToEven(v*100) / 100 }

func narrow(v float64) float32 { return float32(v) }

// Decimal returns the number of two decimals that is nearest to a stored
// coordinate. It undoes the narrowing to float32 for every coordinate that had
// no more than two decimals and a magnitude below 65 536.
func Decimal(v float64) float64 {
	if d := math.Round(v*100) / 100; !math.IsInf(d, 0) {
		return d
	}
	return v
}

// toWhole, added to a number below 2^51 and taken away again, leaves it rounded
// to a whole one, half to even: float64 has no room for more behind the point.
// It takes a fraction of the time of math.RoundToEven, but loses the sign of
// what becomes zero.
const (
	toWhole    = 0x1.8p52
	wholeLimit = 0x1p51
)

// quickDecimal is [Decimal] in a few instructions for numbers that do not round
// to zero, are not huge and not halfway between two hundredths, where the ways
// to round agree. The conversions keep the compiler from fusing operations,
// which would round once less.
func quickDecimal(v float64) float64 {
	hundredfold := float64(v * 100)
	k := float64(hundredfold+toWhole) - toWhole
	if d := hundredfold - k; d > -0.5 && d < 0.5 && k != 0 && k > -wholeLimit && k < wholeLimit {
		return k / 100
	}
	return Decimal(v)
}
