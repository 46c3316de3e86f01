package peertest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"datum/internal/detecttest"
)

// theirs are Datumaro's names of what is one format here.
var theirs = map[string][]string{
	"coco": {"coco", "coco_instances", "coco_captions", "coco_person_keypoints", "mmdet_coco", "roboflow_coco"},
	"voc":  {"voc", "voc_detection", "voc_segmentation", "voc_classification", "roboflow_voc"},
	"yolo": {"yolo"}, "yolo_ultralytics": {"yolo", "roboflow_yolo", "roboflow_yolo_obb"},
	"kitti": {"kitti", "kitti_detection"}, "imagenet": {"imagenet", "imagenet_with_subset_dirs"},
}

// rightAnswer reports whether Datumaro's answer is one that it could have
// given at best.
func rightAnswer(c detecttest.Case, names []string) bool {
	switch {
	case c.Want == detecttest.None:
		return len(names) == 0
	case c.Want == detecttest.Several:
		return len(names) > 1
	case len(names) != 1:
		return false
	}
	return names[0] == c.Want || slices.Contains(theirs[c.Want], names[0])
}

// The list of folders to be detected is put to Datumaro too, for comparison:
// nothing is required of it.
func TestDetectionBesideDatumaro(t *testing.T) {
	var paths []string
	for _, c := range detecttest.Cases {
		path, err := c.Make(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	var answers []json.RawMessage
	if err := json.Unmarshal(Run(t, New, "detect", paths...), &answers); err != nil || len(answers) != len(paths) {
		t.Fatalf("%d answers for %d folders: %v", len(answers), len(paths), err)
	}
	right, failed := 0, 0
	for i, c := range detecttest.Cases {
		var names []string
		if err := json.Unmarshal(answers[i], &names); err != nil {
			failed++
		} else if rightAnswer(c, names) {
			right++
			continue
		}
		t.Logf("%s (%s): %s", c.Name, c.Want, strings.ReplaceAll(string(answers[i]), "\n", " "))
	}
	t.Logf("Datumaro has %d of %d right, and fails for %d", right, len(paths), failed)
}
