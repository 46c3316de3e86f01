package yolo

import (
	"slices"
	"strings"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

// TestNotYOLO shows datasets of other formats that look a little like YOLO.
func TestNotYOLO(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"DOTA":                    {"images/P1.png": "", "labelTxt/P1.txt": "imagesource:GoogleEarth\ngsd:0.1\n1 2 3 4 5 6 7 8 plane 0\n"},
		"DOTA of Roboflow":        {"data.yaml": "train: ../train/images\nnc: 1\nnames: [a]", "train/images/a.jpg": "", "train/labelTxt/a.txt": "1 2 3 4 5 6 7 8 a 0"},
		"KITTI":                   {"training/image_2/1.png": "", "training/label_2/1.txt": "Car 0.00 0 1.85 387.63 181.54 423.81 203.12 1.67 1.87 3.69 -16.53 2.39 58.49 1.57\n"},
		"KITTI in labels":         {"images/1.png": "", "labels/1.txt": "Car 0.00 0 1.85 387.63 181.54 423.81 203.12 1.67 1.87 3.69 -16.53 2.39 58.49 1.57\n"},
		"MOT":                     {"img1/000001.jpg": "", "gt/gt.txt": "1,1,1363,569,103,241,1,1,0.86\n", "gt/labels.txt": "a\nb"},
		"VOC lists":               {"ImageSets/Main/train.txt": "2007_000001\n", "ImageSets/Main/cat_train.txt": "2007_000001 -1\n", "JPEGImages/2007_000001.jpg": ""},
		"VOC beside its lists":    {"Annotations/a.xml": "<annotation/>", "JPEGImages/a.jpg": "", "labelmap.txt": "# label:color"},
		"classes alone":           {"classes.txt": "a\nb"},
		"classes and pictures":    {"classes.txt": "a\nb", "x.jpg": ""},
		"pictures in folders":     {"train/cat/1.jpg": "", "train/dog/2.jpg": "", "val/cat/3.jpg": ""},
		"lists of ImageNet":       {"train.txt": "a.jpg 0\nb.jpg 1\n", "a.jpg": "", "synsets.txt": "x\ny"},
		"texts beside pictures":   {"a.jpg": "", "a.txt": "a photo of a cat"},
		"boxes in pixels":         {"images/a.jpg": "", "labels/a.txt": "0 449 330 122 149\n0 361 98 263 339\n"},
		"ICDAR":                   {"a.jpg": "", "gt_a.txt": "38,43,920,215,Tiredness", "labels/a.txt": "38 43 920 215 Tired"},
		"YAML about other things": {"config.yaml": "train: {epochs: 3}\nnames: x\n", "a.jpg": ""},
		"YAML without classes":    {"data.yaml": "train: a\nval: b\n", "a.jpg": ""},
		"data about other things": {"a.data": "hello = world\n", "b.data": "\x00\x01\x02"},
		"a dataset further down":  {"one/obj.data": "train = t.txt", "two/classes.txt": "x", "two/labels/a.txt": "0 .5 .5 1 1", "two/images/a.jpg": ""},
		"COCO":                    {"annotations/instances_train.json": "{}", "images/train/a.jpg": "", "annotations/readme.txt": "0 1 2 3 4"},
	} {
		for _, f := range Formats() {
			v, err := formatstest.Probe(t.Context(), f, formatstest.Tree(t, files))
			if err != nil || v.Confidence != formats.No || len(v.Unmet) == 0 {
				t.Errorf("%s as %s: %+v %v", name, f.Name, v, err)
			}
		}
	}
}

// TestYOLO shows less usual datasets of YOLO.
func TestYOLO(t *testing.T) {
	for name, c := range map[string]struct {
		files  map[string]string
		format string
	}{
		"segments":                {map[string]string{"images/a.jpg": "", "labels/a.txt": "3 0.1 0.1 0.2 0.2 0.3 0.1"}, ultralyticsName},
		"exponents and tabs":      {map[string]string{"train/images/a.jpg": "", "train/labels/a.txt": "3\t2e-01\t.1\t.2\t.2"}, ultralyticsName},
		"upper case":              {map[string]string{"A.JPG": "", "A.TXT": "0 .5 .5 1 1", "CLASSES.TXT": "x"}, darknetName},
		"a first file is empty":   {map[string]string{"images/a.jpg": "", "labels/a.txt": "", "labels/b.txt": "0 .5 .5 1 1"}, ultralyticsName},
		"background alone":        {map[string]string{"images/a.jpg": "", "labels/a.txt": "", "obj.names": "x"}, darknetName},
		"both configurations":     {map[string]string{"obj.data": "train = train.txt", "data.yaml": "train: images\nnc: 1"}, darknetName},
		"other names of files":    {map[string]string{"coco8.yml": "val: images/val\nnc: 80", "x.jpg": ""}, ultralyticsName},
		"no images folder":        {map[string]string{"labels/val/a.txt": "0 .5 .5 1 1", "classes.txt": "x"}, darknetName},
		"folders of any subset":   {map[string]string{"a/labels/a.txt": "0 .5 .5 1 1", "b/labels/a.txt": "0 .5 .5 1 1", "classes.txt": "x"}, darknetName},
		"Darknet without names":   {map[string]string{"obj_train_data/a.txt": "0 .5 .5 1 1"}, darknetName},
		"boxes that reach out":    {map[string]string{"images/a.jpg": "", "labels/a.txt": "3 1.2 -0.1 0.5 0.5"}, ultralyticsName},
		"a configuration in data": {map[string]string{"data/voc.data": "valid=data/2007_test.txt\nnames=data/voc.names", "x.jpg": ""}, darknetName},
	} {
		for _, f := range Formats() {
			v, err := formatstest.Probe(t.Context(), f, formatstest.Tree(t, c.files))
			if err != nil || (v.Confidence != formats.No) != (f.Name == c.format) {
				t.Errorf("%s as %s: %+v %v", name, f.Name, v, err)
			}
			if words := append(slices.Clone(v.Met), v.Unmet...); slices.ContainsFunc(words, func(s string) bool { return s == "" || strings.HasSuffix(s, ".") }) {
				t.Errorf("%s as %s: %q", name, f.Name, words)
			}
		}
	}
}
