package imagefolder

import (
	"maps"
	"path"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// folders are the labels of the sample, as their folders are called.
var folders = []string{"cat", "dog", "κύων a_b_c"}

// expectClass is what comes back of an item in a class folder.
func expectClass(it *dataset.Item) bool {
	m, ok := it.Media.(*dataset.Image)
	if !ok || m.Source == nil {
		return false
	}
	label := dataset.NoLabel
	for _, a := range it.Annotations {
		if l, ok := a.(*dataset.Label); ok && label == dataset.NoLabel {
			label = l.Label
		}
	}
	it.Annotations, it.Attributes = nil, nil
	if label != dataset.NoLabel {
		it.ID = folders[label] + "/" + it.ID
		it.Annotations = []dataset.Annotation{&dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: label}}
	}
	bare(it)
	return true
}

// bare is a picture whose file alone says how it is called and how large it is.
func bare(it *dataset.Item) {
	m := it.Media.(*dataset.Image)
	m.Name = it.ID + path.Ext(m.Name)
	m.Height, m.Width = 0, 0
}

func expectInfo(labels ...string) func(*dataset.Info) {
	return func(info *dataset.Info) {
		info.Attributes = nil
		info.Categories = dataset.Categories{}
		if labels != nil {
			info.Categories.Labels = &dataset.LabelCategories{}
		}
		for _, l := range labels {
			info.Categories.Labels.Labels = append(info.Categories.Labels.Labels, dataset.LabelCategory{Name: l})
		}
	}
}

// lossesOf are what every format of this package loses of the sample, and
// more.
func lossesOf(more map[string]int) map[string]int {
	all := map[string]int{
		"attributes of the dataset dropped":                2,
		"label groups dropped":                             1,
		"colours of labels dropped":                        2,
		"skeletons of labels dropped":                      1,
		"boxes dropped":                                    3,
		"rotated boxes dropped":                            1,
		"polygons dropped":                                 1,
		"polylines dropped":                                2,
		"keypoints dropped":                                1,
		"ellipses dropped":                                 1,
		"masks dropped":                                    2,
		"captions dropped":                                 2,
		"2D cuboids dropped":                               2,
		"3D cuboids dropped":                               1,
		"table rows dropped":                               1,
		"names of attributes of categories dropped":        3,
		"parents of labels dropped":                        1,
		"attributes of items dropped":                      12,
		"labels dropped":                                   1,
		"items without media dropped":                      1,
		"items dropped, since there is no picture to save": 1,
		"media files not saved, since the source holds only their names": 1,
	}
	maps.Copy(all, more)
	return all
}

func TestConformanceImageNet(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{
		Format:     imageNet(),
		Sample:     classSample,
		Expect:     func(it *dataset.Item) bool { return expectClass(it) },
		ExpectInfo: expectInfo(folders...),
		Losses: lossesOf(map[string]int{
			"labels given another name, since theirs cannot be that of a folder of its own": 1,
			"items given another id: the folder of the class becomes part of it":            3,
			"attributes of annotations dropped":                                             16,
			"ids of annotations dropped":                                                    2,
			"groups of annotations dropped":                                                 2,
			"object ids of annotations dropped":                                             2,
		}),
	})
}

// classSample is the sample in the order in which class folders are read: by
// class, the folder without a class last but before the one in Greek letters,
// and the pictures of a folder before those of the folders in it.
func classSample() *formatstest.Dataset {
	d := inOrder(formatstest.Sample(), "a subset.τ", "deep/down/the/folders", "a/b")
	return inOrder(d, "train",
		"a_b", "ein Bild.über.v2", "no annotations", "same.png", "unknown/size", "same.jpg", "a/b", "name only", "no media")
}

// inOrder returns a dataset whose items of one subset come in the order of the
// names given, which are ids or names of media.
func inOrder(d *formatstest.Dataset, subset string, names ...string) *formatstest.Dataset {
	place := func(it dataset.Item) int {
		name := it.ID
		if it.Media != nil && slices.Contains(names, it.Media.Main().Name) {
			name = it.Media.Main().Name
		}
		return slices.Index(names, name)
	}
	slices.SortStableFunc(d.List, func(a, b dataset.Item) int {
		if a.Subset != subset || b.Subset != subset {
			return 0
		}
		return place(a) - place(b)
	})
	return d
}

func TestConformanceImageDir(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{
		Format: imageDir(),
		Sample: func() *formatstest.Dataset {
			d := inOrder(formatstest.Sample(), "train",
				"a_b", "ein Bild.über.v2", "no annotations", "same.jpg", "same.png", "a/b", "unknown/size", "name only", "no media")
			d.Meta.Subsets = []dataset.Subset{{Name: "train"}, {Name: "val"}, {Name: "test2017"}}
			for i := range d.List {
				if d.List[i].Subset != "train" {
					d.List[i].Subset = "test2017"
				}
			}
			return d
		},
		Expect: func(it *dataset.Item) bool {
			m, ok := it.Media.(*dataset.Image)
			if !ok || m.Source == nil {
				return false
			}
			it.Annotations, it.Attributes = nil, nil
			bare(it)
			return true
		},
		ExpectInfo: expectInfo(),
		Losses: func() map[string]int {
			all := lossesOf(map[string]int{"labels dropped": 4, "categories dropped": 3, "names of attributes of categories dropped": 1})
			delete(all, "parents of labels dropped")
			return all
		}(),
	})
}

func TestConformanceImageNetTxt(t *testing.T) {
	all := lossesOf(map[string]int{
		"labels given another name, since theirs cannot stand in a line": 0,
		"attributes of annotations dropped":                              16,
		"ids of annotations dropped":                                     2,
		"groups of annotations dropped":                                  2,
		"object ids of annotations dropped":                              2,
		"items without media, listed as pictures all the same":           1,
	})
	for _, gone := range []string{"labels dropped", "items without media dropped", "items dropped, since there is no picture to save", "labels given another name, since theirs cannot stand in a line"} {
		delete(all, gone)
	}
	formatstest.Run(t, formatstest.Suite{
		Format: imageNetTxt(),
		Expect: func(it *dataset.Item) bool {
			it.Attributes = nil
			if it.Media == nil {
				it.Media = &dataset.Image{File: dataset.File{Name: ".jpg"}}
			}
			bare(it)
			var kept []dataset.Annotation
			for _, a := range it.Annotations {
				if l, ok := a.(*dataset.Label); ok {
					kept = append(kept, &dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: l.Label})
				}
			}
			it.Annotations = kept
			return true
		},
		ExpectInfo:  expectInfo("cat", "dog", `κύων a/b"c`),
		Losses:      all,
		NoIntegrity: true,
		BreakLabel:  formatstest.ReplaceIn("train.txt", "same.jpg 2", "same.jpg 3"),
	})
}

// mvtecSample is a dataset as mvtec can hold it.
func mvtecSample() *formatstest.Dataset {
	none := dataset.Base{ObjectID: dataset.NoObject}
	mask := &dataset.Mask{Base: none, Label: 0, RLE: dataset.EncodeRuns(40, 60, []int64{3, 5, 2392})}
	item := func(subset, name string, label int32, more ...dataset.Annotation) dataset.Item {
		return dataset.Item{ID: name, Subset: subset, Media: formatstest.Picture(name + ".png"),
			Annotations: append([]dataset.Annotation{&dataset.Label{Base: none, Label: label}}, more...)}
	}
	return &formatstest.Dataset{
		Meta: dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "test", Items: 2}, {Name: "train", Items: 1}},
			Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "crack"}, {Name: "good"}}}}},
		List: []dataset.Item{item("test", "crack/0", 0, mask), item("test", "good/0", 1), item("train", "good/0", 1)},
	}
}

func TestConformanceMVTec(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{
		Format: mvtec(),
		Sample: mvtecSample,
		Expect: func(it *dataset.Item) bool { bare(it); return true },
	})
}

func TestLossesOfMVTec(t *testing.T) {
	_, loss := formatstest.MustWrite(t, mvtec(), formatstest.Sample(), formats.ExportOptions{SaveMedia: true})
	got := formatstest.Counts(loss)
	want := lossesOf(map[string]int{
		"labels given another name, since theirs cannot be that of a folder of its own": 1,
		"items given another id: the folder of the class becomes part of it":            9,
		"masks joined with another of the picture":                                      1,
		"pictures given the label of their mask":                                        1,
		"drawing orders of annotations dropped":                                         1,
		"attributes of annotations dropped":                                             24,
		"ids of annotations dropped":                                                    3,
		"groups of annotations dropped":                                                 3,
		"object ids of annotations dropped":                                             3,
	})
	delete(want, "masks dropped")
	if !maps.Equal(got, want) {
		t.Errorf("got %v", loss)
	}
}
