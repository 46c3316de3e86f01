package mot

import (
	"maps"
	"path"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// frames are the items of the sample that come back, and their ids then. Those
// in one folder are a sequence.
var frames = map[string]string{
	"a/b": "a/000001", "a_b": "000001", "same.jpg": "000002", "same.png": "000003", "ein Bild.über.v2": "000004", "no annotations": "000005",
	"unknown/size": "unknown/000001", "deep/down/the/folders": "deep/down/the/000001",
}

// sample is the sample, sequence after sequence.
func sample() *formatstest.Dataset {
	d := formatstest.Sample()
	slices.SortStableFunc(d.List, func(a, b dataset.Item) int {
		folder := func(it dataset.Item) int {
			if path.Dir(it.ID) == "." {
				return 0
			}
			return 1
		}
		return folder(a) - folder(b)
	})
	return d
}

func expect(it *dataset.Item) bool {
	id, ok := frames[it.ID]
	if !ok && it.Media != nil {
		id, ok = frames[it.Media.Main().Name]
	}
	if !ok {
		return false
	}
	m := it.Media.(*dataset.Image)
	it.ID = id
	m.Name = id + path.Ext(m.Name)
	if path.Dir(id) == "." { // pictures of two kinds: nothing says their size
		m.Height, m.Width = 0, 0
	}
	it.Attributes = nil
	var kept []dataset.Annotation
	for _, a := range it.Annotations {
		b, ok := a.(*dataset.Bbox)
		if !ok {
			continue
		}
		old := b.Base
		b.Base = dataset.Base{ObjectID: old.ObjectID}
		if old.Attributes.Has("occluded") {
			b.Attributes.SetRaw("occluded", []byte("true"))
		}
		b.Z = 0
		kept = append(kept, b)
	}
	it.Annotations = kept
	return true
}

func expectInfo(info *dataset.Info) {
	info.Attributes = nil
	info.Categories.Masks, info.Categories.Points = nil, nil
	for i := range info.Subsets {
		if info.Subsets[i].Name == "train" {
			info.Subsets[i].Items = 7
		}
	}
	if c := info.Categories.Labels; c != nil {
		c.Groups, c.Attributes = nil, nil
		for i := range c.Labels {
			c.Labels[i].Attributes, c.Labels[i].Parent = nil, ""
		}
	}
}

var sampleLosses = map[string]int{
	"2D cuboids dropped": 2, "3D cuboids dropped": 1, "ellipses dropped": 1, "polygons dropped": 1, "polylines dropped": 2, "keypoints dropped": 1,
	"rotated boxes dropped": 1, "captions dropped": 2, "table rows dropped": 1, "masks dropped": 2, "labels dropped": 4,
	"drawing orders of annotations dropped":                          2,
	"ids of annotations dropped":                                     2,
	"groups of annotations dropped":                                  2,
	"attributes of annotations dropped":                              14,
	"attributes of items dropped":                                    12,
	"attributes of the dataset dropped":                              2,
	"colours of labels dropped":                                      2,
	"skeletons of labels dropped":                                    1,
	"label groups dropped":                                           1,
	"parents of labels dropped":                                      1,
	"names of attributes of categories dropped":                      3,
	"items given another id, the number of their frame":              11,
	"frames without boxes and pictures dropped":                      2,
	"sizes of pictures that are not saved dropped":                   1,
	"media files not saved, since the source holds only their names": 1,
}

func TestConformance(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{
		Format: Format(), Sample: sample, Expect: expect, ExpectInfo: expectInfo, Losses: sampleLosses, NoIntegrity: true,
		BreakLabel: formatstest.ReplaceIn("train/a/gt/gt.txt", ",2,0\n", ",9,0\n"),
	})
}

func TestLosses(t *testing.T) {
	_, loss := formatstest.MustWrite(t, Format(), formatstest.Sample(), formats.ExportOptions{SaveMedia: true})
	if !maps.Equal(formatstest.Counts(loss), sampleLosses) {
		t.Errorf("got %v", loss)
	}
}
