package planes

import (
	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/raster"
)

// Plane is a picture of numbers, row after row.
type Plane struct {
	Height, Width int32
	Pixels        []uint32
}

// New returns a plane of zeros to paint masks into. A size that is none, or
// beyond the limit, is an error.
func New(height, width int32, limits files.Limits) (*Plane, error) {
	if !Fits(height, width, limits) {
		return nil, formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels cannot be painted", width, height)
	}
	return blank(height, width), nil
}

func blank(height, width int32) *Plane {
	return &Plane{Height: height, Width: width, Pixels: make([]uint32, int(height)*int(width))}
}

// Masks returns the mask of each number in the plane, 0 as well.
func (p *Plane) Masks() map[uint32]dataset.RLE { return raster.Labels32(p.Height, p.Width, p.Pixels) }

// Paint gives the pixels of a mask a number, over what was there.
func (p *Plane) Paint(m dataset.RLE, value uint32) error {
	if err := raster.Paint32(p.Pixels, p.Width, m, value); err != nil {
		return formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	return nil
}

// Count returns how many pixels have each number.
func (p *Plane) Count() map[uint32]int64 {
	count := map[uint32]int64{}
	last, run := uint32(0), int64(0)
	for _, v := range p.Pixels { // a map is slow for each pixel
		if v != last {
			count[last] += run
			last, run = v, 0
		}
		run++
	}
	count[last] += run
	return count
}

// Covered says what a mask of area pixels lost of which seen are left after
// others were painted, in the words of a [formats.Loss]; it is empty where
// nothing is missing.
func Covered(area, seen int64) string {
	switch {
	case area == 0:
		return "empty masks dropped"
	case seen == 0:
		return "masks dropped, since others hide them"
	case seen < area:
		return "masks cut, since others lie over them"
	}
	return ""
}
