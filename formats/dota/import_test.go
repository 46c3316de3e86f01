package dota

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

const data = "../../testdata/dota/"

// load reads everything of a dataset.
func load(t *testing.T, path string, o formats.ImportOptions) (*formatstest.Dataset, formats.Loss) {
	t.Helper()
	return formatstest.MustReadAll(t, Format(), path, o)
}

// describe says of each item in a few lines what tests want to know.
func describe(d *formatstest.Dataset) string {
	var b strings.Builder
	for _, it := range d.List {
		user, _ := it.Attributes.Split()
		fmt.Fprintf(&b, "%s/%s %s", it.Subset, it.ID, user.AppendJSON(nil))
		if it.Media != nil {
			fmt.Fprintf(&b, " (%s)", it.Media.Main().Name)
		}
		for _, a := range it.Annotations {
			user, _ := a.Common().Attributes.Split()
			fmt.Fprintf(&b, "\n  %s %s %.4v %s", a.Kind(), d.Meta.Categories.Name(*dataset.LabelOf(a)), numbers(a), user.AppendJSON(nil))
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
			want: `test/P0006 {} (P0006.png)
train/P0000 {"imagesource":"GoogleEarth","gsd":0.146343590398} (P0000.png)
  rotated_bbox plane [3 5 4 6 0] {"difficult":0}
  polygon small-vehicle [27.5 8 36 5.5 38 12 30 14] {"difficult":1}
  rotated_bbox small-vehicle [9.5 13.5 5 5 53.13] {"difficult":2}
val/P0004 {"imagesource":"GF-2","gsd":1.0}
val/part1/P0003 {"imagesource":"JL-1","gsd":null} (part1/P0003.png)
  rotated_bbox ship [6 7 2 4 0] {"difficult":0}
`,
			labels: "plane, ship, small-vehicle",
			notes:  map[string]int{"files in older versions of labelTxt not read": 1},
		},
		"flat": {
			want: `default/A b {} (A b.PNG)
  rotated_bbox big plane [2 1.5 2 1 0] {"difficult":0}
  polygon big plane [1 1 3 1 3 2 1 3] {}
  rotated_bbox κύων [0.5 0.5 1 1 0] {"difficult":0}
`,
			labels: "ship, big plane, κύων",
			notes: map[string]int{"labels that the list of classes does not have, added to it": 1,
				"boxes without a last field that says whether they are difficult": 1},
		},
		"roboflow": {
			want: `train/x_jpg.rf.1a2b {} (x_jpg.rf.1a2b.png)
  rotated_bbox bus [8 4.5 10 5 0] {"difficult":0}
valid/y_jpg.rf.3c4d {} (y_jpg.rf.3c4d.png)
`,
			labels: "car, bus",
		},
		"fractions": {
			want: `train/x {} (x.png)
  rotated_bbox car [7 4.5 10 5 0] {"difficult":0}
`,
			labels: "car",
			notes:  map[string]int{"files of labels whose coordinates were taken for fractions of the picture": 1},
		},
	} {
		d, notes := load(t, data+name, formats.ImportOptions{Workers: 3})
		if got := describe(d); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", name, got, c.want)
		}
		if got := strings.Join(formatstest.LabelNames(d), ", "); got != c.labels {
			t.Errorf("%s: labels %s", name, got)
		}
		if got := formatstest.Counts(notes); fmt.Sprint(got) != fmt.Sprint(c.notes) && len(got)+len(c.notes) > 0 {
			t.Errorf("%s: notes %v", name, notes)
		}
		if v, err := formatstest.Probe(t.Context(), Format(), data+name); err != nil || v.Confidence != formats.High || len(v.Unmet) > 0 {
			t.Errorf("%s: probe %+v, %v", name, v, err)
		}
	}
}

// TestCoordinates: what the option says counts more than the guess.
func TestCoordinates(t *testing.T) {
	d, notes := load(t, data+"fractions", formats.ImportOptions{Values: formats.Values{coordinates.Name: "pixels"}})
	if got := numbers(d.List[0].Annotations[0])[0]; got != 0.35 || notes.Total() > 0 {
		t.Errorf("pixels: %v %v", got, notes)
	}
	d, _ = load(t, data+"roboflow", formats.ImportOptions{Values: formats.Values{coordinates.Name: "fractions"}})
	if got := numbers(d.List[0].Annotations[0])[0]; got != 160 {
		t.Errorf("fractions: %v", got)
	}
	dir := formatstest.Tree(t, map[string]string{"labelTxt/1.txt": "0.1 0.2 0.6 0.2 0.6 0.7 0.1 0.7 car 0\n"})
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	if _, err = formatstest.Collect(t.Context(), im); !errors.Is(err, formats.ErrCorrupt) || formats.Hint(err) == "" {
		t.Errorf("fractions without a picture: %v", err)
	}
}

func TestOneFile(t *testing.T) {
	for file, boxes := range map[string]int{
		"official/train/labelTxt-v1.5/P0000.txt": 3, "official/train/labelTxt-v1.0/P0000.txt": 1, "flat/labelTxt/A b.TXT": 3,
	} {
		d, _ := load(t, data+file, formats.ImportOptions{})
		if len(d.List) != 1 || d.List[0].Media == nil || len(d.List[0].Annotations) != boxes {
			t.Errorf("%s: %s", file, describe(d))
		}
	}
	if _, err := formatstest.Open(t.Context(), Format(), data+"flat/classes.txt", formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Errorf("a list of classes: %v", err)
	}
}

const ship = "1 1 3 1 3 2 1 2 ship 0"

func TestBadRecords(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"few fields":    {ship + "\n\n1 2 3\n", "1.txt:3: a line has eight coordinates, a class and 0, 1 or 2; this has 3 fields"},
		"a word":        {"gsd:1\n" + strings.Replace(ship, "3", "x", 1), `1.txt:2: field 3 is "x", want a number`},
		"infinity":      {strings.Replace(ship, "3", "Inf", 1), `1.txt:1: field 3 is "Inf", want a number`},
		"too large":     {strings.Replace(ship, "3", "1e999", 1), `1.txt:1: field 3 is "1e999", want a number`},
		"a last word":   {ship + " x", `1.txt:1: the last field is "x", want 0, 1 or 2`},
		"no text":       {"1 1 3 1 3 2 1 2 s\xffhip 0", "1.txt:1: it is no text in UTF-8"},
		"a late header": {ship + "\ngsd:1", "1.txt:2: a line has eight coordinates, a class and 0, 1 or 2; this has 1 fields"},
	} {
		dir := formatstest.Tree(t, map[string]string{"labelTxt/0.txt": ship, "labelTxt/1.txt": c.text})
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
	o := formats.ImportOptions{Limits: files.Limits{RecordBytes: 5}, Skip: &formats.Skipped{}}
	if d, _ := load(t, formatstest.Tree(t, map[string]string{"labelTxt/0.txt": ship}), o); len(d.List) != 0 || o.Skip.Count() != 1 {
		t.Errorf("a large file: %d, %s", o.Skip.Count(), describe(d))
	}
	for _, text := range []string{"names: [[]]", "names: {x: y}", "\t"} {
		dir := formatstest.Tree(t, map[string]string{"labelTxt/0.txt": ship, "data.yaml": text})
		if _, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestProbeRefuses(t *testing.T) {
	for name, content := range map[string]map[string]string{
		"YOLO":                {"labels/1.txt": "0 0.5 0.5 0.1 0.1\n", "images/1.jpg": "x"},
		"YOLO in labelTxt":    {"labelTxt/1.txt": "0 0.5 0.5 0.1 0.1\n"},
		"YOLO OBB by numbers": {"labelTxt/1.txt": "0 0.1 0.2 0.6 0.2 0.6 0.7 0.1 0.7\n"},
		"VOC":                 {"ImageSets/Main/train.txt": "1\n", "Annotations/1.xml": "<annotation/>"},
		"pictures":            {"images/1.png": "x"},
	} {
		v, err := formatstest.Probe(t.Context(), Format(), formatstest.Tree(t, content))
		if err != nil || v.Confidence != formats.No || len(v.Unmet) == 0 {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
	v, err := formatstest.Probe(t.Context(), Format(), formatstest.Tree(t, map[string]string{"labelTxt/1.txt": "imagesource:x\n"}))
	if err != nil || v.Confidence != formats.Medium {
		t.Errorf("a header alone: %+v, %v", v, err)
	}
}

// TestTwoPicturesOfOneName: the labels belong to the first.
func TestTwoPicturesOfOneName(t *testing.T) {
	d, notes := load(t, formatstest.Tree(t, map[string]string{"images/a.jpg": "x", "images/a.png": "y", "labelTxt/a.txt": ship}), formats.ImportOptions{})
	if len(d.List) == 0 || len(d.List) > 2 || len(d.List[0].Annotations) != 1 || len(d.List[1].Annotations) != 0 || notes.Total() != 1 {
		t.Errorf("%s%v", describe(d), notes)
	}
}

// TestNamedLikeAFolder: a dataset may be called as one of its folders is.
func TestNamedLikeAFolder(t *testing.T) {
	d, _ := load(t, formatstest.Tree(t, map[string]string{"labelTxt/images/1.png": "x", "labelTxt/labelTxt/1.txt": ship, "images/2.png": "x"})+"/labelTxt", formats.ImportOptions{})
	if len(d.List) != 1 || len(d.List[0].Annotations) != 1 || d.List[0].Media == nil {
		t.Error(describe(d))
	}
}
