package cvat

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// written returns the annotation file of a dataset.
func written(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, annotationFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// tracked is a dataset of three frames with an object in the first and the
// last.
func tracked() *formatstest.Dataset {
	d := &formatstest.Dataset{Meta: formatstest.SampleInfo()}
	d.Meta.Subsets, d.Meta.Attributes = nil, nil
	box := func(x float64) dataset.Annotation {
		return &dataset.Bbox{Base: dataset.Base{ObjectID: 5}, Label: 0, X: x, Y: 1, W: 2, H: 3}
	}
	loose := &dataset.Bbox{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: 1, W: 1, H: 1}
	d.List = []dataset.Item{
		{ID: "a", Subset: "default", Media: formatstest.Picture("a.png"), Annotations: []dataset.Annotation{box(1), box(7), loose}},
		{ID: "b", Subset: "default", Media: formatstest.Picture("b.png")},
		{ID: "c", Subset: "default", Media: formatstest.Picture("c.png"), Annotations: []dataset.Annotation{box(3)}},
	}
	return d
}

func TestStyleAuto(t *testing.T) {
	dir, lost := counts(t, tracked(), formats.ExportOptions{SaveMedia: true})
	delete(lost, "label groups dropped")
	delete(lost, "names of attributes of categories dropped")
	if len(lost) > 0 {
		t.Errorf("lost %v", lost)
	}
	text := written(t, dir)
	want := `  <track id="5" label="cat" source="manual">
    <box frame="0" keyframe="1" outside="0" occluded="0" xtl="1" ytl="1" xbr="3" ybr="4" z_order="0"></box>
    <box frame="1" keyframe="1" outside="1" occluded="0" xtl="1" ytl="1" xbr="3" ybr="4" z_order="0"></box>
    <box frame="2" keyframe="1" outside="0" occluded="0" xtl="3" ytl="1" xbr="5" ybr="4" z_order="0"></box>
  </track>
`
	if !strings.Contains(text, want) || strings.Count(text, "<track ") != 2 || strings.Count(text, "<image ") != 3 {
		t.Error(text)
	}
	d := read(t, dir, formats.ImportOptions{})
	if len(d.List[0].Annotations) != 3 || len(d.List[1].Annotations) != 0 || len(d.List[2].Annotations) != 1 {
		t.Errorf("%+v", d.List)
	}
	if id := d.List[2].Annotations[0].Common().ObjectID; id != 5 {
		t.Errorf("object %d", id)
	}
}

func TestStyleImages(t *testing.T) {
	dir, lost := counts(t, tracked(), formats.ExportOptions{Values: formats.Values{"cvat-style": "images"}})
	if lost["object ids of annotations dropped"] != 3 || strings.Contains(written(t, dir), "<track") {
		t.Errorf("lost %v", lost)
	}
}

func TestStyleVideo(t *testing.T) {
	d := tracked()
	d.List[0].Annotations = append(d.List[0].Annotations, &dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}})
	dir, lost := counts(t, d, formats.ExportOptions{Values: formats.Values{"cvat-style": "video"}, SaveMedia: true})
	if lost["names of items replaced by the numbers of their frames"] != 3 || lost["annotations given an object id, since a video has tracks only"] != 1 ||
		lost["annotations that no track can have dropped"] != 1 {
		t.Errorf("lost %v", lost)
	}
	got := read(t, dir, formats.ImportOptions{})
	if len(got.List) != 3 || got.List[1].ID != "frame_000001" || got.List[1].Media.Main().Source == nil || len(got.List[0].Annotations) != 3 {
		t.Errorf("%+v", got.List)
	}
	if strings.Contains(written(t, dir), "<image") {
		t.Error("there are images")
	}
}

// TestVideoFrames requires that frames of a video stay such.
func TestVideoFrames(t *testing.T) {
	in := formatstest.SampleOf(dataset.MediaVideoFrame)
	dir, _ := counts(t, in, formats.ExportOptions{SaveMedia: true})
	got := read(t, dir, formats.ImportOptions{})
	if got.Meta.MediaKind != dataset.MediaVideoFrame || len(got.List) != 2 {
		t.Fatalf("%+v", got)
	}
	for i, it := range got.List {
		f, ok := it.Media.(*dataset.VideoFrame)
		if !ok || f.Name != "clip.avi" || int(f.Index) != i || f.Source == nil || it.ID != in.List[i].ID {
			t.Errorf("item %d: %+v", i, it)
		}
	}
}

// TestAttributeTypes requires that values keep their types as far as the format
// has them.
func TestAttributeTypes(t *testing.T) {
	d := tracked()
	d.List = d.List[:2]
	set := func(i int, name, value string) {
		d.List[i].Annotations[0].Common().Attributes.SetRaw(name, []byte(value))
	}
	d.List[1].Annotations = []dataset.Annotation{d.List[0].Annotations[0].Clone()}
	for name, values := range map[string][2]string{
		"number": {"1.0", "18446744073709551615"}, "flag": {"true", "false"}, "text": {`"1"`, `"a"`}, "number or text": {"1", `"x"`}, "mixed": {"1", `"2"`},
	} {
		set(0, name, values[0])
		set(1, name, values[1])
	}
	dir, lost := counts(t, d, formats.ExportOptions{})
	if lost[turnedIntoTexts] != 1 {
		t.Errorf("lost %v", lost)
	}
	got := read(t, dir, formats.ImportOptions{})
	for name, want := range map[string]string{"number": "18446744073709551615", "flag": "false", "text": `"a"`, "number or text": `"x"`, "mixed": `"2"`} {
		for _, a := range got.List[1].Annotations {
			if v, _ := a.Common().Attributes.Get(name); string(v) != want {
				t.Errorf("%s is %s, want %s", name, v, want)
			}
		}
	}
}

// TestOddAnnotations counts what cannot be written as it is.
func TestOddAnnotations(t *testing.T) {
	d := tracked()
	base := dataset.Base{ObjectID: dataset.NoObject}
	d.List = d.List[:1]
	d.List[0].Annotations = []dataset.Annotation{
		&dataset.Bbox{Base: base, X: math.NaN()},
		&dataset.RotatedBbox{Base: base, W: 1, H: 1},
		&dataset.Polygon{Base: base, Points: []float64{1, 2, 3, 4}},
		&dataset.Points{Base: base, Label: 1, Points: []float64{1, 2}, Visibility: []dataset.Visibility{dataset.Hidden}},
		&dataset.Mask{Base: base, RLE: dataset.EncodeRuns(2, 2, []int64{4})},
		&dataset.Polygon{Base: base, Points: []float64{1, 2, 3, 4, math.Inf(1), 4}},
	}
	d.List[0].Annotations[1].Common().Attributes.SetRaw("bell", []byte(`"\u0007"`))
	_, lost := counts(t, d, formats.ExportOptions{})
	for what, n := range map[string]int{
		"annotations with coordinates that are no numbers dropped":       2,
		"rotated boxes with an angle of 0 turned into plain ones":        1,
		"polygons of less than three points dropped":                     1,
		"visibilities of keypoints dropped":                              1,
		"masks of another size than their picture dropped":               1,
		"texts with characters that XML cannot hold, which are replaced": 1,
	} {
		if lost[what] != n {
			t.Errorf("%s: %d, want %d", what, lost[what], n)
		}
	}
}

// TestLabelNames requires that labels of one name are told apart, and that a
// dataset without a list of labels can be written.
func TestLabelNames(t *testing.T) {
	d := tracked()
	d.Meta.Categories = dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "x"}, {Name: "x"}}}}
	dir, lost := counts(t, d, formats.ExportOptions{})
	if got := read(t, dir, formats.ImportOptions{}); lost["labels given another name, since each needs one of its own"] != 1 || got.Meta.Categories.Name(1) != "x_2" {
		t.Errorf("lost %v", lost)
	}
	d.Meta.Categories = dataset.Categories{}
	dir, lost = counts(t, d, formats.ExportOptions{})
	if got := read(t, dir, formats.ImportOptions{}); lost["labels named after their numbers, since the dataset has no list of them"] != 2 || got.Meta.Categories.Len() != 2 {
		t.Errorf("lost %v", lost)
	}
}

// TestSpoolsRemoved requires that only the dataset is left.
func TestSpoolsRemoved(t *testing.T) {
	dir, _ := counts(t, tracked(), formats.ExportOptions{SaveMedia: true})
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
}
