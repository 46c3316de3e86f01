package cityscapes

import (
	"maps"
	"slices"

	"datum/dataset"
	"datum/formats"
	"datum/internal/planes"
)

// perClass is how many instances of a class an instance mask can number.
const perClass = 1000

// What -1 is in a picture of 8 or 16 bits.
const (
	minusOne8  = 1<<8 - 1
	minusOne16 = 1<<16 - 1
)

// readMasks reads the masks of an item, in the order of their numbers.
func (im *importer) readMasks(r *formats.Record, e *entry) error {
	var colors map[[3]uint8]uint32
	if e.kind == ofColors {
		colors = im.byColor
	}
	p, err := planes.Read(im.folder, formatName, e.masks, im.limits, colors)
	if err != nil {
		return err
	}
	masks := p.Masks()
	for _, value := range slices.Sorted(maps.Keys(masks)) {
		label, void, known := im.table.labelOf(value, e.kind)
		if void {
			continue
		}
		if !known {
			err := placed(im.folder, e.masks, formats.Reason(formats.ErrCorrupt, "no label has the number of pixels of value %d", value))
			if err := im.opts.Bad(err); err != nil {
				return formats.WithHint(err, "label_colors.txt at the top lists the labels, a line for each")
			}
			continue
		}
		m := &dataset.Mask{
			Base:  dataset.Base{ObjectID: dataset.NoObject, Attributes: dataset.Attributes{{Name: "is_crowd", Value: []byte("true")}}},
			Label: label, RLE: masks[value],
		}
		if e.kind == ofInstances && value >= perClass && value != minusOne16 {
			m.ID, m.Attributes[0].Value = int64(value), []byte("false")
		}
		r.Item.Annotations = append(r.Item.Annotations, m)
	}
	return nil
}

// labelOf returns the label of pixels; void says that they are no object.
func (t *table) labelOf(value uint32, k kind) (label int32, void, known bool) {
	number := int32(value)
	if k == ofTrainIDs && t.standard {
		label, known = t.byTrain[number]
		return label, value == minusOne8 || value == uint32(len(t.byTrain)), known
	}
	if k == ofInstances && value >= perClass && value != minusOne16 {
		number = int32(value / perClass)
	}
	if value == 0 {
		return 0, true, false
	}
	label, known = t.byID[number]
	if !known && (value == minusOne8 || value == minusOne16) {
		label, known = t.byID[noNumber]
		void = !known
	}
	return label, void, known
}
