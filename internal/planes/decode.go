package planes

import (
	"encoding/binary"
	"image"
	"image/png"
	"io"

	"datum/files"
	"datum/formats"
)

// Read decodes a file of a dataset in the given format; see [Decode]. Errors
// name the file.
func Read(f *files.Folder, format, name string, limits files.Limits, colors map[[3]uint8]uint32) (*Plane, error) {
	file, err := f.OpenFile(name)
	if err != nil {
		return nil, formats.At(f, format, name, err)
	}
	defer file.Close()
	p, err := Decode(file, limits, colors)
	if err != nil {
		return nil, &formats.Error{Format: format, Path: f.Path(name), Err: err}
	}
	return p, nil
}

// Decode decodes a PNG of numbers: grey of 1 to 16 bits, or a palette, of which
// the indexes count. Where colours are given, RGB becomes the number of the
// colour; without, a picture that has some is an error.
func Decode(r io.ReadSeeker, limits files.Limits, colors map[[3]uint8]uint32) (*Plane, error) {
	h, err := ReadHeader(r)
	if err != nil {
		return nil, err
	}
	if err := CheckSize(int64(h.Width), int64(h.Height), limits); err != nil {
		return nil, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	picture, err := png.Decode(r)
	if err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	p := blank(int32(h.Height), int32(h.Width))
	return p, p.fill(picture, h, colors)
}

// fill takes the pixels over.
func (p *Plane) fill(picture image.Image, h Header, colors map[[3]uint8]uint32) error {
	w := int(p.Width)
	switch m := picture.(type) {
	case *image.Gray:
		step := grayStep(h.Depth)
		for i := range p.Pixels {
			p.Pixels[i] = uint32(m.Pix[i/w*m.Stride+i%w] / step)
		}
	case *image.Gray16:
		for i := range p.Pixels {
			p.Pixels[i] = uint32(binary.BigEndian.Uint16(m.Pix[i/w*m.Stride+i%w*2:]))
		}
	case *image.Paletted:
		for i := range p.Pixels {
			p.Pixels[i] = uint32(m.Pix[i/w*m.Stride+i%w])
		}
	default:
		return p.fillColors(picture, colors)
	}
	return nil
}

// grayStep is what the decoder multiplied the numbers of a grey picture of few
// bits with.
func grayStep(depth byte) uint8 {
	switch depth {
	case 1:
		return 255
	case 2:
		return 85
	case 4:
		return 17
	}
	return 1
}

func (p *Plane) fillColors(picture image.Image, colors map[[3]uint8]uint32) error {
	var pix []uint8
	stride := 0
	switch m := picture.(type) {
	case *image.RGBA:
		pix, stride = m.Pix, m.Stride
	case *image.NRGBA:
		pix, stride = m.Pix, m.Stride
	}
	if pix == nil || colors == nil {
		return formats.Reason(formats.ErrCorrupt, "a mask is a grey picture or one with a palette, this has colours")
	}
	w := int(p.Width)
	for i := range p.Pixels {
		at := i/w*stride + i%w*4
		c := [3]uint8(pix[at : at+3])
		n, ok := colors[c]
		if !ok {
			return formats.Reason(formats.ErrCorrupt, "no label has the colour %d %d %d", c[0], c[1], c[2])
		}
		p.Pixels[i] = n
	}
	return nil
}
