package dataset

import (
	"errors"
	"fmt"
)

// ErrRLE is wrapped by every error about a run-length code.
var ErrRLE = errors.New("bad run-length code")

// RLE is a binary mask of Height × Width pixels as COCO's compressed
// run-length text: column-major runs that begin with zeros, each a number in
// 6-bit characters from '0' on (5 data bits and a continuation bit), from the
// fourth run on as the difference to the run two places before. It is the
// published encoding of pycocotools (rleToString in maskApi.c).
//
// The text is kept as it was read and never drawn: a code of seven bytes can
// stand for a mask of gigabytes.
type RLE struct {
	Height, Width int32
	Counts        []byte
}

// EncodeRuns returns the run-length code of runs, alternately zeros and ones.
func EncodeRuns(height, width int32, runs []int64) RLE {
	var b []byte
	for i, r := range runs {
		if i > 2 {
			r -= runs[i-2]
		}
		for more := true; more; {
			c := byte(r & 0x1f)
			r >>= 5
			more = r != 0
			if c&0x10 != 0 {
				more = r != -1
			}
			if more {
				c |= 0x20
			}
			b = append(b, c+48)
		}
	}
	return RLE{Height: height, Width: width, Counts: b}
}

// Runs decodes the run lengths. It fails with [ErrRLE] on text that is no
// run-length code, on a negative run, and where the runs do not add up to
// Height × Width. It allocates in proportion to the text, not to the mask.
func (r RLE) Runs() ([]int64, error) {
	runs := make([]int64, 0, len(r.Counts))
	if err := r.each(func(run int64) { runs = append(runs, run) }); err != nil {
		return nil, err
	}
	return runs, nil
}

// Check fails where [RLE.Runs] does. It allocates nothing.
func (r RLE) Check() error { return r.each(func(int64) {}) }

// each calls visit with each run, up to the first that is wrong.
func (r RLE) each(visit func(run int64)) error {
	if r.Height < 0 || r.Width < 0 {
		return fmt.Errorf("%w: size %d × %d", ErrRLE, r.Height, r.Width)
	}
	total, pixels := int64(0), int64(r.Height)*int64(r.Width)
	var before, last int64 // the runs two places and one place before
	for i, k := 0, 0; i < len(r.Counts); k++ {
		x, n, err := decodeRun(r.Counts[i:])
		if err != nil {
			return err
		}
		i += n
		if k > 2 {
			x += before
		}
		if x < 0 || x > pixels-total {
			return fmt.Errorf("%w: run %d of %d pixels does not fit into %d × %d", ErrRLE, k, x, r.Height, r.Width)
		}
		total += x
		before, last = last, x
		visit(x)
	}
	if total != pixels {
		return fmt.Errorf("%w: %d pixels in a mask of %d × %d", ErrRLE, total, r.Height, r.Width)
	}
	return nil
}

// maxRunChars bounds one number: 13 characters hold the 64 bits of an int64,
// and a difference of counts of pixels needs no more.
const maxRunChars = 13

func decodeRun(s []byte) (x int64, n int, err error) {
	for n < len(s) {
		c := s[n] - 48
		if c > 63 {
			return 0, 0, fmt.Errorf("%w: character %q", ErrRLE, s[n])
		}
		if n == maxRunChars {
			return 0, 0, fmt.Errorf("%w: a number of more than %d characters", ErrRLE, maxRunChars)
		}
		x |= int64(c&0x1f) << (5 * n)
		n++
		if c&0x20 == 0 {
			if c&0x10 != 0 {
				x |= -1 << (5 * n)
			}
			return x, n, nil
		}
	}
	return 0, 0, fmt.Errorf("%w: it ends inside a number", ErrRLE)
}

// Area returns the number of pixels set.
func (r RLE) Area() (int64, error) {
	runs, err := r.Runs()
	if err != nil {
		return 0, err
	}
	area := int64(0)
	for i := 1; i < len(runs); i += 2 {
		area += runs[i]
	}
	return area, nil
}

// Bounds returns the smallest box around the pixels set, all zero for an empty
// mask.
func (r RLE) Bounds() (x, y, w, h float64, err error) {
	runs, err := r.Runs()
	if err != nil {
		return 0, 0, 0, 0, err
	}
	height := int64(r.Height)
	x0, y0, x1, y1 := int64(r.Width), height, int64(-1), int64(-1)
	at := int64(0)
	for i, n := range runs {
		if i%2 == 1 && n > 0 {
			first, last := at, at+n-1
			x0, x1 = min(x0, first/height), max(x1, last/height)
			if first/height == last/height {
				y0, y1 = min(y0, first%height), max(y1, last%height)
			} else {
				y0, y1 = 0, height-1
			}
		}
		at += n
	}
	if x1 < 0 {
		return 0, 0, 0, 0, nil
	}
	return float64(x0), float64(y0), float64(x1 - x0 + 1), float64(y1 - y0 + 1), nil
}
