package yolo

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// write exports a dataset into a new folder.
func write(t testing.TB, f *formats.Format, d *formatstest.Dataset, o formats.ExportOptions) (string, formats.Loss) {
	t.Helper()
	dir := t.TempDir()
	loss, err := formatstest.Write(t.Context(), f, dir, d, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, loss
}

func fileText(t testing.TB, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// listFiles returns the paths of all files.
func listFiles(t testing.TB, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, "\n")
}

func TestDarknetFiles(t *testing.T) {
	d := boxSample()
	dir, loss := write(t, darknetFormat(), d, formats.ExportOptions{SaveMedia: true})
	if loss.Total() > 0 {
		t.Error(loss)
	}
	for name, want := range map[string]string{
		"obj.data": "classes = 4\ntrain = data/train.txt\nempty = data/empty.txt\nvalid = data/val.txt\na subset.τ = data/a subset.τ.txt\n" +
			"names = data/obj.names\nbackup = backup/\n",
		"obj.names":                        "cat\na dog: #1, \"big\"\nκύων\ncat\n",
		"train.txt":                        "data/obj_train_data/a/b.jpg\ndata/obj_train_data/ein Bild.über.v2.png\ndata/obj_train_data/nothing in it.JPG\ndata/obj_train_data/x.jpeg\n",
		"empty.txt":                        "",
		"obj_train_data/nothing in it.txt": "",
		"obj_train_data/a/b.txt":           "1 0.29504166666666664 0.2895 0.01675 0.0625\n3 0.5 0.5 1 1\n3 0.5 0.5 1 1\n",
	} {
		if got := fileText(t, dir, name); got != want {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, metaName)); err == nil {
		t.Error("images.meta is written though the pictures are there")
	}
}

func TestUltralyticsFiles(t *testing.T) {
	dir, _ := write(t, ultralyticsFormat(), keypointSample(), formats.ExportOptions{SaveMedia: true})
	want := `train: images/train
empty: images/empty
val: images/val
a subset.τ: images/a subset.τ
task: pose
nc: 4
names:
  0: cat
  1: "a dog: #1, \"big\""
  2: κύων
  3: cat
kpt_shape: [2, 3]
kpt_names:
  1:
    - nose
    - "no"
`
	if got := fileText(t, dir, "data.yaml"); got != want {
		t.Errorf("data.yaml:\n%s", got)
	}
	want = "0 0.33333333333333332 0.5 0.33333333333333332 0.5 0 0 0 0 0 0\n"
	if got := fileText(t, dir, "labels/train/a/b.txt"); !strings.Contains(got, want) {
		t.Errorf("got\n%s", got)
	}
	files := listFiles(t, dir)
	for _, name := range []string{"images/train/nothing in it.JPG", "labels/train/nothing in it.txt", "labels/a subset.τ/deep/down/the/folders.txt"} {
		if !strings.Contains(files, name) {
			t.Errorf("there is no %s in\n%s", name, files)
		}
	}
	if strings.Contains(files, spoolName) || strings.Contains(files, metaName) {
		t.Errorf("files:\n%s", files)
	}
}

// TestSameText reads each dataset of the test data and requires the same label
// files of the same layout back, but for exponents and class numbers that were
// written as decimals.
func TestSameText(t *testing.T) {
	for _, c := range []struct{ set, from, to string }{
		{"darknet", "obj_train_data/a.txt", "obj_train_data/a.txt"},
		{"detect", "labels/train/a.txt", "labels/train/a.txt"},
		{"obb", "labels/train/o.txt", "labels/train/o.txt"},
		{"pose", "labels/train/k.txt", "labels/train/k.txt"},
		{"pose", "labels/val/k.txt", "labels/val/k.txt"},
	} {
		format := ultralyticsFormat()
		if c.set == "darknet" {
			format = darknetFormat()
		}
		d, _ := load(t, format, testdata+c.set, formats.ImportOptions{})
		if c.set == "detect" { // one label file for two pictures cannot be written
			d.List = append(d.List[:2], d.List[3:]...)
		}
		dir, loss := write(t, format, d, formats.ExportOptions{SaveMedia: true, Values: formats.Values{optionConfidence.Name: "yes"}})
		if want, got := fileText(t, testdata+c.set, c.from), fileText(t, dir, c.to); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.set, got, want)
		}
		for _, e := range loss.Entries() {
			if !strings.Contains(e.What, "reach out of the image") && !strings.Contains(e.What, "only their names") {
				t.Errorf("%s: %v", c.set, e)
			}
		}
	}
}

// TestSpelling gives lines back whose numbers are spelled as no writer would.
func TestSpelling(t *testing.T) {
	label := "1 0.5 0.50 0.250 0.5\n0 0.500000 0.500000 0.333333 0.123456\n1 0.12345678901234567 0.5 0.1 0.20000000000000001\n0 0.1 0.2 0.3 0.4 0.99900\n"
	d, _ := load(t, ultralyticsFormat(), one(t, label, nil), formats.ImportOptions{})
	yes := formats.ExportOptions{SaveMedia: true, Values: formats.Values{optionConfidence.Name: "yes"}}
	dir, _ := write(t, ultralyticsFormat(), d, yes)
	if got := fileText(t, dir, "labels/train/a.txt"); got != label {
		t.Errorf("got\n%s", got)
	}
	d.List[0].Annotations[0].(*dataset.Bbox).X++ // what is carried does not fit any more
	dir, _ = write(t, ultralyticsFormat(), d, yes)
	if got := fileText(t, dir, "labels/train/a.txt"); !strings.HasPrefix(got, "1 0.51666") {
		t.Errorf("got\n%s", got)
	}
	label = "0 5e-1 0.5 .2 0.2\n"
	d, _ = load(t, ultralyticsFormat(), one(t, label, nil), formats.ImportOptions{})
	dir, _ = write(t, ultralyticsFormat(), d, yes)
	if got := fileText(t, dir, "labels/train/a.txt"); got != "0 0.5 0.5 0.2 0.2\n" {
		t.Errorf("got\n%s", got)
	}
}

// TestConfigBack gives back what a data.yaml says besides.
func TestConfigBack(t *testing.T) {
	d, _ := load(t, ultralyticsFormat(), testdata+"detect", formats.ImportOptions{})
	dir, _ := write(t, ultralyticsFormat(), d, formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename})
	want := "train: images/train\nval: images/val\nextra: images/extra\ntask: detect\nnc: 2\nnames:\n  0: cat\n  2: dog\nchannels: 3\nlicense: CC-BY 4.0\n"
	if got := fileText(t, dir, "data.yaml"); got != want {
		t.Errorf("got\n%s", got)
	}
	d, _ = load(t, ultralyticsFormat(), testdata+"pose", formats.ImportOptions{})
	dir, _ = write(t, ultralyticsFormat(), d, formats.ExportOptions{SaveMedia: true})
	if got := fileText(t, dir, "data.yaml"); !strings.Contains(got, "kpt_shape: [2, 3]\nflip_idx: [1, 0]\nkpt_names:\n  0:\n    - left\n    - right\n") {
		t.Errorf("got\n%s", got)
	}
}

// TestWithoutMedia requires that what is written without pictures can be read
// again, names and sizes of pictures included.
func TestWithoutMedia(t *testing.T) {
	for _, f := range Formats() {
		want := boxSample()
		dir, _ := write(t, f, want, formats.ExportOptions{})
		got, notes := load(t, f, dir, formats.ImportOptions{})
		for i := range want.List {
			want.List[i].Media.Main().Source = nil
		}
		for _, d := range formatstest.CompareAll(want.List, got.List, formatstest.Compare) {
			t.Error(f.Name, d)
		}
		if files := listFiles(t, dir); !strings.Contains(files, metaName) || strings.Contains(files, ".jpg") {
			t.Errorf("files:\n%s", files)
		}
		t.Logf("%s", notes)
	}
}

func TestSubsetKeys(t *testing.T) {
	d := boxSample()
	d.Meta.Subsets = []dataset.Subset{{Name: "valid"}, {Name: "path"}, {Name: ""}}
	d.List = d.List[2:3]
	d.List[0].Subset = ""
	dir, _ := write(t, ultralyticsFormat(), d, formats.ExportOptions{SaveMedia: true})
	if got := fileText(t, dir, "data.yaml"); !strings.HasPrefix(got, "val: images/valid\ndefault: images/default\nsplits:\n  path: images/path\n") {
		t.Errorf("got\n%s", got)
	}
	got, _ := load(t, ultralyticsFormat(), dir, formats.ImportOptions{})
	var names []string
	for _, s := range got.Meta.Subsets {
		names = append(names, s.Name)
	}
	if strings.Join(names, " ") != "valid default path" {
		t.Errorf("subsets %q", names)
	}
	for _, bad := range []string{"names", "a=b", " a"} {
		d.Meta.Subsets = []dataset.Subset{{Name: bad}}
		if _, err := formatstest.Write(t.Context(), darknetFormat(), t.TempDir(), d, formats.ExportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestCollisions(t *testing.T) {
	d := boxSample()
	d.List = append(d.List[:1], d.List[0])
	d.List[1].Media = formatstest.Picture("a/b.png")
	if _, err := formatstest.Write(t.Context(), ultralyticsFormat(), t.TempDir(), d, formats.ExportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("%v", err)
	}
	for way, want := range map[formats.Collision]string{formats.CollisionRename: "a/b_2", formats.CollisionSubsetPrefix: "a/train_b"} {
		dir, loss := write(t, ultralyticsFormat(), d, formats.ExportOptions{SaveMedia: true, OnCollision: way})
		files := listFiles(t, dir)
		if !strings.Contains(files, "images/train/"+want+".png") || !strings.Contains(files, "labels/train/"+want+".txt") || loss.Total() != 1 {
			t.Errorf("%s: %v\n%s", way, loss, files)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		format *formats.Format
		task   string
	}{{darknetFormat(), "segment"}, {ultralyticsFormat(), "classify"}} {
		_, err := c.format.Export(t.Context(), t.TempDir(), formats.ExportOptions{Values: formats.Values{optionTask.Name: c.task}})
		if !errors.Is(err, formats.ErrUsage) || formats.Hint(err) == "" {
			t.Errorf("%s: %v", c.task, err)
		}
	}
	for _, f := range Formats() {
		for _, o := range f.Options {
			if !strings.HasPrefix(o.Name, "yolo-") || o.Usage == "" || o.Default == "" {
				t.Errorf("%+v", o)
			}
		}
		if err := (formats.Values{optionTask.Name: "draw"}).Check(f); !errors.Is(err, formats.ErrUsage) {
			t.Error(err)
		}
	}
}

// TestLosses writes a dataset with everything that YOLO has no place for.
func TestLosses(t *testing.T) {
	common := map[string]int{
		"image labels dropped": 4, "captions dropped": 2, "polylines dropped": 2, "ellipses dropped": 1, "2D cuboids dropped": 2,
		"3D cuboids dropped": 1, "table rows dropped": 1, "annotations without a label dropped": 1,
		"annotation ids dropped": 4, "object ids of annotations dropped": 4, "drawing orders of annotations dropped": 4,
		"attributes of annotations dropped": 28, "scores of annotations dropped (the option yolo-confidence keeps them)": 4,
		"groups of annotations dropped": 2, "attributes of items dropped": 12,
		"attributes of the dataset dropped": 2, "names of attributes of categories dropped": 3, "parents of labels dropped": 1,
		"label groups dropped": 1, "colours of labels dropped": 2, "bones of skeletons dropped": 1,
		"positions of keypoints in a skeleton dropped":                               1,
		"items given another name, since an earlier one has the same in this format": 1,
		"media files not saved, since the source holds only their names":             1,
	}
	for _, c := range []struct {
		format *formats.Format
		task   string
		own    map[string]int
	}{
		{darknetFormat(), "auto", map[string]int{
			"keypoints dropped": 1, "polygons written as the boxes around them": 1, "masks written as the boxes around them": 2,
			"rotated boxes written as the boxes around them": 1, "names of keypoints dropped": 2,
			"objects that reach out of the image, which Ultralytics refuses (the option yolo-clip cuts them off)": 1,
		}},
		{ultralyticsFormat(), "auto", map[string]int{
			"polygons written as the boxes around them": 1, "masks written as the boxes around them": 2,
			"rotated boxes written as the boxes around them": 1, "boxes added around keypoints that have none": 1,
			"objects that reach out of the image, which Ultralytics refuses (the option yolo-clip cuts them off)": 2,
		}},
		{ultralyticsFormat(), "segment", map[string]int{
			"keypoints dropped": 1, "names of keypoints dropped": 2, "boxes written as outlines": 2, "rotated boxes written as outlines": 1,
			"masks written as outlines": 1, "masks without a pixel dropped": 1, "outlines of several parts joined into one": 1,
			"objects that reach out of the image, which Ultralytics refuses (the option yolo-clip cuts them off)": 1,
		}},
		{ultralyticsFormat(), "obb", map[string]int{
			"keypoints dropped": 1, "names of keypoints dropped": 2, "boxes written as rotated boxes": 3,
			"masks written as the boxes around them": 2, "polygons written as the rotated boxes around them": 1,
			"objects that reach out of the image, which Ultralytics refuses (the option yolo-clip cuts them off)": 1,
		}},
	} {
		o := formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename, Values: formats.Values{optionTask.Name: c.task}}
		_, loss := write(t, c.format, formatstest.Sample(), o)
		want := map[string]int{}
		for _, m := range []map[string]int{common, c.own} {
			for k, v := range m {
				if v > 0 {
					want[k] = v
				}
			}
		}
		got := map[string]int{}
		for _, e := range loss.Entries() {
			got[e.What] = e.Count
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s %s:", c.format.Name, c.task)
			for k, v := range got {
				if want[k] != v {
					t.Errorf("  got %d %s, want %d", v, k, want[k])
				}
			}
			for k, v := range want {
				if got[k] == 0 {
					t.Errorf("  missing %d %s", v, k)
				}
			}
		}
	}
}
