package kitti

import (
	"maps"
	"path"
	"slices"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/planes"
)

// perClass is how many instances of a class an instance mask can number.
const perClass = 256

// readMasks returns the masks of an item in the order of their numbers.
func (im *importer) readMasks(e *entry) ([]dataset.Annotation, error) {
	var colors map[[3]uint8]uint32
	if e.masked == ofColors {
		colors = im.byColor
	}
	p, err := planes.Read(im.folder, formatName, e.masks, im.limits, colors)
	if err != nil {
		return nil, err
	}
	masks := p.Masks()
	var out []dataset.Annotation
	for _, value := range slices.Sorted(maps.Keys(masks)) {
		if value == 0 && (e.masked != ofClasses || im.table.firstIsVoid()) {
			continue // no object
		}
		class, number := value, uint32(0)
		switch e.masked {
		case ofInstances:
			class, number = value/perClass, value%perClass
		case ofColors:
			class--
		}
		if int(class) >= len(im.table.labels) {
			err := placed(im.folder, e.masks, 0, formats.Reason(formats.ErrCorrupt, "pixels of value %d, of label %d; there are %d labels", value, class, len(im.table.labels)))
			if err := im.opts.Bad(err); err != nil {
				return nil, formats.WithHint(err, "label_colors.txt beside the folders lists the labels, a line for each")
			}
			continue
		}
		out = append(out, newMask(int32(class), number, masks[value]))
	}
	return out, nil
}

func newMask(label int32, number uint32, m dataset.RLE) *dataset.Mask {
	crowd := "false"
	if number == 0 {
		crowd = "true"
	}
	return &dataset.Mask{
		Base:  dataset.Base{ID: int64(number), ObjectID: dataset.NoObject, Attributes: dataset.Attributes{{Name: "is_crowd", Value: []byte(crowd)}}},
		Label: label, RLE: m,
	}
}

// colorIndex gives the colours of labels their numbers plus one, the first
// label first; black is 0 where it is the colour of no label.
func (t *table) colorIndex() map[[3]uint8]uint32 {
	index := map[[3]uint8]uint32{}
	for i := range t.labels {
		c := t.colorOf(int32(i))
		rgb := [3]uint8{uint8(c[0]), uint8(c[1]), uint8(c[2])}
		if _, taken := index[rgb]; !taken {
			index[rgb] = uint32(i) + 1
		}
	}
	if n := index[[3]uint8{}]; n == 0 || t.firstIsVoid() && n == 1 {
		index[[3]uint8{}] = 0
	}
	return index
}

// ignored are folders that hold what the model has no place for.
var ignored = []string{"calib", "velodyne", "image_0", "image_1", "image_3", "label_3", "disp_occ_0", "flow_occ", "planes", "prev_2"}

// noteIgnored counts the files beside the ones that are read.
func noteIgnored(f *files.Folder, parts []string, notes *formats.Loss) {
	list := f.List()
	for _, part := range parts {
		for _, name := range ignored {
			dir := path.Join(part, name)
			if n := list.Count(dir); n > 0 {
				notes.Add("files of "+name+"/ not read", dir, n)
			}
		}
	}
}
