package coco

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// base is a Base as other formats give it.
func base(id, group int64, attributes ...string) dataset.Base {
	b := dataset.Base{ID: id, Group: group, ObjectID: dataset.NoObject}
	for i := 0; i < len(attributes); i += 2 {
		b.Attributes.SetRaw(attributes[i], []byte(attributes[i+1]))
	}
	return b
}

func labels(names ...string) dataset.Categories {
	c := dataset.Categories{Labels: &dataset.LabelCategories{}}
	for _, n := range names {
		c.Labels.Labels = append(c.Labels.Labels, dataset.LabelCategory{Name: n})
	}
	return c
}

// foreign is an item as other formats give it.
func foreign(id string, annotations ...dataset.Annotation) dataset.Item {
	return dataset.Item{
		ID: id, Subset: "s", Annotations: annotations,
		Media: &dataset.Image{File: dataset.File{Name: id + ".png"}, Height: 10, Width: 20},
	}
}

// export1 writes items and returns the annotation files by name.
func export1(t *testing.T, c dataset.Categories, items ...dataset.Item) (files map[string]string, loss formats.Loss) {
	t.Helper()
	d := &formatstest.Dataset{Meta: dataset.Info{MediaKind: dataset.MediaImage, Categories: c}, List: items}
	dir := t.TempDir()
	loss, err := formatstest.Write(t.Context(), Format(), dir, d, formats.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	found, err := fs.Glob(os.DirFS(dir), "annotations/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		b, err := os.ReadFile(filepath.Join(dir, f))
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(f)] = string(b)
	}
	return files, loss
}

// listOf returns the records of a list, compact.
func listOf(t *testing.T, file, name string) (out []string) {
	t.Helper()
	var top map[string]json.RawMessage
	if err := json.Unmarshal([]byte(file), &top); err != nil {
		t.Fatal(err, file)
	}
	var records []json.RawMessage
	if err := json.Unmarshal(top[name], &records); err != nil {
		t.Fatal(err, file)
	}
	for _, r := range records {
		out = append(out, string(compact(r)))
	}
	return out
}

func TestRecordsOfOtherFormats(t *testing.T) {
	square := []float64{1, 1, 5, 1, 5, 5, 1, 5}
	mask := dataset.EncodeRuns(10, 20, []int64{3, 4, 193})
	for name, test := range map[string]struct {
		annotations []dataset.Annotation
		file        string
		want        []string
	}{
		"a box": {[]dataset.Annotation{&dataset.Bbox{Base: base(0, 0), Label: 1, X: 1, Y: 2, W: 3, H: 4}}, "instances_s.json",
			[]string{`{"id":1,"image_id":1,"category_id":2,"segmentation":[],"area":12,"bbox":[1,2,3,4],"iscrowd":0}`}},
		"a polygon": {[]dataset.Annotation{&dataset.Polygon{Base: base(4, 0, "is_crowd", "true", "colour", `"red"`, "score", "0.5"), Label: 0, Points: square}}, "instances_s.json",
			[]string{`{"id":4,"image_id":1,"category_id":1,"segmentation":[[1,1,5,1,5,5,1,5]],"area":16,"bbox":[1,1,4,4],"iscrowd":1,"score":0.5,"attributes":{"colour":"red"}}`}},
		"a mask": {[]dataset.Annotation{&dataset.Mask{Base: base(0, 0), Label: dataset.NoLabel, RLE: mask}}, "instances_s.json",
			[]string{`{"id":1,"image_id":1,"category_id":null,"segmentation":{"counts":"` + string(mask.Counts) + `","size":[10,20]},"area":4,"bbox":[0,3,1,4],"iscrowd":0}`}},
		"keypoints": {[]dataset.Annotation{&dataset.Points{Base: base(0, 0), Label: 0, Points: []float64{1, 2, 0, 0, 7, 4}, Visibility: []dataset.Visibility{2, 0, 1}}}, "person_keypoints_s.json",
			[]string{`{"id":1,"image_id":1,"category_id":1,"segmentation":[],"area":12,"bbox":[1,2,6,2],"keypoints":[1,2,2,0,0,0,7,4,1],"num_keypoints":2,"iscrowd":0}`}},
		"a caption": {[]dataset.Annotation{&dataset.Caption{Base: base(0, 0), Caption: "ein \"Bild\""}}, "captions_s.json",
			[]string{`{"id":1,"image_id":1,"caption":"ein \"Bild\""}`}},
		"a label": {[]dataset.Annotation{&dataset.Label{Base: base(0, 0), Label: 1}}, "labels_s.json",
			[]string{`{"id":1,"image_id":1,"category_id":2}`}},
		"one object": {[]dataset.Annotation{
			&dataset.Polygon{Base: base(3, 3), Points: square}, &dataset.Polygon{Base: base(3, 3), Points: []float64{6, 6, 7, 6, 7, 7}}, &dataset.Bbox{Base: base(3, 3), X: 0, Y: 0, W: 9, H: 9},
		}, "instances_s.json", []string{`{"id":3,"image_id":1,"category_id":1,"segmentation":[[1,1,5,1,5,5,1,5],[6,6,7,6,7,7]],"area":16.5,"bbox":[0,0,9,9],"iscrowd":0}`}},
		"keypoints of an object": {[]dataset.Annotation{
			&dataset.Bbox{Base: base(3, 3), W: 9, H: 9}, &dataset.Points{Base: base(3, 3), Points: []float64{1, 1}, Visibility: []dataset.Visibility{2}}, &dataset.Polygon{Base: base(3, 3), Points: square},
		}, "person_keypoints_s.json", []string{`{"id":3,"image_id":1,"category_id":1,"segmentation":[[1,1,5,1,5,5,1,5]],"area":16,"bbox":[0,0,9,9],"keypoints":[1,1,2],"num_keypoints":1,"iscrowd":0}`}},
		"a group of boxes is several objects": {[]dataset.Annotation{
			&dataset.Bbox{Base: base(1, 7), W: 1, H: 1}, &dataset.Bbox{Base: base(2, 7), W: 2, H: 2}, &dataset.Bbox{Base: base(3, 7), Label: 1, W: 3, H: 3},
		}, "instances_s.json", []string{
			`{"id":1,"image_id":1,"category_id":1,"segmentation":[],"area":1,"bbox":[0,0,1,1],"iscrowd":0}`,
			`{"id":2,"image_id":1,"category_id":1,"segmentation":[],"area":4,"bbox":[0,0,2,2],"iscrowd":0}`,
			`{"id":3,"image_id":1,"category_id":2,"segmentation":[],"area":9,"bbox":[0,0,3,3],"iscrowd":0}`}},
		"no group is no object": {[]dataset.Annotation{&dataset.Polygon{Base: base(0, 0), Points: square}, &dataset.Bbox{Base: base(0, 0), W: 1, H: 1}}, "instances_s.json", []string{
			`{"id":1,"image_id":1,"category_id":1,"segmentation":[[1,1,5,1,5,5,1,5]],"area":16,"bbox":[1,1,4,4],"iscrowd":0}`,
			`{"id":2,"image_id":1,"category_id":1,"segmentation":[],"area":1,"bbox":[0,0,1,1],"iscrowd":0}`}},
		"a mask and a polygon do not fit into one": {[]dataset.Annotation{&dataset.Mask{Base: base(0, 1), RLE: mask}, &dataset.Polygon{Base: base(0, 1), Points: square}}, "instances_s.json", []string{
			`{"id":1,"image_id":1,"category_id":1,"segmentation":{"counts":"` + string(mask.Counts) + `","size":[10,20]},"area":4,"bbox":[0,3,1,4],"iscrowd":0}`,
			`{"id":2,"image_id":1,"category_id":1,"segmentation":[[1,1,5,1,5,5,1,5]],"area":16,"bbox":[1,1,4,4],"iscrowd":0}`}},
	} {
		files, loss := export1(t, labels("a", "b"), foreign("x", test.annotations...))
		if len(files) != 1 || loss.Total() > 0 {
			t.Errorf("%s: %d files, loss %v", name, len(files), loss)
		}
		if d := cmp.Diff(test.want, listOf(t, files[test.file], "annotations")); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestObjectOfTwoTasks: an object that the instances and the keypoints of COCO
// both list is told apart again without anything carried.
func TestObjectOfTwoTasks(t *testing.T) {
	square, box := []float64{1, 1, 5, 1, 5, 5, 1, 5}, dataset.Bbox{Base: base(3, 3), X: 1, Y: 1, W: 4, H: 4}
	again := box
	files, loss := export1(t, labels("a"), foreign("x",
		&dataset.Polygon{Base: base(3, 3), Points: square}, &box,
		&dataset.Points{Base: base(3, 3), Points: []float64{1, 1}, Visibility: []dataset.Visibility{2}}, &dataset.Polygon{Base: base(3, 3), Points: square}, &again))
	const shape = `{"id":3,"image_id":1,"category_id":1,"segmentation":[[1,1,5,1,5,5,1,5]],"area":16,"bbox":[1,1,4,4],`
	for file, want := range map[string]string{
		"instances_s.json":        shape + `"iscrowd":0}`,
		"person_keypoints_s.json": shape + `"keypoints":[1,1,2],"num_keypoints":1,"iscrowd":0}`,
	} {
		if got := listOf(t, files[file], "annotations"); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q", file, got)
		}
	}
	if len(files) != 2 || loss.Total() > 0 {
		t.Errorf("%d files, loss %v", len(files), loss)
	}
}

// TestIDs: ids that are given are kept; those that are missing, or that another
// has, are counted on from the largest.
func TestIDs(t *testing.T) {
	box := func(id int64) dataset.Annotation { return &dataset.Bbox{Base: base(id, 0), W: 1, H: 1} }
	a, b, c, d := foreign("a", box(0), box(5), box(1)), foreign("b", box(5), box(0)), foreign("c"), foreign("d")
	b.Attributes.SetRaw("id", []byte("7"))
	c.Attributes.SetRaw("id", []byte("7"))
	d.Attributes.SetRaw("id", []byte(`"d"`))
	files, loss := export1(t, labels("x"), a, b, c, d)
	var ids []string
	for _, r := range append(listOf(t, files["instances_s.json"], "images"), listOf(t, files["instances_s.json"], "annotations")...) {
		m, _ := members([]byte(r))
		id, _ := m.Get("id")
		image, _ := m.Get("image_id")
		ids = append(ids, string(id)+" "+string(image))
	}
	want := []string{"8 ", "7 ", "9 ", "10 ", "6 8", "5 8", "1 8", "7 7", "8 7"}
	if d := cmp.Diff(want, ids); d != "" {
		t.Error(d)
	}
	if got := loss.String(); !strings.Contains(got, "1 annotation ids given anew") || !strings.Contains(got, "1 image ids given anew") {
		t.Error(got)
	}
}

// TestCategoriesOfOtherFormats: labels are numbered from 1, or keep the id
// that they had in some COCO file.
func TestCategoriesOfOtherFormats(t *testing.T) {
	c := labels("a", "b", "c", "d")
	c.Labels.Labels[0].Carried.SetRaw(carryID, []byte("2"))
	c.Labels.Labels[2].Carried.SetRaw(carryID, []byte("2"))
	c.Labels.Labels[3].Parent = "top"
	c.Points = &dataset.PointsCategories{Items: []dataset.PointsCategory{{Label: 1, Names: []string{"nose", "ear"}, Joints: [][2]int32{{1, 2}}}}}
	files, _ := export1(t, c, foreign("x", &dataset.Label{Base: base(0, 0), Label: 2}, &dataset.Points{Base: base(0, 0), Label: 1, Points: []float64{1, 1}, Visibility: []dataset.Visibility{2}}))
	plain := []string{
		`{"id":2,"name":"a","supercategory":""}`, `{"id":3,"name":"b","supercategory":""}`,
		`{"id":4,"name":"c","supercategory":""}`, `{"id":5,"name":"d","supercategory":"top"}`,
	}
	if d := cmp.Diff(plain, listOf(t, files["labels_s.json"], "categories")); d != "" {
		t.Error(d)
	}
	if got := listOf(t, files["labels_s.json"], "annotations"); got[0] != `{"id":1,"image_id":1,"category_id":4}` {
		t.Error(got)
	}
	plain[1] = `{"id":3,"name":"b","supercategory":"","keypoints":["nose","ear"],"skeleton":[[1,2]]}`
	if d := cmp.Diff(plain, listOf(t, files["person_keypoints_s.json"], "categories")); d != "" {
		t.Error(d)
	}
}

func TestNoAnnotations(t *testing.T) {
	x := foreign("deep/x")
	x.Attributes.SetRaw("weather", []byte(`"fog"`))
	files, _ := export1(t, labels("a"), x, dataset.Item{ID: "no media", Subset: "s"})
	want := []string{
		`{"id":1,"file_name":"deep/x.png","height":10,"width":20,"attributes":{"weather":"fog"}}`,
		`{"id":2,"file_name":"no media"}`,
	}
	if d := cmp.Diff(want, listOf(t, files["instances_s.json"], "images")); d != "" || len(files) != 1 {
		t.Error(files, d)
	}
}

// TestOtherMediaAreCounted: what is no picture is dropped and said to be.
func TestOtherMediaAreCounted(t *testing.T) {
	v := dataset.Item{ID: "v", Subset: "s", Media: &dataset.Video{File: dataset.File{Name: "v.mp4"}}}
	files, loss := export1(t, labels("a"), foreign("x"), v)
	if got := loss.String(); !strings.HasPrefix(got, "1 items with a video, which COCO has no place for, dropped (first: v of s)") {
		t.Error(got)
	}
	if n := len(listOf(t, files["instances_s.json"], "images")); n != 1 {
		t.Error(n)
	}
}
