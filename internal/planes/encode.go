package planes

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"sync"
)

// encoder is for what is no mask as most are.
var encoder = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &encoderBuffers{}}

// encoderBuffers keeps the buffers of the encoder, most of which are for
// compressing: without it a small mask costs a megabyte.
type encoderBuffers struct{ pool sync.Pool }

// Get returns a buffer, nil where there is none yet.
func (b *encoderBuffers) Get() *png.EncoderBuffer {
	buffer, _ := b.pool.Get().(*png.EncoderBuffer)
	return buffer
}

// Put keeps a buffer.
func (b *encoderBuffers) Put(buffer *png.EncoderBuffer) { b.pool.Put(buffer) }

// Encode makes a PNG of a picture of masks.
func Encode(m image.Image) ([]byte, error) { return Append(nil, m) }

// Append appends a PNG of a picture of masks to dst.
func Append(dst []byte, m image.Image) ([]byte, error) {
	if s, ok := surfaceOf(m); ok {
		if out := s.append(dst); int64(len(out)-len(dst)) <= s.expected() {
			return out, nil
		}
	}
	b := bytes.NewBuffer(dst)
	err := encoder.Encode(b, m)
	return b.Bytes(), err
}

// surface is a picture of pixels of one or two bytes, grey or of a palette.
type surface struct {
	width, height int
	pix           []byte
	stride, size  int // size is that of a pixel
	palette       color.Palette
}

// surfaceOf returns a picture as a surface, if it can be one. A palette of few
// colours cannot, as its pixels are smaller than bytes in a file.
func surfaceOf(m image.Image) (s surface, ok bool) {
	const smallPalette = 16
	b := m.Bounds()
	if s.width, s.height = b.Dx(), b.Dy(); s.width <= 0 || s.height <= 0 || b.Min != (image.Point{}) {
		return s, false
	}
	switch m := m.(type) {
	case *image.Paletted:
		s.pix, s.stride, s.size, s.palette = m.Pix, m.Stride, 1, m.Palette
		return s, len(m.Palette) > smallPalette && len(m.Palette) <= 256
	case *image.Gray:
		s.pix, s.stride, s.size = m.Pix, m.Stride, 1
		return s, true
	case *image.Gray16:
		s.pix, s.stride, s.size = m.Pix, m.Stride, 2
		return s, true
	}
	return s, false
}

// expected is how large the file of a mask is at most. What is larger has more
// in it than runs, and the other encoder may find it.
func (s *surface) expected() int64 {
	const usual = 1 << 10
	return usual + int64(s.width)*int64(s.height)*int64(s.size)/16
}

var runEncoders = sync.Pool{New: func() any { return &runEncoder{} }}

// append appends the file.
func (s *surface) append(dst []byte) []byte {
	dst = append(dst, signature...)
	head := binary.BigEndian.AppendUint32(make([]byte, 0, 13), uint32(s.width))
	head = binary.BigEndian.AppendUint32(head, uint32(s.height))
	const grey, indexes = 0, 3
	kind := byte(grey)
	if s.palette != nil {
		kind = indexes
	}
	dst = chunk(dst, "IHDR", func(b []byte) []byte { return append(append(b, head...), byte(8*s.size), kind, 0, 0, 0) })
	dst = s.appendPalette(dst)
	dst = chunk(dst, "IDAT", func(b []byte) []byte {
		e := runEncoders.Get().(*runEncoder)
		defer runEncoders.Put(e)
		e.begin(b)
		n := s.width * s.size
		none := make([]byte, n)
		above := none
		for y := range s.height {
			row := s.pix[y*s.stride:][:n]
			e.row(above, row, none, s.size)
			above = row
		}
		b = e.end()
		e.out = nil
		return b
	})
	return chunk(dst, "IEND", func(b []byte) []byte { return b })
}

// appendPalette appends the colours, and how opaque they are up to the last that
// is not wholly so.
func (s *surface) appendPalette(dst []byte) []byte {
	if s.palette == nil {
		return dst
	}
	rgb, alpha := make([]byte, 0, 3*256), make([]byte, 0, 256)
	opaque := 0
	for i, c := range s.palette {
		n, ok := opaqueOf(c)
		if !ok {
			n = color.NRGBAModel.Convert(c).(color.NRGBA)
		}
		rgb, alpha = append(rgb, n.R, n.G, n.B), append(alpha, n.A)
		if n.A != 0xff {
			opaque = i + 1
		}
	}
	dst = chunk(dst, "PLTE", func(b []byte) []byte { return append(b, rgb...) })
	if opaque > 0 {
		dst = chunk(dst, "tRNS", func(b []byte) []byte { return append(b, alpha[:opaque]...) })
	}
	return dst
}

// opaqueOf returns the usual kind of colour without a detour.
func opaqueOf(c color.Color) (color.NRGBA, bool) {
	x, ok := c.(color.RGBA)
	return color.NRGBA(x), ok && x.A == 0xff
}

// chunk appends a chunk of a PNG, whose content fill appends.
func chunk(dst []byte, name string, fill func([]byte) []byte) []byte {
	at := len(dst)
	dst = fill(append(append(dst, 0, 0, 0, 0), name...))
	binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-8))
	return binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[at+4:]))
}

func (p *Plane) bounds() image.Rectangle { return image.Rect(0, 0, int(p.Width), int(p.Height)) }

// Gray draws what value makes of each number as grey of 8 bits.
func (p *Plane) Gray(value func(uint32) uint8) image.Image {
	m := image.NewGray(p.bounds())
	for i, v := range p.Pixels {
		m.Pix[i] = value(v)
	}
	return m
}

// Gray16 draws the numbers, which are below 65536, as grey of 16 bits.
func (p *Plane) Gray16() image.Image {
	m := image.NewGray16(p.bounds())
	for i, v := range p.Pixels {
		m.Pix[2*i], m.Pix[2*i+1] = uint8(v>>8), uint8(v)
	}
	return m
}

// Colors draws each number in its colour.
func (p *Plane) Colors(color func(uint32) [3]int32) image.Image {
	m := image.NewRGBA(p.bounds())
	var c [3]int32
	for i, v := range p.Pixels {
		if i == 0 || v != p.Pixels[i-1] { // neighbours are often the same
			c = color(v)
		}
		copy(m.Pix[4*i:], []uint8{uint8(c[0]), uint8(c[1]), uint8(c[2]), 255})
	}
	return m
}
