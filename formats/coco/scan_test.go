package coco

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// TestNotes: everything that was tolerated is counted, with the first place.
func TestNotes(t *testing.T) {
	_, _, notes, err := readAll(t, layouts+"tolerated", false)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]formats.LossEntry{}
	for _, e := range notes.Entries() {
		got[e.What] = e
	}
	for what, count := range map[string]int{
		"annotations with the id of another":                                                      3,
		"annotations with an id that is no whole number":                                          1,
		"annotations without a box, given that of their outline":                                  2,
		"annotations without a category":                                                          1,
		"annotations without a segmentation":                                                      4,
		"annotations without an area":                                                             10,
		"annotations without an id":                                                               2,
		"annotations without box, outline, keypoints, caption or category, passed on as they are": 3,
		"annotations without iscrowd, taken as 0":                                                 4,
		"categories with the name of another, kept apart by their ids":                            1,
		"images with an id that is no whole number":                                               1,
		"images with the file_name of another, told apart by a number":                            1,
		"polygons of fewer than three points, passed on as they are":                              1,
		"polygons that are not in a list of polygons":                                             1,
		"polygons without points, passed on as they are":                                          1,
	} {
		if e := got[what]; e.Count != count || e.Example == "" {
			t.Errorf("%q: %+v, want %d", what, e, count)
		}
	}
	_, _, notes, err = readAll(t, layouts+"not_quite_json", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"1 files that begin with a byte order mark (first: annotations/instances_t.json)",
		"5 numbers that are NaN or infinite, read as null (first: annotations/instances_t.json)",
	} {
		if !strings.Contains(notes.String(), want) {
			t.Errorf("%q is not in %s", want, notes)
		}
	}
}

// TestCarriedIsLittle: a record with nothing unusual in it carries nothing.
func TestCarriedIsLittle(t *testing.T) {
	dir := folder(t, "annotations/instances_t.json", annotations(
		`{"id":1,"image_id":7,"category_id":3,"segmentation":[[1,1,5,1,5,5]],"area":8,"bbox":[1,1,4,4],"iscrowd":0}`,
		`{"iscrowd":1,"bbox":[0,0,1,3],"area":3.0,"segmentation":{"size":[10,20],"counts":"03U6"},"category_id":3,"image_id":7,"id":5}`),
		"images/t/a.jpg", "")
	items, info, _, err := readAll(t, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, carried := items[0].Attributes.Split(); carried != nil {
		t.Errorf("the item carries %s", carried.AppendJSON(nil))
	}
	for _, a := range items[0].Annotations {
		if _, carried := a.Common().Attributes.Split(); carried != nil {
			t.Errorf("%s %d carries %s", a.Kind(), a.Common().ID, carried.AppendJSON(nil))
		}
	}
	const category = `{"@coco.id":3,"@coco.category":{"-":["supercategory"]}}`
	if got := string(info.Categories.Labels.Labels[0].Carried.AppendJSON(nil)); got != category {
		t.Errorf("the category carries %s", got)
	}
	const files = `{"@coco.files":[{"path":"annotations/instances_t.json","task":"instances","members":[["images"],["categories"],["annotations"]],"categories":null}],"@coco.media":"images/t"}`
	if got := string(info.Subsets[0].Attributes.AppendJSON(nil)); got != files {
		t.Errorf("the subset carries %s", got)
	}
}

// TestMapping: what Datumaro makes of a record.
func TestMapping(t *testing.T) {
	dir := folder(t, "annotations/person_keypoints_t.json", annotations(
		`{"id":9,"image_id":7,"category_id":3,"keypoints":[1,2,2,0,0,0],"num_keypoints":1,"segmentation":[[1,1,5,1,5,5],[6,6,8,6,8,8]],"area":8,"bbox":[1,1,4,4],"iscrowd":1,"score":0.5,"attributes":{"occluded":true}}`))
	items, _, _, err := readAll(t, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range items[0].Annotations {
		b := a.Common()
		user, _ := b.Attributes.Split()
		got = append(got, fmt.Sprintf("%s %d %d %d %d %s", a.Kind(), b.ID, b.Group, b.ObjectID, *dataset.LabelOf(a), user.AppendJSON(nil)))
	}
	const attributes = ` 9 9 -1 0 {"occluded":true,"score":0.5,"is_crowd":true}`
	want := []string{"points" + attributes, "polygon" + attributes, "polygon" + attributes, "bbox" + attributes}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

func TestClassify(t *testing.T) {
	for p, want := range map[string]string{
		"annotations/instances_train2017.json": "instances train2017", "annotations/person_keypoints_val.json": "person_keypoints val",
		"annotations/image_info_test-dev2017.json": "image_info test-dev2017", "captions.json": "captions default",
		"annotations/instances_.json": "instances default", "train/_annotations.coco.json": "instances train", "_annotations.coco.json": "instances default",
		"val/annotation_coco.json": "instances val", "annotations/result.json": "instances default", "trainval.json": "instances trainval",
		"annotations/stuff_a_b.json": "stuff a_b", "x/panoptic_val.json": "panoptic val", "instancesx.json": "instances instancesx",
	} {
		if f := classify(p); f.task+" "+f.subset != want || f.path != p {
			t.Errorf("%s: %+v", p, f)
		}
	}
}

// TestLines: errors name the line of the record, in long files too.
func TestLines(t *testing.T) {
	var b strings.Builder
	b.WriteString("{\"images\":[\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "{\"id\":%d,\n\"file_name\":\"%d.jpg\"},\n", i, i)
	}
	b.WriteString("{\"id\":4999,\"file_name\":\"x.jpg\"}]}")
	dir := folder(t, "annotations/instances_t.json", b.String())
	_, _, _, err := readAll(t, dir, false)
	if err == nil || !strings.HasPrefix(err.Error(), dir+"/annotations/instances_t.json:10002: image id 4999 is given twice") {
		t.Errorf("%v", err)
	}
}

// TestChangedFile: a file that changes between the two readings is an error
// or other items, never a panic.
func TestChangedFile(t *testing.T) {
	const name = "annotations/instances_t.json"
	whole := annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,2,3,4],"segmentation":[[1,1,5,1,5,5]]}`)
	dir := folder(t, name, whole)
	for n := range len(whole) {
		for _, text := range []string{whole[:n], whole[:n] + strings.Repeat("}", len(whole)-n), whole[:n] + strings.Repeat(`"`, len(whole)-n)} {
			if err := os.WriteFile(dir+"/"+name, []byte(whole), 0o666); err != nil {
				t.Fatal(err)
			}
			im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+"/"+name, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			for _, err := range im.Items(t.Context()) {
				if err != nil && !strings.Contains(err.Error(), "instances_t.json") {
					t.Errorf("%v", err)
				}
			}
			im.Close()
		}
	}
}

// TestSpool writes texts and reads them in several orders.
func TestSpool(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	s, err := newSpool(root, 1)
	if err != nil {
		t.Fatal(err)
	}
	const n = 3000
	texts, places := make([]string, n), make([]int64, n)
	for i := range texts {
		texts[i] = strings.Repeat(fmt.Sprint(i, ","), 1+i%97)
		if places[i], err = s.add([]byte(texts[i])); err != nil {
			t.Fatal(err)
		}
	}
	for name, order := range map[string]func(i int) int{
		"forwards": func(i int) int { return i }, "backwards": func(i int) int { return n - 1 - i },
		"leaps": func(i int) int { return i * 1009 % n }, "twice each": func(i int) int { return i / 2 }, "every third": func(i int) int { return i * 3 % n },
	} {
		for i := range n {
			k := order(i)
			b, err := s.text(places[k], int32(len(texts[k])))
			if err != nil || string(b) != texts[k] {
				t.Fatalf("%s: text %d: %v", name, k, err)
			}
		}
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(root.Name()); len(entries) > 0 {
		t.Errorf("%v is left", entries)
	}
}
