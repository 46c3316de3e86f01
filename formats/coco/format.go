package coco

import (
	"context"
	"fmt"
	"slices"

	"datum/files"
	"datum/formats"
)

// Format returns the format coco.
func Format() *formats.Format {
	return &formats.Format{
		Name: formatName,
		Aliases: []string{
			"coco_instances", "coco_person_keypoints", "coco_captions", "coco_labels", "coco_panoptic", "coco_stuff",
			"coco_image_info", "mmdet_coco", "roboflow_coco",
		},
		Summary: "COCO: boxes, polygons, run-length masks, keypoints, captions, image labels, panoptic segments",
		Probe:   probe,
		Import:  open,
		Export:  export,
	}
}

const need = "a JSON file with a list of images or of annotations, in annotations/ or beside the pictures"

func probe(_ context.Context, f *files.Folder) formats.Verdict {
	_, found, err := find(f)
	switch {
	case err != nil:
		return formats.Verdict{Confidence: formats.Low, Unmet: []string{fmt.Sprintf("%s (%v)", need, err)}}
	case len(found) == 0:
		return formats.Verdict{Unmet: []string{need}}
	}
	if !slices.ContainsFunc(found, func(f jsonFile) bool { return f.sure }) {
		return formats.Verdict{Confidence: formats.Low, Unmet: []string{fmt.Sprintf("%s (%s is broken)", need, found[0].path)}}
	}
	return formats.Verdict{Confidence: formats.High, Met: []string{fmt.Sprintf("%s (%s)", need, found[0].path)}}
}
