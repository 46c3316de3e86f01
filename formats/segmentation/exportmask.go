package segmentation

import (
	"bytes"
	"cmp"
	"image"
	"image/png"
	"slices"

	"datum/dataset"
	"datum/formats"
	"datum/internal/raster"
)

// encoder takes the fast way: masks are areas of one value, which every way
// makes small.
var encoder = png.Encoder{CompressionLevel: png.BestSpeed}

// sort returns the masks that can be written, in drawing order, and counts the
// rest.
func (e *exporter) sort(it *dataset.Item) (out []*dataset.Mask) {
	for _, a := range it.Annotations {
		m, ok := a.(*dataset.Mask)
		switch {
		case !ok:
			e.lost(it, droppedKind(a.Kind()), 1)
		case m.Label == dataset.NoLabel || int(m.Label) >= len(e.table.numbers):
			e.lost(it, "masks without a label dropped", 1)
		case e.table.numbers[m.Label] == 0:
			e.lost(it, "masks of the background dropped: it is what no mask has", 1)
		case e.table.numbers[m.Label] > maxNumber:
			e.lost(it, "masks of labels beyond the first 65535 dropped", 1)
		case len(out) > 0 && (m.RLE.Height != out[0].RLE.Height || m.RLE.Width != out[0].RLE.Width):
			e.lost(it, "masks of another size than the first of the item dropped", 1)
		default:
			out = append(out, m)
			e.loseCommon(it, &m.Base)
			e.lost(it, "annotation ids dropped", b2i(m.ID != 0))
			e.lost(it, "drawing orders of annotations dropped", b2i(m.Z != 0))
			e.lost(it, "attributes of annotations dropped", len(userOnly(m.Attributes)))
		}
	}
	slices.SortStableFunc(out, func(a, b *dataset.Mask) int { return cmp.Compare(a.Z, b.Z) })
	return out
}

// saveMask paints the masks of an item and writes the picture. It reports
// whether there is one.
func (e *exporter) saveMask(it *dataset.Item, to string, masks []*dataset.Mask) (bool, error) {
	if len(masks) == 0 {
		return false, nil
	}
	height, width := masks[0].RLE.Height, masks[0].RLE.Width
	if height <= 0 || width <= 0 || int64(height)*int64(width) > e.limits.ImagePixels {
		return false, formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels cannot be painted", width, height)
	}
	p := &plane{height: height, width: width, pixels: make([]uint32, int(height)*int(width))}
	areas := map[uint32]int64{}
	for _, m := range masks {
		number := e.table.numbers[m.Label]
		if err := raster.Paint32(p.pixels, width, m.RLE, number); err != nil {
			return false, formats.Reason(formats.ErrCorrupt, "%w", err)
		}
		area, err := m.RLE.Area()
		if err != nil {
			return false, formats.Reason(formats.ErrCorrupt, "%w", err)
		}
		_, again := areas[number]
		e.lost(it, "masks joined with an earlier one of the same label", b2i(again && area > 0))
		e.lost(it, "empty masks dropped", b2i(area == 0))
		if area > 0 {
			areas[number] += area
		}
	}
	e.countHidden(it, p, areas)
	return true, e.media.Make(to, func() ([]byte, error) {
		var b bytes.Buffer
		err := encoder.Encode(&b, p.draw())
		return b.Bytes(), err
	})
}

// saveBlank writes a mask without labels for an item that has no other file, if
// its size is known.
func (e *exporter) saveBlank(it *dataset.Item, to string) error {
	m, ok := it.Media.(*dataset.Image)
	if !ok || m.Height <= 0 || m.Width <= 0 || int64(m.Height)*int64(m.Width) > e.limits.ImagePixels {
		e.lost(it, "items dropped that have no mask, no saved picture and no known size", 1)
		return nil
	}
	return e.media.Make(to, func() ([]byte, error) {
		var b bytes.Buffer
		err := encoder.Encode(&b, image.NewGray(image.Rect(0, 0, int(m.Width), int(m.Height))))
		return b.Bytes(), err
	})
}

// countHidden counts the labels whose masks others lie over.
func (e *exporter) countHidden(it *dataset.Item, p *plane, areas map[uint32]int64) {
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
	for number, area := range areas {
		e.lost(it, "masks dropped, since others hide them", b2i(seen[number] == 0))
		e.lost(it, "masks cut, since others lie over them", b2i(seen[number] > 0 && seen[number] < area))
	}
}

// draw makes a picture of 8 bits where the numbers fit; 255 is kept for pixels
// of no label.
func (p *plane) draw() image.Image {
	bounds := image.Rect(0, 0, int(p.width), int(p.height))
	if slices.Max(p.pixels) < 255 {
		m := image.NewGray(bounds)
		for i, v := range p.pixels {
			m.Pix[i] = uint8(v)
		}
		return m
	}
	m := image.NewGray16(bounds)
	for i, v := range p.pixels {
		m.Pix[2*i], m.Pix[2*i+1] = uint8(v>>8), uint8(v)
	}
	return m
}
