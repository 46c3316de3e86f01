package reencode

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"datum/files"
)

// opaque reports whether no pixel is transparent.
func opaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// plain returns a picture of 8 bits without transparency. The colours of
// transparent pixels are kept.
func plain(m image.Image) image.Image {
	switch {
	case isGray16(m):
		g := image.NewGray(m.Bounds())
		each(m, func(x, y int) { g.Set(x, y, m.At(x, y)) })
		return g
	case opaque(m):
		return m
	}
	n := image.NewNRGBA(m.Bounds())
	each(m, func(x, y int) {
		c := straight(m, x, y)
		c.A = math.MaxUint8
		n.SetNRGBA(x, y, c)
	})
	return n
}

func isGray16(m image.Image) bool {
	_, ok := m.(*image.Gray16)
	return ok
}

// whole returns a picture with its transparency, in a form in which the writers
// of PNG and TIFF keep both that and the colours.
func whole(m image.Image) image.Image {
	switch m := m.(type) {
	case *image.NYCbCrA:
	case *image.Paletted:
		if m.Opaque() {
			return m
		}
	default:
		return m
	}
	n := image.NewNRGBA(m.Bounds())
	each(m, func(x, y int) { n.SetNRGBA(x, y, straight(m, x, y)) })
	return n
}

func each(m image.Image, do func(x, y int)) {
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			do(x, y)
		}
	}
}

// straight returns the colour of a pixel as it is stored where the transparency
// is stored beside it: the usual conversion makes all that cannot be seen
// black.
func straight(m image.Image, x, y int) color.NRGBA {
	switch m := m.(type) {
	case *image.NRGBA64:
		c := m.NRGBA64At(x, y)
		return color.NRGBA{uint8(c.R >> 8), uint8(c.G >> 8), uint8(c.B >> 8), uint8(c.A >> 8)}
	case *image.NYCbCrA:
		c := m.NYCbCrAAt(x, y)
		r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
		return color.NRGBA{r, g, b, c.A}
	}
	return color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
}

// fits refuses what would overflow the 32 bits that a BMP has for its length.
func fits(m image.Image) error {
	const bytes, head = 4, 2048
	if d := m.Bounds().Size(); int64(d.X)+3 > (math.MaxUint32-head)/bytes/int64(d.Y) {
		return fmt.Errorf("%w: a picture of %d × %d for a BMP", files.ErrLimit, d.X, d.Y)
	}
	return nil
}
