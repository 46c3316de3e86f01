package yolo

import (
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func base() dataset.Base { return dataset.Base{ObjectID: dataset.NoObject} }

func inGroup(g int64) dataset.Base { return dataset.Base{ObjectID: dataset.NoObject, Group: g} }

// sampleOf is a dataset as the formats can hold it: with these annotations in
// two of its pictures.
func sampleOf(one, two []dataset.Annotation) *formatstest.Dataset {
	item := func(subset, id, ext string, annotations ...dataset.Annotation) dataset.Item {
		return dataset.Item{ID: id, Subset: subset, Media: formatstest.Picture(id + ext), Annotations: annotations}
	}
	return &formatstest.Dataset{
		Meta: dataset.Info{
			MediaKind: dataset.MediaImage,
			Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{
				{Name: "cat"}, {Name: "a dog: #1, \"big\""}, {Name: "κύων"}, {Name: "cat"},
			}}},
			Subsets: []dataset.Subset{{Name: "train", Items: 4}, {Name: "empty"}, {Name: "val", Items: 1}, {Name: "a subset.τ", Items: 1}},
		},
		List: []dataset.Item{
			item("train", "a/b", ".jpg", one...),
			item("train", "ein Bild.über.v2", ".png", two...),
			item("train", "nothing in it", ".JPG"),
			item("train", "x", ".jpeg", two...),
			item("val", "a/b", ".jpg", one...),
			item("a subset.τ", "deep/down/the/folders", ".png"),
		},
	}
}

func boxSample() *formatstest.Dataset {
	return sampleOf([]dataset.Annotation{
		&dataset.Bbox{Base: base(), Label: 1, X: 17.2, Y: 10.33, W: 1.005, H: 2.5},
		&dataset.Bbox{Base: base(), Label: 3, X: 0, Y: 0, W: 60, H: 40},
		&dataset.Bbox{Base: base(), Label: 3, X: 0, Y: 0, W: 60, H: 40},
	}, []dataset.Annotation{
		&dataset.Bbox{Base: base(), Label: 2, X: 1.1, Y: 2.2, W: 1.0 / 3, H: 7},
	})
}

func outlineSample() *formatstest.Dataset {
	return sampleOf([]dataset.Annotation{
		&dataset.Polygon{Base: base(), Label: 0, Points: []float64{1, 2, 3.25, 4.5, 5.123456789, 6, 1e-7, 7}},
		&dataset.Polygon{Base: base(), Label: 1, Points: []float64{0, 0, 60, 0, 60, 40}},
	}, []dataset.Annotation{
		&dataset.Polygon{Base: base(), Label: 2, Points: []float64{10, 10, 20, 10, 20, 20, 10, 20}},
	})
}

func keypointSample() *formatstest.Dataset {
	d := sampleOf([]dataset.Annotation{
		&dataset.Bbox{Base: inGroup(1), Label: 1, X: 10, Y: 10, W: 20, H: 20},
		&dataset.Points{Base: inGroup(1), Label: 1, Points: []float64{11, 12.5, 29.25, 28}, Visibility: []dataset.Visibility{dataset.Visible, dataset.Hidden}},
		&dataset.Bbox{Base: base(), Label: 0, X: 10, Y: 10, W: 20, H: 20},
		&dataset.Bbox{Base: inGroup(2), Label: 1, X: 5, Y: 5, W: 5, H: 5},
		&dataset.Points{Base: inGroup(2), Label: 1, Points: []float64{0, 0, 7, 8}, Visibility: []dataset.Visibility{dataset.Absent, dataset.Visible}},
	}, nil)
	d.Meta.Categories.Points = &dataset.PointsCategories{Items: []dataset.PointsCategory{{Label: 1, Names: []string{"nose", "no"}}}}
	return d
}

func rotatedSample() *formatstest.Dataset {
	return sampleOf([]dataset.Annotation{
		&dataset.RotatedBbox{Base: base(), Label: 1, CX: 30, CY: 20, W: 10, H: 4, Angle: 0},
		&dataset.RotatedBbox{Base: base(), Label: 1, CX: 30, CY: 20, W: 8, H: 4, Angle: 90},
	}, nil)
}

func TestConformance(t *testing.T) {
	for _, c := range []struct {
		name   string
		format *formats.Format
		sample func() *formatstest.Dataset
		broken func(testing.TB, string)
	}{
		{"darknet", darknetFormat(), boxSample, formatstest.ReplaceIn("obj_train_data/a/b.txt", "1 0.2", "7 0.2")},
		{"detect", ultralyticsFormat(), boxSample, formatstest.ReplaceIn("labels/train/a/b.txt", "1 0.2", "7 0.2")},
		{"segment", ultralyticsFormat(), outlineSample, formatstest.ReplaceIn("labels/val/a/b.txt", "0 0.", "4 0.")},
		{"obb", ultralyticsFormat(), rotatedSample, formatstest.ReplaceIn("labels/val/a/b.txt", "1 0.", "4 0.")},
		{"pose", ultralyticsFormat(), keypointSample, formatstest.ReplaceIn("labels/val/a/b.txt", "1 0.", "4 0.")},
	} {
		t.Run(c.name, func(t *testing.T) {
			formatstest.Run(t, formatstest.Suite{
				Format: c.format, Sample: c.sample, NoIntegrity: true, BreakLabel: c.broken,
			})
		})
	}
}
