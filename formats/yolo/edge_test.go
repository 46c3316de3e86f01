package yolo

import (
	"errors"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// TestItemsWithoutMedia requires that an item comes back that has nothing but
// its id.
func TestItemsWithoutMedia(t *testing.T) {
	for _, f := range Formats() {
		d := boxSample()
		d.Meta.Subsets = []dataset.Subset{{Name: "train", Items: 2}}
		d.List = []dataset.Item{
			{ID: "no media.v1", Subset: "train"},
			{ID: "with box", Subset: "train", Annotations: []dataset.Annotation{&dataset.Bbox{Base: base(), Label: 1, W: 1, H: 1}}},
		}
		dir, loss := write(t, f, d, formats.ExportOptions{SaveMedia: true})
		if got := counted(loss); got != "1 annotations dropped, since the size of their picture is not known" {
			t.Errorf("%s: %s", f.Name, got)
		}
		got, _ := load(t, f, dir, formats.ImportOptions{})
		if len(got.List) != 2 || got.List[0].ID != "no media.v1" || got.List[0].Media != nil || got.List[1].ID != "with box" {
			t.Errorf("%s:\n%s", f.Name, dump(got))
		}
	}
}

// TestBareLabels writes a dataset that has no list of labels.
func TestBareLabels(t *testing.T) {
	for _, f := range Formats() {
		d := boxSample()
		d.Meta.Categories = dataset.Categories{}
		dir, loss := write(t, f, d, formats.ExportOptions{SaveMedia: true})
		if got := counted(loss); got != "8 labels that are bare numbers, given names" {
			t.Errorf("%s: %s", f.Name, got)
		}
		got, _ := load(t, f, dir, formats.ImportOptions{})
		if text := dump(got); !strings.HasPrefix(text, "[0][1][2][3]\ntrain a/b a/b.jpg 60x40\n  bbox 1 [17.2 10.33 1.005 2.5]") {
			t.Errorf("%s:\n%s", f.Name, text)
		}
	}
}

// TestUnknownSize takes the size of a picture from its header.
func TestUnknownSize(t *testing.T) {
	d := boxSample()
	for _, it := range d.List {
		m := it.Media.(*dataset.Image)
		m.Width, m.Height = 0, 0
	}
	dir, loss := write(t, darknetFormat(), d, formats.ExportOptions{})
	if loss.Total() > 0 {
		t.Error(loss)
	}
	if got := fileText(t, dir, metaName); !strings.HasPrefix(got, "\"a/b\" 40 60\n") || !strings.Contains(got, "\"obj_val_data/a/b.jpg\" 40 60\n") {
		t.Errorf("got\n%s", got)
	}
}

// TestHoles gives back class numbers with holes, and says where they cannot be.
func TestHoles(t *testing.T) {
	d, _ := load(t, ultralyticsFormat(), testdata+"detect", formats.ImportOptions{})
	d.List = d.List[:1]
	dir, loss := write(t, darknetFormat(), d, formats.ExportOptions{SaveMedia: true})
	if got := fileText(t, dir, "obj_train_data/a.txt"); !strings.HasPrefix(got, "1 0.5") {
		t.Errorf("got\n%s", got)
	}
	if got := counted(loss); !strings.HasPrefix(got, "1 class numbers given anew") {
		t.Error(got)
	}
	// A number that two labels carry is taken from both.
	d.Meta.Categories.Labels.Labels[0].Carried.Set(carryID, 2)
	dir, _ = write(t, ultralyticsFormat(), d, formats.ExportOptions{SaveMedia: true})
	if got := fileText(t, dir, "data.yaml"); !strings.Contains(got, "names:\n  0: cat\n  1: dog\n") {
		t.Errorf("got\n%s", got)
	}
}

// TestNames writes names that a list of names cannot hold as they are.
func TestNames(t *testing.T) {
	d := boxSample()
	labels := d.Meta.Categories.Labels.Labels
	labels[0].Name, labels[2].Name = " padded ", ""
	dir, loss := write(t, darknetFormat(), d, formats.ExportOptions{SaveMedia: true})
	if got := fileText(t, dir, "obj.names"); !strings.HasPrefix(got, "padded\n") || !strings.Contains(got, "\nclass_2\n") || loss.Total() != 2 {
		t.Errorf("got\n%s%s", got, loss)
	}
	labels[0].Name, labels[2].Name = "a\nb", "010"
	if _, err := formatstest.Write(t.Context(), darknetFormat(), t.TempDir(), d, formats.ExportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("%v", err)
	}
	dir, _ = write(t, ultralyticsFormat(), d, formats.ExportOptions{SaveMedia: true})
	got, _ := load(t, ultralyticsFormat(), dir, formats.ImportOptions{})
	if l := got.Meta.Categories.Labels.Labels; l[0].Name != "a\nb" || l[2].Name != "010" {
		t.Errorf("%+v", l)
	}
	if text := fileText(t, dir, "data.yaml"); !strings.Contains(text, `2: "010"`) {
		t.Errorf("got\n%s", text)
	}
	d.List[0].ID = "line\nbreak"
	d.List[0].Media.Main().Name = "line\nbreak.jpg"
	if _, err := formatstest.Write(t.Context(), darknetFormat(), t.TempDir(), d, formats.ExportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("%v", err)
	}
}

// TestBadMasks refuses a run-length code that is none, with its item.
func TestBadMasks(t *testing.T) {
	d := sampleOf([]dataset.Annotation{&dataset.Mask{Base: base(), RLE: dataset.RLE{Height: 40, Width: 60, Counts: []byte("~~")}}}, nil)
	_, err := formatstest.Write(t.Context(), ultralyticsFormat(), t.TempDir(), d, formats.ExportOptions{})
	var placed *formats.Error
	if !errors.Is(err, formats.ErrCorrupt) || !errors.As(err, &placed) || placed.Item == "" {
		t.Errorf("%v", err)
	}
	o := formats.ExportOptions{}
	o.Limits.ImagePixels = 100
	d = sampleOf([]dataset.Annotation{&dataset.Mask{Base: base(), RLE: dataset.EncodeRuns(40, 60, []int64{2400})}}, nil)
	if _, loss := write(t, ultralyticsFormat(), d, o); !strings.Contains(counted(loss), "2 masks of more pixels than the limit dropped") {
		t.Error(loss)
	}
}
