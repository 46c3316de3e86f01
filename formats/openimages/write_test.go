package openimages

import (
	"os"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// one is a dataset of one picture, 60 × 40 pixels, with annotations of the
// labels a and b.
func one(annotations ...dataset.Annotation) *formatstest.Dataset {
	labels := &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "a"}, {Name: "b"}}}
	return &formatstest.Dataset{
		Meta: dataset.Info{MediaKind: dataset.MediaImage, Categories: dataset.Categories{Labels: labels}},
		List: []dataset.Item{{ID: "i", Subset: "train", Media: formatstest.Picture("i.png"), Annotations: annotations}},
	}
}

func annotationBase(group int64, attributes string) dataset.Base {
	b := dataset.Base{ObjectID: dataset.NoObject, Group: group}
	if attributes != "" {
		b.Attributes, _ = dataset.ParseAttributes([]byte(attributes))
	}
	return b
}

// again writes a dataset and reads it.
func again(t *testing.T, d *formatstest.Dataset, o formats.ExportOptions) (lines []string, loss formats.Loss, dir string) {
	t.Helper()
	dir = t.TempDir()
	loss, err := formatstest.Write(t.Context(), Format(), dir, d, o)
	if err != nil {
		t.Fatal(err)
	}
	lines, _, err = read(t, dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return lines, loss, dir
}

func TestMasksKeepTheirBoxes(t *testing.T) {
	code := func(at int64) dataset.RLE { return dataset.EncodeRuns(40, 60, []int64{at, 5, 2395 - at}) }
	box := func(group int64, x float64) dataset.Annotation {
		return &dataset.Bbox{Base: annotationBase(group, ""), X: x, Y: 1.7, W: 1.0 / 3, H: 20.05}
	}
	mask := func(group, at int64, label int32) dataset.Annotation {
		return &dataset.Mask{Base: annotationBase(group, `{"predicted_iou":0.5}`), Label: label, RLE: code(at)}
	}
	got, loss, _ := again(t, one(mask(7, 80, 0), box(9, 3), box(7, 17.2), mask(0, 40, 1), mask(9, 0, 1)), formats.ExportOptions{SaveMedia: true})
	want := []string{
		"train i: i.png there 60x40",
		"  bbox a 3 1.7 0.3333333333333333 20.05",
		"  bbox a 17.2 1.7 0.3333333333333333 20.05 group 1",
		`  mask a 2 0 1 5 of 60x40 group 1 {"predicted_iou":0.5}`,
		`  mask b 1 0 1 5 of 60x40 {"predicted_iou":0.5}`,
		`  mask b 0 0 1 5 of 60x40 {"predicted_iou":0.5}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if s := loss.String(); s != "2 groups of annotations dropped (first: i of train)\n" {
		t.Error(s)
	}
}

func TestScores(t *testing.T) {
	got, loss, _ := again(t, one(
		&dataset.Label{Base: annotationBase(0, `{"score":0.25}`)}, &dataset.Label{Base: annotationBase(0, `{"score":1}`)}, &dataset.Label{Base: annotationBase(0, `{"score":1.0}`)},
		&dataset.Label{Base: annotationBase(0, `{"score":"high"}`)}, &dataset.Bbox{Base: annotationBase(0, `{"is_group_of":true,"occluded":"yes","score":1e-7}`), W: 1, H: 1},
	), formats.ExportOptions{})
	want := []string{"train i: i.jpg 60x40", `  label a {"score":0.25}`, "  label a", `  label a {"score":1.0}`, "  label a",
		`  bbox a 0 0 1 1 {"score":1e-7,"is_group_of":true}`}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	for _, s := range []string{"2 attributes of annotations dropped", "1 scores of 1 dropped", "1 extensions of pictures that are not saved dropped"} {
		if !strings.Contains(loss.String(), s) {
			t.Errorf("%v, want %s", loss, s)
		}
	}
}

func TestSizesOfPictures(t *testing.T) {
	d := one(&dataset.Bbox{Base: annotationBase(0, ""), X: 6, Y: 8, W: 3, H: 4})
	m := d.List[0].Media.(*dataset.Image)
	m.Height, m.Width = 0, 0
	if got, _, _ := again(t, d, formats.ExportOptions{}); !slices.Contains(got, "  bbox a 6 8 3 4") {
		t.Errorf("the size in the header of the picture is not used: %q", got)
	}
	m.Source = nil
	got, loss, _ := again(t, d, formats.ExportOptions{})
	if len(got) != 1 || !strings.Contains(loss.String(), "1 boxes dropped, since the size of the picture is not known") {
		t.Errorf("%q, %v", got, loss)
	}
	m.Height, m.Width = 80, 120 // as the dataset says, whatever the picture says
	m.Source = formatstest.Picture("i.png").Source
	got, _, dir := again(t, d, formats.ExportOptions{SaveMedia: true})
	if !slices.Contains(got, "  bbox a 6 8 3 4") {
		t.Errorf("%q", got)
	}
	text, err := os.ReadFile(dir + "/annotations/train-annotations-bbox.csv")
	if err != nil || !strings.Contains(string(text), "i,,a,1,0.05,0.075,0.1,0.15,-1,-1,-1,-1,-1\n") {
		t.Errorf("%s, %v", text, err)
	}
}

func TestNames(t *testing.T) {
	d := one(&dataset.Label{Base: annotationBase(0, "")}, &dataset.Label{Base: annotationBase(0, ""), Label: 1})
	d.Meta.Categories.Labels.Labels = []dataset.LabelCategory{{Name: "x", Parent: "y"}, {Name: "x"}, {Name: "", Parent: "z"}, {Name: "z", Parent: "z"}}
	d.List[0].ID = "it's, a \"name\"\nof two lines"
	got, loss, _ := again(t, d, formats.ExportOptions{})
	if want := []string{"train it's, a \"name\"\nof two lines: it's, a \"name\"\nof two lines.jpg 0x0", "  label x", "  label x~2"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for _, s := range []string{"2 labels given another name", "1 sizes of pictures dropped", "2 parents of labels dropped, since they go round in a circle"} {
		if !strings.Contains(loss.String(), s) {
			t.Errorf("%v, want %s", loss, s)
		}
	}
	bare := one(&dataset.Label{Base: annotationBase(0, ""), Label: 1})
	bare.Meta.Categories.Labels = nil
	if got, loss, _ := again(t, bare, formats.ExportOptions{}); !slices.Contains(got, "  label 1") || !strings.Contains(loss.String(), "2 labels without a name") {
		t.Errorf("%q, %v", got, loss)
	}
}

func TestCarriedColumnsAreChecked(t *testing.T) {
	d := one(&dataset.Label{Base: annotationBase(0, `{"@open_images.columns":{"Source":"me","Extra":"e","LabelName":"no"}}`)})
	d.Meta.Subsets = []dataset.Subset{{Name: "train"}}
	for columns, want := range map[string]string{
		`["ImageID","Extra","LabelName"]`:    "ImageID,Extra,LabelName,Confidence\ni,e,a,1\n",
		`["ImageID","ImageID","LabelName"]`:  "ImageID,Source,LabelName,Confidence\ni,me,a,1\n",
		`["MaskPath","ImageID","LabelName"]`: "ImageID,Source,LabelName,Confidence\ni,me,a,1\n",
		`7`:                                  "ImageID,Source,LabelName,Confidence\ni,me,a,1\n",
	} {
		d.Meta.Subsets[0].Attributes = annotationBase(0, `{"@open_images.label_columns":`+columns+`}`).Attributes
		_, _, dir := again(t, d, formats.ExportOptions{})
		if text, err := os.ReadFile(dir + "/annotations/train-annotations-human-imagelabels.csv"); err != nil || string(text) != want {
			t.Errorf("%s: %s, %v", columns, text, err)
		}
	}
}

func TestShellWords(t *testing.T) {
	for line, want := range map[string][]string{
		"a 1 2": {"a", "1", "2"}, " 'a b'  1\t2 # c": {"a b", "1", "2"}, `"it's" a\ b`: {"it's", "a b"}, "# all": nil, "": nil, "''": {""},
	} {
		if got, ok := shellWords(line); !ok || !slices.Equal(got, want) {
			t.Errorf("%q: %q", line, got)
		}
	}
	for _, name := range []string{"plain", "a b", "it's", `"`, "a/b.c", "#", `\`, "ä", "'"} {
		if got, ok := shellWords(shellQuote(name) + " 1"); !ok || len(got) != 2 || got[0] != name {
			t.Errorf("%q is quoted as %s, read as %q", name, shellQuote(name), got)
		}
	}
}
