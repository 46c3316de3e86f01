package cvat

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/xmltext"
)

// region is the pixels of a mask inside a box of its picture, a bit each, row
// by row. CVAT counts the runs of a mask along the rows of such a box.
type region struct {
	left, top, width, height int64
	bits                     []uint64
}

// newRegion returns an empty region, or an error where it has too many pixels.
func newRegion(left, top, width, height, most int64) (*region, error) {
	const edge = math.MaxInt32
	if left < 0 || top < 0 || width < 1 || height < 1 || left > edge || top > edge || width > edge || height > edge {
		return nil, formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels at %d, %d", width, height, left, top)
	}
	if width > most/height {
		return nil, formats.WithHint(formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels; more than %d are not read", width, height, most),
			"where you trust the file, raise the limit: see datum convert --help")
	}
	return &region{left, top, width, height, make([]uint64, (width*height+63)/64)}, nil
}

// set sets n bits from bit at on.
func (r *region) set(at, n int64) {
	for n > 0 {
		shift := at % 64
		take := min(n, 64-shift)
		r.bits[at/64] |= (^uint64(0) >> (64 - take)) << shift
		at, n = at+take, n-take
	}
}

func (r *region) has(at int64) bool { return r.bits[at/64]>>(at%64)&1 != 0 }

// readRuns sets the pixels that a row-major code names: run lengths separated
// by commas, of zeros first. What it does not reach is zero.
func (r *region) readRuns(code string) error {
	at, most, one := int64(0), r.width*r.height, false
	for code != "" {
		var word string
		word, code, _ = strings.Cut(code, ",")
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil || n < 0 || n > most-at {
			return formats.Reason(formats.ErrCorrupt, "the run %q of a mask of %d × %d pixels is no number that fits", xmltext.Shorten(word), r.width, r.height)
		}
		if one {
			r.set(at, n)
		}
		at, one = at+n, !one
	}
	return nil
}

// mask returns the region as a mask of a picture.
func (r *region) mask(height, width int64) dataset.RLE {
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
	add(false, r.left*height)
	for x := range r.width {
		add(false, r.top)
		for y := range r.height {
			add(r.has(y*r.width+x), 1)
		}
		add(false, height-r.top-r.height)
	}
	add(false, (width-r.left-r.width)*height)
	return dataset.EncodeRuns(int32(height), int32(width), runs)
}

// regionOf returns the smallest region with all pixels of a mask, of one pixel
// where there are none.
func regionOf(m dataset.RLE, most int64) (*region, error) {
	runs, err := m.Runs()
	if err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	x, y, w, h, err := m.Bounds()
	if err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	r, err := newRegion(int64(x), int64(y), max(1, int64(w)), max(1, int64(h)), most)
	if err != nil {
		return nil, err
	}
	at, rows := int64(0), int64(m.Height)
	for i, n := range runs {
		for end := at + n; i%2 == 1 && at < end; at++ {
			r.set((at%rows-r.top)*r.width+at/rows-r.left, 1)
		}
		if i%2 == 0 {
			at += n
		}
	}
	return r, nil
}

// appendRuns appends the row-major code.
func (r *region) appendRuns(b []byte) []byte {
	total := r.width * r.height
	for at, one := int64(0), false; at < total; one = !one {
		n := r.run(at, total, one)
		if at > 0 || one {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, n, 10)
		at += n
	}
	return b
}

// run returns how many bits from at on are like one.
func (r *region) run(at, total int64, one bool) int64 {
	start := at
	for at < total {
		word := r.bits[at/64] >> (at % 64)
		if one {
			word = ^word
		}
		left := 64 - at%64
		n := min(int64(bits.TrailingZeros64(word)), left)
		at += n
		if n < left {
			break
		}
	}
	return min(at, total) - start
}
