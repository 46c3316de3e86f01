package imagefolder

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// sink is an archive that keeps the names of its files.
type sink struct{ names []string }

func (s *sink) Add(name string, _ int64, r io.Reader) error {
	s.names = append(s.names, name)
	_, err := io.Copy(io.Discard, r)
	return err
}

func TestArchive(t *testing.T) {
	for _, f := range []*formats.Format{imageNet(), imageDir()} {
		s := &sink{}
		_, loss := formatstest.MustWrite(t, f, of("train val", "train/1.png=a", "train/2.png=a"), formats.ExportOptions{SaveMedia: true, Archive: s})
		if len(s.names) != 2 {
			t.Errorf("%s: %q", f.Name, s.names)
		}
		if !strings.Contains(loss.String(), "1 subsets without items dropped") {
			t.Errorf("%s: %v", f.Name, loss)
		}
		if f.Name == nameImageNet && !strings.Contains(loss.String(), "1 labels without items dropped") {
			t.Error(loss)
		}
	}
}

func TestOtherMedia(t *testing.T) {
	for _, f := range Formats() {
		d := formatstest.SampleOf(dataset.MediaVideoFrame)
		loss, err := formatstest.Write(t.Context(), f, t.TempDir(), d, formats.ExportOptions{SaveMedia: true})
		if err != nil || !strings.Contains(loss.String(), "2 items with a video frame dropped") || !strings.Contains(loss.String(), "1 boxes dropped") {
			t.Errorf("%s: %v, %v", f.Name, loss, err)
		}
	}
}

// TestKindsOfMasks reads masks as programs save them.
func TestKindsOfMasks(t *testing.T) {
	size := image.Rect(0, 0, 5, 4)
	gray16, rgba := image.NewGray16(size), image.NewNRGBA(size)
	paletted := image.NewPaletted(size, color.Palette{color.Black, color.White})
	for x := 1; x < 3; x++ {
		gray16.Set(x, 2, color.Gray16{1})
		rgba.Set(x, 2, color.NRGBA{0, 0, 255, 255})
		paletted.SetColorIndex(x, 2, 1)
	}
	for name, picture := range map[string]image.Image{"16 bits": gray16, "colours": rgba, "palette": paletted} {
		var b bytes.Buffer
		if err := png.Encode(&b, picture); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		plant(t, dir, "test/bad/1.png", "ground_truth/bad/1_mask.png="+b.String())
		im, err := formatstest.Open(t.Context(), mvtec(), dir, formats.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		items, err := formatstest.Collect(t.Context(), im)
		im.Close()
		if err != nil {
			t.Fatal(err)
		}
		x, y, w, h, err := items[0].Annotations[1].(*dataset.Mask).RLE.Bounds()
		if got := fmt.Sprint(x, y, w, h, err); got != "1 2 2 1 <nil>" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestMaskOfASize(t *testing.T) {
	d := mvtecSample()
	for _, size := range [][2]int32{{0, 0}, {1 << 30, 1 << 30}, {-1, 5}} {
		d.List[0].Annotations[1].(*dataset.Mask).RLE = dataset.RLE{Height: size[0], Width: size[1]}
		if _, err := formatstest.Write(t.Context(), mvtec(), t.TempDir(), d, formats.ExportOptions{SaveMedia: true}); err == nil {
			t.Errorf("a mask of %v is written", size)
		}
	}
	d.List[0].Annotations[1].(*dataset.Mask).RLE = dataset.RLE{Height: 4, Width: 4, Counts: []byte("!")}
	if _, err := formatstest.Write(t.Context(), mvtec(), t.TempDir(), d, formats.ExportOptions{SaveMedia: true}); err == nil || !strings.Contains(err.Error(), `"crack/0"`) {
		t.Errorf("a broken mask: %v", err)
	}
}

func TestLabelsAndMasks(t *testing.T) {
	d := mvtecSample()
	mask := d.List[0].Annotations[1].(*dataset.Mask)
	other := mask.Clone().(*dataset.Mask)
	other.Label = 1
	d.List[0].Annotations = []dataset.Annotation{
		&dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: dataset.NoLabel}, mask, other,
		&dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: 0}, &dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: 1},
	}
	_, loss := formatstest.MustWrite(t, mvtec(), d, formats.ExportOptions{SaveMedia: true})
	for _, s := range []string{"2 labels dropped, since an item has one", "1 masks given the label of their picture", "1 masks joined with another"} {
		if !strings.Contains(loss.String(), s) {
			t.Errorf("%v, want %s", loss, s)
		}
	}
	none := mvtecSample()
	for _, a := range none.List[0].Annotations {
		*dataset.LabelOf(a) = dataset.NoLabel
	}
	_, loss = formatstest.MustWrite(t, mvtec(), none, formats.ExportOptions{SaveMedia: true})
	if !strings.Contains(loss.String(), "1 masks dropped") || !strings.Contains(loss.String(), "1 labels dropped") {
		t.Error(loss)
	}
}

func TestNamesInLines(t *testing.T) {
	for line, want := range map[string]string{
		"1.png": "1.png []", "1.png 0": "1.png [0]", "a b.JPG 1 2": "a b.JPG [1 2]", "a b.JPG": "a b.JPG []", "name 3": "name [3]",
		"\"a\tb\".png\t4": "a\tb.png [4]", "  x.png   5  ": "x.png [5]", `"a".png`: "a.png []", `"q"x".png 1`: `q"x.png [1]`,
	} {
		x, err := parseLine(line)
		if got := fmt.Sprint(x.name, " ", x.labels); err != nil || got != want {
			t.Errorf("%q: %s, %v", line, got, err)
		}
	}
	for _, line := range []string{`"a`, "", `""`, "1.png x", "1.png 1.5", "1.png 99999999999", "1.png -1"} {
		if x, err := parseLine(line); err == nil {
			t.Errorf("%q: %+v", line, x)
		}
	}
}

func TestListsWithoutLabels(t *testing.T) {
	d := of("", "train/1.png=a", "val/2.dat=b")
	d.Meta.Categories.Labels = nil
	d.List[1].Media.Main().Name = "2.dat"
	dir := t.TempDir()
	loss, err := formatstest.Write(t.Context(), imageNetTxt(), dir, d, formats.ExportOptions{SaveMedia: true})
	if err != nil || !strings.Contains(loss.String(), "2 labels without a name") || !strings.Contains(loss.String(), "1 media given the extension .jpg") {
		t.Error(loss, err)
	}
	got, _ := read(t, imageNetTxt(), dir, formats.ImportOptions{})
	if want := []string{"train: 1 .png label 0", "val: 2 .jpg label 1"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	classes := t.TempDir()
	if loss, err = formatstest.Write(t.Context(), imageNet(), classes, of2(d), formats.ExportOptions{SaveMedia: true}); err != nil || !strings.Contains(loss.String(), "1 labels without a name, named by their numbers") {
		t.Error(loss, err)
	}
}

// of2 is a dataset without the item whose media is no picture.
func of2(d *formatstest.Dataset) *formatstest.Dataset {
	return &formatstest.Dataset{Meta: d.Meta, List: d.List[:1]}
}

func TestSubsetsThatCannotBe(t *testing.T) {
	for _, test := range []struct {
		format *formats.Format
		subset string
	}{
		{imageNet(), ".hidden"}, {imageNet(), maskDir}, {imageDir(), "__MACOSX"}, {imageNetTxt(), "synsets"}, {imageNetTxt(), "README"}, {mvtec(), maskDir},
	} {
		if _, err := formatstest.Write(t.Context(), test.format, t.TempDir(), of(test.subset), formats.ExportOptions{}); err == nil {
			t.Errorf("%s writes the subset %s", test.format.Name, test.subset)
		}
	}
}

func TestLongLine(t *testing.T) {
	dir := t.TempDir()
	plant(t, dir, "synsets.txt=a\n", "t.txt=1.png 0\n"+strings.Repeat("x", maxLine+1)+"\n")
	im, err := formatstest.Open(t.Context(), imageNetTxt(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	if items, err := formatstest.Collect(t.Context(), im); err == nil || len(items) != 1 || !strings.Contains(err.Error(), "a line of more than") {
		t.Errorf("%d items, %v", len(items), err)
	}
}

// TestManyFiles reads a folder that is listed in several steps.
func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	for _, class := range []string{"a", "b"} {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o777); err != nil {
			t.Fatal(err)
		}
		for i := range 1200 {
			if err := os.WriteFile(filepath.Join(dir, class, fmt.Sprintf("%04d.png", i)), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	im, err := formatstest.Open(t.Context(), imageNet(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil || len(items) != 2400 || items[1199].ID != "a/1199" || items[1200].ID != "b/0000" {
		t.Errorf("%d items, %v", len(items), err)
	}
	if v, err := formatstest.Probe(t.Context(), imageNet(), dir); err != nil || v.Confidence != formats.Bare {
		t.Errorf("%+v, %v", v, err)
	}
}
