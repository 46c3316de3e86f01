package yolo

import (
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// TestTasks reads lines of each shape, with and without being told the task.
func TestTasks(t *testing.T) {
	triangle, rect, quad := "0 0.1 0.1 0.5 0.1 0.5 0.5", "0 0.25 0.25 0.5 0.25 0.5 0.75 0.25 0.75", "0 0.25 0.25 0.5 0.25 0.9 0.75 0.25 0.75"
	for _, c := range []struct {
		name, label, task, yaml, want string
	}{
		{"boxes", "0 .5 .5 .5 .5\n1 .5 .5 .5 .5 .25", "auto", "", "bbox 0 [15 10 30 20]|bbox 1 [15 10 30 20] score=0.25"},
		{"a rectangle", rect, "auto", "", "rotated_bbox 0 22.5 20 15 20 0°"},
		{"a rectangle and another outline of four points", rect + "\n" + quad, "auto", "", "polygon 0 [15 10 30 10 30 30 15 30]|polygon 0 [15 10 30 10 54 30 15 30]"},
		{"a rectangle and a triangle", rect + "\n" + triangle, "auto", "", "polygon 0 [15 10 30 10 30 30 15 30]|polygon 0 [6 4 30 4 30 20]"},
		{"a rectangle and a box", rect + "\n0 .5 .5 .5 .5", "auto", "", "rotated_bbox 0 22.5 20 15 20 0°|bbox 0 [15 10 30 20]"},
		{"a rectangle, called an outline", rect, "segment", "", "polygon 0 [15 10 30 10 30 30 15 30]"},
		{"a rectangle, called an outline in data.yaml", rect, "auto", "task: segment", "polygon 0 [15 10 30 10 30 30 15 30]"},
		{"no rectangle, called a rotated box", "0 0 0 0.5 0 0.5 0.5 0.25 0.5 0.5", "obb", "", "rotated_bbox 0 15 10 30 20 0° @yolo.numbers=\"0 0 0.5 0 0.5 0.5 0.25 0.5\" score=0.5"},
		{"an outline and its confidence", triangle + " 0.75", "auto", "", "polygon 0 [6 4 30 4 30 20] score=0.75"},
		{"an outline, called a box", triangle, "detect", "", "bbox 0 [6 4 24 16]"},
		{"a box of a tracker", "0 .5 .5 .5 .5 .9 12", "detect", "", "bbox 0 [15 10 30 20] score=0.9"},
		{"keypoints, by their visibilities", "0 .5 .5 .5 .5 .4 .4 2 .6 .6 0", "auto", "",
			"bbox group 1 0 [15 10 30 20]|points group 1 0 [24 16 36 24] [2 0]"},
		{"keypoints of two numbers", "0 0.5 0.5 0.5 0.5 0.4 0.4 -0.1 0.6", "auto", "kpt_shape: [2, 2]",
			"bbox group 1 0 [15 10 30 20]|points group 1 0 [24 16 -6 24] [2 0]"},
		{"keypoints of two numbers, by their count", "0 0.5 0.5 0.5 0.5 0.4 0.4 0.5 0.6", "pose", "",
			"bbox group 1 0 [15 10 30 20]|points group 1 0 [24 16 30 24] [2 2]"},
		{"keypoints of a model", "0 0.5 0.5 0.5 0.5 0.4 0.4 0.25 0.5 0.6 0.75 0.9", "auto", "kpt_shape: [2, 3]",
			"bbox group 1 0 [15 10 30 20] score=0.9|points group 1 0 [24 16 30 24] [1 2] @yolo.numbers=\"0.4 0.4 0.25 0.5 0.6 0.75\""},
		{"no keypoints in a dataset that has them", "0 .5 .5 .5 .5\n1 .5 .5 .5 .5 .25", "pose", "", "bbox 0 [15 10 30 20]|bbox 1 [15 10 30 20] score=0.25"},
		{"an outline of six points with coordinates at the edge", "0 0 0 1 0 1 0.5 1 1 0 1 0 0.5", "auto", "", "polygon 0 [0 0 60 0 60 20 60 40 0 40 0 20] @yolo"},
	} {
		dir := one(t, c.label, map[string]string{"data.yaml": "train: images/train\nnames: [cat, dog]\n" + c.yaml})
		d, _ := load(t, ultralyticsFormat(), dir, formats.ImportOptions{Values: formats.Values{optionTask.Name: c.task}})
		var got []string
		for _, a := range d.List[0].Annotations {
			got = append(got, describe(a))
		}
		if text := strings.Join(got, "|"); !strings.HasPrefix(text, strings.TrimSuffix(c.want, " @yolo")) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, text, c.want)
		}
		if c.task == "detect" && strings.Contains(c.name, "tracker") && d.List[0].Annotations[0].Common().ObjectID != 12 {
			t.Error("the track is lost")
		}
	}
}

func TestClip(t *testing.T) {
	label := "0 1 0.5 0.5 0.5\n1 2 2 0.1 0.1\n1 0.5 0.5 1 1\n"
	yes := formats.Values{optionClip.Name: "yes"}
	d, notes := load(t, ultralyticsFormat(), one(t, label, nil), formats.ImportOptions{Values: yes})
	if got := dump(d); !strings.Contains(got, "train a a.jpg 60x40\n  bbox 0 [45 10 15 20]\n  bbox 1 [0 0 60 40]\n") {
		t.Errorf("got\n%s", got)
	}
	if got := counted(notes); got != "4 annotations cut off at the edge of the picture\n2 annotations outside of the picture left out\n"+
		"2 annotations with numbers outside of 0 to 1, which Ultralytics refuses" {
		t.Error(got)
	}
	d, _ = load(t, ultralyticsFormat(), one(t, label, nil), formats.ImportOptions{})
	dir, loss := write(t, ultralyticsFormat(), d, formats.ExportOptions{Values: yes})
	if got := fileText(t, dir, "labels/train/a.txt"); got != "0 0.875 0.5 0.25 0.5\n1 0.5 0.5 1 1\n" {
		t.Errorf("got\n%s", got)
	}
	if got := counted(loss); got != "2 annotations cut off at the edge of the picture\n2 annotations outside of the picture dropped" {
		t.Error(got)
	}
	dir, loss = write(t, ultralyticsFormat(), d, formats.ExportOptions{})
	if got := fileText(t, dir, "labels/train/a.txt"); got != label {
		t.Errorf("got\n%s", got)
	}
	if got := counted(loss); !strings.HasPrefix(got, "2 objects that reach out of the image, which Ultralytics refuses") {
		t.Error(got)
	}
	d, _ = load(t, ultralyticsFormat(), one(t, "0 -.5 0 .5 0 .5 1.5\n0 1.5 0 2 0 2 1", nil), formats.ImportOptions{Values: yes})
	if got := dump(d); !strings.Contains(got, "train a a.jpg 60x40\n  polygon 0 [0 0 30 0 30 40]") {
		t.Errorf("got\n%s", got)
	}
}

func TestConfidence(t *testing.T) {
	label := "0 0.5 0.5 0.5 0.5 0.90\n1 0.5 0.5 0.5 0.5\n"
	d, _ := load(t, ultralyticsFormat(), one(t, label, nil), formats.ImportOptions{})
	dir, loss := write(t, ultralyticsFormat(), d, formats.ExportOptions{SaveMedia: true, Values: formats.Values{optionConfidence.Name: "yes"}})
	if got := fileText(t, dir, "labels/train/a.txt"); got != label || loss.Total() > 0 {
		t.Errorf("got\n%s%s", got, loss)
	}
	dir, loss = write(t, ultralyticsFormat(), d, formats.ExportOptions{SaveMedia: true})
	if got := fileText(t, dir, "labels/train/a.txt"); strings.Contains(got, "0.9") || loss.Total() != 2 {
		t.Errorf("got\n%s%s", got, loss)
	}
}

func TestClassify(t *testing.T) {
	values := formats.Values{optionTask.Name: string(classify)}
	d, _ := load(t, ultralyticsFormat(), testdata+"classify", formats.ImportOptions{})
	dir, loss := write(t, ultralyticsFormat(), d, formats.ExportOptions{SaveMedia: true, Values: values})
	if got := listFiles(t, dir); got != "data.yaml\ntrain/cat/1.jpg\ntrain/dog/2.jpg\nval/dog/3.jpg" || loss.Total() > 0 {
		t.Errorf("got\n%s\n%s", got, loss)
	}
	again, _ := load(t, ultralyticsFormat(), dir, formats.ImportOptions{})
	if a, b := dump(d), dump(again); a != b {
		t.Errorf("got\n%swant\n%s", b, a)
	}
	// Pictures that are not in folders of classes get into them.
	d.List[0].ID = "other"
	d.List = append(d.List, dataset.Item{ID: "none", Subset: "val", Media: formatstest.Picture("none.jpg")})
	dir, loss = write(t, ultralyticsFormat(), d, formats.ExportOptions{SaveMedia: true, Values: values})
	if got := listFiles(t, dir); !strings.Contains(got, "train/cat/other.jpg") || strings.Contains(got, "none") {
		t.Errorf("got\n%s", got)
	}
	if got := counted(loss); !strings.Contains(got, "1 items given the folder of their class as part of their name") ||
		!strings.Contains(got, "1 items without a class or a picture dropped") {
		t.Error(got)
	}
	// Without data.yaml the option tells.
	files := map[string]string{"train/b/1.jpg": picture("1.jpg"), "test/a/2.jpg": picture("2.jpg")}
	d, _ = load(t, ultralyticsFormat(), formatstest.Tree(t, files), formats.ImportOptions{Values: values})
	if got := dump(d); got != "[a][b]\ntrain b/1 b/1.jpg 60x40\n  label 1\ntest a/2 a/2.jpg 60x40\n  label 0\n" {
		t.Errorf("got\n%s", got)
	}
	// Neither the task nor a label file, but folders called as the classes.
	files["data.yaml"] = "train: train\ntest: test\nnames: [b, a]"
	d, _ = load(t, ultralyticsFormat(), formatstest.Tree(t, files), formats.ImportOptions{})
	if got := dump(d); got != "[b][a]\ntrain b/1 b/1.jpg 60x40\n  label 0\ntest a/2 a/2.jpg 60x40\n  label 1\n" {
		t.Errorf("got\n%s", got)
	}
}

// TestMasks writes masks, groups of polygons and objects with a box besides.
func TestMasks(t *testing.T) {
	ring := dataset.EncodeRuns(40, 60, []int64{41, 3, 37, 1, 1, 1, 37, 3, 2276})
	d := sampleOf([]dataset.Annotation{
		&dataset.Mask{Base: base(), Label: 0, RLE: ring},
		&dataset.Polygon{Base: inGroup(1), Label: 1, Points: []float64{0, 0, 6, 0, 6, 4}},
		&dataset.Polygon{Base: inGroup(1), Label: 1, Points: []float64{30, 20, 36, 20, 36, 24}},
		&dataset.Bbox{Base: inGroup(1), Label: 1, X: 0, Y: 0, W: 36, H: 24},
		&dataset.Bbox{Base: base(), Label: 2, X: 6, Y: 4, W: 6, H: 4},
		&dataset.Polygon{Base: base(), Label: 2, Points: []float64{0, 0, 6, 0}},
	}, nil)
	dir, loss := write(t, ultralyticsFormat(), d, formats.ExportOptions{SaveMedia: true})
	want := []string{
		"boxes of objects with an outline dropped", "boxes written as outlines", "holes in masks bridged", "masks written as outlines",
		"outlines of several parts joined into one", "polygons of fewer than three points dropped",
	}
	for _, e := range loss.Entries() {
		if len(want) == 0 || e.What != want[0] || e.Count != 2 || e.Example != "a/b of train" {
			t.Errorf("%+v, want %q", e, want)
			break
		}
		want = want[1:]
	}
	lines := strings.Split(fileText(t, dir, "labels/train/a/b.txt"), "\n")
	if len(lines) != 4 || lines[2] != "2 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2" || len(strings.Fields(lines[1])) < 1+2*6 {
		t.Errorf("got %q", lines)
	}
	if n := len(strings.Fields(lines[0])); n%2 != 1 || n < 1+2*8 {
		t.Errorf("%d fields: %s", n, lines[0])
	}
	again, _ := load(t, ultralyticsFormat(), dir, formats.ImportOptions{})
	if _, ok := again.List[0].Annotations[2].(*dataset.Polygon); !ok {
		t.Error("data.yaml does not say that rectangles are outlines")
	}
}
