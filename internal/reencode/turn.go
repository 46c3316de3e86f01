package reencode

import (
	"image"
	"image/draw"
)

// turned returns a picture as its EXIF orientation shows it.
func turned(m image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return m
	}
	from, ok := pixelsOf(m)
	if !ok {
		m = packed(m)
		from, _ = pixelsOf(m)
	}
	size := m.Bounds().Size()
	if orientation >= 5 {
		size.X, size.Y = size.Y, size.X
	}
	n := like(m, image.Rectangle{Max: size})
	to, _ := pixelsOf(n)
	for y := range size.Y {
		for x := range size.X {
			copy(to.at(x, y), from.at(origin(orientation, x, y, size)))
		}
	}
	return n
}

// packed returns a picture that keeps its channels apart as one of 8 bits that
// does not.
func packed(m image.Image) image.Image {
	if y, ok := m.(*image.YCbCr); ok {
		c := image.NewRGBA(y.Rect)
		draw.Draw(c, c.Rect, y, y.Rect.Min, draw.Src)
		return c
	}
	n := image.NewNRGBA(m.Bounds())
	each(m, func(x, y int) { n.SetNRGBA(x, y, straight(m, x, y)) })
	return n
}

// origin says where a pixel of a turned picture of a given size comes from.
func origin(orientation, x, y int, size image.Point) (int, int) {
	right, bottom := size.X-1-x, size.Y-1-y
	switch orientation {
	case 2:
		return right, y
	case 3:
		return right, bottom
	case 4:
		return x, bottom
	case 5:
		return y, x
	case 6:
		return y, right
	case 7:
		return bottom, right
	case 8:
		return bottom, x
	}
	return x, y
}

// pixels are the bytes of a picture that has those of a pixel together.
type pixels struct {
	pix           []uint8
	stride, bytes int
}

func (p *pixels) at(x, y int) []uint8 {
	i := y*p.stride + x*p.bytes
	return p.pix[i : i+p.bytes]
}

func pixelsOf(m image.Image) (pixels, bool) {
	switch m := m.(type) {
	case *image.Gray:
		return pixels{m.Pix, m.Stride, 1}, true
	case *image.Paletted:
		return pixels{m.Pix, m.Stride, 1}, true
	case *image.Gray16:
		return pixels{m.Pix, m.Stride, 2}, true
	case *image.RGBA:
		return pixels{m.Pix, m.Stride, 4}, true
	case *image.NRGBA:
		return pixels{m.Pix, m.Stride, 4}, true
	case *image.CMYK:
		return pixels{m.Pix, m.Stride, 4}, true
	case *image.RGBA64:
		return pixels{m.Pix, m.Stride, 8}, true
	case *image.NRGBA64:
		return pixels{m.Pix, m.Stride, 8}, true
	}
	return pixels{}, false
}

// like returns an empty picture of the type of m, one of those that pixelsOf
// knows.
func like(m image.Image, r image.Rectangle) image.Image {
	switch m := m.(type) {
	case *image.Gray:
		return image.NewGray(r)
	case *image.Paletted:
		return image.NewPaletted(r, m.Palette)
	case *image.Gray16:
		return image.NewGray16(r)
	case *image.RGBA:
		return image.NewRGBA(r)
	case *image.NRGBA:
		return image.NewNRGBA(r)
	case *image.CMYK:
		return image.NewCMYK(r)
	case *image.RGBA64:
		return image.NewRGBA64(r)
	}
	return image.NewNRGBA64(r)
}
