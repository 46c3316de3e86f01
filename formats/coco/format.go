package coco

import (
	"context"

	"datum/formats"
)

// Format returns the format coco.
func Format() *formats.Format {
	return &formats.Format{
		Name: formatName,
		Aliases: []string{
			"coco_instances", "coco_person_keypoints", "coco_captions", "coco_labels", "coco_stuff", "coco_image_info",
			"mmdet_coco", "roboflow_coco",
		},
		Summary: "COCO: boxes, polygons, run-length masks, keypoints, captions, image labels",
		Probe:   probe,
		Import:  open,
		Export:  export,
	}
}

func probe(_ context.Context, path string) formats.Verdict {
	const needs = "a JSON file with the lists images and annotations, in annotations/ or beside the pictures"
	_, files, err := find(path)
	if err != nil || len(files) == 0 {
		return formats.Verdict{Unmet: []string{needs}}
	}
	return formats.Verdict{Confidence: formats.High, Met: []string{needs}}
}
