package yolo

import (
	"strconv"

	"datum/dataset"
	"datum/internal/decimal"
)

// Nearly every line that is written is a box or an outline inside of its picture
// whose source had no spelling of its own. These are made straight into the text
// here; each function reports false for whatever is unusual, which [texter.line]
// and the functions that make the texts for it handle.

// plainBox writes the line of a box.
func (t *texter) plainBox(o *object, b *dataset.Bbox) bool {
	if ownSpelling(&b.Base) {
		return false
	}
	w, ok1 := usual(b.W/float64(t.width), decimal.Decimal{}, b.W, t.width)
	h, ok2 := usual(b.H/float64(t.height), decimal.Decimal{}, b.H, t.height)
	if !ok1 || !ok2 {
		return false
	}
	x, ok1 := usual((b.X+b.W/2)/float64(t.width), w.Half(), b.X, t.width)
	y, ok2 := usual((b.Y+b.H/2)/float64(t.height), h.Half(), b.Y, t.height)
	if !ok1 || !ok2 {
		return false
	}
	t.begin(o)
	for _, d := range [4]decimal.Decimal{x, y, w, h} {
		t.text = d.Append(append(t.text, ' '))
	}
	t.end(o)
	return true
}

// plainPoints writes the line of an outline.
func (t *texter) plainPoints(o *object, base *dataset.Base, points []float64) bool {
	if ownSpelling(base) {
		return false
	}
	from := len(t.text)
	t.begin(o)
	for i, v := range points {
		dim := t.width
		if i%2 == 1 {
			dim = t.height
		}
		d, ok := usual(v/float64(dim), decimal.Decimal{}, v, dim)
		if !ok {
			t.text = t.text[:from]
			return false
		}
		t.text = d.Append(append(t.text, ' '))
	}
	t.end(o)
	return true
}

// ownSpelling reports whether an annotation may say how its numbers are spelled.
func ownSpelling(b *dataset.Base) bool {
	for i := range b.Attributes {
		if n := b.Attributes[i].Name; n == carryDecimals || n == carryNumbers {
			return true
		}
	}
	return false
}

// usual returns the number that [shortest] spells, where it lies between 0 and 1.
func usual(guess float64, from decimal.Decimal, v float64, dim int32) (decimal.Decimal, bool) {
	const near = 1e-6 // that which is not as near to 0 or 1 lies between them
	if !(guess >= near && guess <= 1-near) {
		return decimal.Decimal{}, false
	}
	return shortestDecimal(guess, from, v, dim), true
}

// begin writes the class number of an object.
func (t *texter) begin(o *object) {
	id := int(o.Label)
	if id < len(t.ids) {
		id = t.ids[id]
	}
	t.text = strconv.AppendInt(t.text, int64(id), 10)
}

// end writes what is behind the numbers.
func (t *texter) end(o *object) {
	if o.Score != "" {
		t.text = append(append(t.text, ' '), o.Score...)
	}
	t.text = append(t.text, '\n')
}
