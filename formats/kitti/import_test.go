package kitti

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

const data = "../../testdata/kitti/"

// load reads everything of a dataset.
func load(t *testing.T, path string, o formats.ImportOptions) (*formatstest.Dataset, formats.Loss) {
	t.Helper()
	return formatstest.MustReadAll(t, Format(), path, o)
}

// describe says of each item in a line what tests want to know.
func describe(d *formatstest.Dataset) string {
	var b strings.Builder
	for _, it := range d.List {
		fmt.Fprintf(&b, "%s/%s", it.Subset, it.ID)
		if it.Media != nil {
			fmt.Fprintf(&b, " (%s)", it.Media.Main().Name)
		}
		for _, a := range it.Annotations {
			user, _ := a.Common().Attributes.Split()
			fmt.Fprintf(&b, "\n  %s", d.Meta.Categories.Name(*dataset.LabelOf(a)))
			switch a := a.(type) {
			case *dataset.Bbox:
				fmt.Fprintf(&b, " %v %v %v %v", a.X, a.Y, a.W, a.H)
			case *dataset.Mask:
				runs, err := a.RLE.Runs()
				fmt.Fprintf(&b, " #%d %v", a.ID, runs)
				if err != nil {
					fmt.Fprint(&b, err)
				}
			}
			fmt.Fprintf(&b, " %s", user.AppendJSON(nil))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestLayouts(t *testing.T) {
	for name, c := range map[string]struct {
		want, labels string
		notes        map[string]int
	}{
		"official": {
			want: `test/000000 (000000.png)
train/000000 (000000.png)
  Pedestrian 712.4 143 98.33 164.92 {"truncated":0.00,"occluded":0,"alpha":-0.20,"dimensions":[1.89,0.48,1.20],"location":[1.84,1.47,8.41],"rotation_y":0.01}
train/000002 (000002.png)
  Car 1 2 2.25 2.5 {"truncated":0.5,"occluded":1,"alpha":1.5,"dimensions":[1.5,1.6,3.5],"location":[1,2,3],"rotation_y":-0.5,"score":0.875}
val/000001 (000001.png)
  Truck 599.41 156.4 30.34 32.85 {"truncated":0.00,"occluded":0,"alpha":-1.57,"dimensions":[2.85,2.63,12.34],"location":[0.47,1.49,69.44],"rotation_y":-1.56}
  Car 0 192.37 402.31 181.63 {"truncated":0.88,"occluded":3,"alpha":-0.69,"dimensions":[1.60,1.57,3.23],"location":[-2.70,1.74,3.68],"rotation_y":-1.29}
  DontCare 503.89 169.71 86.72 20.42 {"truncated":-1,"occluded":-1}
`,
			labels: "Car DontCare Pedestrian Truck",
			notes:  map[string]int{"names listed in ImageSets that have no file": 1, "files of calib/ not read": 1},
		},
		"flat": {
			want: `default/A b (A b.PNG)
  Traffic light 1 1 1 1 {"truncated":0,"occluded":0}
default/sub/c.v1.jpg (sub/c.v1.jpg.png)
`,
			labels: "Traffic light",
		},
		"segmentation": {
			want: `testing/000000_10 (000000_10.png)
training/000000_10 (000000_10.png)
  road #0 [2 2 3 1] {"is_crowd":true}
  car #1 [4 1 1 1 1] {"is_crowd":false}
  car #2 [5 1 2] {"is_crowd":false}
training/000001_10 (000001_10.png)
  road #0 [0 1 1 1 1 1 1 1 1] {"is_crowd":true}
  building #0 [1 1 1 1 4] {"is_crowd":true}
`,
			labels: "unlabeled egovehicle rectificationborder outofroi static dynamic ground road sidewalk parking railtrack building wall fence " +
				"guardrail bridge tunnel pole polegroup trafficlight trafficsign vegetation terrain sky person rider car truck bus caravan trailer " +
				"train motorcycle bicycle licenseplate",
		},
		"datumaro": {
			want: `train/1 (1.png)
  car 1 0 2 2 {"truncated":0.0,"occluded":0,"score":1.0}
  bike 0 0 1 1 {"truncated":1.0,"occluded":1,"score":0.5}
  car #1 [2 1 1 1 1 1 1] {"is_crowd":false}
  person #0 [1 1 1 1 1 1 2] {"is_crowd":true}
val/2
  background #3 [1 1 1 1 1 1 1 1] {"is_crowd":false}
`,
			labels: "background car person bike",
			notes:  map[string]int{"labels of label_2 that the file of labels does not list, added to them": 1},
		},
		"semantic_only": {
			want: `training/1 (1.png)
  cat #0 [0 1 2 1] {"is_crowd":true}
  big dog #0 [1 2 1] {"is_crowd":true}
`,
			labels: "cat big dog",
		},
		"rgb": {
			want: `training/1 (1.png)
  cat #0 [1 1 1 1] {"is_crowd":true}
  big dog #0 [2 1 1] {"is_crowd":true}
`,
			labels: "cat big dog",
		},
	} {
		d, notes := load(t, data+name, formats.ImportOptions{Workers: 3})
		if got := describe(d); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", name, got, c.want)
		}
		labels := formatstest.LabelNames(d)
		if got := strings.Join(labels, " "); got != c.labels {
			t.Errorf("%s: labels %s", name, got)
		}
		if got := formatstest.Counts(notes); fmt.Sprint(got) != fmt.Sprint(c.notes) && len(got)+len(c.notes) > 0 {
			t.Errorf("%s: notes %v", name, notes)
		}
		if v, err := formatstest.Probe(t.Context(), Format(), data+name); err != nil || v.Confidence < formats.Low || len(v.Unmet) > 0 {
			t.Errorf("%s: probe %+v, %v", name, v, err)
		}
	}
}

func TestOneFile(t *testing.T) {
	for file, want := range map[string]string{
		"official/training/label_2/000001.txt":         "default/000001",
		"datumaro/train/instance/1.png":                "default/1",
		"segmentation/training/semantic/000001_10.png": "default/000001_10",
	} {
		d, _ := load(t, data+file, formats.ImportOptions{})
		if len(d.List) != 1 || d.List[0].Subset+"/"+d.List[0].ID != want || d.List[0].Media == nil || len(d.List[0].Annotations) < 1 {
			t.Errorf("%s: %s", file, describe(d))
		}
		if v, err := formatstest.Probe(t.Context(), Format(), data+file); err != nil || v.Confidence < formats.Medium {
			t.Errorf("%s: probe %+v, %v", file, v, err)
		}
	}
	for _, file := range []string{"official/ImageSets/train.txt", "rgb/label_colors.txt"} {
		if _, err := formatstest.Open(t.Context(), Format(), data+file, formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

const car = "Car 0 0 -10 1 1 2 2 -1 -1 -1 -1000 -1000 -1000 -10"

func TestBadRecords(t *testing.T) {
	png := func(name string) string { return formatstest.Text(t, data+name) }
	grey := png("datumaro/val/instance/2.png")
	huge := grey[:16] + "\x7f\xff\xff\xff\x7f\xff\xff\xff" + grey[24:]
	for name, c := range map[string]struct{ file, text, want string }{
		"few fields":   {"label_2/1.txt", car + "\n\nCar 0 0 -10 1 1 2 2\n", "1.txt:3: a line has 15 or 16 fields, this has 8"},
		"a word":       {"label_2/1.txt", strings.Replace(car, "-10", "x", 1), `1.txt:1: field 4 is "x", want a number`},
		"infinity":     {"label_2/1.txt", strings.Replace(car, "1 1 2 2", "1 1 2 Inf", 1), `1.txt:1: field 8 is "Inf", want a number`},
		"hexadecimal":  {"label_2/1.txt", strings.Replace(car, "1 1 2 2", "1 1 2 0x1", 1), `1.txt:1: field 8 is "0x1", want a number`},
		"too large":    {"label_2/1.txt", strings.Replace(car, "1 1 2 2", "1 1 2 1e999", 1), `1.txt:1: field 8 is "1e999", want a number`},
		"no text":      {"label_2/1.txt", "C\xffr" + car[3:], "1.txt:1: it is no text in UTF-8"},
		"no picture":   {"instance/1.png", "x", "1.png: it is no PNG file"},
		"cut picture":  {"instance/1.png", grey[:40], "1.png: unexpected EOF"},
		"huge picture": {"instance/1.png", huge, "1.png: a mask of 2147483647 × 2147483647 pixels"},
		"colours":      {"instance/1.png", png("rgb/training/semantic_rgb/1.png"), "1.png: a mask is a grey picture or one with a palette, this has colours"},
		"wrong colour": {"semantic_rgb/1.png", png("official/training/image_2/000000.png"), "1.png: no label has the colour 90 90 90"},
	} {
		dir := formatstest.Tree(t, map[string]string{"label_2/0.txt": car, c.file: c.text})
		im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, err = formatstest.Collect(t.Context(), im)
		im.Close()
		if !errors.Is(err, formats.ErrCorrupt) || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		skipped := &formats.Skipped{}
		d, _ := load(t, dir, formats.ImportOptions{Skip: skipped})
		if skipped.Count() != 1 || len(d.List) == 0 || len(d.List) > 2 || len(d.List[0].Annotations) != 1 {
			t.Errorf("%s: skipped %d: %s", name, skipped.Count(), describe(d))
		}
	}
}

func TestUnlistedClass(t *testing.T) {
	grey := formatstest.Text(t, data+"segmentation/training/semantic/000000_10.png")
	dir := formatstest.Tree(t, map[string]string{"semantic/1.png": grey, "label_colors.txt": "cat\n"})
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	_, err = formatstest.Collect(t.Context(), im)
	if !errors.Is(err, formats.ErrCorrupt) || !strings.HasSuffix(err.Error(), "pixels of value 7, of label 7; there are 1 labels") || formats.Hint(err) == "" {
		t.Errorf("%v", err)
	}
	dir = formatstest.Tree(t, map[string]string{"label_2/1.txt": car, "dataset_meta.json": `{"label_map":{"x":"y"}}`})
	if _, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("a bad key: %v", err)
	}
}

func TestLimits(t *testing.T) {
	o := formats.ImportOptions{Limits: files.Limits{RecordBytes: 20, ImagePixels: 3}, Skip: &formats.Skipped{}}
	d, _ := load(t, formatstest.Tree(t, map[string]string{"label_2/1.txt": car}), o)
	if len(d.List) != 0 || o.Skip.Count() != 1 {
		t.Errorf("%d skipped: %s", o.Skip.Count(), describe(d))
	}
}

func TestProbeRefuses(t *testing.T) {
	for name, content := range map[string]map[string]string{
		"YOLO":              {"labels/1.txt": "0 0.5 0.5 0.1 0.1\n", "images/1.jpg": "x"},
		"YOLO in label_2":   {"label_2/1.txt": "0 0.5 0.5 0.1 0.1\n"},
		"VOC":               {"ImageSets/Main/train.txt": "1\n", "Annotations/1.xml": "<annotation/>"},
		"a folder instance": {"instance/1.png": "x"},
	} {
		v, err := formatstest.Probe(t.Context(), Format(), formatstest.Tree(t, content))
		if err != nil || v.Confidence != formats.No || len(v.Unmet) == 0 {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}

// TestTwoPicturesOfOneName: the labels belong to the PNG.
func TestTwoPicturesOfOneName(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{"image_2/a.jpg": "x", "image_2/a.png": "y", "label_2/a.txt": car})
	d, notes := load(t, dir, formats.ImportOptions{})
	if len(d.List) != 2 || d.List[0].Media.Main().Name != "a.png" || len(d.List[0].Annotations) != 1 || notes.Total() != 1 {
		t.Errorf("%s%v", describe(d), notes)
	}
}

// TestAttributesAreJSON: what JSON does not allow is spelled anew, and the line
// comes back all the same.
func TestAttributesAreJSON(t *testing.T) {
	odd := "Car .5 +1 -1.5 1. 1 2.50 2 01 2 3 4 5 6 7"
	dir := formatstest.Tree(t, map[string]string{"label_2/a.txt": " " + odd + "\t\n"})
	d, _ := load(t, dir, formats.ImportOptions{})
	for _, x := range d.List[0].Annotations[0].Common().Attributes {
		if !json.Valid(x.Value) {
			t.Errorf("%s: %s", x.Name, x.Value)
		}
	}
	out := t.TempDir()
	loss, err := formatstest.Write(t.Context(), Format(), out, d, formats.ExportOptions{})
	if err != nil || loss.Total() > 0 {
		t.Fatal(err, loss)
	}
	text, err := os.ReadFile(out + "/default/label_2/a.txt")
	if err != nil || string(text) != " "+odd+"\t\n" {
		t.Errorf("%q, %v", text, err)
	}
}

// TestNamedLikeAFolder: a dataset may be called as one of its folders is.
func TestNamedLikeAFolder(t *testing.T) {
	d, _ := load(t, formatstest.Tree(t, map[string]string{"semantic/image_2/1.png": "x", "semantic/label_2/1.txt": car, "label_2/2.txt": car})+"/semantic", formats.ImportOptions{})
	if len(d.List) != 1 || len(d.List[0].Annotations) != 1 || d.List[0].Media == nil {
		t.Error(describe(d))
	}
}
