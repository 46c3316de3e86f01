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

// quickDecimal is [Decimal] in a few instructions for numbers that are not
// huge and not halfway between two hundredths, where the two ways to round
// agree.
func quickDecimal(v float64) float64 {
	hundredfold := v * 100
	k := math.RoundToEven(hundredfold)
	if math.Abs(hundredfold-k) < 0.5 && math.Abs(k) < 1<<52 {
		return k / 100
	}
	return Decimal(v)
}
