package all

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/detect"
	"datum/files"
	"datum/formats"
	"datum/internal/detecttest"
)

// ownSamples are the folders of testdata with samples of one format each.
var ownSamples = map[string]string{
	"coco/layouts": "coco", "datumaro/1.11.1": "datumaro", "datumaro_binary": "datumaro_binary",
	"ade20k": "ade20k", "cityscapes": "cityscapes", "cvat": "cvat", "dota": "dota", "kitti": "kitti", "labelme": "labelme", "mot": "mot_seq",
	"openimages": "open_images", "segmentation": "common_semantic_segmentation", "voc/layouts": "voc",
}

// yoloSamples are those of the two formats of YOLO, which lie in one folder, and
// of bare pictures.
func yoloSamples() (cases []detecttest.Case) {
	for format, names := range map[string][]string{
		"yolo/yolo":                {"darknet", "labelimg", "labelstudio", "loose"},
		"yolo/yolo_ultralytics":    {"bare", "classify", "detect", "lists", "obb", "pose", "roboflow", "segment"},
		"imagefolder/imagenet":     {"anysubsets", "plain", "subsets"},
		"imagefolder/image_dir":    {"flat", "nested", "bare_subsets"},
		"imagefolder/imagenet_txt": {"imagenet_txt"},
		"imagefolder/mvtec":        {"mvtec"},
	} {
		dir, format, _ := strings.Cut(format, "/")
		for _, name := range names {
			cases = append(cases, detecttest.Case{Name: dir + "/" + name, Path: filepath.Join("../../testdata", dir, name), Want: format})
		}
	}
	return cases
}

// TestDetection asks about every folder of the list, and about the formats' own
// samples, and wants the one right answer.
func TestDetection(t *testing.T) {
	samples, err := detecttest.Samples("../../testdata", ownSamples)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	cases := slices.Concat(detecttest.Cases, samples, yoloSamples())
	for _, c := range cases {
		got, err := detected(t, c)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		} else if got != c.Want {
			t.Errorf("%s: %q, want %q", c.Name, got, c.Want)
		} else {
			right++
		}
	}
	t.Logf("%d of %d folders right", right, len(cases))
}

// detected returns the answer in the words of detecttest.
func detected(t *testing.T, c detecttest.Case) (string, error) {
	t.Helper()
	path, err := c.Make(t.TempDir())
	if err != nil {
		return "", err
	}
	folder, err := files.Open(path, files.Limits{})
	if err != nil {
		return "", err
	}
	defer folder.Close()
	res, err := detect.Run(t.Context(), Registry(), folder, detect.Depth)
	if err != nil {
		return "", err
	}
	if n := len(res.Matches) + len(res.Rejected); n != len(Registry().All()) {
		t.Errorf("%s: %d formats are spoken of, there are %d", c.Name, n, len(Registry().All()))
	}
	for _, m := range res.Rejected {
		if m.Confidence == formats.No && len(m.Unmet) == 0 {
			t.Errorf("%s: %s is rejected without a reason", c.Name, m.Format.Name)
		}
	}
	m, err := detect.Choose(c.Name, res)
	switch {
	case errors.Is(err, formats.ErrUnknownFormat):
		return detecttest.None, nil
	case errors.Is(err, formats.ErrAmbiguous):
		return detecttest.Several, nil
	}
	return m.Format.Name, err
}
