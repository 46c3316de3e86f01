package detection

import (
	"cmp"
	"math"
)

// Detection is one thing that a model found, in pixels of the source picture.
type Detection struct {
	// Class is the model's own number of what it is.
	Class int
	Score float64
	// X, Y is the top left corner of the box.
	X, Y, W, H float64
	// Points are landmarks, x and y of each in turn; most models have none.
	Points []float64
}

// Geometry says where the source picture lies in the model's input.
type Geometry struct {
	// InputWidth and InputHeight are the size of the model's input.
	InputWidth, InputHeight int
	// Width and Height are the size of the source picture.
	Width, Height int
	// ScaleX and ScaleY are how many pixels of the input one of the source
	// became.
	ScaleX, ScaleY float64
	// OffsetX and OffsetY are where the source's corner lies in the input.
	OffsetX, OffsetY float64
}

// Stretched is the geometry of a picture that fills the whole input.
func Stretched(width, height, inputWidth, inputHeight int) Geometry {
	return Geometry{
		InputWidth: inputWidth, InputHeight: inputHeight, Width: width, Height: height,
		ScaleX: float64(inputWidth) / float64(width), ScaleY: float64(inputHeight) / float64(height),
	}
}

// source turns a point of the input into one of the source picture.
func (g *Geometry) source(x, y float64) (sx, sy float64) {
	return (x - g.OffsetX) / g.ScaleX, (y - g.OffsetY) / g.ScaleY
}

// place turns a box of the input into a detection in the source picture. It is
// false where nothing of the box lies in the picture.
func (g *Geometry) place(c *candidate) (Detection, bool) {
	x1, y1 := g.source(c.x1, c.y1)
	x2, y2 := g.source(c.x2, c.y2)
	x1, x2 = clip(x1, g.Width), clip(x2, g.Width)
	y1, y2 = clip(y1, g.Height), clip(y2, g.Height)
	d := Detection{Class: c.class, Score: c.score, X: x1, Y: y1, W: x2 - x1, H: y2 - y1}
	return d, d.W > 0 && d.H > 0
}

func clip(v float64, size int) float64 { return min(max(v, 0), float64(size)) }

// candidate is a box in pixels of the input, before suppression. row says
// where it was in the output.
type candidate struct {
	x1, y1, x2, y2, score float64
	class, row            int
}

// finite reports whether all of its numbers are some.
func (c *candidate) finite() bool {
	sum := c.x1 + c.y1 + c.x2 + c.y2 + c.score
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// byScore puts the best first, and among equals the one that came first.
func byScore(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.row, b.row), cmp.Compare(a.class, b.class))
}

// placed turns candidates, of which the best come first, into detections.
func placed(list []candidate, g *Geometry) []Detection {
	out := make([]Detection, 0, len(list))
	for i := range list {
		if d, inside := g.place(&list[i]); inside {
			out = append(out, d)
		}
	}
	return out
}
