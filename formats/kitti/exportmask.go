package kitti

import (
	"bytes"
	"cmp"
	"image"
	"image/png"
	"path"
	"slices"

	"datum/dataset"
	"datum/formats"
	"datum/internal/raster"
)

// encoder takes the fast way: masks are areas of one value, which every way
// makes small.
var encoder = png.Encoder{CompressionLevel: png.BestSpeed}

// maxLabels is how many labels the masks of a dataset can have.
const maxLabels = 256

// painted is a mask with the value of its pixels, 0 where none is free.
type painted struct {
	mask  *dataset.Mask
	value uint32
}

// saveMasks paints the masks of an item and writes the three pictures. It
// reports whether there are any.
func (e *exporter) saveMasks(it *dataset.Item, folder, name string, masks []*dataset.Mask) (bool, error) {
	list := e.number(it, e.fitting(it, masks))
	if len(list) == 0 {
		return false, nil
	}
	height, width := list[0].mask.RLE.Height, list[0].mask.RLE.Width
	if height <= 0 || width <= 0 || int64(height)*int64(width) > e.limits.ImagePixels {
		return false, formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels cannot be painted", width, height)
	}
	p := &plane{height: height, width: width, pixels: make([]uint32, int(height)*int(width))}
	slices.SortStableFunc(list, func(a, b painted) int { return cmp.Compare(a.mask.Z, b.mask.Z) })
	for _, m := range list {
		if err := raster.Paint32(p.pixels, width, m.mask.RLE, m.value); err != nil {
			return false, formats.Reason(formats.ErrCorrupt, "%w", err)
		}
	}
	if err := e.countHidden(it, p, list); err != nil {
		return false, err
	}
	for _, out := range []struct {
		dir  string
		draw func(*plane) image.Image
	}{{instanceDir, drawInstances}, {semanticDir, drawClasses}, {rgbDir, e.drawColors}} {
		err := e.media.Make(path.Join(folder, out.dir, name+".png"), func() ([]byte, error) {
			var b bytes.Buffer
			err := encoder.Encode(&b, out.draw(p))
			return b.Bytes(), err
		})
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// fitting counts the masks that cannot be painted and returns the others.
func (e *exporter) fitting(it *dataset.Item, masks []*dataset.Mask) (out []*dataset.Mask) {
	for _, m := range masks {
		switch {
		case m.Label == dataset.NoLabel || int(m.Label) >= len(e.table.labels):
			e.lost(it, "masks without a label dropped", 1)
		case m.Label >= maxLabels:
			e.lost(it, "masks of labels beyond the first 256 dropped", 1)
		case len(out) > 0 && (m.RLE.Height != out[0].RLE.Height || m.RLE.Width != out[0].RLE.Width):
			e.lost(it, "masks of another size than the first of the item dropped", 1)
		default:
			out = append(out, m)
		}
	}
	return out
}

// number gives each mask a value of its own: the one of its id, or of no
// instance where it is a crowd, if that is free, else the next free one.
func (e *exporter) number(it *dataset.Item, masks []*dataset.Mask) (list []painted) {
	used := map[uint32]bool{0: true}
	for _, m := range masks {
		value := uint32(0)
		switch crowd, _ := m.Attributes.Get("is_crowd"); {
		case string(crowd) == "true":
			value = uint32(m.Label) * perClass
		case m.ID > 0 && m.ID < perClass:
			value = uint32(m.Label)*perClass + uint32(m.ID)
		}
		if used[value] {
			value = 0
		}
		used[value] = true
		list = append(list, painted{m, value})
	}
	next := map[int32]uint32{}
	kept := list[:0]
	for _, p := range list {
		first := uint32(p.mask.Label) * perClass
		for p.value == 0 && next[p.mask.Label] < perClass-1 {
			next[p.mask.Label]++
			if v := first + next[p.mask.Label]; !used[v] {
				used[v], p.value = true, v
			}
		}
		if p.value == 0 {
			e.lost(it, "masks dropped, since a label can have 255 of them in a picture", 1)
			continue
		}
		e.loseOfMask(it, p.mask, p.value%perClass)
		kept = append(kept, p)
	}
	return kept
}

// loseOfMask counts what does not come back of a mask with a number.
func (e *exporter) loseOfMask(it *dataset.Item, m *dataset.Mask, number uint32) {
	e.loseCommon(it, &m.Base)
	e.lost(it, "annotation ids given anew", b2i(m.ID != 0 && m.ID != int64(number)))
	e.lost(it, "drawing orders of annotations dropped", b2i(m.Z != 0))
	for _, x := range userOnly(m.Attributes) {
		kept := x.Name == "is_crowd" && string(x.Value) == [2]string{"false", "true"}[b2i(number == 0)]
		e.lost(it, "attributes of annotations dropped", b2i(!kept))
	}
}

// countHidden counts the masks that others lie over.
func (e *exporter) countHidden(it *dataset.Item, p *plane, list []painted) error {
	seen := map[uint32]int64{}
	last, run := uint32(0), int64(0)
	for _, v := range p.pixels {
		if v != last {
			seen[last] += run
			last, run = v, 0
		}
		run++
	}
	seen[last] += run
	for _, m := range list {
		area, err := m.mask.RLE.Area()
		if err != nil {
			return formats.Reason(formats.ErrCorrupt, "%w", err)
		}
		switch n := seen[m.value]; {
		case area == 0:
			e.lost(it, "empty masks dropped", 1)
		case n == 0:
			e.lost(it, "masks dropped, since others hide them", 1)
		case n < area:
			e.lost(it, "masks cut, since others lie over them", 1)
		}
	}
	return nil
}

func (p *plane) bounds() image.Rectangle { return image.Rect(0, 0, int(p.width), int(p.height)) }

func drawInstances(p *plane) image.Image {
	m := image.NewGray16(p.bounds())
	for i, v := range p.pixels {
		m.Pix[2*i], m.Pix[2*i+1] = uint8(v>>8), uint8(v)
	}
	return m
}

func drawClasses(p *plane) image.Image {
	m := image.NewGray(p.bounds())
	for i, v := range p.pixels {
		m.Pix[i] = uint8(v / perClass)
	}
	return m
}

func (e *exporter) drawColors(p *plane) image.Image {
	m := image.NewRGBA(p.bounds())
	for i, v := range p.pixels {
		c := [3]int32{}
		if v != 0 {
			c = e.table.colorOf(int32(v / perClass))
		}
		copy(m.Pix[4*i:], []uint8{uint8(c[0]), uint8(c[1]), uint8(c[2]), 255})
	}
	return m
}
