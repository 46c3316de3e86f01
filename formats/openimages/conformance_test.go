package openimages

import (
	"maps"
	"path"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// sampleLosses is what the sample loses in this format.
var sampleLosses = map[string]int{
	"2D cuboids dropped":                                             2,
	"3D cuboids dropped":                                             1,
	"ellipses dropped":                                               1,
	"polygons dropped":                                               1,
	"polylines dropped":                                              2,
	"keypoints dropped":                                              1,
	"rotated boxes dropped":                                          1,
	"captions dropped":                                               2,
	"table rows dropped":                                             1,
	"boxes without a label dropped":                                  1,
	"drawing orders of annotations dropped":                          3,
	"ids of annotations dropped":                                     5,
	"object ids of annotations dropped":                              5,
	"groups of annotations dropped":                                  5,
	"attributes of annotations dropped":                              34,
	"attributes of items dropped":                                    12,
	"attributes of the dataset dropped":                              2,
	"colours of labels dropped":                                      2,
	"skeletons of labels dropped":                                    1,
	"label groups dropped":                                           1,
	"names of attributes of categories dropped":                      3,
	"items without media, listed as images all the same":             1,
	"media files not saved, since the source holds only their names": 1,
	"items given another name, since an earlier one has the same in this format": 1,
}

// expect is what comes back of an item of the sample.
func expect(it *dataset.Item) bool {
	it.Attributes = nil
	if it.Media == nil {
		it.Media = &dataset.Image{File: dataset.File{Name: it.ID + ".jpg"}}
	}
	m := it.Media.(*dataset.Image)
	if m.Name == "same.png" {
		it.ID, m.Name = "same_2", "same_2.png"
	}
	m.Name = it.ID + path.Ext(m.Name)
	var labels, boxes, masks []dataset.Annotation
	for _, a := range it.Annotations {
		if l := dataset.LabelOf(a); l == nil || *l == dataset.NoLabel {
			continue
		}
		switch a := a.(type) {
		case *dataset.Label:
			labels = append(labels, a)
			plainBase(a, "score")
		case *dataset.Bbox:
			boxes = append(boxes, a)
			a.Z = 0
			plainBase(a, "occluded", "score")
		case *dataset.Mask:
			masks = append(masks, a)
			a.Z = 0
			plainBase(a)
		}
	}
	it.Annotations = append(append(labels, boxes...), masks...)
	return true
}

// plainBase leaves of an annotation the attributes called names, the score
// first.
func plainBase(a dataset.Annotation, names ...string) {
	b := a.Common()
	old := b.Attributes
	*b = dataset.Base{ObjectID: dataset.NoObject}
	for i := len(names) - 1; i >= 0; i-- {
		if v, ok := old.Get(names[i]); ok {
			b.Attributes.SetRaw(names[i], v)
		}
	}
}

func expectInfo(info *dataset.Info) {
	info.Attributes = nil
	info.Categories.Masks, info.Categories.Points = nil, nil
	c := info.Categories.Labels
	if c == nil {
		return
	}
	c.Groups, c.Attributes = nil, nil
	for i := range c.Labels {
		c.Labels[i].Attributes = nil
	}
}

func TestConformance(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{
		Format:      Format(),
		Sample:      sample,
		Expect:      expect,
		ExpectInfo:  expectInfo,
		NoIntegrity: true,
		Losses: func() map[string]int {
			all := maps.Clone(sampleLosses)
			delete(all, "items given another name, since an earlier one has the same in this format")
			return all
		}(),
	})
}

// sample is the sample without the picture whose id another has.
func sample() *formatstest.Dataset {
	d := formatstest.Sample()
	d.List = append(d.List[:3], d.List[4:]...)
	d.Meta.Subsets[0].Items--
	return d
}

func TestLosses(t *testing.T) {
	_, loss := formatstest.MustWrite(t, Format(), formatstest.Sample(), formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename})
	if !maps.Equal(formatstest.Counts(loss), sampleLosses) {
		t.Errorf("got %v", loss)
	}
}
