package coco

import (
	"path"
	"path/filepath"

	"datum/dataset"
)

// mediaDir is the folder of the pictures of an item: where they were in the
// source, if its layout is kept, or images/<subset>.
func (s *outSubset) mediaDir(it *dataset.Item) string {
	var dir string
	if s.sameLayout && (it.Attributes.Decode(carryMedia, &dir) || s.info != nil && s.info.Attributes.Decode(carryMedia, &dir)) {
		if filepath.IsLocal(filepath.FromSlash(dir)) {
			return path.Clean(dir)
		}
	}
	return usualDir(s.name)
}

// startSaving starts saving the picture of an item.
func (s *outSubset) startSaving(it *dataset.Item, to string) error {
	if it.Media == nil {
		return nil
	}
	return s.e.media.Save(it, it.Media.Main(), to, &s.e.loss)
}
