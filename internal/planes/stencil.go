package planes

import (
	"bytes"
	"image"
	"image/png"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/raster"
)

// Stencil is a picture of one mask. The pixels that are not black belong to it.
type Stencil struct {
	Height, Width int32
	set           func(x, y int) bool
}

// DecodeStencil decodes a PNG of a size that the limits allow.
func DecodeStencil(text []byte, limits files.Limits) (*Stencil, error) {
	c, err := png.DecodeConfig(bytes.NewReader(text))
	if err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "the mask is no PNG picture: %w", err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxEdge || c.Height > maxEdge || int64(c.Width)*int64(c.Height) > limits.ImagePixels {
		return nil, formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels is larger than the limit", c.Width, c.Height)
	}
	picture, err := png.Decode(bytes.NewReader(text))
	if err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "the mask is broken: %w", err)
	}
	return &Stencil{Height: int32(c.Height), Width: int32(c.Width), set: isSet(picture)}, nil
}

// isSet returns which pixels are not black.
func isSet(picture image.Image) func(x, y int) bool {
	if g, ok := picture.(*image.Gray); ok {
		return func(x, y int) bool { return g.Pix[y*g.Stride+x] != 0 }
	}
	return func(x, y int) bool {
		r, g, b, _ := picture.At(x, y).RGBA()
		return r|g|b != 0
	}
}

// Mask returns the mask.
func (s *Stencil) Mask() dataset.RLE { return raster.FromPixels(s.Height, s.Width, s.set) }

// Stretched returns the mask stretched to another size, which the caller has
// compared with the limits.
func (s *Stencil) Stretched(height, width int32) dataset.RLE {
	return raster.FromPixels(height, width, func(x, y int) bool {
		return s.set(x*int(s.Width)/int(width), y*int(s.Height)/int(height))
	})
}

// EncodeStencil makes a PNG of a mask, white on black.
func EncodeStencil(mask dataset.RLE) ([]byte, error) {
	picture := image.NewGray(image.Rect(0, 0, int(mask.Width), int(mask.Height)))
	if err := raster.Paint(picture.Pix, mask.Width, mask, 255); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := encoder.Encode(&b, picture); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
