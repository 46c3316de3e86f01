package planes

import (
	"bytes"
	"image"
	"image/png"
	"sync"
)

// encoder takes the fast way: masks are areas of one value, which every way
// makes small.
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
func Encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := encoder.Encode(&b, m)
	return b.Bytes(), err
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
