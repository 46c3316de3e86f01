// Package all knows every format. It builds the registry and does nothing else.
package all

import (
	"slices"

	"datum/formats"
	"datum/formats/ade20k"
	"datum/formats/binary"
	"datum/formats/cityscapes"
	"datum/formats/coco"
	"datum/formats/cvat"
	"datum/formats/datumaro"
	"datum/formats/dota"
	"datum/formats/imagefolder"
	"datum/formats/kitti"
	"datum/formats/labelme"
	"datum/formats/mot"
	"datum/formats/openimages"
	"datum/formats/segmentation"
	"datum/formats/voc"
	"datum/formats/yolo"
)

// Registry returns all formats.
func Registry() *formats.Registry {
	r, err := formats.NewRegistry(slices.Concat(
		[]*formats.Format{
			ade20k.Format(),
			binary.Format(),
			cityscapes.Format(),
			coco.Format(),
			cvat.Format(),
			datumaro.Format(),
			dota.Format(),
			kitti.Format(),
			labelme.Format(),
			mot.Format(),
			openimages.Format(),
			segmentation.Format(),
			voc.Format(),
		},
		imagefolder.Formats(),
		yolo.Formats(),
	)...)
	if err != nil {
		panic("formats/all: " + err.Error()) // two formats of one name: found by the first test that runs
	}
	return r
}
