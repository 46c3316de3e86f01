package kitti

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func box(label int32, x, y, w, h float64, text string) *dataset.Bbox {
	return &dataset.Bbox{Base: dataset.Base{ObjectID: dataset.NoObject, Attributes: formatstest.Attributes(text)}, Label: label, X: x, Y: y, W: w, H: h}
}

func mask(label int32, id int64, crowd string, runs ...int64) *dataset.Mask {
	return &dataset.Mask{
		Base:  dataset.Base{ID: id, ObjectID: dataset.NoObject, Attributes: formatstest.Attributes(`{"is_crowd":` + crowd + `}`)},
		Label: label, RLE: dataset.EncodeRuns(40, 60, runs),
	}
}

// sample is a dataset as KITTI can hold it.
func sample() *formatstest.Dataset {
	const full = `{"truncated":0.50,"occluded":3,"alpha":-1.57,"dimensions":[1.50,2,3],"location":[-1,2e1,3],"rotation_y":0.1,"score":1.0,"@kitti.line":"stale"}`
	item := func(subset, id, ext string, list ...dataset.Annotation) dataset.Item {
		it := dataset.Item{ID: id, Subset: subset, Annotations: list}
		if ext != "" {
			it.Media = formatstest.BarePicture(id + ext)
		}
		return it
	}
	d := &formatstest.Dataset{List: []dataset.Item{
		item("a subset.τ", "a/b", ".jpg", box(1, 17.2, 10.33, 1.005, 1.0/3, full), box(3, -10.55, 0, 20.05, 30.11, `{"truncated":0,"occluded":0}`),
			mask(0, 1, "false", 0, 5, 395, 40, 1960), mask(1, 0, "true", 5, 2, 2393), mask(2, 255, "false", 2399, 1)),
		item("a subset.τ", "deep/image_2/x", ".png"),
		item("train", "a/b", ".png", box(2, 1e-7, 1e9+0.1, 4, 5, `{"truncated":-1,"occluded":1}`)),
		item("train", "ein Bild.über.v2", ".png", mask(3, 7, "false", 0, 2400)),
		item("train", "no media", ""),
		item("train", "no media either", "", box(0, 1, 2, 3, 4, `{"truncated":0,"occluded":0}`)),
	}}
	d.Meta = dataset.Info{
		MediaKind: dataset.MediaImage,
		Categories: dataset.Categories{
			Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cat"}, {Name: "κύων a/b\"c"}, {Name: "κύων_a/b\"c"}, {Name: "dog"}}},
			Masks:  &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 0, R: 255, G: 254, B: 3}, {Label: 2, R: 2, G: 3, B: 4}}},
		},
		Subsets: []dataset.Subset{{Name: "a subset.τ", Items: 2}, {Name: "train", Items: 4}},
	}
	return d
}

func TestConformance(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{Format: Format(), Sample: sample, NoIntegrity: true})
}

// TestLosses writes a dataset with everything that KITTI has no place for.
func TestLosses(t *testing.T) {
	_, loss := formatstest.MustWrite(t, Format(), formatstest.Sample(), formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename})
	want := map[string]int{
		"2D cuboids dropped":                2,
		"3D cuboids dropped":                1,
		"annotation ids dropped":            2,
		"annotation ids given anew":         1,
		"attributes of annotations dropped": 20,
		"attributes of annotations changed, since the format has numbers there": 2,
		"empty masks dropped":                   1,
		"attributes of items dropped":           12,
		"attributes of the dataset dropped":     2,
		"boxes without a label dropped":         1,
		"captions dropped":                      2,
		"drawing orders of annotations dropped": 3,
		"ellipses dropped":                      1,
		"groups of annotations dropped":         3,
		"image labels dropped":                  4,
		"items given another name, since an earlier one has the same in this format": 1,
		"keypoint skeletons of labels dropped":                                       1,
		"keypoints dropped":                                                          1,
		"label groups dropped":                                                       1,
		"media files not saved, since the source holds only their names":             1,
		"names of attributes of categories dropped":                                  3,
		"object ids of annotations dropped":                                          3,
		"parents of labels dropped":                                                  1,
		"polygons dropped":                                                           1,
		"polylines dropped":                                                          2,
		"rotated boxes dropped":                                                      1,
		"subsets without items dropped":                                              1,
		"table rows dropped":                                                         1,
	}
	if got := formatstest.Counts(loss); !maps.Equal(got, want) {
		t.Errorf("got %v", loss)
	}
}

// TestSameText writes datasets that were read, and wants the same files.
func TestSameText(t *testing.T) {
	for _, name := range []string{"official/training", "flat", "datumaro", "segmentation"} {
		d, _ := load(t, data+name, formats.ImportOptions{})
		out := t.TempDir()
		loss, err := formatstest.Write(t.Context(), Format(), out, d, formats.ExportOptions{SaveMedia: true})
		if err != nil || loss.Total() > 0 {
			t.Fatalf("%s: %v %v", name, err, loss)
		}
		err = filepath.WalkDir(out, func(path string, e os.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".txt" || e.Name() == colorsFile {
				return err
			}
			got, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel := strings.TrimPrefix(path, out+"/")
			want, err := os.ReadFile(data + name + "/" + rel)
			if err != nil {
				rel = strings.TrimPrefix(rel, "default/")
				if want, err = os.ReadFile(data + name + "/" + rel); err != nil {
					want, err = os.ReadFile(data + name + "/" + strings.TrimSuffix(rel, "txt") + "TXT")
				}
			}
			if want = bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %q, want %q", rel, got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		again, _ := load(t, out, formats.ImportOptions{})
		if diffs := formatstest.CompareAll(d.List, again.List, formatstest.Compare); len(diffs) > 0 {
			t.Errorf("%s: %s", name, diffs)
		}
	}
}
