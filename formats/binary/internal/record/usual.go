package record

import (
	"encoding/binary"
	"math"
	"slices"

	"datum/dataset"
)

// Append appends the record of a as [AppendAnnotation] does, and asks [Holds]
// itself: where there is no record, why says the reason and nothing is appended.
// decimal says that the record, brought to decimals ([ToDecimal]), is known to
// give back the coordinates of a; where it is false, that has to be found out.
//
// Outlines and boxes whose coordinates have no more than two decimals, which is
// what most datasets are made of, are written without a look back.
func Append(dst []byte, a dataset.Annotation, cuboid2D byte) (out []byte, decimal bool, why string) {
	at := len(dst)
	switch a := a.(type) {
	case *dataset.Polygon:
		if len(a.Points) >= 6 && len(a.Points)%2 == 0 && usualLabel(a.Label) {
			dst = appendHead(dst, codePolygon, &a.Base, a.Label, a.Z)
			if dst, decimal = appendDecimals(dst, a.Points); decimal {
				return dst, true, ""
			}
		}
	case *dataset.Bbox:
		if usualLabel(a.Label) {
			dst = appendHead(dst, codeBbox, &a.Base, a.Label, a.Z)
			if dst, decimal = appendDecimalBox(dst, a); decimal {
				return dst, true, ""
			}
		}
	}
	dst = dst[:at]
	if ok, why := Holds(a); !ok {
		return dst, false, why
	}
	return AppendAnnotation(dst, a, cuboid2D), false, ""
}

func usualLabel(l int32) bool { return l >= 0 && l != noLabel }

// appendHead appends all that comes before the coordinates of a plane shape
// with a label.
func appendHead(dst []byte, code byte, b *dataset.Base, label, z int32) []byte {
	const front, dict, back = 21, 4, 8
	at := len(dst)
	dst = slices.Grow(dst, front+dict+back)[:at+front+dict]
	head := (*[front]byte)(dst[at:])
	head[0] = code
	binary.LittleEndian.PutUint64(head[1:], uint64(b.ID))
	binary.LittleEndian.PutUint64(head[9:], uint64(b.Group))
	binary.LittleEndian.PutUint32(head[17:], uint32(b.ObjectID))
	dst = b.Attributes.AppendUser(dst)
	binary.LittleEndian.PutUint32(dst[at+front:], uint32(len(dst)-at-front-dict))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(label))
	return binary.LittleEndian.AppendUint32(dst, uint32(z))
}

// decimalLimit is the magnitude, in hundredths, below which float32 tells all
// numbers of two decimals apart, even after it was multiplied by a hundred in
// float32.
const decimalLimit = 6553600

// inHundredths returns v in hundredths and reports whether it is exactly that
// many of them, and below the limit. For such a number, round2 does no more
// than to narrow it, and [Decimal] undoes it.
func inHundredths(v float64) (k float64, ok bool) {
	k = float64(float64(v*100)+toWhole) - toWhole
	return k, k/100 == v && k < decimalLimit && k > -decimalLimit
}

// appendDecimals appends a count and the numbers, if all are in hundredths.
func appendDecimals(dst []byte, v []float64) ([]byte, bool) {
	at := len(dst)
	dst = slices.Grow(dst, 4+4*len(v))[:at+4+4*len(v)]
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(v)))
	out := dst[at+4:]
	for _, x := range v {
		if _, ok := inHundredths(x); !ok || len(out) < 4 {
			return dst[:at], false
		}
		binary.LittleEndian.PutUint32(out, math.Float32bits(float32(x)))
		out = out[4:]
	}
	return dst, true
}

// appendDecimalBox appends the corners of a box whose corners and sizes are in
// hundredths. A size that is zero might have a sign that the corners lose.
func appendDecimalBox(dst []byte, a *dataset.Bbox) ([]byte, bool) {
	x, ok1 := inHundredths(a.X)
	y, ok2 := inHundredths(a.Y)
	w, ok3 := inHundredths(a.W)
	h, ok4 := inHundredths(a.H)
	x2, y2 := (x+w)/100, (y+h)/100
	if !ok1 || !ok2 || !ok3 || !ok4 || !(a.W > 0 && a.H > 0 && x+w < decimalLimit && y+h < decimalLimit) {
		return dst, false
	}
	return appendDecimals(dst, []float64{a.X, a.Y, x2, y2})
}
