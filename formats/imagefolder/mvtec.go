package imagefolder

import (
	"errors"
	"io/fs"
	"path"

	"datum/dataset"
	"datum/internal/planes"
)

// maskSuffix ends the name of a mask, before its extension.
const maskSuffix = "_mask"

// planMVTec finds the folders of subsets. All folders but that of the masks
// are some. Without masks it is a dataset all the same, for who says so.
func planMVTec(t *tree) error {
	defer t.finish()
	_, dirs, err := t.look(".", false)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if dir == maskDir {
			continue
		}
		stray, classes, err := t.look(dir, false)
		if err != nil {
			return err
		}
		below, err := t.holds(dir, classes)
		if err != nil {
			return err
		}
		t.any = t.any || below || stray
		t.addSubset(top{name: dir, dirs: classes, stray: stray})
	}
	t.masks = true
	return nil
}

// maskFile is where the mask of a picture lies, by its path below the folder
// of the subset.
func maskFile(id string) string { return path.Join(maskDir, id+maskSuffix+".png") }

// addMask adds the mask of a picture where there is one.
func (t *tree) addMask(e entry, it *dataset.Item) error {
	if e.place.class == "" {
		return nil
	}
	name := maskFile(it.ID)
	mask, err := t.readMask(name)
	if errors.Is(err, fs.ErrNotExist) {
		name = path.Join(maskDir, it.ID+".png")
		mask, err = t.readMask(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return t.at(name, err)
	}
	it.Annotations = append(it.Annotations, &dataset.Mask{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: t.label(e.place.class), RLE: mask})
	return nil
}

// readMask decodes a mask of a size that the limits allow.
func (t *tree) readMask(name string) (dataset.RLE, error) {
	limits := t.opts.Limits.WithDefaults()
	text, err := t.folder.ReadFile(name, limits.RecordBytes)
	if err != nil {
		return dataset.RLE{}, err
	}
	mask, err := planes.DecodeStencil(text, limits)
	if err != nil {
		return dataset.RLE{}, err
	}
	return mask.Mask(), nil
}
