package augment

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"

	"datum/internal/rgb"
)

// row returns the bytes of a row of pixels, from x1 to x2.
func row(p *rgb.Picture, y, x1, x2 int) []byte { return p.Pix[3*(y*p.Width+x1) : 3*(y*p.Width+x2)] }

// cut makes p the part r of another picture.
func cut(p, from *rgb.Picture, r image.Rectangle) {
	p.Width, p.Height = r.Dx(), r.Dy()
	p.Pix = slices.Grow(p.Pix[:0], 3*p.Width*p.Height)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		p.Pix = append(p.Pix, row(from, y, r.Min.X, r.Max.X)...)
	}
}

// fill fills a part of a picture with one colour, but for what lies within.
func fill(p *rgb.Picture, part, within image.Rectangle, colour [3]byte) {
	paint := func(pixels []byte) {
		for i := 0; i < len(pixels); i += 3 {
			copy(pixels[i:], colour[:])
		}
	}
	for y := part.Min.Y; y < part.Max.Y; y++ {
		if y < within.Min.Y || y >= within.Max.Y {
			paint(row(p, y, part.Min.X, part.Max.X))
			continue
		}
		paint(row(p, y, part.Min.X, within.Min.X))
		paint(row(p, y, within.Max.X, part.Max.X))
	}
}

// mirror mirrors the part of a picture that was placed.
func mirror(pic *rgb.Picture, p placement) {
	if p.across {
		for y := p.to.Min.Y; y < p.to.Max.Y; y++ {
			reverse(row(pic, y, p.to.Min.X, p.to.Max.X))
		}
	}
	if !p.down {
		return
	}
	for low, high := p.to.Min.Y, p.to.Max.Y-1; low < high; low, high = low+1, high-1 {
		a, b := row(pic, low, p.to.Min.X, p.to.Max.X), row(pic, high, p.to.Min.X, p.to.Max.X)
		for i := range a {
			a[i], b[i] = b[i], a[i]
		}
	}
}

func reverse(pixels []byte) {
	for i, j := 0, len(pixels)-3; i < j; i, j = i+3, j-3 {
		a, b := (*[3]byte)(pixels[i:]), (*[3]byte)(pixels[j:])
		*a, *b = *b, *a
	}
}

// recolour changes brightness, contrast, saturation and hue, all at once: each
// is linear in the three channels.
func (a *Applier) recolour(p *Picture, random *rand.Rand) {
	r := &a.now
	if r.Brightness == 0 && r.Contrast == 0 && r.Saturation == 0 && r.Hue == 0 {
		return
	}
	by := func(most float64) float64 { return 1 + between(random, -most, most) }
	brightness, contrast, saturation := by(r.Brightness), by(r.Contrast), by(r.Saturation)
	m, offset := colours(brightness, contrast, saturation, between(random, -r.Hue, r.Hue)*math.Pi/180)
	apply(p.Pix, m, offset)
}

// Luma of BT.601, in the order red, green, blue.
var luma = [3]float64{0.299, 0.587, 0.114}

// colours returns the matrix and the offset of a change of colours. The hue
// turns around the axis of greys, on which brightness is kept, as the matrices
// for feColorMatrix in the SVG specification do it.
func colours(brightness, contrast, saturation, angle float64) (m [3][3]float64, offset float64) {
	c, s := math.Cos(angle), math.Sin(angle)
	for i := range 3 {
		for j := range 3 {
			same := 0.0
			if i == j {
				same = 1
			}
			hue := luma[j] + c*(same-luma[j]) + s*hueSine[i][j]
			// Saturation moves between grey and the colour.
			m[i][j] = brightness * contrast * (luma[j]*(1-saturation) + saturation*hue)
		}
	}
	return m, 128 * (1 - contrast) * brightness
}

// hueSine is what a turn of the hue adds for its sine.
var hueSine = [3][3]float64{{-luma[0], -luma[1], 1 - luma[2]}, {0.143, 0.140, -0.283}, {-(1 - luma[0]), luma[1], luma[2]}}

// apply multiplies each pixel with a matrix, in numbers of 16 bits behind the
// point.
func apply(pixels []byte, m [3][3]float64, offset float64) {
	const bits = 16
	var f [3][3]int32
	for i := range 3 {
		for j := range 3 {
			f[i][j] = int32(math.Round(m[i][j] * (1 << bits)))
		}
	}
	add := int32(math.Round(offset*(1<<bits))) + 1<<(bits-1)
	for i := 0; i+2 < len(pixels); i += 3 {
		p := pixels[i : i+3 : i+3]
		r, g, b := int32(p[0]), int32(p[1]), int32(p[2])
		p[0] = clamp((f[0][0]*r + f[0][1]*g + f[0][2]*b + add) >> bits)
		p[1] = clamp((f[1][0]*r + f[1][1]*g + f[1][2]*b + add) >> bits)
		p[2] = clamp((f[2][0]*r + f[2][1]*g + f[2][2]*b + add) >> bits)
	}
}

func clamp(v int32) byte { return byte(max(0, min(255, v))) }
