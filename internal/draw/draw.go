// Package draw draws boxes and what they hold on pictures.
package draw

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/inconsolata"
	"golang.org/x/image/math/fixed"
)

// Box is a box, its label, and points that belong to it, x and y of each in
// turn. Class chooses the colour.
type Box struct {
	X, Y, W, H float64
	Label      string
	Class      int
	Points     []float64
}

// Boxes draws boxes on a picture of RGB bytes in rows without gaps, and
// returns it as one of package image. The later ones lie on top.
func Boxes(pixels []byte, width, height int, boxes []Box) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		copy(img.Pix[4*i:], pixels[3*i:][:3])
		img.Pix[4*i+3] = 0xff
	}
	// Lines and letters are of a size that is seen on a screen that shows the
	// whole picture.
	const screen = 1000
	unit := max((max(width, height)+screen/2)/screen, 1)
	for _, b := range boxes {
		drawBox(img, b, unit)
	}
	return img
}

// drawBox draws the frame, the points, and the label above the frame, or in it
// where there is no room.
func drawBox(img *image.RGBA, b Box, unit int) {
	line := 2 * unit
	fill := image.NewUniform(Color(b.Class))
	x1, y1, x2, y2 := pixel(b.X), pixel(b.Y), pixel(b.X+b.W), pixel(b.Y+b.H)
	for _, r := range []image.Rectangle{
		image.Rect(x1, y1, x2, y1+line), image.Rect(x1, y2-line, x2, y2), image.Rect(x1, y1, x1+line, y2), image.Rect(x2-line, y1, x2, y2),
	} {
		draw.Draw(img, r, fill, image.Point{}, draw.Src)
	}
	for i := 0; i+1 < len(b.Points); i += 2 {
		x, y := pixel(b.Points[i]), pixel(b.Points[i+1])
		draw.Draw(img, image.Rect(x-line, y-line, x+line, y+line), fill, image.Point{}, draw.Src)
	}
	if b.Label == "" {
		return
	}
	text := letters(b.Label)
	tall, wide := text.Rect.Dy()*unit, text.Rect.Dx()*unit+2*line
	top := y1 - tall
	if top < 0 {
		top = y1
	}
	left := max(min(x1, img.Rect.Max.X-wide), 0)
	draw.Draw(img, image.Rect(left, top, left+wide, top+tall), fill, image.Point{}, draw.Src)
	ink := image.White
	if bright(Color(b.Class)) {
		ink = image.Black
	}
	for y := range text.Rect.Dy() {
		for x := range text.Rect.Dx() {
			if text.AlphaAt(x, y).A > 0 {
				at := image.Pt(left+line+x*unit, top+y*unit)
				draw.Draw(img, image.Rectangle{at, at.Add(image.Pt(unit, unit))}, ink, image.Point{}, draw.Src)
			}
		}
	}
}

// longestLabel is what has room on a picture.
const longestLabel = 60

// letters draws a text, one pixel of the letters to a pixel.
func letters(text string) *image.Alpha {
	if r := []rune(text); len(r) > longestLabel {
		text = string(r[:longestLabel])
	}
	face := inconsolata.Bold8x16
	mask := image.NewAlpha(image.Rect(0, 0, font.MeasureString(face, text).Ceil(), face.Height))
	d := font.Drawer{Dst: mask, Src: image.Opaque, Face: face, Dot: fixed.P(0, face.Ascent)}
	d.DrawString(text)
	return mask
}

// pixel rounds a coordinate, which may be anything.
func pixel(v float64) int {
	const far = 1 << 20
	if math.IsNaN(v) {
		return 0
	}
	return int(math.Round(min(max(v, -far), far)))
}

// palette are colours that are told apart, on pictures as well.
var palette = []color.RGBA{
	{0xe6, 0x19, 0x4b, 0xff}, {0x3c, 0xb4, 0x4b, 0xff}, {0x43, 0x63, 0xd8, 0xff}, {0xf5, 0x82, 0x31, 0xff}, {0x91, 0x1e, 0xb4, 0xff}, {0x00, 0x80, 0x80, 0xff},
	{0xff, 0xe1, 0x19, 0xff}, {0xf0, 0x32, 0xe6, 0xff}, {0x80, 0x00, 0x00, 0xff}, {0x42, 0xd4, 0xf4, 0xff}, {0x00, 0x00, 0x75, 0xff}, {0x9a, 0x63, 0x24, 0xff},
}

// Color returns the colour of a class.
func Color(class int) color.RGBA {
	n := len(palette)
	return palette[(class%n+n)%n]
}

// bright reports whether black letters are read better than white ones.
func bright(c color.RGBA) bool {
	return 299*int(c.R)+587*int(c.G)+114*int(c.B) > 150_000
}
