package coco

import (
	"context"
	"fmt"
	"slices"

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

func probe(_ context.Context, path string) formats.Verdict {
	_, files, err := find(path)
	if err != nil || len(files) == 0 {
		return formats.Verdict{Unmet: []string{need}}
	}
	if !slices.ContainsFunc(files, func(f jsonFile) bool { return f.sure }) {
		return formats.Verdict{Confidence: formats.Low, Unmet: []string{fmt.Sprintf("%s (%s is broken)", need, files[0].path)}}
	}
	return formats.Verdict{Confidence: formats.High, Met: []string{fmt.Sprintf("%s (%s)", need, files[0].path)}}
}
