package rgb

import "slices"

// Picture is a picture as rows of RGB bytes without gaps, from the top.
type Picture struct {
	Pix           []byte
	Width, Height int
}

// reset gives the picture a size. Its memory is used again where that is
// enough; what is in it then is anything.
func (p *Picture) reset(width, height int) {
	n := 3 * width * height
	p.Pix = slices.Grow(p.Pix[:0], n)[:n]
	p.Width, p.Height = width, height
}

func (p *Picture) row(y int) []byte {
	n := 3 * p.Width
	return p.Pix[y*n : (y+1)*n : (y+1)*n]
}

// Surround fills all around a part of the picture with one colour.
func (p *Picture) Surround(x, y, width, height int, colour [3]byte) {
	for i := range p.Height {
		row := p.row(i)
		if i < y || i >= y+height {
			paint(row, colour)
			continue
		}
		paint(row[:3*x], colour)
		paint(row[3*(x+width):], colour)
	}
}

func paint(row []byte, colour [3]byte) {
	for n := copy(row, colour[:]); n < len(row); n *= 2 {
		copy(row[n:], row[:n])
	}
}
