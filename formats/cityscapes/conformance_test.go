package cityscapes

import (
	"maps"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func base(text string) dataset.Base {
	return dataset.Base{ObjectID: dataset.NoObject, Attributes: formatstest.Attributes(text)}
}

func mask(label int32, id int64, crowd string, runs ...int64) *dataset.Mask {
	b := base(`{"is_crowd":` + crowd + `}`)
	b.ID = id
	return &dataset.Mask{Base: b, Label: label, RLE: dataset.EncodeRuns(40, 60, runs)}
}

func item(subset, id, ext string, known bool, list ...dataset.Annotation) dataset.Item {
	it := dataset.Item{ID: id, Subset: subset, Annotations: list}
	if ext != "" {
		it.Media = formatstest.BarePicture(id + ext)
		if known { // from the polygons
			it.Media = formatstest.Picture(id + ext)
		}
	}
	return it
}

// sample is a dataset as Cityscapes can hold it, with labels of its own.
func sample() *formatstest.Dataset {
	d := &formatstest.Dataset{List: []dataset.Item{
		item("a subset.τ", "a/b", ".jpg", true,
			&dataset.Polygon{Base: base(`{"is_crowd":true,"@other.x":1}`), Label: 2, Points: []float64{0.1, 1e4 + 0.1, -1e-7, 4, 5, 1.0 / 3}},
			&dataset.Polygon{Base: base(`{"@cityscapes.object":{"id":1,"deleted":0}}`), Label: 0, Points: []float64{1, 2, 30, 4, 5, 6, 7, 8}}),
		item("a subset.τ", "deep/down/x_leftImg8bit", ".png", false, mask(0, 0, "true", 0, 5, 2395), mask(0, 1000, "false", 5, 3, 2392), mask(2, 3001, "false", 10, 1, 2389)),
		item("train", "a/b", ".png", false),
		item("train", "ein Bild.über.v2", ".png", false, mask(1, 0, "true", 0, 2400)),
		item("train", "no media", "", false),
		item("train", "no media either", "", false, mask(1, 2535, "false", 1, 2399)),
	}}
	d.Meta = dataset.Info{
		MediaKind: dataset.MediaImage,
		Categories: dataset.Categories{
			Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cat"}, {Name: "κύων a/b\"c"}, {Name: "dog"}}},
			Masks:  &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 0, R: 255, G: 254, B: 3}, {Label: 2, R: 2, G: 3, B: 4}}},
		},
		Subsets: []dataset.Subset{{Name: "a subset.τ", Items: 2}, {Name: "train", Items: 4}},
	}
	return d
}

// ownSample has the labels of Cityscapes.
func ownSample() *formatstest.Dataset {
	d := &formatstest.Dataset{List: []dataset.Item{
		item("train", "ulm/ulm_000000_000019", ".png", false, mask(7, 0, "true", 0, 100, 2300), mask(26, 26000, "false", 200, 5, 2195), mask(26, 26999, "false", 300, 5, 2095)),
		item("val", "ulm/ulm_000000_000019", ".png", true, &dataset.Polygon{Base: base(`{"is_crowd":true}`), Label: 26, Points: []float64{1, 2, 30, 4, 5, 6}},
			&dataset.Polygon{Base: base(`{}`), Label: 18, Points: []float64{1, 2, 30, 4, 5, 6}}, &dataset.Polygon{Base: base(`{}`), Label: 34, Points: []float64{1, 2, 30, 4, 5, 6}}),
	}}
	d.Meta = dataset.Info{MediaKind: dataset.MediaImage, Categories: standardTable().categories(), Subsets: []dataset.Subset{{Name: "train", Items: 1}, {Name: "val", Items: 1}}}
	return d
}

func TestConformance(t *testing.T) {
	t.Run("labels of its own", func(t *testing.T) {
		formatstest.Run(t, formatstest.Suite{Format: Format(), Sample: sample, NoIntegrity: true, Expect: func(it *dataset.Item) bool {
			if it.ID == "a/b" && it.Subset != "train" { // a flag that says no
				it.Annotations[1].Common().Attributes.SetRaw(carryObject, []byte(`{"id":1}`))
			}
			return true
		}})
	})
	t.Run("labels of Cityscapes", func(t *testing.T) {
		s := formatstest.Suite{Format: Format(), Sample: ownSample, NoIntegrity: true}
		d := ownSample()
		dir := t.TempDir()
		loss, err := formatstest.Write(t.Context(), s.Format, dir, d, formats.ExportOptions{SaveMedia: true})
		if err != nil || loss.Total() > 0 {
			t.Fatal(err, loss)
		}
		got, _ := load(t, dir, formats.ImportOptions{})
		for _, diff := range formatstest.CompareAll(d.List, got.List, formatstest.Compare) {
			t.Error(diff)
		}
		if diff := formatstest.CompareInfo(&d.Meta, &got.Meta); diff != "" {
			t.Error(diff)
		}
	})
}

// TestLosses writes a dataset with everything that Cityscapes has no place for.
func TestLosses(t *testing.T) {
	_, loss := formatstest.MustWrite(t, Format(), formatstest.Sample(), formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename})
	want := map[string]int{
		"2D cuboids dropped":                    2,
		"3D cuboids dropped":                    1,
		"annotation ids given anew":             1,
		"attributes of annotations dropped":     8,
		"attributes of items dropped":           12,
		"attributes of the dataset dropped":     2,
		"boxes dropped":                         3,
		"captions dropped":                      2,
		"drawing orders of annotations dropped": 2,
		"ellipses dropped":                      1,
		"empty masks dropped":                   1,
		"groups of annotations dropped":         1,
		"image labels dropped":                  4,
		"items given another name, since an earlier one has the same in this format": 1,
		"keypoint skeletons of labels dropped":                                       1,
		"keypoints dropped":                                                          1,
		"label groups dropped":                                                       1,
		"media files not saved, since the source holds only their names":             1,
		"names of attributes of categories dropped":                                  3,
		"object ids of annotations dropped":                                          1,
		"parents of labels dropped":                                                  1,
		"polylines dropped":                                                          2,
		"rotated boxes dropped":                                                      1,
		"subsets without items dropped":                                              1,
		"table rows dropped":                                                         1,
	}
	if got := formatstest.Counts(loss); !maps.Equal(got, want) {
		t.Errorf("got %v", loss)
	}
}

// TestRoundTrips reads datasets, writes them and reads them again.
func TestRoundTrips(t *testing.T) {
	for _, c := range []struct{ name, source string }{{"official", "auto"}, {"official", "masks"}, {"coarse", "auto"}, {"datumaro", "auto"}, {"custom", "auto"}} {
		o := formats.ImportOptions{Values: formats.Values{source.Name: c.source}}
		d, _ := load(t, data+c.name, o)
		out, loss := formatstest.MustWrite(t, Format(), d, formats.ExportOptions{SaveMedia: true})
		again, _ := load(t, out, o)
		// The licence plate has no number in masks.
		plates := formatstest.Counts(loss)["masks of labels that have no pixels dropped"]
		if loss.Total() != plates || plates > 1 {
			t.Errorf("%s: %v", c.name, loss)
		}
		for i := range d.List {
			if n := len(d.List[i].Annotations); n > 0 && plates == 1 && d.Meta.Categories.Name(*dataset.LabelOf(d.List[i].Annotations[n-1])) == "license plate" {
				if d.List[i].Annotations[n-1].Kind() == dataset.KindMask {
					d.List[i].Annotations = d.List[i].Annotations[:n-1]
				}
			}
		}
		for _, diff := range formatstest.CompareAll(d.List, again.List, formatstest.Compare) {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
