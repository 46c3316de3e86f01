package voc

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// picture is a dataset of one picture of 40 × 60 pixels, with labels cat and dog.
func picture(annotations ...dataset.Annotation) *formatstest.Dataset {
	for _, a := range annotations {
		a.Common().ObjectID = dataset.NoObject
	}
	return &formatstest.Dataset{
		Meta: dataset.Info{
			MediaKind:  dataset.MediaImage,
			Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cat"}, {Name: "dog"}}}},
		},
		List: []dataset.Item{{ID: "x", Subset: "train", Media: formatstest.Picture("x.png"), Annotations: annotations}},
	}
}

func grouped(group int64) dataset.Base { return dataset.Base{Group: group} }

func TestPolygons(t *testing.T) {
	square := []float64{2, 2, 10, 2, 10, 12, 2, 12}
	object := func() []dataset.Annotation {
		return []dataset.Annotation{
			&dataset.Polygon{Base: grouped(7), Label: 1, Points: slices.Clone(square)},
			&dataset.Polygon{Base: grouped(7), Label: 1, Points: []float64{20, 20, 30, 20, 30, 30}},
			&dataset.Bbox{Base: grouped(7), Label: 1, X: 2, Y: 2, W: 28, H: 28},
			&dataset.Polygon{Label: 0, Points: []float64{40, 2, 50, 2, 50, 12}},
		}
	}
	for _, test := range []struct {
		choice string
		want   string
		loss   map[string]int
	}{
		{"masks", "train/x x.png, bbox dog 1, mask dog 1, mask cat", map[string]int{"polygons rasterised into masks": 3}},
		{"attribute", "train/x x.png, bbox dog 1, polygon dog 1, polygon dog 1, polygon cat", map[string]int{}},
		{"drop", "train/x x.png, bbox dog", map[string]int{"polygons dropped": 3}},
	} {
		dir, loss := writeAll(t, picture(object()...), formats.ExportOptions{Values: formats.Values{"voc-polygons": test.choice}})
		if !maps.Equal(loss, test.loss) {
			t.Errorf("%s: lost %v", test.choice, loss)
		}
		d, _ := readAll(t, dir, formats.ImportOptions{})
		if got := show(d, d.List[0]); got != test.want {
			t.Errorf("%s: %s", test.choice, got)
		}
		if text := read(t, filepath.Join(dir, "Annotations/x.xml")); test.choice != "drop" && !strings.Contains(text, `<bndbox implied="1">`) {
			t.Errorf("%s: the polygon without a box has none in the file:\n%s", test.choice, text)
		}
	}
	dir, _ := writeAll(t, picture(object()...), formats.ExportOptions{})
	d, _ := readAll(t, dir, formats.ImportOptions{})
	for _, a := range d.List[0].Annotations {
		if m, ok := a.(*dataset.Mask); ok && m.Label == 1 {
			if area, _ := m.RLE.Area(); area < 100 || area > 150 {
				t.Errorf("the mask of the polygons has %d pixels", area)
			}
		}
	}
}

func TestOverlappingMasks(t *testing.T) {
	under := &dataset.Mask{Label: 0, Z: 5, RLE: rectangle(0, 0, 10, 10)}
	over := &dataset.Mask{Label: 1, Z: 9, RLE: rectangle(5, 0, 15, 10)}
	hidden := &dataset.Mask{Label: 1, Z: 1, RLE: rectangle(0, 0, 3, 3)}
	dir, loss := writeAll(t, picture(hidden, over, under), formats.ExportOptions{})
	want := map[string]int{
		"drawing orders of annotations dropped":                   3,
		"masks dropped, since others cover them wholly":           1,
		"pixels of masks dropped, since another mask covers them": 59,
	}
	if !maps.Equal(loss, want) {
		t.Errorf("lost %v", loss)
	}
	d, notes := readAll(t, dir, formats.ImportOptions{})
	if got := show(d, d.List[0]); got != "train/x x.png, mask dog, mask cat" || len(notes) > 0 {
		t.Errorf("%s, %v", got, notes)
	}
	for i, want := range []int64{100, 50} {
		if area, _ := d.List[0].Annotations[i].(*dataset.Mask).RLE.Area(); area != want {
			t.Errorf("mask %d has %d pixels, want %d", i, area, want)
		}
	}
}

func TestWhatCannotBePainted(t *testing.T) {
	for _, test := range []struct {
		name string
		a    []dataset.Annotation
		loss string
	}{
		{"no pixels", []dataset.Annotation{&dataset.Mask{RLE: rectangle(0, 0, 0, 0)}}, "masks without pixels dropped"},
		{"no code", []dataset.Annotation{&dataset.Mask{RLE: dataset.RLE{Height: 40, Width: 60, Counts: []byte("~")}}}, "masks that are no run-length code dropped"},
		{"no label", []dataset.Annotation{&dataset.Mask{Label: dataset.NoLabel, RLE: rectangle(0, 0, 9, 9)}}, "masks without a label, or of one that is not among the first 254, dropped"},
		{"two sizes", []dataset.Annotation{&dataset.Mask{RLE: rectangle(0, 0, 9, 9)}, &dataset.Mask{RLE: dataset.EncodeRuns(2, 2, []int64{1, 3})}}, "masks dropped, since they are not as large as another of the picture"},
		{"tiny polygon", []dataset.Annotation{&dataset.Polygon{Points: []float64{100, 100, 101, 100, 101, 101}}}, "polygons without pixels dropped"},
		{"no coordinates", []dataset.Annotation{&dataset.Polygon{}}, "polygons without points dropped"},
		{"a part alone", []dataset.Annotation{&dataset.Bbox{Base: base(3, `{"@voc.part":true}`), W: 1, H: 1}}, "parts without their object, written as objects of their own"},
		{"a box turned round", []dataset.Annotation{&dataset.Bbox{X: 5, W: -2, H: 1}}, "boxes of negative size turned round"},
		{"two boxes in a group", []dataset.Annotation{&dataset.Bbox{Base: grouped(1)}, &dataset.Bbox{Base: grouped(1)}}, "groups of annotations dropped"},
		{"two labels in a group", []dataset.Annotation{&dataset.Bbox{Base: grouped(1)}, &dataset.Mask{Base: grouped(1), Label: 1, RLE: rectangle(0, 0, 9, 9)}}, "groups of annotations dropped"},
		{"other attributes", []dataset.Annotation{&dataset.Bbox{Base: grouped(1)}, &dataset.Mask{Base: base(1, `{"a":1}`), RLE: rectangle(0, 0, 9, 9)}}, "attributes of annotations that differ from those of the same object, dropped"},
		{"broken XML", []dataset.Annotation{&dataset.Bbox{Base: base(0, `{"@voc.xml":"<a>"}`)}}, "carried XML elements that cannot be written dropped"},
		{"forged XML", []dataset.Annotation{&dataset.Bbox{Base: base(0, `{"@voc.xml":"<name>dog</name>"}`)}}, "carried XML elements that cannot be written dropped"},
		{"a label twice", []dataset.Annotation{&dataset.Label{}, &dataset.Label{}}, "labels of items given twice dropped"},
	} {
		d := picture(test.a...)
		dir, loss := writeAll(t, d, formats.ExportOptions{})
		if !maps.Equal(loss, map[string]int{test.loss: 1}) {
			t.Errorf("%s: lost %v", test.name, loss)
		}
		if _, notes := readAll(t, dir, formats.ImportOptions{}); len(notes) > 0 {
			t.Errorf("%s: reading it again notes %v", test.name, notes)
		}
	}
	unknown := picture(&dataset.Polygon{Points: []float64{1, 1, 9, 1, 9, 9}})
	unknown.List[0].Media = nil
	if _, loss := writeAll(t, unknown, formats.ExportOptions{}); loss["polygons dropped, since the size of their picture is not known"] != 1 {
		t.Errorf("no size: lost %v", loss)
	}
	o := formats.ExportOptions{}
	o.Limits.ImagePixels = 100
	if _, err := formatstest.Write(t.Context(), Format(), t.TempDir(), picture(&dataset.Mask{RLE: rectangle(0, 0, 9, 9)}), o); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("a mask beyond the limit: %v", err)
	}
}

// TestManyObjects writes more masks, and more labels, than a picture can tell
// apart.
func TestManyObjects(t *testing.T) {
	d := picture()
	d.Meta.Categories.Labels.Labels = nil
	for i := range 300 {
		d.Meta.Categories.Labels.Labels = append(d.Meta.Categories.Labels.Labels, dataset.LabelCategory{Name: fmt.Sprintf("label %d", i)})
		x := i % 60
		y := i / 60
		base := dataset.Base{ObjectID: dataset.NoObject}
		d.List[0].Annotations = append(d.List[0].Annotations,
			&dataset.Bbox{Base: base, Label: int32(i), W: 1, H: 1},
			&dataset.Mask{Base: base, Label: int32(i % 200), RLE: rectangle(x, y, x+1, y+1)})
	}
	d.List[0].Annotations = append(d.List[0].Annotations, &dataset.Mask{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: 254, RLE: rectangle(0, 30, 9, 31)})
	dir, loss := writeAll(t, d, formats.ExportOptions{})
	if !maps.Equal(loss, map[string]int{
		"masks dropped, since a picture of objects has no more than 254":            46,
		"masks without a label, or of one that is not among the first 254, dropped": 1,
	}) {
		t.Errorf("lost %v", loss)
	}
	out, _ := readAll(t, dir, formats.ImportOptions{})
	if n := len(out.List[0].Annotations); n != 300+254 {
		t.Errorf("%d annotations", n)
	}
}

func TestCollisions(t *testing.T) {
	d := picture()
	again := formatstest.CloneItem(d.List[0])
	again.Subset = "val"
	d.List = append(d.List, again)
	if _, err := formatstest.Write(t.Context(), Format(), t.TempDir(), d, formats.ExportOptions{SaveMedia: true}); !errors.Is(err, formats.ErrCorrupt) || formats.Hint(err) == "" {
		t.Errorf("one name in two subsets: %v", err)
	}
	for way, want := range map[formats.Collision]string{formats.CollisionRename: "val/x_2 x_2.png", formats.CollisionSubsetPrefix: "val/val_x val_x.png"} {
		dir, _ := writeAll(t, d, formats.ExportOptions{OnCollision: way})
		out, _ := readAll(t, dir, formats.ImportOptions{})
		if got := showAll(out); len(got) != 2 || got[1] != want {
			t.Errorf("%s: %q", way, got)
		}
	}
}

func TestLabelsWritten(t *testing.T) {
	d := picture(&dataset.Bbox{Label: 2, W: 1, H: 1}, &dataset.Label{Label: 2})
	d.Meta.Categories.Labels.Labels = []dataset.LabelCategory{{Name: "cat"}, {Name: "dog"}, {Name: "cat"}}
	dir, loss := writeAll(t, d, formats.ExportOptions{})
	if !maps.Equal(loss, map[string]int{"labels with the name of another, united with it": 1}) {
		t.Errorf("lost %v", loss)
	}
	if got := read(t, filepath.Join(dir, "labelmap.txt")); got != labelMapHead+"cat:::\ndog:::\n" {
		t.Errorf("label map:\n%s", got)
	}
	if got := read(t, filepath.Join(dir, "ImageSets/Main/cat_train.txt")); got != "x  1\n" {
		t.Errorf("list of a class: %q", got)
	}
	bare := picture(&dataset.Bbox{Label: 7, W: 1, H: 1})
	bare.Meta.Categories = dataset.Categories{}
	dir, loss = writeAll(t, bare, formats.ExportOptions{})
	if loss["labels that are bare numbers, written as categories of that name"] != 1 || !strings.Contains(read(t, filepath.Join(dir, "Annotations/x.xml")), "<name>7</name>") {
		t.Errorf("bare numbers: lost %v", loss)
	}
	if _, err := os.Stat(filepath.Join(dir, "labelmap.txt")); err == nil {
		t.Error("a label map without labels")
	}
}

// TestNamesOfLists writes lists whose names could be misread.
func TestNamesOfLists(t *testing.T) {
	d := picture(&dataset.Label{Label: 0}, &dataset.Label{Label: 1}, &dataset.Label{Label: 2})
	d.Meta.Categories.Labels.Labels = []dataset.LabelCategory{{Name: "a"}, {Name: "a_b"}, {Name: "x/y"}}
	d.List[0].Subset = "b_c"
	d.Meta.Subsets = []dataset.Subset{{Name: "b_c"}, {Name: "c"}, {Name: "a_c"}}
	dir, loss := writeAll(t, d, formats.ExportOptions{})
	const what = "labels of items dropped, since the name of their list cannot be that of a file, or is that of another"
	if !maps.Equal(loss, map[string]int{what: 2}) {
		t.Errorf("lost %v", loss)
	}
	out, _ := readAll(t, dir, formats.ImportOptions{})
	if got := showAll(out); !slices.Equal(got, []string{"b_c/x x.png, label a_b"}) || len(out.Meta.Subsets) != 3 {
		t.Errorf("%q in %v", got, out.Meta.Subsets)
	}
}

func TestManyLabelsMakeShortLists(t *testing.T) {
	d := picture()
	d.List = append(d.List, dataset.Item{ID: "y", Subset: "train"})
	d.Meta.Categories.Labels.Labels = nil
	for i := range manyLabels + 1 {
		d.Meta.Categories.Labels.Labels = append(d.Meta.Categories.Labels.Labels, dataset.LabelCategory{Name: fmt.Sprint("l", i)})
		d.List[i%2].Annotations = append(d.List[i%2].Annotations, &dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: int32(i)})
	}
	dir, _ := writeAll(t, d, formats.ExportOptions{})
	if got := read(t, filepath.Join(dir, "ImageSets/Main/l3_train.txt")); got != "y  1\n" {
		t.Errorf("%q", got)
	}
	out, _ := readAll(t, dir, formats.ImportOptions{})
	for _, diff := range formatstest.CompareAll(d.List, out.List, formatstest.Compare) {
		t.Error(diff)
	}
}

func TestOtherItems(t *testing.T) {
	d := picture()
	d.List = append(d.List,
		dataset.Item{ID: ".hidden", Subset: "train"},
		dataset.Item{ID: "v", Subset: "train", Media: &dataset.Video{File: dataset.File{Name: "v.avi"}}},
		dataset.Item{ID: "named", Subset: "train", Media: formatstest.Picture("otherwise.png")},
		dataset.Item{ID: "raw", Subset: "train", Media: &dataset.Image{File: dataset.File{Name: "raw.npy", Source: formatstest.Bytes("x")}, Height: 2, Width: 3}},
		dataset.Item{ID: "no ending", Subset: "train", Media: &dataset.Image{File: dataset.File{Name: "no ending", Source: formatstest.Bytes("y")}, Height: 2, Width: 3}},
	)
	dir, loss := writeAll(t, d, formats.ExportOptions{})
	if !maps.Equal(loss, map[string]int{
		"items dropped, since their names are those of hidden files": 1, "items with a video, which VOC has no place for, dropped": 1,
		"media given the name of their item": 1,
	}) {
		t.Errorf("lost %v", loss)
	}
	out, notes := readAll(t, dir, formats.ImportOptions{})
	if got := showAll(out); !slices.Equal(got, []string{"train/x x.png", "train/named named.png", "train/raw raw.npy", "train/no ending no ending"}) || len(notes) > 0 {
		t.Errorf("%q, %v", got, notes)
	}
	for _, it := range out.List {
		if it.Media.Main().Source == nil {
			t.Errorf("the media of %s were not found", it.ID)
		}
	}
	for _, subset := range []string{".hidden", "a\x00b", "a/b"} {
		bad := picture()
		bad.List[0].Subset = subset
		if _, err := formatstest.Write(t.Context(), Format(), t.TempDir(), bad, formats.ExportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("subset %q: %v", subset, err)
		}
	}
}

func TestEncryptionIsRefused(t *testing.T) {
	if _, err := Format().Export(t.Context(), t.TempDir(), formats.ExportOptions{PlainMedia: true}); !errors.Is(err, formats.ErrUsage) {
		t.Errorf("%v", err)
	}
}
