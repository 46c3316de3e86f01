package ade20k

import (
	"slices"
	"strings"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

// TestProbeSaysNo: data of other formats, and what is near to this one.
func TestProbeSaysNo(t *testing.T) {
	for name, tree := range map[string]map[string]string{
		"nothing":     {},
		"pictures":    {"train/cat/x.jpg": picture, "train/cat/x_seg.png": twoSeg},
		"COCO":        {"annotations/instances_train.json": `{"images":[],"annotations":[],"categories":[]}`, "images/x.jpg": picture},
		"Datumaro":    {"annotations/train.json": `{"dm_format_version":"1.0","infos":{},"categories":{},"items":[]}`, "annotations/train_seg.png": twoSeg},
		"LabelMe":     {"x.json": `{"version":"5.0","shapes":[],"imagePath":"x.jpg"}`, "x_seg.png": twoSeg, "x.jpg": picture},
		"VOC as JSON": {"x.json": `{"annotation":{"filename":"x.jpg","object":[{"name":"a","bndbox":{}}]}}`, "x.jpg": picture},
		"YOLO":        {"labels/x_atr.txt": "0 0.5 0.5 1 1\n", "labels/x_seg.png": twoSeg},
		"broken":      {"x.json": `{"annotation":{"filename":"x.jpg"`, "x_seg.png": twoSeg},
		"no members":  {"x.json": `{"annotation":{}}`, "x_seg.png": twoSeg},
	} {
		v := formatstest.MustProbe(t, Format(), write(t, tree))
		if v.Confidence != formats.No || len(v.Unmet) == 0 || len(v.Met) > 0 {
			t.Errorf("%s: %+v", name, v)
		}
	}
	v := formatstest.MustProbe(t, Format(), write(t, map[string]string{"x_atr.txt": goodLine, "x.jpg": picture}))
	if v.Confidence != formats.No || len(v.Met) != 1 || !slices.Contains(v.Unmet, needSeg) {
		t.Errorf("a text without masks: %+v", v)
	}
	if v := formatstest.MustProbe(t, Format(), data+"2017/training/plain.jpg"); v.Confidence != formats.No {
		t.Errorf("a picture: %+v", v)
	}
}

// TestProbeOfMany: what is asked for may lie behind many files of other kinds.
func TestProbeOfMany(t *testing.T) {
	tree := map[string]string{"a/x_atr.txt": goodLine, "a/x_seg.png": twoSeg}
	for _, s := range strings.Split("b c d e f g h", " ") {
		tree["a/"+s+".json"], tree["a/"+s+".txt"] = "{}", "text"
	}
	if v := formatstest.MustProbe(t, Format(), write(t, tree)); v.Confidence != formats.High {
		t.Errorf("%+v", v)
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]struct {
		r     role
		item  string
		level int
	}{
		"x.jpg": {rolePicture, "x", 0}, "x.v2.JPG": {rolePicture, "x.v2", 0}, "x_seg.png": {roleLevel, "x", 0}, "X_Seg.PNG": {roleLevel, "X", 0},
		"x_seg.jpg": {rolePicture, "x_seg", 0}, "_seg.png": {rolePicture, "_seg", 0}, "x_parts_2.png": {roleLevel, "x", 2},
		"x_parts_0.png": {rolePicture, "x_parts_0", 0}, "x_parts_.png": {rolePicture, "x_parts_", 0}, "x_parts_100.png": {rolePicture, "x_parts_100", 0},
		"x_atr.txt": {roleText, "x", 0}, "x.txt": {roleOther, "", 0}, "_atr.txt": {roleOther, "", 0}, ".png": {roleOther, "", 0},
		"x.json": {roleJSON, "x", 0}, "Dataset_Meta.json": {roleOther, "", 0}, "x": {roleOther, "", 0}, "x.mat": {roleOther, "", 0},
	} {
		if r, item, level := roleOf(name); r != want.r || item != want.item || level != want.level {
			t.Errorf("%s: %d %q %d", name, r, item, level)
		}
	}
}
