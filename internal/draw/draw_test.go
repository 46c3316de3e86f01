package draw

import (
	"image/color"
	"math"
	"testing"
)

func TestBoxes(t *testing.T) {
	t.Parallel()
	const width, height = 200, 120
	pixels := make([]byte, 3*width*height)
	for i := range pixels {
		pixels[i] = 100
	}
	img := Boxes(pixels, width, height, []Box{{X: 40, Y: 50, W: 80, H: 40, Label: "a thing 0.90", Class: 1, Points: []float64{60, 70}}})
	grey := color.RGBA{100, 100, 100, 255}
	for _, c := range []struct {
		what string
		x, y int
		want color.RGBA
	}{
		{"the left line", 40, 70, Color(1)},
		{"the right line", 119, 70, Color(1)},
		{"the upper line", 80, 50, Color(1)},
		{"the lower line", 80, 89, Color(1)},
		{"a point", 60, 70, Color(1)},
		{"inside", 100, 70, grey},
		{"outside", 150, 100, grey},
		{"the label's ground", 41, 48, Color(1)},
	} {
		if got := img.RGBAAt(c.x, c.y); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
	letters := 0
	for y := 30; y < 50; y++ {
		for x := 40; x < 130; x++ {
			if v := img.RGBAAt(x, y); v != Color(1) && v != grey {
				letters++
			}
		}
	}
	if letters < 50 {
		t.Errorf("the label has %d pixels", letters)
	}
}

// Nothing that a model says breaks it.
func TestAnyBox(t *testing.T) {
	t.Parallel()
	pixels := make([]byte, 3*8*8)
	for _, v := range []float64{0, -1, 1e300, -1e300, math.NaN(), math.Inf(1)} {
		Boxes(pixels, 8, 8, []Box{{X: v, Y: v, W: v, H: v, Label: "\x00\u4e2d label that is far too long", Class: -7, Points: []float64{v, v, v}}})
	}
}
