package openimages

import (
	"errors"
	"strings"

	"datum/internal/decimal"
)

// Normalised coordinates are decimals. Pixels are computed from them without
// rounding in between, so that every box has decimals that give it back.

var errNumber = errors.New("not a finite number")

// span returns the pixels from lo to hi of a picture of size pixels.
func span(lo, hi string, size int32) (x, w float64, err error) {
	from, ok := decimal.Parse(strings.TrimSpace(lo))
	to, also := decimal.Parse(strings.TrimSpace(hi))
	if !ok || !also {
		return 0, 0, errNumber
	}
	x, w = from.Times(size), to.Minus(from).Times(size)
	if !decimal.Finite(x, w) {
		return 0, 0, errNumber
	}
	return x, w, nil
}

// normalise is span the other way: the shortest decimals that give x and w.
func normalise(x, w float64, size int32) (lo, hi string) {
	from := decimal.Shortest(decimal.Decimal{}, x, size)
	return from.String(), decimal.Shortest(from, w, size).String()
}
