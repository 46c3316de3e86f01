package rgb

import (
	"image"
	"image/color"
)

// fill makes RGB of a decoded picture. Luma and chroma of WebP have another range
// than those of JPEG.
func fill(to *Picture, m image.Image, isWebP bool) {
	b := m.Bounds()
	to.reset(b.Dx(), b.Dy())
	switch m := m.(type) {
	case *image.YCbCr:
		fillYCbCr(to, m, isWebP)
		return
	case *image.NYCbCrA:
		fillYCbCr(to, &m.YCbCr, isWebP)
		return
	case *image.RGBA:
		if m.Opaque() {
			fill(to, (*image.NRGBA)(m), false)
			return
		}
	}
	for y := range to.Height {
		fillRow(to.row(y), m, b.Min.X, b.Min.Y+y)
	}
}

// fillRow makes one row, beginning with the pixel at x, y. Kinds that are rare
// come last: colours multiplied by their transparency, CMYK, and what else
// there may be.
func fillRow(row []byte, m image.Image, x, y int) {
	switch m := m.(type) {
	case *image.Gray:
		grey(row, m.Pix[m.PixOffset(x, y):], 1)
	case *image.Gray16:
		grey(row, m.Pix[m.PixOffset(x, y):], 2)
	case *image.NRGBA:
		pick(row, m.Pix[m.PixOffset(x, y):], 4, 1)
	case *image.NRGBA64:
		pick(row, m.Pix[m.PixOffset(x, y):], 8, 2)
	case *image.Paletted:
		paletted(row, m, m.Pix[m.PixOffset(x, y):])
	default:
		for i := 0; i < len(row); i += 3 {
			c := straight(m.At(x+i/3, y))
			copy(row[i:i+3], c[:])
		}
	}
}

// grey takes the first of every step bytes three times.
func grey(row, pix []byte, step int) {
	for i, at := 0, 0; i < len(row); i, at = i+3, at+step {
		v := pix[at]
		row[i], row[i+1], row[i+2] = v, v, v
	}
}

// pick takes three channels of pixels of step bytes, which lie apart by as many
// bytes as a channel has.
func pick(row, pix []byte, step, apart int) {
	for i, at := 0, 0; i < len(row); i, at = i+3, at+step {
		p := pix[at : at+step]
		row[i], row[i+1], row[i+2] = p[0], p[apart], p[2*apart]
	}
}

func paletted(row []byte, m *image.Paletted, pix []byte) {
	var colours [256][3]byte
	for i, c := range m.Palette {
		colours[i&255] = straight(c)
	}
	for i := 0; i < len(row); i += 3 {
		copy(row[i:i+3], colours[pix[i/3]][:])
	}
}

// straight returns the colour that is stored below the transparency, where it is
// stored at all.
func straight(c color.Color) [3]byte {
	switch c := c.(type) {
	case color.NRGBA:
		return [3]byte{c.R, c.G, c.B}
	case color.CMYK:
		return [3]byte{inked(c.C, c.K), inked(c.M, c.K), inked(c.Y, c.K)}
	}
	n := color.NRGBA64Model.Convert(c).(color.NRGBA64)
	return [3]byte{byte(n.R >> 8), byte(n.G >> 8), byte(n.B >> 8)}
}

// inked is how bright a colour remains under its ink and black, by OpenCV's
// arithmetic.
func inked(ink, black byte) byte {
	paper := 255 - int(black)
	return byte(paper - int(ink)*paper>>8)
}
