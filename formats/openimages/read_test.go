package openimages

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cryptokey "datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

const testdata = "../../testdata/openimages/"

// describe is an item in words.
func describe(info *dataset.Info, it *dataset.Item) (lines []string) {
	m := it.Media.(*dataset.Image)
	there := ""
	if m.Source != nil {
		there = " there"
	}
	lines = append(lines, fmt.Sprintf("%s %s: %s%s %dx%d", it.Subset, it.ID, m.Name, there, m.Width, m.Height))
	for _, a := range it.Annotations {
		b := a.Common()
		user, _ := b.Attributes.Split()
		line := fmt.Sprintf("  %s %s", a.Kind(), info.Categories.Name(*dataset.LabelOf(a)))
		switch a := a.(type) {
		case *dataset.Bbox:
			line += fmt.Sprintf(" %v %v %v %v", a.X, a.Y, a.W, a.H)
		case *dataset.Mask:
			x, y, w, h, _ := a.RLE.Bounds()
			line += fmt.Sprintf(" %v %v %v %v of %dx%d", x, y, w, h, a.RLE.Width, a.RLE.Height)
		}
		if b.Group != 0 {
			line += fmt.Sprintf(" group %d", b.Group)
		}
		lines = append(lines, strings.TrimSuffix(line+" "+string(user.AppendJSON(nil)), " {}"))
	}
	return lines
}

func read(t *testing.T, path string, o formats.ImportOptions) ([]string, formats.Importer, error) {
	t.Helper()
	return formatstest.ReadLines(t, Format(), path, o, describe)
}

func TestLayouts(t *testing.T) {
	for _, test := range []struct {
		path, want string
		notes      []string
	}{
		{"v5", `
train 0000a1: 0000a1.jpg there 40x30
  label /m/01g317
  label /m/0k4j {"score":0}
  bbox /m/01g317 4 6 20 12 group 1 {"occluded":false,"truncated":true,"is_group_of":false,"is_depiction":false}
  bbox /m/0k4j 0.5 4.45314 7.31248 13.17186 {"score":0.75}
  mask /m/01g317 4 6 20 12 of 40x30 group 1 {"predicted_iou":0.86864}
train 0000a2: 0000a2.jpg there 40x30
  bbox /m/04yx4 0 0 40 30 {"occluded":false,"truncated":false,"is_group_of":true,"is_depiction":false,"is_inside":false}
train 0000a3: 0000a3.jpg 0x0
  label /m/04yx4
train loose: loose.jpg there 0x0
validation 0000b1: 0000b1.JPG there 20x10
  bbox /m/0199g 10 5 5 4 {"occluded":true,"truncated":false,"is_group_of":false,"is_depiction":true,"is_inside":false}`,
			[]string{"1 .csv files without columns of image labels, boxes or masks ignored"}},
		{"v6", `
test d1: d1.png there 0x0
test d2: d2.jpg 20x10
  label /m/0k4j
train c1: c1.jpg there 16x12
  bbox /m/01g317 4 3 4 3 {"occluded":false,"truncated":false,"is_group_of":false,"is_depiction":false,"is_inside":false}
  bbox /m/0new 8 6 8 6 {"occluded":false,"truncated":false,"is_group_of":false,"is_depiction":false,"is_inside":false}
train e9: e9.jpg 200x100
  bbox /m/01g317 20 10 20 10 {"occluded":false,"truncated":false,"is_group_of":false,"is_depiction":false,"is_inside":false}`,
			[]string{"1 labels that no class description names"}},
		{"folders", `
validation g1: g1.jpg there 0x0
  label /m/01g317
train f1: f1.jpg there 10x10
  bbox /m/01g317 0 0 10 5 {"occluded":false,"truncated":false,"is_group_of":false,"is_depiction":false,"is_inside":false}
train f2: f2.jpg there 0x0`,
			[]string{"1 labels described twice"}},
		{"v6/annotations", "", nil},
		{"v5/annotations/validation-annotations-bbox.csv", `
validation 0000b1: 0000b1.JPG there 20x10
  bbox /m/0199g 10 5 5 4 {"occluded":true,"truncated":false,"is_group_of":false,"is_depiction":true,"is_inside":false}`, nil},
	} {
		t.Run(test.path, func(t *testing.T) {
			got, im, err := read(t, testdata+test.path, formats.ImportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.TrimPrefix(test.want, "\n"); want != "" && strings.Join(got, "\n") != want {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
			} else if want == "" && len(got) == 0 {
				t.Error("nothing was read")
			}
			notes := im.Notes()
			if test.want != "" && len(notes.Entries()) != len(test.notes) {
				t.Errorf("notes %v", notes)
			}
			for _, n := range test.notes {
				if !strings.Contains(notes.String(), n) {
					t.Errorf("notes %v, want %s", notes, n)
				}
			}
			if total := im.Info().Total(); total != strings.Count("\n"+strings.Join(got, "\n"), "\n")-strings.Count(strings.Join(got, "\n"), "\n  ") {
				t.Errorf("the info says %d items", total)
			}
		})
	}
}

func TestLabels(t *testing.T) {
	for option, want := range map[string]string{
		"label":   "/m/01g317; /m/04yx4 of /m/01g317; /m/0k4j of /m/07yv9; /m/0199g of /m/07yv9",
		"display": "Person; Man of Person; Car of /m/07yv9; Bicycle, large of /m/07yv9",
	} {
		_, im, err := read(t, testdata+"v5", formats.ImportOptions{Values: formats.Values{optionNames.Name: option}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range im.Info().Categories.Labels.Labels {
			got = append(got, strings.TrimSuffix(l.Name+" of "+l.Parent, " of "))
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%s: %s", option, s)
		}
	}
}

// TestAsItWas requires that what this format does not understand comes back,
// and the decimals as they stood.
func TestAsItWas(t *testing.T) {
	for _, dir := range []string{"v5", "v6", "folders"} {
		_, im, err := read(t, testdata+dir, formats.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		out, loss := formatstest.MustWrite(t, Format(), im, formats.ExportOptions{SaveMedia: true})
		for _, e := range loss.Entries() {
			if e.What != "media files not saved, since the source holds only their names" {
				t.Errorf("%s: %d %s (%s)", dir, e.Count, e.What, e.Example)
			}
		}
		again, _, err := read(t, out, formats.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		once, _, _ := read(t, testdata+dir, formats.ImportOptions{})
		for i := range once { // sizes are in images.meta now
			if !slices.Contains(again, once[i]) && !strings.HasSuffix(once[i], " 0x0") {
				t.Errorf("%s: %s does not come back:\n%s", dir, once[i], strings.Join(again, "\n"))
			}
		}
	}
}

func TestFilesAsTheyWere(t *testing.T) {
	_, im, err := read(t, testdata+"v5", formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	if _, err := formatstest.Write(t.Context(), Format(), out, im, formats.ExportOptions{SaveMedia: true}); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"annotations/train-annotations-bbox.csv": "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n" +
			"0000a1,xclick,/m/01g317,1,0.1,0.6,0.2,0.6,0,1,0,0,-1\n0000a1,activemil,/m/0k4j,0.75,0.0125,0.195312,0.148438,0.5875,-1,-1,-1,-1,-1\n" +
			"0000a2,xclick,/m/04yx4,1,0,1,0,1,0,0,1,0,0\n",
		"annotations/train-annotations-human-imagelabels.csv": "ImageID,Source,LabelName,Confidence\n0000a1,verification,/m/01g317,1\n" +
			"0000a1,crowdsource-verification,/m/0k4j,0\n0000a3,verification,/m/04yx4,1\n",
		"annotations/train-annotations-object-segmentation.csv": "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks\n" +
			"0000a1_m01g317_8423aba8.png,0000a1,/m/01g317,8423aba8,0.1,0.6,0.2,0.6,0.86864,0.25 0.5 1;0.1 0.2 0\n",
		"annotations/class-descriptions.csv": "/m/01g317,Person\n/m/04yx4,Man\n/m/0k4j,Car\n/m/0199g,\"Bicycle, large\"\n",
	} {
		got, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(file)))
		if err != nil || string(got) != want {
			t.Errorf("%s: %v\ngot\n%s\nwant\n%s", file, err, got, want)
		}
	}
	images, err := os.ReadFile(out + "/annotations/train-images-with-rotation.csv")
	if err != nil || !strings.Contains(string(images), `,"Müller, A.","a ""quoted"" title",1000,aa==,,0.0`) {
		t.Errorf("%s, %v", images, err)
	}
}

func TestBadRecords(t *testing.T) {
	const head = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded\n"
	const meta = "a 10 10\nb 10 10\n"
	const good = "b,,x,1,0,1,0,1,0\n"
	for name, test := range map[string]struct {
		files map[string]string
		want  string
		lines int // what is left without the bad record
	}{
		"no number":           {map[string]string{"t-annotations-bbox.csv": head + "a,,x,1,0,1,0,1,0\na,,x,1,0,one,0,1,0\n" + good, "images.meta": meta}, "t-annotations-bbox.csv:3: item \"a\": a corner of the box is not a finite number", 4},
		"infinite":            {map[string]string{"t-annotations-bbox.csv": head + "a,,x,1,0,inf,0,1,0\n" + good, "images.meta": meta}, ":2: item \"a\": a corner of the box is not a finite number", 3},
		"no label":            {map[string]string{"t-annotations-bbox.csv": head + "a,,,1,0,1,0,1,0\n" + good, "images.meta": meta}, ":2: item \"a\": the row has no LabelName", 3},
		"a confidence":        {map[string]string{"t-annotations-bbox.csv": head + "a,,x,high,0,1,0,1,0\n" + good, "images.meta": meta}, ":2: item \"a\": \"high\" is no number", 3},
		"no size":             {map[string]string{"t-annotations-bbox.csv": head + "a,,x,1,0,1,0,1,0\n" + good, "images.meta": "b 10 10\n"}, ":2: item \"a\": the size of the picture is not known", 3},
		"no id":               {map[string]string{"t-annotations-bbox.csv": head + ",,x,1,0,1,0,1,0\n" + good, "images.meta": meta}, ":2: the row has no ImageID", 2},
		"an id that leaves":   {map[string]string{"t-annotations-bbox.csv": head + "../a,,x,1,0,1,0,1,0\n" + good, "images.meta": meta}, ":2: item \"../a\": the ImageID \"../a\" is no path", 2},
		"listed twice":        {map[string]string{"t-images-with-rotation.csv": "ImageID,Subset\na,t\nb,t\na,t\n"}, ":4: item \"a\": the image is listed twice", 2},
		"listed without name": {map[string]string{"t-images-with-rotation.csv": "ImageID,Subset\na,t\n,t\n"}, ":3: the row has no ImageID", 1},
		"no mask":             {map[string]string{"t-annotations-object-segmentation.csv": "MaskPath,ImageID,LabelName,BoxID\nm.png,a,x,1\n"}, ":2: item \"a\": the mask m.png is in none of the folders", 1},
		"a mask elsewhere":    {map[string]string{"t-annotations-object-segmentation.csv": "MaskPath,ImageID,LabelName,BoxID\n../m.png,a,x,1\n"}, ":2: item \"a\": the MaskPath \"../m.png\" is no name", 1},
		"a mask that is none": {map[string]string{"t-annotations-object-segmentation.csv": "MaskPath,ImageID,LabelName,BoxID\nm.png,a,x,1\n", "masks/t/m.png": "x"}, "m.png: the mask is no PNG", 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := formatstest.Tree(t, test.files)
			_, _, err := read(t, dir, formats.ImportOptions{})
			if !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			skip := &formats.Skipped{}
			lines, _, err := read(t, dir, formats.ImportOptions{Skip: skip})
			if err != nil || skip.Count() != 1 || len(lines) != test.lines {
				t.Errorf("%v, %d left out, %q", err, skip.Count(), lines)
			}
		})
	}
}

func TestBadFiles(t *testing.T) {
	boxes := "ImageID,LabelName,XMin,XMax,YMin,YMax\na,x,0,1,0,1\n"
	for name, test := range map[string]struct{ file, text, want string }{
		"meta":         {"images.meta", "a 10 10\nb ten 10\n", "images.meta:2: \"ten\" is no height"},
		"meta, short":  {"images.meta", "a 10\n", "images.meta:1: a line is the name"},
		"meta, quote":  {"images.meta", "'a 10 10\n", "images.meta:1: a line is the name"},
		"hierarchy":    {"hierarchy.json", "[", "hierarchy.json: no hierarchy of labels"},
		"endless row":  {"z-annotations-bbox.csv", boxes + "\"" + strings.Repeat("x", 3<<20), "a row of more than"},
		"many subsets": {"all-images-with-rotation.csv", manySubsets(), "more than 100 subsets"},
	} {
		dir := formatstest.Tree(t, map[string]string{"t-annotations-bbox.csv": boxes, test.file: test.text})
		if _, _, err := read(t, dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func manySubsets() string {
	var b strings.Builder
	b.WriteString("ImageID,Subset\n")
	for i := range 200 {
		fmt.Fprintf(&b, "i%d,s%d\n", i, i)
	}
	return b.String()
}

func TestSameIDInTwoSubsets(t *testing.T) {
	head := "ImageID,LabelName,Confidence\n"
	dir := formatstest.Tree(t, map[string]string{
		"a-images-with-rotation.csv": "ImageID,Subset\nx,a\n", "b-images-with-rotation.csv": "ImageID,Subset\nx,b\ny,b\n",
		"a-annotations-human-imagelabels.csv": head + "x,one,1\n", "b-annotations-human-imagelabels.csv": head + "x,two,1\n",
		"c-annotations-human-imagelabels.csv": head + "y,three,1\nz,four,1\n",
	})
	got, _, err := read(t, dir, formats.ImportOptions{})
	want := []string{"a x: x.jpg 0x0", "  label one", "b x: x.jpg 0x0", "  label two", "b y: y.jpg 0x0", "  label three", "c z: z.jpg 0x0", "  label four"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %q", err, got)
	}
}

func TestProbe(t *testing.T) {
	for path, want := range map[string]formats.Confidence{
		"v5": formats.High, "v6": formats.High, "folders": formats.High, "v5/annotations/train-annotations-bbox.csv": formats.High,
		"v5/annotations/train-annotations-vrd.csv": formats.No, "v5/images": formats.No, "../coco/sample": formats.No, "../datumaro/1.13.12/images": formats.No,
	} {
		v, err := formatstest.Probe(t.Context(), Format(), testdata+path)
		if err != nil || v.Confidence != want || (want == formats.No) != (len(v.Unmet) > 0) {
			t.Errorf("%s: %+v, %v", path, v, err)
		}
	}
	table := formatstest.Tree(t, map[string]string{"a.csv": "filename,width,height,class,xmin,ymin,xmax,ymax\n", "b.csv": "", "c.csv": "ImageID,LabelName,Confidence\n"})
	if v, err := formatstest.Probe(t.Context(), Format(), table); err != nil || v.Confidence != formats.No {
		t.Errorf("other tables: %+v, %v", v, err)
	}
}

func TestRefusals(t *testing.T) {
	if _, err := formatstest.Open(t.Context(), Format(), testdata+"v5", formats.ImportOptions{Key: new(cryptokey.Key)}); !errors.Is(err, formats.ErrKey) {
		t.Error(err)
	}
	if _, err := Format().Export(t.Context(), t.TempDir(), formats.ExportOptions{EncryptAllMedia: true}); !errors.Is(err, formats.ErrUsage) {
		t.Error(err)
	}
	if _, err := formatstest.Open(t.Context(), Format(), testdata+"v5/images", formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Error(err)
	}
}
