package labelme

import (
	"context"
	"maps"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// testdata is where the small datasets of the format are.
const testdata = "../../testdata/labelme/"

// sample reads one of them into memory.
func sample(name string) *formatstest.Dataset {
	ctx := context.Background()
	im, err := formatstest.Open(ctx, Format(), testdata+name, formats.ImportOptions{})
	if err != nil {
		panic(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(ctx, im)
	if err == nil {
		err = formatstest.LoadMedia(items)
	}
	if err != nil {
		panic(err)
	}
	for _, it := range items { // a size is written in any case
		if m, ok := it.Media.(*dataset.Image); ok && m.Height == 0 {
			m.Height, m.Width = sizes[it.ID][0], sizes[it.ID][1]
		}
	}
	return &formatstest.Dataset{Meta: *im.Info(), List: items}
}

// sizes are those of the pictures that no file describes.
var sizes = map[string][2]int32{"night/no annotations": {10, 20}, "lone": {6, 8}}

func TestConformance(t *testing.T) {
	for _, name := range []string{"beside", "apart"} {
		t.Run(name, func(t *testing.T) {
			formatstest.Run(t, formatstest.Suite{
				Format: Format(), KeepsCarried: true,
				Sample: func() *formatstest.Dataset { return sample(name) },
				// labels.txt and subsets.txt cut short list less.
				NoIntegrity: true,
			})
		})
	}
}

// counts writes a dataset and returns what was lost.
func counts(t *testing.T, d *formatstest.Dataset, o formats.ExportOptions) (dir string, lost map[string]int) {
	t.Helper()
	dir = t.TempDir()
	loss, err := formatstest.Write(t.Context(), Format(), dir, d, o)
	if err != nil {
		t.Fatal(err)
	}
	lost = map[string]int{}
	for _, e := range loss.Entries() {
		lost[e.What] = e.Count
		if e.Example == "" {
			t.Errorf("%s: no place is named", e.What)
		}
	}
	return dir, lost
}

// TestLosses writes a dataset with everything that LabelMe has no place for.
func TestLosses(t *testing.T) {
	_, got := counts(t, formatstest.Sample(), formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename})
	want := map[string]int{
		"captions dropped":                                               2,
		"labels of whole items dropped":                                  4,
		"2D cuboids dropped":                                             2,
		"3D cuboids dropped":                                             1,
		"table rows dropped":                                             1,
		"annotations without a label dropped":                            2,
		"ids of annotations dropped":                                     4,
		"object ids of annotations dropped":                              4,
		"drawing orders of annotations dropped":                          4,
		"visibilities of keypoints dropped":                              1,
		"rotated boxes turned into polygons":                             1,
		"ellipses turned into polygons":                                  1,
		"attributes of the dataset dropped":                              2,
		"label groups dropped":                                           1,
		"colours of labels dropped":                                      2,
		"skeletons of labels dropped":                                    1,
		"superclasses of labels dropped":                                 1,
		"names of attributes of categories dropped":                      3,
		"media files not saved, since the source holds only their names": 1,
		"items given another name, since an earlier one has the same in this format": 1,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestSampleComesBack requires that what LabelMe can hold of the general sample
// comes back with every digit.
func TestSampleComesBack(t *testing.T) {
	d := formatstest.Sample()
	dir, _ := counts(t, d, formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename})
	got := map[string]dataset.Item{}
	for _, it := range read(t, dir, formats.ImportOptions{}).List {
		got[it.Subset+"/"+it.ID] = it
	}
	if len(got) != len(d.List) {
		t.Errorf("%d items of %d", len(got), len(d.List))
	}
	for _, want := range d.List {
		it, ok := got[want.Subset+"/"+want.ID]
		if !ok {
			t.Errorf("item %q of %q is missing", want.ID, want.Subset)
			continue
		}
		user, _ := want.Attributes.Split()
		if diff := formatstest.Compare(dataset.Item{Attributes: byName(user)}, dataset.Item{Attributes: byName(it.Attributes)}); diff != "" {
			t.Errorf("attributes of %q (-want +got):\n%s", want.ID, diff)
		}
		var kept []dataset.Annotation
		for _, a := range want.Annotations {
			switch a.(type) {
			case *dataset.Bbox, *dataset.Polygon, *dataset.Mask, *dataset.PolyLine:
				base := a.Common()
				base.ID, base.ObjectID = 0, dataset.NoObject
				user, _ := base.Attributes.Split()
				base.Attributes = byName(user)
				*dataset.ZOf(a) = 0
				if *dataset.LabelOf(a) != dataset.NoLabel {
					kept = append(kept, a)
				}
			}
		}
		var have []dataset.Annotation
		for _, a := range it.Annotations {
			p, isPolygon := a.(*dataset.Polygon)
			_, isPoints := a.(*dataset.Points)
			if isPoints || isPolygon && (len(p.Points) == 128 || p.Points[0] != 1) {
				continue // of an ellipse or a rotated box
			}
			a.Common().Attributes = byName(a.Common().Attributes)
			have = append(have, a)
		}
		if diff := formatstest.Compare(dataset.Item{Annotations: kept}, dataset.Item{Annotations: have}); diff != "" {
			t.Errorf("item %q of %q (-want +got):\n%s", it.ID, it.Subset, diff)
		}
	}
}
