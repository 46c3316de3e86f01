package formats

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/files"
)

func newFolder(t *testing.T, o ExportOptions) *FolderWriter {
	t.Helper()
	w, err := NewFolderWriter(t.Context(), "test", t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Abort)
	return w
}

// content reads a file that was written.
func content(t *testing.T, w *FolderWriter, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(w.Dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFolderFiles(t *testing.T) {
	w := newFolder(t, ExportOptions{})
	out, err := w.Create("a/b/rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"1\n", "2\n"} {
		if _, err := out.WriteString(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.WriteFile("a/whole.txt", []byte("whole")), w.MkdirAll("empty/folder")); err != nil {
		t.Fatal(err)
	}
	last := func() error { return w.WriteFile("last.txt", []byte("end")) }
	if _, err := w.Finish(last); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a/b/rows.txt": "1\n2\n", "a/whole.txt": "whole", "last.txt": "end"} {
		if got := content(t, w, name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if st, err := os.Stat(filepath.Join(w.Dir, "empty", "folder")); err != nil || !st.IsDir() {
		t.Error(err)
	}
}

// TestFolderFileErrors requires errors that name the file.
func TestFolderFileErrors(t *testing.T) {
	w := newFolder(t, ExportOptions{})
	if err := w.WriteFile("x", nil); err != nil {
		t.Fatal(err)
	}
	_, created := w.Create("x")
	_, below := w.Create("x/y")
	_, outside := w.Create("../y")
	for what, err := range map[string]error{"again": w.WriteFile("x", nil), "created": created, "below a file": below, "outside": outside} {
		var placed *Error
		if !errors.As(err, &placed) || placed.Format != "test" || !strings.HasPrefix(placed.Path, filepath.Dir(w.Dir)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	w.Abort()
	w.Abort()
	_, created = w.Create("z")
	for what, err := range map[string]error{"created": created, "written": w.WriteFile("z", nil), "made": w.MkdirAll("z")} {
		if !errors.Is(err, fs.ErrClosed) {
			t.Errorf("%s after the end: %v", what, err)
		}
	}
}

func TestFolderOptions(t *testing.T) {
	w := newFolder(t, ExportOptions{Limits: files.Limits{ImagePixels: 7}})
	if l := w.Opts.Limits; l.ImagePixels != 7 || l.RecordBytes != files.Defaults.RecordBytes {
		t.Errorf("%+v", l)
	}
	if _, err := NewFolderWriter(t.Context(), "test", filepath.Join(w.Dir, "none"), ExportOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := NewFolderWriter(t.Context(), "test", w.Dir, ExportOptions{Archive: &pack{}, Media: MediaSymlink}); !errors.Is(err, ErrUsage) {
		t.Errorf("links in an archive: %v", err)
	}
}

func TestFolderItems(t *testing.T) {
	w := newFolder(t, ExportOptions{})
	taken := 0
	take := func(*dataset.Item) error { taken++; return nil }
	if err := w.Item(&dataset.Item{ID: "1"}, take); err != nil || taken != 1 {
		t.Errorf("%d, %v", taken, err)
	}
	broken := errors.New("broken")
	err := w.Item(&dataset.Item{ID: "2"}, func(*dataset.Item) error { return broken })
	var placed *Error
	if !errors.As(err, &placed) || placed.Item != "2" || placed.Path != w.Dir || !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if again := w.Item(&dataset.Item{ID: "3"}, take); again != err || taken != 1 {
		t.Errorf("after an error: %d, %v", taken, again)
	}
	if loss, again := w.Finish(unwanted(t)); again != err || loss.Total() != 0 {
		t.Errorf("at the end: %v, %v", loss, again)
	}
}

// unwanted must not be called.
func unwanted(t *testing.T) func() error {
	return func() error { t.Error("the end is written after an error"); return nil }
}

func TestFolderBadItems(t *testing.T) {
	for _, it := range []dataset.Item{{ID: "../x"}, {ID: "x", Annotations: []dataset.Annotation{&dataset.Label{Label: -7}}}} {
		w := newFolder(t, ExportOptions{})
		err := w.Item(&it, func(*dataset.Item) error { t.Error("a bad item is written"); return nil })
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", it.ID, err)
		}
	}
}

func TestFolderContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w, err := NewFolderWriter(ctx, "test", t.TempDir(), ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := w.Item(&dataset.Item{ID: "1"}, func(*dataset.Item) error { t.Error("written"); return nil }); err != context.Canceled {
		t.Errorf("%v", err)
	}
	if _, err := w.Finish(unwanted(t)); err != context.Canceled {
		t.Errorf("%v", err)
	}
}

func TestFolderAt(t *testing.T) {
	w := newFolder(t, ExportOptions{})
	first := w.At("x", errors.New("reason"))
	if got := first.Error(); got != w.Dir+`: item "x": reason` {
		t.Error(got)
	}
	if w.At("y", first) != first || w.At("x", nil) != nil {
		t.Error("a place is given twice, or to nothing")
	}
}

func TestFolderSubsets(t *testing.T) {
	w := newFolder(t, ExportOptions{})
	w.Info.Subsets = []dataset.Subset{{Name: "train"}, {Name: "val"}}
	w.LostIf(&dataset.Item{}, "things dropped", false)
	used := func(name string) bool { return name == "images" }
	for name, want := range map[string]string{"train": "train", "": dataset.DefaultSubset} {
		if got, err := w.Subset(name, used, "is odd"); got != want || err != nil {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	if _, err := w.Subset("images", used, "is odd"); !errors.Is(err, ErrCorrupt) || err.Error() != `the subset name "images" is odd` {
		t.Errorf("%v", err)
	}
	if got, err := w.Subset("images", nil, ""); got != "images" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := w.Subset("a/b", used, ""); !errors.Is(err, ErrCorrupt) {
		t.Errorf("%v", err)
	}
	folder, name, err := w.Place(&dataset.Item{ID: "a/b", Subset: "train"}, used)
	if folder != "train" || name != "a/b" || err != nil {
		t.Errorf("%q, %q, %v", folder, name, err)
	}
	if _, _, err := w.Place(&dataset.Item{ID: "a/b", Subset: "train"}, used); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a name twice: %v", err)
	}
	if _, _, err := w.Place(&dataset.Item{ID: "1", Subset: "images"}, used); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a folder of the format: %v", err)
	}
	w.LoseEmptySubsets()
	checkLoss(t, w.Loss, "1 subsets without items dropped (first: val)")
}

func TestFolderColors(t *testing.T) {
	w := newFolder(t, ExportOptions{})
	if got := w.LabelColors(); len(got) != 0 {
		t.Errorf("no colours: %v", got)
	}
	w.Info.Categories.Labels = &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "a"}, {Name: "b"}}}
	w.Info.Categories.Masks = &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 1, R: 3}, {Label: 1, G: 4}, {Label: 2}, {Label: -1}}}
	if got := w.LabelColors(); len(got) != 1 || got[1] != [3]int32{3, 0, 0} {
		t.Errorf("%v", got)
	}
	checkLoss(t, w.Loss, "3 colours of labels dropped (first: b)")
}

func TestFolderDrops(t *testing.T) {
	w := newFolder(t, ExportOptions{})
	list := []dataset.Annotation{&dataset.Bbox{}, &dataset.Caption{}}
	for _, it := range []dataset.Item{{ID: "none"}, {ID: "picture", Media: &dataset.Image{}, Annotations: list}, {ID: "video", Media: &dataset.VideoFrame{}, Annotations: list}} {
		picture, dropped := w.DropOther(&it)
		if dropped != (it.ID == "video") || (picture != nil) != (it.ID == "picture") {
			t.Errorf("%s: %v, %v", it.ID, picture, dropped)
		}
	}
	checkLoss(t, w.Loss, "1 items with a "+(&dataset.VideoFrame{}).MediaKind().String()+" dropped (first: video of )", "1 boxes dropped (first: video of )", "1 captions dropped (first: video of )")
}

func TestFolderMediaNames(t *testing.T) {
	w := newFolder(t, ExportOptions{})
	for name, ok := range map[string]bool{"": true, "a/b.jpg": true, "../b.jpg": false, "/b.jpg": false} {
		err := w.CheckMediaName(&dataset.Item{ID: "1", Media: &dataset.Image{File: dataset.File{Name: name}}})
		if (err == nil) != ok || err != nil && !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := w.CheckMediaName(&dataset.Item{}); err != nil {
		t.Error(err)
	}
}

func TestSavePicture(t *testing.T) {
	w := newFolder(t, ExportOptions{SaveMedia: true})
	image := func(id, name string, s dataset.Source) *dataset.Item {
		return &dataset.Item{ID: id, Subset: "s", Media: &dataset.Image{File: dataset.File{Name: name, Source: s}}}
	}
	for _, c := range []struct {
		it    *dataset.Item
		saved string
	}{
		{image("1", "1.JPG", text("one")), "s/1.JPG"},
		{image("2", "other.jpg", text("two")), "s/2.jpg"},
		{image("3", "3.dat", text("three")), "s/3.png"},
		{image("4", "4.jpg", nil), ""},
		{&dataset.Item{ID: "5", Subset: "s", Media: &dataset.VideoFrame{}}, ""},
		{&dataset.Item{ID: "6", Subset: "s"}, ""},
	} {
		saved, err := w.SavePicture(c.it, "s/"+c.it.ID)
		if saved != (c.saved != "") || err != nil {
			t.Errorf("%s: %v, %v", c.it.ID, saved, err)
		}
	}
	loss, err := w.Finish(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"s/1.JPG": "one", "s/2.jpg": "two", "s/3.png": "three"} {
		if got := content(t, w, name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	checkLoss(t, loss, "1 media files given the names of their items (first: 2 of s)",
		"1 media files given the extension .png, since theirs is not one of a picture (first: 3 of s)",
		`1 media files not saved, since the source holds only their names (first: "4.jpg" of s)`, "1 media other than pictures dropped (first: 5 of s)")
	w = newFolder(t, ExportOptions{})
	if saved, err := w.SavePicture(image("1", "1.jpg", text("one")), "1"); saved || err != nil {
		t.Errorf("%v, %v", saved, err)
	}
	checkLoss(t, w.Loss, "1 names of media files dropped, since only files that are saved have one (first: 1 of s)")
}
