package ade20k

import (
	"cmp"
	"slices"

	"datum/dataset"
	"datum/formats"
	"datum/internal/raster"
)

// regions makes the annotations of the 2017 layout: the pixels of each object
// by the blue of x_seg.png, and of parts of x_parts_N.png.
func (b *builder) regions() error {
	masks := map[*object][]region{}
	levels, of := byLevel(b.record.objects)
	for level := range b.entry.levels {
		if !slices.Contains(levels, level) {
			levels = append(levels, level)
		}
	}
	slices.Sort(levels)
	var rest []dataset.Annotation
	for _, level := range levels {
		more, err := b.level(level, of[level], masks)
		if err != nil {
			return err
		}
		rest = append(rest, more...)
	}
	for i, o := range b.record.objects {
		label, err := b.label(o)
		if err != nil {
			return err
		}
		m := &dataset.Mask{Base: b.newBase(o, i), Label: label, Z: int32(o.level)}
		if m.RLE, err = b.unite(masks[o]); err != nil {
			return err
		}
		if list := masks[o]; len(list) > 0 {
			m.Attributes.SetRaw(carryNumber, number(list[0].class))
		}
		b.item.Annotations = append(b.item.Annotations, m)
	}
	b.item.Annotations = append(b.item.Annotations, rest...)
	return nil
}

// level gives the regions of a level to its objects, and makes masks without a
// label of the others.
func (b *builder) level(level int, objects []*object, masks map[*object][]region) (rest []dataset.Annotation, err error) {
	name := b.levelFile(level)
	if name == "" {
		b.notes.Add("pictures of masks that are not there", b.place(), 1)
		return nil, nil
	}
	list, height, width, err := readRegions(b.im.folder, name, b.im.limits)
	if err != nil {
		return nil, b.im.opts.Bad(err)
	}
	b.sized(height, width)
	objects = slices.Clone(objects)
	slices.SortStableFunc(objects, func(x, y *object) int { return cmp.Compare(x.id, y.id) })
	ids := make([]int64, len(objects))
	for i, o := range objects {
		ids[i] = o.id
	}
	owners, how := numberRegions(list, ids, b.record.skipped > 0)
	if how == numberedGuess && len(ids) > 0 {
		b.notes.Add("pictures of masks whose numbers do not fit those of the objects", name, 1)
	}
	for i, r := range list {
		if owners[i] >= 0 {
			o := objects[owners[i]]
			masks[o] = append(masks[o], r)
			continue
		}
		b.notes.Add("masks that no line describes, read without a label", b.place(), 1)
		a := dataset.Attributes{{Name: attrLevel, Value: number(int64(level))}, {Name: carryNumber, Value: number(r.class)}}
		rest = append(rest, &dataset.Mask{
			Base:  dataset.Base{ID: int64(r.instance), ObjectID: dataset.NoObject, Attributes: a},
			Label: dataset.NoLabel, Z: int32(level), RLE: r.mask,
		})
	}
	return rest, nil
}

// unite makes one mask of the regions of an object.
func (b *builder) unite(list []region) (dataset.RLE, error) {
	switch len(list) {
	case 0:
		b.notes.Add("objects without pixels, read as empty masks", b.place(), 1)
		return b.emptyMask(), nil
	case 1:
		return list[0].mask, nil
	}
	masks := make([]dataset.RLE, len(list))
	for i, r := range list {
		masks[i] = r.mask
	}
	m, err := raster.Union(masks...)
	if err != nil {
		err = placed(b.im.folder, b.describedBy(), 0, formats.Reason(formats.ErrCorrupt, "%w", err))
	}
	return m, err
}
