package ade20k

import (
	"image"
	"maps"
	"math"
	"slices"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/raster"
)

// region is the pixels of one colour in a picture of x_seg.png or
// x_parts_N.png.
type region struct {
	class    int64 // from red and green
	instance uint8 // from blue, 0 for none
	mask     dataset.RLE
}

// readRegions returns the regions of a picture in the order of their instances,
// without what is black, and the size of the picture.
func readRegions(f *files.Folder, name string, limits files.Limits) (list []region, height, width int32, err error) {
	m, err := decode(f, name, limits)
	if err != nil {
		return nil, 0, 0, err
	}
	height, width = sizeOf(m)
	if list, err = regionsOf(m); err != nil {
		err = placed(f, name, 0, err)
	}
	return list, height, width, err
}

// maxColors bounds the colours of a picture that is taken for masks.
const maxColors = 1 << 16

func regionsOf(m image.Image) (list []region, err error) {
	height, width := sizeOf(m)
	w := int(width)
	pixels := make([]uint32, w*int(height))
	seen := map[uint32]struct{}{}
	for i := range pixels {
		pixels[i] = colorKey(rgbAt(m, i%w, i/w))
		if i > 0 && pixels[i] == pixels[i-1] {
			continue
		}
		if seen[pixels[i]] = struct{}{}; len(seen) > maxColors {
			return nil, formats.Reason(formats.ErrCorrupt, "no mask: it has more than %d colours", maxColors)
		}
	}
	masks := raster.Labels32(height, width, pixels)
	for _, key := range slices.Sorted(maps.Keys(masks)) {
		if key != 0 {
			list = append(list, region{class: int64(key & 0xffff), instance: uint8(key >> 16), mask: masks[key]})
		}
	}
	return list, nil
}

// colorKey has the number of the instance above the one of the class, which is
// a tenth of red times 256 plus green.
func colorKey(c [3]uint8) uint32 {
	return uint32(c[2])<<16 | uint32(c[0]/10)*256 + uint32(c[1])
}

// numbering says how the blue of a picture leads to the numbers of objects.
type numbering int

const (
	numberedAsIs   numbering = iota // blue is the number
	numberedInTurn                  // the first blue is the first number
	numberedSpread                  // numbers are spread over 1 to 255
	numberedGuess                   // as in turn, though there are more or fewer of them
)

// numberRegions finds the object of each region, -1 where there is none. ids
// are those of the level, each once, in order. ADE20K spreads the blues, so
// that the last object has 255; its own tools take the blues of a picture in
// turn, which goes wrong where an object has no pixels.
// Where lines were left out, only blues that are numbers can be trusted.
func numberRegions(list []region, ids []int64, leftOut bool) (owners []int, how numbering) {
	var blues []uint8
	for _, r := range list {
		if r.instance != 0 && !slices.Contains(blues, r.instance) {
			blues = append(blues, r.instance)
		}
	}
	rank, how := ranker(blues, ids)
	if leftOut && how != numberedAsIs {
		rank, how = func(uint8) int { return -1 }, numberedGuess
	}
	var table [256]int
	for _, b := range blues {
		table[b] = rank(b)
	}
	owners = make([]int, len(list))
	for i, r := range list {
		owners[i] = -1
		if k := table[r.instance]; r.instance != 0 && k >= 0 && k < len(ids) {
			owners[i] = k
		}
	}
	return owners, how
}

// ranker chooses the first way that explains all blues.
func ranker(blues []uint8, ids []int64) (func(uint8) int, numbering) {
	asIs := func(b uint8) int { return slices.Index(ids, int64(b)) }
	inTurn := func(b uint8) int { return slices.Index(blues, b) }
	spread := func(b uint8) int {
		n := float64(len(ids))
		k := math.Round(float64(b) * n / 255)
		if math.Round(k*255/n) != float64(b) {
			return -1
		}
		return int(k) - 1
	}
	fits := func(rank func(uint8) int) bool {
		return !slices.ContainsFunc(blues, func(b uint8) bool { return rank(b) < 0 })
	}
	switch {
	case fits(asIs):
		return asIs, numberedAsIs
	case len(blues) == len(ids):
		return inTurn, numberedInTurn
	case len(blues) < len(ids) && len(ids) <= 255 && fits(spread):
		return spread, numberedSpread
	}
	return inTurn, numberedGuess
}

// matchRegions finds regions for objects of the 2020 layout whose own mask is
// not there: one of the same class that no other object has, and of several
// the one whose box is most like that of the outline.
func matchRegions(list []region, objects []*object, taken func(dataset.RLE) bool) map[*object]dataset.RLE {
	used := make([]bool, len(list))
	byClass := map[int64][]int{} // each of few regions
	for i, r := range list {
		used[i] = taken(r.mask)
		byClass[r.class] = append(byClass[r.class], i)
	}
	out := map[*object]dataset.RLE{}
	for _, o := range objects {
		best, bestScore := -1, -1.0
		for _, i := range byClass[o.number] {
			if s := likeness(list[i].mask, o.outline); !used[i] && s > bestScore {
				best, bestScore = i, s
			}
		}
		if best >= 0 {
			used[best] = true
			out[o] = list[best].mask
		}
	}
	return out
}

// likeness is the intersection of two boxes over their union.
func likeness(m dataset.RLE, outline []float64) float64 {
	ax, ay, aw, ah, err := m.Bounds()
	bx, by, bw, bh := raster.BoundsOf(outline)
	w := min(ax+aw, bx+bw) - max(ax, bx)
	h := min(ay+ah, by+bh) - max(ay, by)
	if err != nil || !(w > 0 && h > 0) {
		return 0
	}
	return w * h / (aw*ah + bw*bh - w*h)
}
