package record

import (
	"fmt"
	"slices"

	"datum/dataset"
)

// Coordinates returns the numbers of a in the order of its fields, nil where
// its kind has none. It may share memory with a.
func Coordinates(a dataset.Annotation) []float64 {
	switch a := a.(type) {
	case *dataset.Bbox:
		return []float64{a.X, a.Y, a.W, a.H}
	case *dataset.RotatedBbox:
		return []float64{a.CX, a.CY, a.W, a.H, a.Angle}
	case *dataset.Polygon:
		return a.Points
	case *dataset.PolyLine:
		return a.Points
	case *dataset.Points:
		return a.Points
	case *dataset.Ellipse:
		return []float64{a.X1, a.Y1, a.X2, a.Y2}
	case *dataset.Cuboid2D:
		return slices.Concat(a.Corners[:], a.Y3D)
	case *dataset.Cuboid3D:
		return slices.Concat(a.Position[:], a.Rotation[:], a.Scale[:])
	}
	return nil
}

// SetCoordinates gives a the numbers v in the order of [Coordinates]. It fails
// where the kind of a takes another count.
func SetCoordinates(a dataset.Annotation, v []float64) error {
	var want int
	switch a := a.(type) {
	case *dataset.Polygon:
		a.Points = v
		return nil
	case *dataset.PolyLine:
		a.Points = v
		return nil
	case *dataset.Points:
		a.Points = v
		return nil
	case *dataset.Cuboid2D:
		if want = 16; len(v) >= want {
			a.Corners, a.Y3D = [16]float64(v), slices.Clip(v[16:])
			if len(v) == want {
				a.Y3D = nil
			}
			return nil
		}
	case *dataset.Bbox:
		if want = 4; len(v) == want {
			a.X, a.Y, a.W, a.H = v[0], v[1], v[2], v[3]
			return nil
		}
	case *dataset.RotatedBbox:
		if want = 5; len(v) == want {
			a.CX, a.CY, a.W, a.H, a.Angle = v[0], v[1], v[2], v[3], v[4]
			return nil
		}
	case *dataset.Ellipse:
		if want = 4; len(v) == want {
			a.X1, a.Y1, a.X2, a.Y2 = v[0], v[1], v[2], v[3]
			return nil
		}
	case *dataset.Cuboid3D:
		if want = 9; len(v) == want {
			a.Position, a.Rotation, a.Scale = [3]float64(v), [3]float64(v[3:]), [3]float64(v[6:])
			return nil
		}
	default:
		if len(v) == 0 {
			return nil
		}
	}
	return fmt.Errorf("%w: %d coordinates for a %s that takes %d", ErrFormat, len(v), a.Kind(), want)
}

// Stored returns the coordinates of a as its record gives them back, in the
// order of [Coordinates].
func Stored(a dataset.Annotation) []float64 {
	switch a := a.(type) {
	case *dataset.Bbox:
		x1, y1 := float64(round2(a.X)), float64(round2(a.Y))
		x2, y2 := float64(round2(a.X+a.W)), float64(round2(a.Y+a.H))
		return []float64{x1, y1, x2 - x1, y2 - y1}
	case *dataset.Cuboid2D:
		return widen(a.Corners[:], narrow, nil)
	case *dataset.Cuboid3D:
		return widen(Coordinates(a), round2wide, hundredths)
	}
	return widen(Coordinates(a), round2, nil)
}

// widen narrows each number and reads it back, through after unless it is nil.
func widen(v []float64, narrow func(float64) float32, after func(float64) float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(narrow(x))
		if after != nil {
			out[i] = after(out[i])
		}
	}
	return out
}

// ToDecimal turns stored coordinates of an annotation of a's kind into the
// nearest numbers of two decimals, in place. For a box that means its corners
// and then its size.
func ToDecimal(a dataset.Annotation, stored []float64) []float64 {
	if _, box := a.(*dataset.Bbox); box && len(stored) == 4 {
		x1, y1 := Decimal(stored[0]), Decimal(stored[1])
		x2, y2 := Decimal(stored[0]+stored[2]), Decimal(stored[1]+stored[3])
		stored[0], stored[1], stored[2], stored[3] = x1, y1, Decimal(x2-x1), Decimal(y2-y1)
		return stored
	}
	for i, v := range stored {
		stored[i] = Decimal(v)
	}
	return stored
}

// SetDecimal is [SetCoordinates] with what [ToDecimal] makes of the coordinates
// that a has.
func SetDecimal(a dataset.Annotation) error {
	switch a := a.(type) {
	case *dataset.Polygon:
		allDecimal(a.Points)
	case *dataset.PolyLine:
		allDecimal(a.Points)
	case *dataset.Points:
		allDecimal(a.Points)
	case *dataset.Bbox:
		x1, y1 := quickDecimal(a.X), quickDecimal(a.Y)
		x2, y2 := quickDecimal(a.X+a.W), quickDecimal(a.Y+a.H)
		a.X, a.Y, a.W, a.H = x1, y1, quickDecimal(x2-x1), quickDecimal(y2-y1)
	default:
		if v := Coordinates(a); len(v) > 0 {
			return SetCoordinates(a, ToDecimal(a, v))
		}
	}
	return nil
}

// allDecimal is quickDecimal, which is not inlined, for many numbers.
func allDecimal(points []float64) {
	for i, v := range points {
		hundredfold := float64(v * 100)
		k := float64(hundredfold+toWhole) - toWhole
		if d := hundredfold - k; d > -0.5 && d < 0.5 && k != 0 && k > -wholeLimit && k < wholeLimit {
			points[i] = k / 100
		} else {
			points[i] = Decimal(v)
		}
	}
}
