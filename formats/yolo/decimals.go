package yolo

import (
	"math"
	"strconv"

	"datum/internal/decimal"
)

// The numbers of label files are parts of the width or height of a picture, as
// decimals. They are turned into pixels without any error but one rounding at
// the end: 0.9 − 0.4/2 of 48 pixels is 33.6, and not the 33.599999999999994
// that comes of rounding at each step. That way each float64 has a decimal that
// means it, if enough digits are written, and the writer finds the shortest.

// parse reads a text that [number] accepts.
func parse(text []byte) decimal.Decimal {
	d, ok := decimal.Parse(text)
	if !ok { // longer than any number has to be
		v, _ := strconv.ParseFloat(string(text), 64)
		return decimal.Of(v)
	}
	return d
}

// span turns the centre and the extent of a side of a box into pixels.
func span(centre, extent decimal.Decimal, dim int32) (low, size float64) {
	return centre.Minus(extent.Half()).Times(dim), extent.Times(dim)
}

// spanTexts is the reverse of [span].
func spanTexts(low, size float64, dim int32) (centre, extent string) {
	e := shortest(size/float64(dim), decimal.Decimal{}, size, dim)
	c := shortest((low+size/2)/float64(dim), parse([]byte(e)).Half(), low, dim)
	return c, e
}

// pixelText returns the shortest text that stands for a coordinate in pixels.
func pixelText(v float64, dim int32) string {
	return shortest(v/float64(dim), decimal.Decimal{}, v, dim)
}

// powers are those of ten that a float64 holds exactly.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// shortest returns the shortest decimal that is read as v: less from, and times
// the pixels of a picture. guess is near it. Of decimals of the same length it
// takes the one that is found first from there, and not, as [decimal.Shortest]
// does, the one in the middle.
func shortest(guess float64, from decimal.Decimal, v float64, dim int32) string {
	if !decimal.Finite(guess) {
		return strconv.FormatFloat(guess, 'f', -1, 64)
	}
	return shortestDecimal(guess, from, v, dim).String()
}

// shortestDecimal does it for a guess that is finite.
func shortestDecimal(guess float64, from decimal.Decimal, v float64, dim int32) decimal.Decimal {
	// Two decimals of up to 15 digits are told apart by the bits of pixels,
	// unless these are far from the picture: so the first one found has no
	// shorter rival.
	first, most := shortestFirst, 18
	if math.Abs(guess) >= 1 || math.Abs(v) > 4*float64(dim) {
		first = 0
	}
	for digits := first; digits <= most; digits++ {
		if d, ok := search(guess, from, v, dim, digits); ok {
			return d
		}
	}
	return decimal.Shortest(from, v, dim)
}

// shortestFirst is how many digits are tried first where it can be: shorter
// decimals are among those.
const shortestFirst = 15

// search looks for a decimal of some digits behind the point: it corrects the
// guess by how far off it is.
func search(guess float64, from decimal.Decimal, v float64, dim int32, digits int) (d decimal.Decimal, ok bool) {
	scale := powers[digits]
	m := math.Round(guess * scale)
	for range 4 {
		if math.Abs(m) >= 1<<62 {
			return d, false
		}
		d = decimal.New(int64(m), digits)
		got := d.Minus(from).Times(dim)
		if got == v {
			return d, true
		}
		step := math.Round((v - got) / float64(dim) * scale)
		if step == 0 {
			return d, false
		}
		m += step
	}
	return d, false
}
