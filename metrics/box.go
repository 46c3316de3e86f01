package metrics

import (
	"errors"
	"fmt"
	"math"
)

// ErrValue is wrapped by the errors about values no metric can be made of: a
// category that there is not, a score that is no number.
var ErrValue = errors.New("not a value that can be measured")

// A Box is a rectangle: its corner of least coordinates, width and height.
type Box struct{ X, Y, W, H float64 }

// Area returns the area of the box.
func (b Box) Area() float64 { return b.W * b.H }

// A Truth is an object that is in an image.
type Truth struct {
	Category int
	Box      Box
	// Area decides whether the object counts as small, medium or large. In
	// COCO it is that of the object's outline; where a dataset has none it is
	// Box.Area().
	Area float64
	// Crowd marks a box around many objects, which COCO does not ask for.
	Crowd bool
	// Difficult marks an object that VOC does not ask for.
	Difficult bool
}

// A Detection is an object that a model found in an image.
type Detection struct {
	Category int
	Box      Box
	Score    float64
}

// farthest bounds coordinates, so that no product of two is infinite.
const farthest = 1e100

func (b Box) check() error {
	for _, v := range [...]float64{b.X, b.Y, b.W, b.H} {
		if !(math.Abs(v) <= farthest) { // also where v is not a number
			return fmt.Errorf("%w: box %v", ErrValue, b)
		}
	}
	return nil
}

// overlap returns the area that two boxes share, over that of their union. For
// a crowd it is over that of the detection. The conversions keep compilers
// from fusing a multiplication with an addition, which some machines round
// differently: an overlap of exactly one half is to be one everywhere.
func overlap(d, t *Box, crowd bool) float64 {
	w := min(d.X+d.W, t.X+t.W) - max(d.X, t.X)
	if w <= 0 {
		return 0
	}
	h := min(d.Y+d.H, t.Y+t.H) - max(d.Y, t.Y)
	if h <= 0 {
		return 0
	}
	shared, all := float64(w*h), float64(d.W*d.H)
	if !crowd {
		all = float64(all+float64(t.W*t.H)) - shared
	}
	return shared / all
}

// pixelOverlap is the overlap of boxes whose corners are pixels that belong to
// them: a box from 3 to 5 is three wide.
func pixelOverlap(d, t *Box) float64 {
	w := min(d.X+d.W, t.X+t.W) - max(d.X, t.X) + 1
	h := min(d.Y+d.H, t.Y+t.H) - max(d.Y, t.Y) + 1
	if w <= 0 || h <= 0 {
		return 0
	}
	shared := float64(w * h)
	return shared / (pixelArea(d) + pixelArea(t) - shared)
}

// pixelArea takes width and height from the corners, as those do who have
// corners only.
func pixelArea(b *Box) float64 {
	return float64((b.X + b.W - b.X + 1) * (b.Y + b.H - b.Y + 1))
}
