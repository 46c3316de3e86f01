package datumaro

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func TestAppendNumber(t *testing.T) {
	for want, v := range map[string]float64{
		"0.0": 0, "-0.0": math.Copysign(0, -1), "1.0": 1, "-7.0": -7, "0.1": 0.1, "17.2": 17.2,
		"0.00001": 1e-5, "9.99e-6": 9.99e-6, "1e-7": 1e-7, "1e-9": 1e-9, "1.5e-300": 1.5e-300, "5e-324": 5e-324,
		"9999999999999998.0": 9999999999999998, "1e+16": 1e16, "1.0000000200408773e+20": float64(float32(1e20)),
		"1.7976931348623157e+308": math.MaxFloat64, "null": math.NaN(),
	} {
		if got := string(appendNumber(nil, v)); got != want {
			t.Errorf("%g is written %s, want %s", v, got, want)
		}
	}
	if got := string(appendNumbers(nil, []float64{math.Inf(1), math.Inf(-1)})); got != "[null,null]" {
		t.Errorf("infinities are written %s", got)
	}
}

// writeItems exports items of one subset with a label.
func writeItems(t *testing.T, items []dataset.Item, o formats.ExportOptions) (string, formats.Loss, error) {
	t.Helper()
	d := &formatstest.Dataset{List: items}
	d.Meta.MediaKind = dataset.MediaImage
	d.Meta.Categories.Labels = &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cat"}}}
	dir := t.TempDir()
	loss, err := formatstest.Write(t.Context(), Format(), dir, d, o)
	return dir, loss, err
}

// TestWhatDatumaroRefusesIsLeftOut: one of these in a file, and Datumaro reads
// nothing of it.
func TestWhatDatumaroRefusesIsLeftOut(t *testing.T) {
	base := dataset.Base{ObjectID: dataset.NoObject}
	negative := dataset.Base{ObjectID: -5}
	dir, loss, err := writeItems(t, []dataset.Item{{ID: "x", Subset: "s", Annotations: []dataset.Annotation{
		&dataset.Label{Base: base, Label: dataset.NoLabel},
		&dataset.Polygon{Base: base, Points: []float64{1, 2, 3, 4}},
		&dataset.Polygon{Base: base, Points: []float64{1, 2, 3, 4, 5, 6, 7}},
		&dataset.PolyLine{Base: base, Points: []float64{1, 2, 3}},
		&dataset.Points{Base: base, Points: []float64{1, 2, 3, 4}, Visibility: []dataset.Visibility{2}},
		&dataset.Mask{Base: base, RLE: dataset.RLE{Height: 3, Width: 3, Counts: []byte("06")}},
		&dataset.RotatedBbox{Base: base},
		&dataset.Tabular{Base: base},
		&dataset.Caption{Base: negative, Caption: "\xff"},
		&dataset.Bbox{Base: base, X: math.Inf(1), Y: math.NaN(), W: math.Inf(-1)},
	}}}, formats.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := `1 captions with bytes that are no UTF-8 changed (first: item "x" of s)
2 infinite coordinates written as null (first: item "x" of s)
1 keypoints without a visibility each dropped (first: item "x" of s)
1 labels without a category dropped (first: item "x" of s)
1 masks whose run-length code does not fit their size dropped (first: item "x" of s)
1 negative object ids dropped (first: item "x" of s)
2 polygons of fewer than three corners dropped (first: item "x" of s)
1 polylines with half a vertex dropped (first: item "x" of s)
1 rotated boxes dropped (first: item "x" of s)
1 table rows dropped (first: item "x" of s)
`
	if loss.String() != want {
		t.Errorf("losses:\n%s\nwant\n%s", loss, want)
	}
	_, items := readAll(t, dir, formats.ImportOptions{})
	nan := math.NaN()
	wanted := dataset.Item{ID: "x", Subset: "s", Annotations: []dataset.Annotation{
		&dataset.Caption{Base: base, Caption: "\ufffd"}, &dataset.Bbox{Base: base, X: nan, Y: nan, W: nan},
	}}
	if d := formatstest.Compare(wanted, items[0]); d != "" {
		t.Error(d)
	}
}

// TestMediaTypeFollowsTheItems: Datumaro refuses a file whose items have other
// media than its head says.
func TestMediaTypeFollowsTheItems(t *testing.T) {
	video := func(id string) dataset.Item {
		return dataset.Item{ID: id, Subset: "v", Media: &dataset.Video{File: dataset.File{Name: id + ".avi"}, Step: 1}}
	}
	picture := dataset.Item{ID: "p", Subset: "p", Media: &dataset.Image{File: dataset.File{Name: "p.jpg"}}}
	for _, c := range []struct {
		items []dataset.Item
		want  dataset.MediaKind
	}{
		{nil, dataset.MediaImage},
		{[]dataset.Item{picture}, dataset.MediaImage},
		{[]dataset.Item{video("a"), video("b")}, dataset.MediaVideo},
		{[]dataset.Item{picture, video("a")}, dataset.MediaAny},
	} {
		dir, _, err := writeItems(t, c.items, formats.ExportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if info, items := readAll(t, dir, formats.ImportOptions{}); info.MediaKind != c.want || len(items) != len(c.items) {
			t.Errorf("%d items of kind %v, want %v", len(items), info.MediaKind, c.want)
		}
	}
}

func TestInterleavedSubsets(t *testing.T) {
	var items []dataset.Item
	for _, id := range []string{"1", "2", "3", "4"} {
		items = append(items, dataset.Item{ID: id, Subset: "a"}, dataset.Item{ID: id, Subset: ""})
	}
	dir, _, err := writeItems(t, items, formats.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range items {
		if items[i].Subset == "" {
			items[i].Subset = dataset.DefaultSubset
		}
	}
	_, got := readAll(t, dir, formats.ImportOptions{})
	if d := formatstest.CompareAll(items, got, formatstest.Compare); d != nil {
		t.Error(strings.Join(d, "\n"))
	}
}

func TestCarriedAttributesNeverReplaceMembers(t *testing.T) {
	dir, _, err := writeItems(t, []dataset.Item{{ID: "x", Subset: "s",
		Attributes: dataset.Attributes{
			{Name: "@datumaro.id", Value: []byte(`"../y"`)}, {Name: "@datumaro.annotations", Value: []byte(`7`)},
			{Name: "@coco.license", Value: []byte(`7`)}, {Name: "@datumaro.more", Value: []byte(`7`)},
		},
		Annotations: []dataset.Annotation{&dataset.Caption{Base: dataset.Base{Attributes: dataset.Attributes{{Name: "@datumaro.type", Value: []byte(`"x"`)}}}}},
	}}, formats.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "annotations", "s.json"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `"items":[{"id":"x","annotations":[{"id":0,"type":"caption","attributes":{},"group":0,"object_id":0,"caption":""}],"more":7}]}`
	if !strings.HasSuffix(string(b), want) {
		t.Errorf("%s", b)
	}
}

func TestMissingMediaIsNamed(t *testing.T) {
	items := []dataset.Item{{ID: "x", Subset: "s", Media: &dataset.Image{File: dataset.File{Name: "x.jpg", Source: dataset.LocalFile("/nowhere/x.jpg")}}}}
	_, _, err := writeItems(t, items, formats.ExportOptions{SaveMedia: true})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `"x"`) || formats.Hint(err) == "" {
		t.Errorf("%v, hint %q", err, formats.Hint(err))
	}
	if _, _, err := writeItems(t, items, formats.ExportOptions{}); err != nil {
		t.Errorf("without media: %v", err)
	}
}

func TestTwoImagesOfOneName(t *testing.T) {
	picture := formatstest.Picture("p.jpg")
	items := []dataset.Item{{ID: "x", Subset: "s", Media: picture}, {ID: "y", Subset: "s", Media: picture}}
	if _, _, err := writeItems(t, items, formats.ExportOptions{SaveMedia: true}); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("%v", err)
	}
}

func TestIDsStayUnique(t *testing.T) {
	item := func(id, name string) dataset.Item {
		return dataset.Item{ID: id, Subset: "s", Media: &dataset.Image{File: dataset.File{Name: name}}}
	}
	dir, loss, err := writeItems(t, []dataset.Item{item("a", "a.jpg"), item("a.png", "a.png.png"), item("a", "a.png")}, formats.ExportOptions{})
	if err != nil || loss.Total() != 1 {
		t.Fatalf("%v, %v", err, loss)
	}
	_, items := readAll(t, dir, formats.ImportOptions{})
	if ids := items[0].ID + " " + items[1].ID + " " + items[2].ID; ids != "a a.png a~2.png" {
		t.Errorf("ids %s", ids)
	}
}
