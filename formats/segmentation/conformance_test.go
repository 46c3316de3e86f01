package segmentation

import (
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func mask(label int32, runs ...int64) *dataset.Mask {
	return &dataset.Mask{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: label, RLE: dataset.EncodeRuns(40, 60, runs)}
}

// sample is a dataset as the format can hold it.
func sample() *formatstest.Dataset {
	item := func(subset, id, ext string, list ...dataset.Annotation) dataset.Item {
		it := dataset.Item{ID: id, Subset: subset, Annotations: list}
		if ext != "" {
			it.Media = formatstest.BarePicture(id + ext)
		}
		return it
	}
	d := &formatstest.Dataset{List: []dataset.Item{
		item("a subset.τ", "a/b", ".jpg", mask(0, 0, 5, 2395), mask(1, 5, 3, 2392)),
		item("a subset.τ", "deep/masks/x", ".png", mask(2, 10, 1, 2389)),
		item("pictures", "x", ".png"),
		item("train", "a/b", ".png"),
		item("train", "ein Bild.über.v2", ".png", mask(1, 0, 2400)),
		item("train", "no media", "", mask(0, 1, 2399)),
	}}
	d.Meta = dataset.Info{
		MediaKind: dataset.MediaImage,
		Categories: dataset.Categories{
			Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cat"}, {Name: "κύων a/b\"c"}, {Name: ""}}},
			Masks:  &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 0, R: 255, G: 254, B: 3}, {Label: 2, R: 2, G: 3, B: 4}}},
		},
		Subsets: []dataset.Subset{{Name: "a subset.τ", Items: 2}, {Name: "pictures", Items: 1}, {Name: "train", Items: 3}},
	}
	return d
}

func TestConformance(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{Format: Format(), Sample: sample, NoIntegrity: true})
}

// TestLosses writes a dataset with everything that the format has no place for.
func TestLosses(t *testing.T) {
	_, loss := formatstest.MustWrite(t, Format(), formatstest.Sample(), formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename})
	want := map[string]int{
		"2D cuboids dropped":                    2,
		"3D cuboids dropped":                    1,
		"annotation ids dropped":                1,
		"attributes of annotations dropped":     8,
		"attributes of items dropped":           12,
		"attributes of the dataset dropped":     2,
		"boxes dropped":                         3,
		"captions dropped":                      2,
		"drawing orders of annotations dropped": 1,
		"ellipses dropped":                      1,
		"empty masks dropped":                   1,
		"groups of annotations dropped":         1,
		"image labels dropped":                  4,
		"items dropped that have no mask, no saved picture and no known size":        1,
		"items given another name, since an earlier one has the same in this format": 1,
		"keypoint skeletons of labels dropped":                                       1,
		"keypoints dropped":                                                          1,
		"label groups dropped":                                                       1,
		"media files not saved, since the source holds only their names":             1,
		"names of attributes of categories dropped":                                  3,
		"object ids of annotations dropped":                                          1,
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

// TestMasks: what masks become, and what is counted.
func TestMasks(t *testing.T) {
	big := mask(1, 2400)
	big.RLE.Height, big.RLE.Width = 60, 40
	low := mask(2, 0, 2, 2398)
	low.Z = -1
	d := &formatstest.Dataset{List: []dataset.Item{
		{ID: "x", Subset: "s", Annotations: []dataset.Annotation{mask(0, 0, 2400), mask(1, 0, 2, 2398), mask(1, 4, 2, 2394), mask(1, 2400), low, big, mask(dataset.NoLabel, 0, 2400)}},
		{ID: "y", Subset: "s", Media: formatstest.Picture("y.png")},
		{ID: "z", Subset: "s"},
	}}
	d.Meta.Categories.Labels = &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "Background"}, {Name: "a"}, {Name: "b"}}}
	dir, loss := formatstest.MustWrite(t, Format(), d, formats.ExportOptions{})
	got, _ := load(t, dir, formats.ImportOptions{})
	if text := describe(got); text != "s/x, a [0 2 2 2 2394]\ns/y\n" {
		t.Error(text)
	}
	want := map[string]int{
		"masks of the background dropped: it is what no mask has": 1, "masks joined with an earlier one of the same label": 1, "empty masks dropped": 1,
		"masks of another size than the first of the item dropped": 1, "masks without a label dropped": 1, "masks dropped, since others hide them": 1,
		"drawing orders of annotations dropped": 1, "items dropped that have no mask, no saved picture and no known size": 1,
		"names of media files dropped, since only files that are saved have one": 1,
	}
	if !maps.Equal(formatstest.Counts(loss), want) {
		t.Error(loss)
	}
	huge := mask(1)
	huge.RLE = dataset.EncodeRuns(1<<30, 1<<30, []int64{1 << 60})
	broken := mask(1)
	broken.RLE.Counts = []byte("~")
	for _, m := range []*dataset.Mask{huge, broken} {
		d.List = []dataset.Item{{ID: "x", Subset: "s", Annotations: []dataset.Annotation{m}}}
		if _, err := formatstest.Write(t.Context(), Format(), t.TempDir(), d, formats.ExportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
			t.Error(err)
		}
	}
}

// TestManyLabels: masks of 16 bits.
func TestManyLabels(t *testing.T) {
	d := &formatstest.Dataset{Meta: dataset.Info{Categories: dataset.Categories{Labels: &dataset.LabelCategories{}}}}
	for i := range 300 {
		d.Meta.Categories.Labels.Labels = append(d.Meta.Categories.Labels.Labels, dataset.LabelCategory{Name: strings.Repeat("x", i+1)})
	}
	d.List = []dataset.Item{{ID: "x", Subset: "s", Annotations: []dataset.Annotation{mask(254, 0, 2, 2398), mask(299, 4, 2, 2394)}}}
	dir := t.TempDir()
	loss, err := formatstest.Write(t.Context(), Format(), dir, d, formats.ExportOptions{})
	got, _ := load(t, dir, formats.ImportOptions{})
	if diffs := formatstest.CompareAll(d.List, got.List, formatstest.Compare); err != nil || loss.Total() > 0 || len(diffs) > 0 {
		t.Error(err, loss, diffs)
	}
}

// FuzzMeta: lists of labels.
func FuzzMeta(f *testing.F) {
	formatstest.Seeds(f, data, metaFile)
	f.Fuzz(func(t *testing.T, text []byte) {
		first, err := parseMeta(text)
		if err != nil || len(first.numbers) == 0 {
			return
		}
		out, err := first.text()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseMeta(out)
		if err != nil || !reflect.DeepEqual(again, first) {
			t.Fatalf("%s: %+v, then %+v, %v", text, first, again, err)
		}
	})
}
