package raster

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"datum/dataset"
)

// ErrOutline is wrapped by every error about an outline.
var ErrOutline = errors.New("bad outline")

const (
	// fine is how many steps the filling makes in a pixel.
	fine = 5
	// maxCoordinate keeps the steps within 32 bits, as in pycocotools.
	maxCoordinate = 200_000_000
	// maxCrossings bounds the work on the outlines of one mask, and with
	// eight bytes each its memory. A thousand times across a picture of
	// sixty thousand columns is less.
	maxCrossings = 1 << 26
)

// Polygons returns the union of the filled outlines (x, y of each corner in
// turn), by the rules of pycocotools: of frPyObjects and merge, that is of
// rleFrPoly and rleMerge in its maskApi.c. An outline that crosses itself is
// filled where it goes around an odd number of times. The mask of no outlines,
// or of outlines of less than three corners, is empty.
func Polygons(height, width int32, outlines ...[]float64) (dataset.RLE, error) {
	if err := checkSize(height, width); err != nil {
		return dataset.RLE{}, err
	}
	f := filler{height: int64(height), width: int64(width)}
	filled := make([]edges, 0, len(outlines))
	for _, o := range outlines {
		e, err := f.fill(o)
		if err != nil {
			return dataset.RLE{}, err
		}
		filled = append(filled, e)
	}
	return union(filled).mask(height, width), nil
}

// filler finds where outlines cross the columns of a picture.
//
// The rule, published as rleFrPoly: corners are rounded to fifths of a pixel,
// and each side becomes a chain of such points, one for each fifth along its
// longer direction, rounded across. Wherever the chain steps over the middle of
// a column of pixels, from its third fifth to its fourth, the pixels of the
// column change from there on. Going through the points one by one is not
// needed: here the steps over the middle of each column are computed.
type filler struct {
	height, width int64
	places        []int64
	crossings     int64 // of all outlines
}

func (f *filler) fill(outline []float64) (edges, error) {
	if len(outline)%2 != 0 {
		return nil, fmt.Errorf("%w: %d numbers are not pairs of coordinates", ErrOutline, len(outline))
	}
	n := len(outline)
	if n == 0 {
		return nil, nil
	}
	f.places = nil
	x0, y0, err := fifths(outline[n-2:])
	for i := 0; i < n && err == nil; i += 2 {
		var x1, y1 int64
		if x1, y1, err = fifths(outline[i:]); err == nil {
			err = f.side(x0, y0, x1, y1)
		}
		x0, y0 = x1, y1
	}
	if err != nil {
		return nil, err
	}
	e := cancelled(f.places)
	if len(e)%2 == 1 {
		e = append(e, f.height*f.width)
	}
	return e, nil
}

func fifths(point []float64) (x, y int64, err error) {
	for _, c := range point[:2] {
		if !(math.Abs(c) <= maxCoordinate) {
			return 0, 0, fmt.Errorf("%w: coordinate %g", ErrOutline, c)
		}
	}
	return rounded(fine * point[0]), rounded(fine * point[1]), nil
}

// rounded rounds as pycocotools does: half up, and negative numbers to the
// other side. The conversion before the sum, here and below, keeps the compiler
// from joining two operations into one of another precision.
func rounded(x float64) int64 { return int64(float64(x) + 0.5) }

// side adds the crossings of one side. Those of the way back are the same.
func (f *filler) side(x0, y0, x1, y1 int64) error {
	dx, dy := max(x1-x0, x0-x1), max(y1-y0, y0-y1)
	if dx >= dy && x0 > x1 || dx < dy && y0 > y1 {
		x0, y0, x1, y1 = x1, y1, x0, y0
	}
	if dx >= dy {
		return f.flat(x0, y0, x1, y1)
	}
	return f.steep(x0, y0, x1, y1)
}

// flat is for sides with a point for each fifth of a column.
func (f *filler) flat(x0, y0, x1, y1 int64) error {
	first, end, err := f.columns(x0, x1)
	if err != nil || first >= end {
		return err
	}
	slope := float64(y1-y0) / float64(x1-x0)
	y := func(x int64) int64 { return rounded(float64(y0) + float64(slope*float64(x-x0))) }
	for c := first; c < end; c++ {
		x := fine*c + fine/2
		f.cross(c, min(y(x), y(x+1)))
	}
	return nil
}

// steep is for sides with a point for each fifth of a row.
func (f *filler) steep(x0, y0, x1, y1 int64) error {
	n := y1 - y0
	slope := float64(x1-x0) / float64(n)
	x := func(t int64) int64 { return rounded(float64(x0) + float64(slope*float64(t))) }
	first, end, err := f.columns(min(x(0), x(n)), max(x(0), x(n)))
	if err != nil {
		return err
	}
	for c := first; c < end; c++ {
		middle := fine*c + fine/2
		over := func(t int) bool { return (x(int64(t)) > middle) == (slope > 0) }
		f.cross(c, y0+int64(sort.Search(int(n), over))-1)
	}
	return nil
}

// columns returns the columns whose middles lie between two places.
func (f *filler) columns(x0, x1 int64) (first, end int64, err error) {
	first = max(0, upwards(x0-fine/2))
	end = min(f.width, upwards(x1-fine/2))
	f.crossings += max(0, end-first)
	if f.crossings > maxCrossings {
		return 0, 0, fmt.Errorf("%w: it crosses more than %d columns", ErrOutline, maxCrossings)
	}
	return first, end, nil
}

// cross notes that the pixels of a column change from y on, in fifths.
func (f *filler) cross(column, y int64) {
	row := min(max(upwards(y-fine/2), 0), f.height)
	if at := column*f.height + row; at < f.height*f.width {
		f.places = append(f.places, at)
	}
}

// upwards divides fifths by five and rounds up.
func upwards(n int64) int64 {
	q := n / fine
	if n > q*fine {
		q++
	}
	return q
}
