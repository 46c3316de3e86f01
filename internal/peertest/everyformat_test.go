package peertest

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum"
	"datum/dataset"
	"datum/formats"
	"datum/formats/all"
	"datum/formats/formatstest"
)

// collectedSets are the datasets of two published packages, with the format
// that each is in.
var collectedSets = []struct{ from, path, format string }{
	{Collected, "ade20k2017_dataset/dataset", "ade20k"},
	{Collected, "ade20k2017_dataset/dataset_with_meta_file", "ade20k"},
	{Collected, "ade20k2020_dataset/dataset", "ade20k"},
	{Collected, "ade20k2020_dataset/dataset_with_meta_file", "ade20k"},
	{Collected, "anomaly/hazelnut", "mvtec"},
	{Collected, "car_tree_bug", "coco"},
	{Collected, "cityscapes_dataset/dataset", "cityscapes"},
	{Collected, "cityscapes_dataset/train_dataset", "cityscapes"},
	{Collected, "classification_dataset", "imagenet"},
	{Collected, "classification_dataset_class_incremental", "imagenet"},
	{Collected, "common_semantic_segmentation_dataset", "common_semantic_segmentation"},
	{Collected, "cvat_dataset/action_classification/train/0", "cvat"},
	{Collected, "cvat_dataset/action_classification/train/1", "cvat"},
	{Collected, "cvat_dataset/action_detection/train/0", "cvat"},
	{Collected, "cvat_dataset/action_detection/train/1", "cvat"},
	{Collected, "cvat_dataset/action_detection/train/2", "cvat"},
	{Collected, "cvat_dataset/action_detection/train/3", "cvat"},
	{Collected, "datumaro_h-label", "datumaro"},
	{Collected, "datumaro_h-label_class_decremental", "datumaro"},
	{Collected, "datumaro_multilabel", "datumaro"},
	{Collected, "datumaro_multilabel_class_decremental", "datumaro"},
	{Collected, "small_objects", "coco"},
	{Collected, "unlabeled_dataset", "image_dir"},
	{Collected, "voc_dataset/voc_dataset1", "voc"},
	{Collected, "voc_dataset/voc_dataset2", "voc"},
	{Collected, "yolo_dataset", "yolo"},
	{CollectedLater, "anomaly_hazelnut", "mvtec"},
	{CollectedLater, "car_tree_bug", "coco"},
	{CollectedLater, "car_tree_bug_keypoint", "coco"},
	{CollectedLater, "classification_dataset", "imagenet"},
	{CollectedLater, "common_semantic_segmentation_dataset", "common_semantic_segmentation"},
	{CollectedLater, "hlabel_classification", "datumaro"},
	{CollectedLater, "multilabel_classification", "datumaro"},
	{CollectedLater, "tiling_small_objects", "coco"},
}

// Each dataset that people made is detected as what it is, goes into every
// format with what is lost counted, and is read back from there: as many items
// as were written, with their pictures. In its own format all of it comes back.
func TestCollectedSetsGoIntoEveryFormat(t *testing.T) {
	for _, set := range collectedSets {
		t.Run(set.from+"/"+set.path, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(Dir(t, set.from), filepath.FromSlash(set.path))
			if got := open(t, path, false).Format().Name; got != set.format {
				t.Fatalf("detected as %s, want %s", got, set.format)
			}
			var told []string
			for _, f := range all.Registry().All() {
				if f.Export != nil {
					told = append(told, through(t, path, f))
				}
			}
			t.Log(strings.Join(told, "; "))
		})
	}
}

// ofPictures are what remains of a dataset of which a format holds nothing but
// its pictures: formats of bare pictures, or none.
var ofPictures = []string{"image_dir", "imagenet", ""}

// detected returns the name of the format that a folder is in, empty for none.
func detected(t *testing.T, dir string) string {
	t.Helper()
	m, err := datum.Find(t.Context(), dir, datum.Options{})
	if errors.Is(err, formats.ErrUnknownFormat) {
		return ""
	}
	if err != nil {
		t.Error(err)
		return ""
	}
	defer m.Close()
	return m.Format.Name
}

// impliedByCVAT takes away what our writer says of every shape, since CVAT wants
// it, and these sources leave out.
func impliedByCVAT(items []dataset.Item) {
	for _, it := range items {
		for _, a := range it.Annotations {
			base := a.Common()
			base.Attributes = slices.DeleteFunc(base.Attributes, func(x dataset.Attribute) bool { return x.Name == "keyframe" || x.Name == "@cvat.source" })
		}
	}
}

// through writes a dataset in a format, reads it back, and tells what was
// lost.
func through(t *testing.T, path string, f *formats.Format) string {
	t.Helper()
	ds := open(t, path, false)
	dir := filepath.Join(t.TempDir(), "out")
	res, err := datum.Export(t.Context(), ds, dir, f.Name, datum.ExportOptions{
		ExportOptions: formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename},
	})
	if err != nil {
		t.Errorf("into %s: %v", f.Name, err)
		return f.Name + ": " + err.Error()
	}
	dropped := 0
	for _, e := range res.Loss.Entries() {
		if strings.HasPrefix(e.What, "items") && strings.Contains(e.What, "dropped") {
			dropped += e.Count
		}
	}
	back, err := datum.Open(t.Context(), dir, datum.Options{Format: f.Name})
	if err != nil {
		if dropped == res.Items {
			return f.Name + ": nothing of it fits"
		}
		t.Errorf("back from %s: %v", f.Name, err)
		return f.Name + ": " + err.Error()
	}
	defer back.Close()
	items, err := formatstest.Collect(t.Context(), back)
	if err == nil {
		err = formatstest.LoadMedia(items)
	}
	if err != nil || len(items) != res.Items-dropped {
		t.Errorf("back from %s: %d items of %d, %d were dropped, %v", f.Name, len(items), res.Items, dropped, err)
	}
	if name := detected(t, dir); name != f.Name && !slices.Contains(ofPictures, name) {
		t.Errorf("written as %s, detected as %q", f.Name, name)
	}
	if ds.Format().Name == f.Name {
		if res.Loss.Total() > 0 {
			t.Errorf("lost in its own format: %v", res.Loss)
		}
		want := load(t, path).List
		if f.Name == "cvat" {
			impliedByCVAT(want)
			impliedByCVAT(items)
		}
		for _, d := range formatstest.CompareAll(want, items, formatstest.Compare) {
			t.Errorf("in its own format: %s", d)
		}
	}
	return fmt.Sprintf("%s: %d lost", f.Name, res.Loss.Total())
}
