package cvat

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// testdata is where the small datasets of the format are.
const testdata = "../../testdata/cvat/"

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
	d := &formatstest.Dataset{Meta: *im.Info(), List: items}
	for i, it := range d.List {
		if it.ID == "unlisted" { // gets a size and a number when it is written
			d.Meta.Subset(it.Subset).Items--
			d.List = append(d.List[:i:i], d.List[i+1:]...)
		}
	}
	return d
}

func TestConformance(t *testing.T) {
	for _, name := range []string{"images", "video", "project"} {
		t.Run(name, func(t *testing.T) {
			formatstest.Run(t, formatstest.Suite{
				Format: Format(), KeepsCarried: true,
				Sample: func() *formatstest.Dataset { return sample(name) },
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

// TestLosses writes a dataset with everything that CVAT has no place for.
func TestLosses(t *testing.T) {
	_, got := counts(t, formatstest.Sample(), formats.ExportOptions{SaveMedia: true})
	want := map[string]int{
		"captions dropped":                                               2,
		"3D cuboids dropped":                                             1,
		"table rows dropped":                                             1,
		"annotations without a label dropped":                            3,
		"ids of annotations dropped":                                     7,
		"object ids of annotations dropped":                              2,
		"attributes of items dropped":                                    12,
		"attributes of the dataset dropped":                              2,
		"label groups dropped":                                           1,
		"lines and points without a point dropped":                       1,
		"names of attributes of categories dropped":                      1,
		"values of attributes turned into texts":                         14,
		"media files not saved, since the source holds only their names": 1,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestSampleComesBack requires that what CVAT can hold of the general sample
// comes back with every digit.
func TestSampleComesBack(t *testing.T) {
	d := formatstest.Sample()
	dir, _ := counts(t, d, formats.ExportOptions{SaveMedia: true})
	got := read(t, dir, formats.ImportOptions{})
	if len(got.List) != len(d.List) {
		t.Fatalf("%d items of %d", len(got.List), len(d.List))
	}
	for i, it := range got.List {
		want := d.List[i]
		var kept []dataset.Annotation
		for _, a := range want.Annotations {
			if p, ok := pointsOf(a); ok && len(p) == 0 {
				continue
			}
			if l := dataset.LabelOf(a); l != nil && *l != dataset.NoLabel && a.Kind() != dataset.KindCuboid3D {
				kept = append(kept, a)
			}
		}
		if it.ID != want.ID || it.Subset != want.Subset || len(it.Annotations) != len(kept) {
			t.Errorf("item %d: %q of %q with %d annotations, want %q of %q with %d", i, it.ID, it.Subset, len(it.Annotations), want.ID, want.Subset, len(kept))
			continue
		}
		byKind(kept)
		byKind(it.Annotations)
		for k, a := range it.Annotations {
			bare(a)
			bare(kept[k])
		}
		if diff := formatstest.Compare(dataset.Item{Annotations: kept}, dataset.Item{Annotations: it.Annotations}); diff != "" {
			t.Errorf("item %q of %q (-want +got):\n%s", it.ID, it.Subset, diff)
		}
	}
}

// TestSampleInfo requires that labels come back with colours, superclasses and
// skeletons.
func TestSampleInfo(t *testing.T) {
	d := formatstest.Sample()
	dir, _ := counts(t, d, formats.ExportOptions{})
	got, want := read(t, dir, formats.ImportOptions{}).Meta.Categories, d.Meta.Categories
	for i, l := range want.Labels.Labels {
		g := got.Labels.Labels[i]
		if g.Name != l.Name || g.Parent != l.Parent || !slices.Equal(g.Attributes[:len(l.Attributes)], l.Attributes) {
			t.Errorf("label %d is %+v, want %+v", i, g, l)
		}
	}
	if !reflect.DeepEqual(got.Masks, want.Masks) || !reflect.DeepEqual(got.Points, want.Points) {
		t.Errorf("got %+v and %+v", got.Masks, got.Points)
	}
}

// bare takes off what is not about geometry.
func bare(a dataset.Annotation) {
	base := a.Common()
	base.ID, base.ObjectID, base.Attributes = 0, dataset.NoObject, nil
	if c, ok := a.(*dataset.Cuboid2D); ok {
		c.Y3D = nil
	}
}
