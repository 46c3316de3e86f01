package reencode

import (
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// target is a kind of picture that can be written.
type target struct {
	kind   string
	lossy  bool
	side   int // pixels that a side can have
	encode func(io.Writer, image.Image) error
}

var (
	jpegTarget = target{"JPEG", true, math.MaxUint16, writeJPEG}
	// The writer of TIFF knows sizes of 16 bits only.
	tiffTarget = target{"TIFF", false, math.MaxUint16, writeTIFF}
	targets    = map[string]target{
		".jpg": jpegTarget, ".jpeg": jpegTarget, ".jpe": jpegTarget, ".jfif": jpegTarget,
		".png": {"PNG", false, math.MaxInt32, writePNG},
		".bmp": {"BMP", false, math.MaxInt32, writeBMP},
		".tif": tiffTarget, ".tiff": tiffTarget,
		".gif": {"GIF", true, math.MaxUint16, writeGIF},
	}
)

// quality is that of JPEG.
const quality = 95

func writeJPEG(w io.Writer, m image.Image) error {
	return jpeg.Encode(w, plain(m), &jpeg.Options{Quality: quality})
}

func writePNG(w io.Writer, m image.Image) error { return png.Encode(w, whole(m)) }

func writeTIFF(w io.Writer, m image.Image) error {
	return tiff.Encode(w, whole(m), &tiff.Options{Compression: tiff.Deflate})
}

func writeBMP(w io.Writer, m image.Image) error {
	if err := fits(m); err != nil {
		return err
	}
	return bmp.Encode(w, plain(m))
}

// maxColours is how many a GIF has.
const maxColours = 256

func writeGIF(w io.Writer, m image.Image) error {
	if p, ok := m.(*image.Paletted); ok {
		return gif.Encode(w, p, nil)
	}
	m = plain(m)
	if p := paletted(m); p != nil {
		m = p
	}
	return gif.Encode(w, m, &gif.Options{NumColors: maxColours})
}

// paletted returns a picture of few colours with a palette, and nil for one of
// more than a palette can have.
func paletted(m image.Image) *image.Paletted {
	b := m.Bounds()
	p, index := image.NewPaletted(b, nil), map[color.NRGBA]uint8{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := straight(m, x, y)
			i, known := index[c]
			if !known {
				if len(index) == maxColours {
					return nil
				}
				i = uint8(len(index))
				index[c] = i
				p.Palette = append(p.Palette, c)
			}
			p.Pix[p.PixOffset(x, y)] = i
		}
	}
	return p
}
