package cityscapes

import (
	"encoding/binary"
	"errors"
	"image"
	"image/png"
	"io"

	"datum/files"
	"datum/formats"
)

// pngHeader is what the first bytes of a PNG file say.
type pngHeader struct {
	width, height uint32
	depth, kind   byte
}

// The kinds of colour of a PNG file.
const (
	kindGray    = 0
	kindPalette = 3
)

// isIndex tells whether pixels are numbers, not colours.
func (h pngHeader) isIndex() bool { return h.kind == kindGray || h.kind == kindPalette }

var errNotPNG = formats.Reason(formats.ErrCorrupt, "it is no PNG file")

// pngHeaderLength is that of the signature, and of the header up to the kind.
const pngHeaderLength = 26

func readPNGHeader(r io.Reader) (h pngHeader, err error) {
	var b [pngHeaderLength]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errNotPNG
		}
		return h, err
	}
	if string(b[:8]) != "\x89PNG\r\n\x1a\n" || string(b[12:16]) != "IHDR" {
		return h, errNotPNG
	}
	return pngHeader{binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:]), b[24], b[25]}, nil
}

func pngHeaderOf(f *files.Folder, name string) (pngHeader, error) {
	file, err := f.OpenFile(name)
	if err != nil {
		return pngHeader{}, err
	}
	defer file.Close()
	return readPNGHeader(file)
}

// plane is a picture of numbers, row after row.
type plane struct {
	height, width int32
	pixels        []uint32
}

// readPlane decodes a PNG of numbers: grey of 1 to 16 bits, or a palette, of
// which the indexes count. Where colours are given, RGB becomes the number of
// the colour.
func readPlane(f *files.Folder, name string, limits files.Limits, colors map[[3]uint8]uint32) (*plane, error) {
	file, err := f.OpenFile(name)
	if err != nil {
		return nil, formats.At(f, formatName, name, err)
	}
	defer file.Close()
	p, err := decodePlane(file, limits, colors)
	if err != nil {
		return nil, placed(f, name, err)
	}
	return p, nil
}

func decodePlane(r io.ReadSeeker, limits files.Limits, colors map[[3]uint8]uint32) (*plane, error) {
	h, err := readPNGHeader(r)
	if err != nil {
		return nil, err
	}
	if pixels := uint64(h.width) * uint64(h.height); h.width == 0 || h.height == 0 || h.width > 1<<30 || h.height > 1<<30 || pixels > uint64(limits.ImagePixels) {
		return nil, formats.WithHint(formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels", h.width, h.height),
			"where you trust the file, raise the limit: see datum convert --help")
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	picture, err := png.Decode(r)
	if err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	p := &plane{height: int32(h.height), width: int32(h.width), pixels: make([]uint32, int(h.width)*int(h.height))}
	return p, p.fill(picture, h, colors)
}

// fill takes the pixels over.
func (p *plane) fill(picture image.Image, h pngHeader, colors map[[3]uint8]uint32) error {
	w := int(p.width)
	switch m := picture.(type) {
	case *image.Gray:
		step := grayStep(h.depth)
		for i := range p.pixels {
			p.pixels[i] = uint32(m.Pix[i/w*m.Stride+i%w] / step)
		}
	case *image.Gray16:
		for i := range p.pixels {
			p.pixels[i] = uint32(binary.BigEndian.Uint16(m.Pix[i/w*m.Stride+i%w*2:]))
		}
	case *image.Paletted:
		for i := range p.pixels {
			p.pixels[i] = uint32(m.Pix[i/w*m.Stride+i%w])
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

func (p *plane) fillColors(picture image.Image, colors map[[3]uint8]uint32) error {
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
	w := int(p.width)
	for i := range p.pixels {
		at := i/w*stride + i%w*4
		c := [3]uint8(pix[at : at+3])
		n, ok := colors[c]
		if !ok {
			return formats.Reason(formats.ErrCorrupt, "no label has the colour %d %d %d", c[0], c[1], c[2])
		}
		p.pixels[i] = n
	}
	return nil
}
