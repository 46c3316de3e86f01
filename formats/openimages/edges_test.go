package openimages

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

func TestSubsetOfName(t *testing.T) {
	for name, want := range map[string]string{
		"annotations/train-annotations-bbox.csv":                "train",
		"oidv6-train-annotations-bbox.csv":                      "train",
		"oidv7-val-annotations-point-labels.csv":                "val",
		"oidvx-train-annotations-bbox.csv":                      "oidvx-train",
		"a-b c-annotations-human-imagelabels-boxable.csv":       "a-b c",
		"validation-images-boxable-with-rotation.csv":           "validation",
		"train/labels/detections.csv":                           "train",
		"x/Test/labels/detections.csv":                          "Test",
		"annotations/image_ids_and_rotation.csv":                "",
		"detections.csv":                                        "",
		"train-annotations-human-imagelabels-annotations-x.csv": "train",
	} {
		if got := subsetOf(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestMeaningOfColumns(t *testing.T) {
	for header, want := range map[string]kind{
		"ImageID,Source,LabelName,Confidence":     kindLabels,
		"ImageID,LabelName,XMin,XMax,YMin,YMax":   kindBoxes,
		"MaskPath,ImageID,LabelName,BoxID":        kindMasks,
		"ImageID,Subset":                          kindImages,
		"\ufeffImageID, Subset ,Rotation":         kindImages,
		"ImageId,X,Y,Label,EstimatedYesNo,Source": kindNone,
		"ImageID,X,Y,LabelName,Confidence":        kindNone,
		"ImageID,LabelName1,LabelName2,XMin1":     kindNone,
		"LabelName,DisplayName":                   kindNone,
		"":                                        kindNone, "\"": kindNone,
		"ImageID," + strings.Repeat("x,", maxColumns) + "Subset": kindNone,
	} {
		folder, err := files.OpenFolder(formatstest.Tree(t, map[string]string{"z.csv": header + "\n"}))
		if err != nil {
			t.Fatal(err)
		}
		x, err := openTable(folder, "z.csv")
		if err != nil {
			t.Fatal(err)
		}
		got := x.kind
		x.file.Close()
		folder.Close()
		if got != want {
			t.Errorf("%.60q: %d, want %d", header, got, want)
		}
	}
}

// TestRowsApart requires that rows about one image need not be in one place.
func TestRowsApart(t *testing.T) {
	const head = "ImageID,Source,LabelName,Confidence\n"
	var b strings.Builder
	b.WriteString(head)
	const images, rounds = 50, 40
	for r := range rounds {
		for i := range images {
			fmt.Fprintf(&b, "i%02d,,l%d,0.%d\n", i, r%7, r+1)
		}
	}
	dir := formatstest.Tree(t, map[string]string{"t-annotations-human-imagelabels.csv": b.String()})
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil || len(items) != images {
		t.Fatalf("%d items, %v", len(items), err)
	}
	for i, it := range items {
		if it.ID != fmt.Sprintf("i%02d", i) || len(it.Annotations) != rounds {
			t.Fatalf("item %d is %s with %d annotations", i, it.ID, len(it.Annotations))
		}
		for r, a := range it.Annotations {
			if got, _ := a.Common().Attributes.Get("score"); string(got) != fmt.Sprintf("0.%d", r+1) {
				t.Fatalf("annotation %d of %s has the score %s", r, it.ID, got)
			}
		}
	}
}

// TestQuotedRows requires the right places where fields have line breaks.
func TestQuotedRows(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{
		"t-images-with-rotation.csv":          "ImageID,Subset,Title\na,t,\"two\nlines, \"\"quoted\"\"\"\nb,t,\n",
		"t-annotations-human-imagelabels.csv": "ImageID,Source,LabelName,Confidence\n\"a\",\"x\ny\",l,0.5\nb,,l,bad\n",
	})
	_, _, err := read(t, dir, formats.ImportOptions{})
	if err == nil || !strings.Contains(err.Error(), "imagelabels.csv:4: item \"b\": \"bad\" is no number") {
		t.Error(err)
	}
	skip := &formats.Skipped{}
	lines, im, err := read(t, dir, formats.ImportOptions{Skip: skip})
	if want := []string{"t a: a.jpg 0x0", `  label l {"score":0.5}`, "t b: b.jpg 0x0"}; err != nil || !slices.Equal(lines, want) {
		t.Errorf("%q, %v", lines, err)
	}
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := items[0].Attributes.Get(carryRow); string(got) != `{"Title":"two\nlines, \"quoted\""}` {
		t.Errorf("%s", got)
	}
}

func TestWherePicturesLie(t *testing.T) {
	list := "ImageID,Subset\nx,train\nd/y,train\n"
	picture := formatstest.Text(t, testdata+"v5/images/train/loose.jpg")
	for name, test := range map[string]struct {
		files []string
		want  []string
	}{
		"by subset":         {[]string{"images/train/x.jpg", "images/train/d/y.PNG"}, []string{"train x: x.jpg there 0x0", "train d/y: d/y.PNG there 0x0"}},
		"all together":      {[]string{"images/x.jpeg"}, []string{"train x: x.jpeg there 0x0", "train d/y: d/y.jpg 0x0"}},
		"of another subset": {[]string{"images/val/x.jpg"}, []string{"train x: x.jpg there 0x0", "train d/y: d/y.jpg 0x0"}},
		"without images/":   {[]string{"train/x.jpg", "train/d/y.jpg"}, []string{"train x: x.jpg there 0x0", "train d/y: d/y.jpg there 0x0"}},
		"beside":            {[]string{"x.jpg"}, []string{"train x: x.jpg there 0x0", "train d/y: d/y.jpg 0x0"}},
		"masks are none":    {[]string{"masks/x.png", "train-masks-0/x.png"}, []string{"train x: x.jpg 0x0", "train d/y: d/y.jpg 0x0"}},
		"two of one id":     {[]string{"images/train/x.jpg", "images/train/x.png"}, []string{"train x: x.jpg there 0x0", "train d/y: d/y.jpg 0x0"}},
		"more than listed":  {[]string{"images/train/z.jpg", "images/new/z.jpg"}, []string{"train x: x.jpg 0x0", "train d/y: d/y.jpg 0x0", "train z: z.jpg there 0x0", "new z: z.jpg there 0x0"}},
	} {
		files := map[string]string{"annotations/train-images-with-rotation.csv": list}
		for _, f := range test.files {
			files[f] = picture
		}
		got, im, err := read(t, formatstest.Tree(t, files), formats.ImportOptions{})
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, %v", name, got, err)
			continue
		}
		if noted := strings.Contains(im.Notes().String(), "1 pictures with the id of another ignored"); noted != (name == "two of one id") {
			t.Errorf("%s: notes %v", name, im.Notes())
		}
	}
}

// TestMaskPlaces finds masks where the archives of Open Images have them, of
// another size than the picture.
func TestMaskPlaces(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{
		"train-annotations-object-segmentation.csv": "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks\nabc.png,i,x,1,,,,,,\n",
		"images.meta": "i 8 12\n",
	})
	for _, folder := range []string{"masks/train", "masks", "masks/train-masks-a", "train-masks-a", "train/labels/masks/A", "train-masks"} {
		small := image.NewPaletted(image.Rect(0, 0, 6, 4), color.Palette{color.Black, color.White})
		small.SetColorIndex(1, 2, 1)
		at := filepath.Join(dir, filepath.FromSlash(folder))
		if err := os.MkdirAll(at, 0o777); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(filepath.Join(at, "abc.png"))
		if err == nil {
			err = errors.Join(png.Encode(f, small), f.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := read(t, dir, formats.ImportOptions{})
		if want := []string{"train i: i.jpg 12x8", "  mask x 2 4 2 2 of 12x8"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", folder, got, err)
		}
		if err := os.RemoveAll(at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLimits(t *testing.T) {
	o := formats.ImportOptions{}
	o.Limits.ImagePixels = 100
	if _, _, err := read(t, testdata+"v5", o); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "larger than the limit") {
		t.Error(err)
	}
}

func TestMasksWithoutSize(t *testing.T) {
	d := one(&dataset.Mask{Base: annotationBase(0, ""), RLE: dataset.EncodeRuns(4, 6, []int64{5, 1, 18})})
	m := d.List[0].Media.(*dataset.Image)
	m.Height, m.Width, m.Source = 0, 0, nil
	dir := t.TempDir()
	if _, err := formatstest.Write(t.Context(), Format(), dir, d, formats.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	got, im, err := read(t, dir, formats.ImportOptions{})
	if err != nil || !slices.Contains(got, "  mask a 1 1 1 1 of 6x4") || !strings.Contains(im.Notes().String(), "1 masks of pictures of unknown size") {
		t.Errorf("%q, %v", got, err)
	}
	m.Height, m.Width = 8, 12
	got, loss, _ := again(t, d, formats.ExportOptions{})
	if !slices.Contains(got, "  mask a 2 2 2 2 of 12x8") || !strings.Contains(loss.String(), "1 masks stretched to the size of their picture") {
		t.Errorf("%q, %v", got, loss)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	box := func(x float64, label int32) dataset.Annotation {
		return &dataset.Bbox{Base: annotationBase(3, ""), Label: label, X: x, W: 1, H: 1}
	}
	mask := &dataset.Mask{Base: annotationBase(0, ""), Label: dataset.NoLabel, RLE: dataset.EncodeRuns(40, 60, []int64{2400})}
	d := one(box(math.NaN(), 0), box(math.Inf(1), 0), box(1, dataset.NoLabel), box(1e300, 1), mask)
	d.List[0].ID = "a\rb"
	_, loss, _ := again(t, d, formats.ExportOptions{SaveMedia: true})
	for _, s := range []string{
		"2 boxes dropped, since their coordinates are not finite", "1 boxes without a label dropped", "1 masks without a label dropped",
		"1 items given another id, since theirs cannot stand in a table", "1 groups of annotations dropped",
	} {
		if !strings.Contains(loss.String(), s) {
			t.Errorf("%v, want %s", loss, s)
		}
	}
	hidden := one(&dataset.Label{Base: annotationBase(0, "")})
	hidden.List[0].ID = "x/.hidden"
	got, loss, _ := again(t, hidden, formats.ExportOptions{SaveMedia: true})
	if !slices.Contains(got, "  label a") || !strings.Contains(loss.String(), "1 pictures not saved, since their names are those of hidden files") {
		t.Errorf("%q, %v", got, loss)
	}
	for _, subset := range []string{".x", "a-images-b", "a-annotations-b"} {
		d := one()
		d.List[0].Subset = subset
		if _, err := formatstest.Write(t.Context(), Format(), t.TempDir(), d, formats.ExportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("the subset %s is written: %v", subset, err)
		}
	}
	frames := formatstest.SampleOf(dataset.MediaVideoFrame)
	if loss, err := formatstest.Write(t.Context(), Format(), t.TempDir(), frames, formats.ExportOptions{}); err != nil || !strings.Contains(loss.String(), "2 items with a video frame dropped") {
		t.Error(loss, err)
	}
	broken := one(&dataset.Mask{Base: annotationBase(0, ""), RLE: dataset.RLE{Height: 40, Width: 60, Counts: []byte("!")}})
	if _, err := formatstest.Write(t.Context(), Format(), t.TempDir(), broken, formats.ExportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
		t.Error(err)
	}
}

func TestLongNamesOfMasks(t *testing.T) {
	d := one(&dataset.Mask{Base: annotationBase(0, ""), RLE: dataset.EncodeRuns(40, 60, []int64{2400})})
	d.List[0].ID = strings.Repeat("x", 220)
	if got, loss, _ := again(t, d, formats.ExportOptions{}); len(got) != 2 || loss.Total() != 1 { // the extension .png
		t.Errorf("%q, %v", got, loss)
	}
}

func TestDisplayNamesComeBack(t *testing.T) {
	o := formats.ImportOptions{Values: formats.Values{optionNames.Name: "display"}}
	_, im, err := read(t, testdata+"v5", o)
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	if _, err := formatstest.Write(t.Context(), Format(), out, im, formats.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	want := "/m/01g317,Person\n/m/04yx4,Man\n/m/0k4j,Car\n/m/0199g,\"Bicycle, large\"\n"
	if got := formatstest.Text(t, out+"/annotations/class-descriptions.csv"); got != want {
		t.Errorf("%s", got)
	}
	if got := formatstest.Text(t, out+"/annotations/"+hierarchyFile); !strings.Contains(got, `"LabelName": "/m/04yx4"`) || strings.Contains(got, "Person") {
		t.Errorf("%s", got)
	}
}
