package kitti

import (
	"cmp"
	"image"
	"path"
	"slices"
	"strconv"

	"datum/dataset"
	"datum/formats"
	"datum/internal/planes"
)

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
	first := list[0].mask.RLE
	p, err := planes.New(first.Height, first.Width, e.Opts.Limits)
	if err != nil {
		return false, err
	}
	slices.SortStableFunc(list, func(a, b painted) int { return cmp.Compare(a.mask.Z, b.mask.Z) })
	for _, m := range list {
		if err := p.Paint(m.mask.RLE, m.value); err != nil {
			return false, err
		}
	}
	if err := e.countHidden(it, p, list); err != nil {
		return false, err
	}
	for _, out := range []struct {
		dir  string
		draw func(*planes.Plane) image.Image
	}{{instanceDir, (*planes.Plane).Gray16}, {semanticDir, drawClasses}, {rgbDir, e.drawColors}} {
		err := e.Media.Make(path.Join(folder, out.dir, name+".png"), func() ([]byte, error) { return planes.Encode(out.draw(p)) })
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
			e.Lost(it, "masks without a label dropped", 1)
		case m.Label >= maxLabels:
			e.Lost(it, "masks of labels beyond the first 256 dropped", 1)
		case len(out) > 0 && (m.RLE.Height != out[0].RLE.Height || m.RLE.Width != out[0].RLE.Width):
			e.Lost(it, "masks of another size than the first of the item dropped", 1)
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
			e.Lost(it, "masks dropped, since a label can have 255 of them in a picture", 1)
			continue
		}
		e.loseOfMask(it, p.mask, p.value%perClass)
		kept = append(kept, p)
	}
	return kept
}

// loseOfMask counts what does not come back of a mask with a number.
func (e *exporter) loseOfMask(it *dataset.Item, m *dataset.Mask, number uint32) {
	e.Loss.AddParts(it, m, formats.PartGroup|formats.PartObjectID|formats.PartZ)
	e.LostIf(it, "annotation ids given anew", m.ID != 0 && m.ID != int64(number))
	for _, x := range formats.UserAttributes(m.Attributes) {
		kept := x.Name == "is_crowd" && string(x.Value) == strconv.FormatBool(number == 0)
		e.LostIf(it, "attributes of annotations dropped", !kept)
	}
}

// countHidden counts the masks that others lie over.
func (e *exporter) countHidden(it *dataset.Item, p *planes.Plane, list []painted) error {
	seen := p.Count()
	for _, m := range list {
		area, err := m.mask.RLE.Area()
		if err != nil {
			return formats.Reason(formats.ErrCorrupt, "%w", err)
		}
		e.Lost(it, planes.Covered(area, seen[m.value]), 1)
	}
	return nil
}

func drawClasses(p *planes.Plane) image.Image {
	return p.Gray(func(v uint32) uint8 { return uint8(v / perClass) })
}

func (e *exporter) drawColors(p *planes.Plane) image.Image {
	return p.Colors(func(v uint32) [3]int32 {
		if v == 0 {
			return [3]int32{}
		}
		return e.table.colorOf(int32(v / perClass))
	})
}
