package yolo

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

// one is a dataset with one picture and this label file.
func one(t testing.TB, label string, more map[string]string) string {
	files := map[string]string{
		"data.yaml": "train: images/train\nval: images/train\nnames: [cat, dog]", "images/train/a.jpg": picture("a.jpg"), "labels/train/a.txt": label,
	}
	for name, content := range more {
		files[name] = content
	}
	return formatstest.Tree(t, files)
}

func TestMalformedLines(t *testing.T) {
	good := "0 0.5 0.5 0.5 0.5\n"
	for _, c := range []struct {
		label, task, want, hint string
	}{
		{good + "\n0 .5 .5 nan 1", "auto", `a.txt:3: item "a": "nan" is no number`, ""},
		{good + "0 .5 .5 1e999 1", "auto", `a.txt:2: item "a": "1e999" is no number, or too large`, ""},
		{"0 .5 .5 inf 1", "auto", `a.txt:1: item "a": "inf" is no number`, ""},
		{"0 .5 .5 0x1p-2 1", "auto", `a.txt:1: item "a": "0x1p-2" is no number`, ""},
		{"0 .5 .5 0,5 1", "auto", `a.txt:1: item "a": "0,5" is no number`, ""},
		{good + "0 .5 .5 1", "auto", `a.txt:2: item "a": 4 fields; the shortest line is: class, x, y, width, height`, ""},
		{"hello", "auto", `a.txt:1: item "a": one field;`, ""},
		{"dog .5 .5 1 1", "auto", `a.txt:1: item "a": "dog" is no number`, ""},
		{"0.5 .5 .5 1 1", "auto", `a.txt:1: item "a": "0.5" is no class number`, ""},
		{"-1 .5 .5 1 1", "auto", `a.txt:1: item "a": "-1" is no class number`, ""},
		{"99999999999 .5 .5 1 1", "auto", `a.txt:1: item "a": "99999999999" is no class number`, ""},
		{good + "2 .5 .5 1 1", "auto", `a.txt:2: item "a": class number 2 is not one of the 2 classes`, "data.yaml has 0 cat, 1 dog"},
		{"0 1 2 3 4 5 6 7 8 9 10", "obb", `a.txt:1: item "a": 11 fields do not fit the task obb`, "another --yolo-task may"},
		{"0 1 2 3 4 5 6 7", "detect", `a.txt:1: item "a": 8 fields do not fit the task detect`, ""},
		{"0 .5 .5 1 1 .5 .5 2\n0 .5 .5 1 1 .5 .5 2 .5 .5 2 0 0 0 0", "pose", `: the lines do not tell how many keypoints an object has`, "kpt_shape"},
	} {
		dir := one(t, c.label, nil)
		o := formats.ImportOptions{Values: formats.Values{optionTask.Name: c.task}}
		_, _, err := tryLoad(t, ultralyticsFormat(), dir, o)
		var placed *formats.Error
		if !errors.Is(err, formats.ErrCorrupt) || !errors.As(err, &placed) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.label, err)
		}
		if !strings.Contains(formats.Hint(err), c.hint) {
			t.Errorf("%q: hint %q", c.label, formats.Hint(err))
		}
	}
}

func TestSkippedLines(t *testing.T) {
	dir := one(t, "0 .5 .5 nan 1\n1 0.5 0.5 0.5 0.5\n7 .5 .5 .5 .5\n", map[string]string{
		"images/train/b.png": "no picture", "labels/train/b.txt": "0 .5 .5 1 1", "images/train/c.png": "no picture",
	})
	skip := &formats.Skipped{}
	d, notes := load(t, darknetFormat(), dir, formats.ImportOptions{Skip: skip, Workers: 2})
	want := "[cat][dog]\ntrain a a.jpg 60x40\n  bbox 1 [15 10 30 20]\ntrain c c.png 0x0\n"
	if got := dump(d); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s", got)
	}
	if skip.Count() != 3 { // both subsets name the same files
		t.Errorf("%d left out: %q", skip.Count(), skip.Errors())
	}
	if got := counted(notes); !strings.Contains(got, "2 pictures whose size cannot be read") {
		t.Error(got)
	}
}

func TestMalformedFiles(t *testing.T) {
	for _, c := range []struct {
		name, content, want string
	}{
		{"data.yaml", "names: [", "data.yaml: yaml:"},
		{"data.yaml", "train: images/train\nnames: 7", "data.yaml:2: names is neither a list nor a mapping"},
		{"data.yaml", "train: images/train\nnames:\n  a: b", `data.yaml:3: "a" is no class number with a name`},
		{"data.yaml", "train: images/train\nnames: {0: a, 0: b}", "data.yaml: class number 0 has two names"},
		{"data.yaml", "train: images/train\nnames: [[]]", "data.yaml:2: the name of class 0 is no text"},
		{"data.yaml", "train: images/train\nnc: -1", "data.yaml:2: nc is no number of classes"},
		{"data.yaml", "train: images/train\nnc: 1\nkpt_shape: [17]", "data.yaml:3: kpt_shape is not"},
		{"data.yaml", "train: images/train\nnc: 1\nflip_idx: [a]", "data.yaml:3: flip_idx is no list"},
		{"images/train/a.jpg", "", "a.txt:1: item \"a\": the size of the picture cannot be read"},
	} {
		dir := one(t, "0 .5 .5 1 1", map[string]string{c.name: c.content})
		_, _, err := tryLoad(t, ultralyticsFormat(), dir, formats.ImportOptions{})
		var placed *formats.Error
		if !errors.Is(err, formats.ErrCorrupt) || !errors.As(err, &placed) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %v", c.name, c.content, err)
		}
	}
}

func TestNoPictureNoSize(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{"classes.txt": "x", "labels/a.txt": "0 .5 .5 1 1"})
	_, _, err := tryLoad(t, darknetFormat(), dir, formats.ImportOptions{})
	if err == nil || !strings.HasSuffix(err.Error(), `labels/a.txt:1: item "a": the size of the picture is not known: there is no picture for this file`) {
		t.Errorf("%v", err)
	}
	if !strings.Contains(formats.Hint(err), "images.meta") {
		t.Errorf("hint %q", formats.Hint(err))
	}
}

func TestNothingThere(t *testing.T) {
	for _, files := range []map[string]string{{}, {"readme.md": "x"}, {"a.jpg": "x", "README.txt": "x"}, {"classes.txt": "x"}} {
		dir := formatstest.Tree(t, files)
		im, err := formatstest.Open(t.Context(), ultralyticsFormat(), dir, formats.ImportOptions{})
		if len(files) == 2 { // a picture is an item of a dataset, if one says that it is YOLO
			if err != nil {
				t.Error(err)
			}
			im.Close()
			continue
		}
		if files["classes.txt"] == "" && !errors.Is(err, formats.ErrUnknownFormat) {
			t.Errorf("%v: %v", files, err)
		}
	}
}

// TestLimits reads a label file that is larger than allowed.
func TestLimits(t *testing.T) {
	dir := one(t, strings.Repeat("0 0.5 0.5 0.5 0.5\n", 1000), nil)
	o := formats.ImportOptions{}
	o.Limits.RecordBytes = 1000
	if _, _, err := tryLoad(t, ultralyticsFormat(), dir, o); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), filepath.Join("labels", "train", "a.txt")) {
		t.Errorf("%v", err)
	}
}

func FuzzLabels(f *testing.F) {
	for _, label := range []string{
		"0 0.5 0.5 0.5 0.5", "\ufeff1\t.1 .1 .2 .2 .3\r\n0 0 0 1 0 1 1\r", "0 0.25 0.25 0.5 0.25 0.5 0.75 0.25 0.75",
		"1 .5 .5 1 1 .5 .5 2", "0 1e-3 -1 2 2", "0.0 .5 .5 .5 .5", "0 0.50 0.500000000000000000001 0.5 0.5",
	} {
		for i := range tasks {
			f.Add([]byte(label), i)
		}
	}
	f.Fuzz(func(t *testing.T, label []byte, choice int) {
		o := formats.ImportOptions{Workers: 1, Skip: &formats.Skipped{}, Values: formats.Values{optionTask.Name: tasks[uint(choice)%uint(len(tasks))]}}
		dir := formatstest.Tree(t, map[string]string{"classes.txt": "x\ny", "images/a.png": smallPicture, "labels/a.txt": string(label)})
		d, _, err := tryLoad(t, darknetFormat(), dir, o)
		if err != nil {
			return
		}
		out := t.TempDir()
		if _, err := formatstest.Write(t.Context(), ultralyticsFormat(), out, d, formats.ExportOptions{SaveMedia: true, Workers: 1}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := tryLoad(t, ultralyticsFormat(), out, formats.ImportOptions{Workers: 1}); err != nil {
			t.Fatalf("%q: %v", label, err)
		}
	})
}

var smallPicture = picture("a.png")
