package segmentation

import (
	"cmp"
	"image"
	"slices"

	"datum/dataset"
	"datum/formats"
	"datum/internal/planes"
)

// sort returns the masks that can be written, in drawing order, and counts the
// rest.
func (e *exporter) sort(it *dataset.Item) (out []*dataset.Mask) {
	for _, a := range it.Annotations {
		m, ok := a.(*dataset.Mask)
		switch {
		case a.Kind() == dataset.KindLabel:
			e.Lost(it, "image labels dropped", 1)
		case !ok:
			e.Loss.AddDropped(it, a)
		case m.Label == dataset.NoLabel || int(m.Label) >= len(e.table.numbers):
			e.Lost(it, "masks without a label dropped", 1)
		case e.table.numbers[m.Label] == 0:
			e.Lost(it, "masks of the background dropped: it is what no mask has", 1)
		case e.table.numbers[m.Label] > maxNumber:
			e.Lost(it, "masks of labels beyond the first 65535 dropped", 1)
		case len(out) > 0 && (m.RLE.Height != out[0].RLE.Height || m.RLE.Width != out[0].RLE.Width):
			e.Lost(it, "masks of another size than the first of the item dropped", 1)
		default:
			out = append(out, m)
			e.Loss.AddParts(it, m, formats.PartAttributes|formats.PartGroup|formats.PartObjectID|formats.PartZ)
			e.LostIf(it, "annotation ids dropped", m.ID != 0)
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
	p, err := planes.New(masks[0].RLE.Height, masks[0].RLE.Width, e.Opts.Limits)
	if err != nil {
		return false, err
	}
	areas := map[uint32]int64{}
	for _, m := range masks {
		number := e.table.numbers[m.Label]
		if err := p.Paint(m.RLE, number); err != nil {
			return false, err
		}
		area, err := m.RLE.Area()
		if err != nil {
			return false, formats.Reason(formats.ErrCorrupt, "%w", err)
		}
		_, again := areas[number]
		e.LostIf(it, "masks joined with an earlier one of the same label", again && area > 0)
		e.LostIf(it, "empty masks dropped", area == 0)
		if area > 0 {
			areas[number] += area
		}
	}
	e.countHidden(it, p, areas)
	return true, e.Media.Make(to, func() ([]byte, error) { return planes.Encode(draw(p)) })
}

// saveBlank writes a mask without labels for an item that has no other file, if
// its size is known.
func (e *exporter) saveBlank(it *dataset.Item, to string) error {
	m, ok := it.Media.(*dataset.Image)
	if !ok || !planes.Fits(m.Height, m.Width, e.Opts.Limits) {
		e.Lost(it, "items dropped that have no mask, no saved picture and no known size", 1)
		return nil
	}
	return e.Media.Make(to, func() ([]byte, error) {
		return planes.Encode(image.NewGray(image.Rect(0, 0, int(m.Width), int(m.Height))))
	})
}

// countHidden counts the labels whose masks others lie over.
func (e *exporter) countHidden(it *dataset.Item, p *planes.Plane, areas map[uint32]int64) {
	seen := p.Count()
	for number, area := range areas {
		e.Lost(it, planes.Covered(area, seen[number]), 1)
	}
}

// draw makes a picture of 8 bits where the numbers fit; 255 is kept for pixels
// of no label.
func draw(p *planes.Plane) image.Image {
	if slices.Max(p.Pixels) < 255 {
		return p.Gray(func(v uint32) uint8 { return uint8(v) })
	}
	return p.Gray16()
}
