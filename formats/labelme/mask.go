package labelme

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"math"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/decimal"
	"datum/internal/planes"
)

// window is where the picture of a mask lies in the picture, both corners
// included.
type window struct{ x1, y1, x2, y2 int64 }

// windowOf reads the corners. Fractions are cut off, as LabelMe does.
func windowOf(d []decimal.Decimal) (w window, err error) {
	if len(d) != 4 {
		return w, bad("a mask has two corners, not %d points", len(d)/2)
	}
	for i, to := range []*int64{&w.x1, &w.y1, &w.x2, &w.y2} {
		v := math.Trunc(d[i].Float64())
		if v < 0 || v >= math.MaxInt32 {
			return w, bad("a mask with a corner at %v", v)
		}
		*to = int64(v)
	}
	if w.x2 < w.x1 || w.y2 < w.y1 {
		return w, bad("a mask from %d, %d to %d, %d", w.x1, w.y1, w.x2, w.y2)
	}
	return w, nil
}

func (w *window) width() int64  { return w.x2 - w.x1 + 1 }
func (w *window) height() int64 { return w.y2 - w.y1 + 1 }

// mask reads a mask: a PNG, in base64, of the part of the picture between two
// corners. Every pixel that is not zero belongs to it.
func (r *reader) mask(s *jsonShape, d []decimal.Decimal) (dataset.Annotation, error) {
	w, err := windowOf(d)
	if err != nil {
		return nil, err
	}
	if s.Mask == nil {
		return nil, bad("a mask without its picture")
	}
	picture, err := base64.StdEncoding.DecodeString(*s.Mask)
	if err != nil {
		return nil, bad("the picture of a mask is not base64: %w", err)
	}
	set, err := decodeMask(picture, &w, r.m.limits.ImagePixels)
	if err != nil {
		return nil, err
	}
	height, width := r.pictureSize(&w)
	if w.x2 >= width || w.y2 >= height {
		return nil, bad("the mask reaches out of its picture of %d × %d pixels", width, height)
	}
	return &dataset.Mask{RLE: encodeMask(&w, height, width, set)}, nil
}

// decodeMask reads the picture of a mask and returns which pixels are set.
func decodeMask(picture []byte, w *window, most int64) (set func(x, y int) bool, err error) {
	size, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, bad("the picture of a mask is no PNG: %w", err)
	}
	if int64(size.Width) != w.width() || int64(size.Height) != w.height() {
		return nil, bad("the picture of a mask has %d × %d pixels, its corners are %d × %d apart", size.Width, size.Height, w.width(), w.height())
	}
	if int64(size.Width)*int64(size.Height) > most {
		return nil, formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels: %w", size.Width, size.Height, files.ErrLimit)
	}
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, bad("the picture of a mask is broken: %w", err)
	}
	switch img := img.(type) {
	case *image.Paletted:
		return func(x, y int) bool { return img.Pix[y*img.Stride+x] != 0 }, nil
	case *image.Gray:
		return func(x, y int) bool { return img.Pix[y*img.Stride+x] != 0 }, nil
	}
	return func(x, y int) bool {
		c := color.NRGBA64Model.Convert(img.At(x, y)).(color.NRGBA64)
		return c.R|c.G|c.B != 0
	}, nil
}

// encodeMask makes the run-length code of a window in a picture.
func encodeMask(w *window, height, width int64, set func(x, y int) bool) dataset.RLE {
	runs := []int64{0}
	add := func(one bool, n int64) {
		switch {
		case n == 0:
		case one == (len(runs)%2 == 0):
			runs[len(runs)-1] += n
		default:
			runs = append(runs, n)
		}
	}
	add(false, w.x1*height)
	for x := range w.width() {
		add(false, w.y1)
		for y := range w.height() {
			add(set(int(x), int(y)), 1)
		}
		add(false, height-w.y2-1)
	}
	add(false, (width-w.x2-1)*height)
	return dataset.EncodeRuns(int32(height), int32(width), runs)
}

// drawMask returns the window with all pixels of a mask, of one pixel where it
// has none, and its picture.
func drawMask(m dataset.RLE, most int64) (w window, picture []byte, err error) {
	runs, err := m.Runs()
	if err != nil {
		return w, nil, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	x, y, width, height, err := m.Bounds()
	if err != nil {
		return w, nil, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	w = window{int64(x), int64(y), max(int64(x+width)-1, 0), max(int64(y+height)-1, 0)}
	if w.width() > most/w.height() {
		return w, nil, formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels: %w", w.width(), w.height(), files.ErrLimit)
	}
	img := image.NewGray(image.Rect(0, 0, int(w.width()), int(w.height())))
	at, rows := int64(0), int64(m.Height)
	for i, n := range runs {
		for end := at + n; i%2 == 1 && at < end; at++ {
			img.Pix[(at%rows-w.y1)*int64(img.Stride)+at/rows-w.x1] = 1
		}
		if i%2 == 0 {
			at += n
		}
	}
	text, err := planes.Encode(img)
	return w, text, err
}
