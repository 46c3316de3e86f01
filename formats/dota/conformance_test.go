package dota

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

func base(text string) dataset.Base {
	return dataset.Base{ObjectID: dataset.NoObject, Attributes: formatstest.Attributes(text)}
}

// sample is a dataset as DOTA can hold it.
func sample() *formatstest.Dataset {
	item := func(subset, id, ext, header string, list ...dataset.Annotation) dataset.Item {
		it := dataset.Item{ID: id, Subset: subset, Annotations: list, Attributes: formatstest.Attributes(header)}
		if ext != "" {
			it.Media = formatstest.BarePicture(id + ext)
		}
		return it
	}
	d := &formatstest.Dataset{List: []dataset.Item{
		item("a subset.τ", "a/b", ".jpg", `{"imagesource":"Google Earth","gsd":0.50}`,
			&dataset.RotatedBbox{Base: base(`{"difficult":1,"@dota.line":"stale"}`), Label: 1, CX: 10, CY: 20, W: 30, H: 40.5},
			&dataset.RotatedBbox{Base: base(`{"difficult":0}`), Label: 2, CX: 10, CY: 20, W: 30, H: 40, Angle: 270},
			&dataset.Polygon{Base: base(`{"difficult":2}`), Label: 0, Points: []float64{0.1, 1e9 + 0.1, -1e-7, 4, 5, 6, 7, 1.0 / 3}}),
		item("a subset.τ", "deep/labelTxt/x", ".png", `{"gsd":null}`),
		item("train", "a/b", ".png", `{"imagesource":""}`, &dataset.RotatedBbox{Base: base(`{"difficult":0}`), Label: 0, CX: 1, CY: 2, W: 2, H: 4, Angle: 90}),
		item("train", "ein Bild.über.v2", ".png", `{}`),
		item("train", "no media", "", `{}`),
	}}
	d.Meta = dataset.Info{
		MediaKind:  dataset.MediaImage,
		Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cat"}, {Name: "κύων a/b\"c"}, {Name: "κύων_a/b\"c"}, {Name: "0"}}}},
		Subsets:    []dataset.Subset{{Name: "a subset.τ", Items: 2}, {Name: "train", Items: 3}},
	}
	return d
}

func TestConformance(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{Format: Format(), Sample: sample, NoIntegrity: true})
}

// TestLosses writes a dataset with everything that DOTA has no place for.
func TestLosses(t *testing.T) {
	_, loss := formatstest.MustWrite(t, Format(), formatstest.Sample(), formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename})
	want := map[string]int{
		"2D cuboids dropped":                    2,
		"3D cuboids dropped":                    1,
		"annotation ids dropped":                2,
		"annotations without a label dropped":   1,
		"attributes of annotations dropped":     16,
		"attributes of items dropped":           12,
		"attributes of the dataset dropped":     2,
		"boxes changed to rotated ones":         2,
		"captions dropped":                      2,
		"colours of labels dropped":             2,
		"drawing orders of annotations dropped": 3,
		"ellipses dropped":                      1,
		"groups of annotations dropped":         2,
		"image labels dropped":                  4,
		"items given another name, since an earlier one has the same in this format": 1,
		"keypoint skeletons of labels dropped":                                       1,
		"keypoints dropped":                                                          1,
		"label groups dropped":                                                       1,
		"masks dropped":                                                              2,
		"media files not saved, since the source holds only their names":             1,
		"names of attributes of categories dropped":                                  3,
		"object ids of annotations dropped":                                          2,
		"parents of labels dropped":                                                  1,
		"polylines dropped":                                                          2,
		"rotated boxes changed in their last digits":                                 1,
		"subsets without items dropped":                                              1,
		"table rows dropped":                                                         1,
	}
	if got := formatstest.Counts(loss); !maps.Equal(got, want) {
		t.Errorf("got %v", loss)
	}
}

// TestSameText writes datasets that were read, and wants the same files.
func TestSameText(t *testing.T) {
	for name, folder := range map[string]string{"official/train": "labelTxt-v1.5", "official/val": "labelTxt", "flat": "labelTxt", "roboflow/train": "labelTxt"} {
		d, _ := load(t, data+name, formats.ImportOptions{})
		out := t.TempDir()
		loss, err := formatstest.Write(t.Context(), Format(), out, d, formats.ExportOptions{SaveMedia: true})
		if err != nil || loss.Total() > 0 {
			t.Fatalf("%s: %v %v", name, err, loss)
		}
		sources, err := filepath.Glob(data + name + "/" + folder + "/*")
		if err != nil || len(sources) == 0 {
			t.Fatal(sources, err)
		}
		for _, source := range sources {
			want, err := os.ReadFile(source)
			if err != nil {
				t.Fatal(err)
			}
			want = bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))
			base := strings.TrimSuffix(filepath.Base(source), filepath.Ext(source)) + ".txt"
			got, err := os.ReadFile(filepath.Join(out, "default", labelDir, base))
			if err != nil {
				got, err = os.ReadFile(filepath.Join(out, "default", labelDir, "part1", base))
			}
			if err != nil || !bytes.Equal(bytes.TrimSpace(got), bytes.TrimSpace(want)) {
				t.Errorf("%s: %q, want %q (%v)", source, got, want, err)
			}
		}
	}
}
