package rgb

import "slices"

// Interpolation is how pixels between pixels are made.
type Interpolation int

const (
	// Bilinear is OpenCV's INTER_LINEAR, within one step of 256: each pixel is
	// made of the four around it, however much smaller the picture becomes.
	Bilinear Interpolation = iota
	// Area is OpenCV's INTER_AREA where the picture becomes smaller, without
	// which fine patterns turn into coarse ones: each pixel is the mean of all
	// that fall into it. In a direction in which it becomes larger it is
	// Bilinear.
	Area
)

// Resizer resizes pictures and keeps the memory that it needs. One goroutine
// uses it at a time.
type Resizer struct {
	across, down axis
	spread       []uint64 // a row of the source
	rows         []uint64 // the last rows of the source, resized across
	have         []int    // which rows these are
	sum          []uint64
}

// Resize resizes from into a part of to, width × height pixels from x, y on. It
// has to lie inside of it.
func (r *Resizer) Resize(to *Picture, x, y, width, height int, from *Picture, how Interpolation) {
	if width == from.Width && height == from.Height {
		for i := range height {
			copy(to.row(y + i)[3*x:], from.row(i))
		}
		return
	}
	r.across.set(from.Width, width, how, acrossBits)
	r.down.set(from.Height, height, how, downBits)
	r.reset(from.Width, width)
	for i := range height {
		r.row(to.row(y + i)[3*x:3*(x+width)], from, i)
	}
}

func (r *Resizer) reset(from, to int) {
	r.spread = slices.Grow(r.spread[:0], from)[:from]
	r.rows = slices.Grow(r.rows[:0], to*r.down.taps)[:to*r.down.taps]
	r.have = slices.Grow(r.have[:0], r.down.taps)[:r.down.taps]
	r.sum = slices.Grow(r.sum[:0], to)[:to]
	for i := range r.have {
		r.have[i] = -1
	}
}

// source returns row y of the source, resized across. As many are kept as a row
// of the output is made of, so that each is made once.
func (r *Resizer) source(from *Picture, y int) []uint64 {
	slot := y % r.down.taps
	row := r.rows[slot*len(r.sum):][:len(r.sum)]
	if r.have[slot] != y {
		spread(r.spread, from.row(y))
		r.across.resizeAcross(row, r.spread)
		r.have[slot] = y
	}
	return row
}

func (r *Resizer) row(to []byte, from *Picture, i int) {
	start, weights := r.down.at(i)
	if len(weights) == 2 {
		between(to, r.source(from, start), r.source(from, start+1), weights[0], weights[1])
		return
	}
	for k := range r.sum {
		r.sum[k] = halfDown
	}
	for t, w := range weights {
		if w == 0 {
			continue
		}
		for k, p := range r.source(from, start+t) {
			r.sum[k] += p * w
		}
	}
	for k, p := range r.sum {
		store(to[3*k:], p)
	}
}
