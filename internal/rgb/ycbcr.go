package rgb

import "image"

// fillYCbCr makes RGB of luma and chroma. Chroma of half the size is
// interpolated as libjpeg does, and libwebp: each value counts three times as
// much as its neighbour further away. The standard library repeats values, of
// which the edges of colours become coarse.
func fillYCbCr(to *Picture, m *image.YCbCr, isWebP bool) {
	convert := &full
	if isWebP {
		convert = &narrow
	}
	cb, cr := newPlane(m, m.Cb), newPlane(m, m.Cr)
	for y := range to.Height {
		at := m.YOffset(m.Rect.Min.X, m.Rect.Min.Y+y)
		convert.row(to.row(y), m.Y[at:at+to.Width], cb.row(y), cr.row(y))
	}
}

// conversion has what each value of luma and chroma adds to a colour, in parts
// of 65536.
type conversion struct{ luma, crRed, crGreen, cbGreen, cbBlue [256]int32 }

// full is for the range that JPEG has, 0 to 255, and narrow for that of WebP,
// which is that of television: luma from 16 to 235.
var (
	full   = newConversion(0, 65536, 91881, 46802, 22554, 116130)
	narrow = newConversion(16, 76309, 104597, 53279, 25675, 132201)
)

func newConversion(black, luma, crRed, crGreen, cbGreen, cbBlue int32) (c conversion) {
	for i := range int32(256) {
		c.luma[i] = luma*(i-black) + 32768
		c.crRed[i], c.crGreen[i] = crRed*(i-128), -crGreen*(i-128)
		c.cbGreen[i], c.cbBlue[i] = -cbGreen*(i-128), cbBlue*(i-128)
	}
	return c
}

func (c *conversion) row(to, luma, cb, cr []byte) {
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	for i, y := range luma {
		l, b, r := c.luma[y], cb[i], cr[i]
		p := to[3*i : 3*i+3 : 3*i+3]
		p[0] = clamped(l + c.crRed[r])
		p[1] = clamped(l + c.crGreen[r] + c.cbGreen[b])
		p[2] = clamped(l + c.cbBlue[b])
	}
}

// clamped returns the byte of a value in parts of 65536, the nearest where it is
// beyond all.
func clamped(v int32) byte {
	if uint32(v) < 256<<16 {
		return byte(v >> 16)
	}
	return byte(^(v >> 31))
}

// plane is a channel of chroma, given in the full size row by row.
type plane struct {
	pix           []byte
	stride        int
	width, height int // of the channel
	wide, tall    int // how many pixels share a value
	out           []byte
	sum           []int32
}

func newPlane(m *image.YCbCr, pix []byte) *plane {
	p := &plane{pix: pix, stride: m.CStride, wide: 1, tall: 1}
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		p.wide = 2
	case image.YCbCrSubsampleRatio420:
		p.wide, p.tall = 2, 2
	case image.YCbCrSubsampleRatio440:
		p.tall = 2
	case image.YCbCrSubsampleRatio411:
		p.wide = 4
	case image.YCbCrSubsampleRatio410:
		p.wide, p.tall = 4, 2
	}
	size := m.Rect.Size()
	p.width, p.height = (size.X+p.wide-1)/p.wide, (size.Y+p.tall-1)/p.tall
	p.out, p.sum = make([]byte, p.width*p.wide), make([]int32, p.width)
	return p
}

func (p *plane) stored(y int) []byte { return p.pix[y*p.stride:][:p.width] }

// row returns the values of a row of the picture. They are good until the next
// call.
func (p *plane) row(y int) []byte {
	near := p.stored(y / p.tall)
	far := p.stored(min(max(y/p.tall+2*(y%p.tall)-1, 0), p.height-1))
	switch {
	case p.wide == 1 && p.tall == 1:
		return near
	case p.wide == 4 || p.width <= 2 && p.wide == 2:
		p.repeat(near)
	case p.wide == 1:
		p.between(near, far, y%2)
	case p.tall == 1:
		p.across(near)
	default:
		p.both(near, far)
	}
	return p.out
}

func (p *plane) repeat(from []byte) {
	for i := range p.out {
		p.out[i] = from[i/p.wide]
	}
}

// between interpolates downwards only. Halves are rounded down above and up
// below, so that no shift comes of it; the others do alike.
func (p *plane) between(near, far []byte, below int) {
	for i := range p.out {
		p.out[i] = byte((3*int(near[i]) + int(far[i]) + 1 + below) >> 2)
	}
}

// across interpolates along the row only.
func (p *plane) across(from []byte) {
	last := len(from) - 1
	for i, v := range from {
		v := 3 * int(v)
		p.out[2*i] = byte((v + int(from[max(i-1, 0)]) + 1) >> 2)
		p.out[2*i+1] = byte((v + int(from[min(i+1, last)]) + 2) >> 2)
	}
}

func (p *plane) both(near, far []byte) {
	sum := p.sum[:len(near)]
	far = far[:len(near)]
	for i, v := range near {
		sum[i] = 3*int32(v) + int32(far[i])
	}
	out := p.out[:2*len(sum)]
	before := sum[0]
	for i, v := range sum[:len(sum)-1] {
		out[2*i] = byte((3*v + before + 8) >> 4)
		out[2*i+1] = byte((3*v + sum[i+1] + 7) >> 4)
		before = v
	}
	v := sum[len(sum)-1]
	out[len(out)-2] = byte((3*v + before + 8) >> 4)
	out[len(out)-1] = byte((4*v + 7) >> 4)
}
