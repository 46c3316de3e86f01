package ade20k

import (
	"image"
	"image/color"
	"image/png"
	"io"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/planes"
	"datum/internal/raster"
)

// decode reads a PNG, after its size was compared to the limit.
func decode(f *files.Folder, name string, limits files.Limits) (image.Image, error) {
	file, err := f.OpenFile(name)
	if err != nil {
		return nil, formats.At(f, formatName, name, err)
	}
	defer file.Close()
	m, err := decodePNG(file, limits)
	if err != nil {
		return nil, placed(f, name, 0, err)
	}
	return m, nil
}

func decodePNG(r io.ReadSeeker, limits files.Limits) (image.Image, error) {
	size, err := imagesize.Read(r)
	if err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "no mask: %w", err)
	}
	if err := planes.CheckSize(int64(size.Width), int64(size.Height), limits); err != nil {
		return nil, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	m, err := png.Decode(r)
	if err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "no mask: %w", err)
	}
	return m, nil
}

func sizeOf(m image.Image) (height, width int32) {
	return int32(m.Bounds().Dy()), int32(m.Bounds().Dx())
}

// hiddenValue is what pixels of an instance have that others lie over.
const hiddenValue = 128

// instance is the mask of one object: what is seen of it, and what others hide.
type instance struct{ seen, hidden dataset.RLE }

// readInstance reads the picture of one object. Any value but 0 and 128 is a
// pixel that is seen: it is 255 in ADE20K and 1 elsewhere.
func readInstance(f *files.Folder, name string, limits files.Limits) (*instance, error) {
	m, err := decode(f, name, limits)
	if err != nil {
		return nil, err
	}
	height, width := sizeOf(m)
	masks := raster.Labels(height, width, grey(m))
	empty := dataset.EncodeRuns(height, width, []int64{int64(height) * int64(width)})
	in := &instance{seen: empty, hidden: empty}
	seen := []dataset.RLE{empty}
	for v, mask := range masks {
		switch v {
		case 0:
		case hiddenValue:
			in.hidden = mask
		default:
			seen = append(seen, mask)
		}
	}
	in.seen, err = raster.Union(seen...)
	return in, err
}

// grey returns one value for each pixel, row after row: the index of a palette,
// and else the brightest of the colours.
func grey(m image.Image) []uint8 {
	height, width := sizeOf(m)
	w, h := int(width), int(height)
	out := make([]uint8, w*h)
	switch m := m.(type) {
	case *image.Gray:
		copyRows(out, m.Pix, m.Stride, w)
	case *image.Paletted:
		copyRows(out, m.Pix, m.Stride, w)
	default:
		for i := range out {
			c := rgbAt(m, i%w, i/w)
			out[i] = max(c[0], c[1], c[2])
		}
	}
	return out
}

func copyRows(out, pix []uint8, stride, w int) {
	for y := 0; w > 0 && y*w < len(out); y++ {
		copy(out[y*w:(y+1)*w], pix[y*stride:])
	}
}

// rgbAt returns a colour without its alpha. Of 16 bits the upper 8 count.
func rgbAt(m image.Image, x, y int) [3]uint8 {
	p := m.Bounds().Min.Add(image.Pt(x, y))
	switch m := m.(type) {
	case *image.RGBA:
		return [3]uint8(m.Pix[m.PixOffset(p.X, p.Y):])
	case *image.NRGBA:
		return [3]uint8(m.Pix[m.PixOffset(p.X, p.Y):])
	}
	c := color.NRGBAModel.Convert(m.At(p.X, p.Y)).(color.NRGBA)
	return [3]uint8{c.R, c.G, c.B}
}
