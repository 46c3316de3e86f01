package coco

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"datum/dataset"
)

// categoriesFile is a file with no images and the categories given.
func categoriesFile(list string) string {
	return `{"images":[],"annotations":[],"categories":` + list + `}`
}

// TestLabels: labels are numbered by the ids of their categories.
func TestLabels(t *testing.T) {
	type label struct{ name, parent, id string }
	for name, test := range map[string]struct {
		files []string
		want  []label
	}{
		"holes, in no order": {
			[]string{"annotations/instances_t.json", categoriesFile(`[{"id":90,"name":"z"},{"id":3,"name":"y","supercategory":"top"},{"id":0,"name":"x","supercategory":null}]`)},
			[]label{{"x", "", "0"}, {"y", "top", "3"}, {"z", "", "90"}},
		},
		"ids that are text": {
			[]string{"annotations/instances_t.json", categoriesFile(`[{"id":"b","name":"y"},{"id":"a","name":"x"},{"id":7,"name":"w"},{"id":1.5,"name":"v"}]`)},
			[]label{{"v", "", "1.5"}, {"w", "", "7"}, {"x", "", `"a"`}, {"y", "", `"b"`}},
		},
		"two files agree": {
			[]string{"annotations/instances_a.json", categoriesFile(`[{"id":1,"name":"x"},{"id":2,"name":"y"}]`), "annotations/instances_b.json", categoriesFile(`[{"id":2,"name":"y"},{"id":3,"name":"z"}]`)},
			[]label{{"x", "", "1"}, {"y", "", "2"}, {"z", "", "3"}},
		},
		"two files do not agree": {
			[]string{"annotations/instances_a.json", categoriesFile(`[{"id":1,"name":"x"}]`), "annotations/instances_b.json", categoriesFile(`[{"id":1,"name":"y"},{"id":2,"name":"x"}]`)},
			[]label{{"x", "", "1"}, {"y", "", "1"}, {"x", "", "2"}},
		},
	} {
		dir := folder(t, test.files...)
		_, info, _, err := readAll(t, dir, false)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []label
		for _, l := range info.Categories.Labels.Labels {
			id, _ := l.Carried.Get(carryID)
			got = append(got, label{l.Name, l.Parent, string(id)})
		}
		if d := cmp.Diff(test.want, got, cmp.AllowUnexported(label{})); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		checkRoundTripWithoutMedia(t, dir)
	}
}

// TestFilesThatDisagree: each file keeps its own idea of what an id is.
func TestFilesThatDisagree(t *testing.T) {
	image := `"images":[{"id":1,"file_name":"a.jpg"}]`
	dir := folder(t,
		"annotations/instances_a.json", `{`+image+`,"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,2,3,4]}],"categories":[{"id":1,"name":"x","color":[1,2,3]}]}`,
		"annotations/instances_b.json", `{`+image+`,"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,2,3,4]},{"id":2,"image_id":1,"category_id":2,"bbox":[1,2,3,4]}],"categories":[{"id":2,"name":"x"},{"id":1,"name":"y","isthing":1}]}`,
		"annotations/stuff_b.json", `{`+image+`,"annotations":[{"id":1,"image_id":1,"category_id":2,"bbox":[1,2,3,4]}],"categories":[{"id":2,"name":"x","isthing":0,"supercategory":"s"}]}`)
	items, info, _, err := readAll(t, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, it := range items {
		for _, a := range it.Annotations {
			got = append(got, it.Subset+" "+info.Categories.Name(*dataset.LabelOf(a)))
		}
	}
	if want := "a x, b y, b x, b x"; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %s", got, want)
	}
	checkRoundTripWithoutMedia(t, dir)
}

func TestSkeletons(t *testing.T) {
	dir := folder(t,
		"annotations/instances_t.json", categoriesFile(`[{"id":1,"name":"person","supercategory":"being"},{"id":2,"name":"cat"}]`),
		"annotations/person_keypoints_t.json", categoriesFile(`[{"id":1,"name":"person","supercategory":"","keypoints":["nose","ear"],"skeleton":[[1,2]]},{"id":2,"name":"cat","keypoints":[],"skeleton":[]}]`))
	_, info, _, err := readAll(t, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	want := &dataset.PointsCategories{Items: []dataset.PointsCategory{
		{Label: 0, Names: []string{"nose", "ear"}, Joints: [][2]int32{{1, 2}}},
		{Label: 1, Names: []string{}, Joints: [][2]int32{}},
	}}
	if d := cmp.Diff(want, info.Categories.Points); d != "" {
		t.Error(d)
	}
	checkRoundTripWithoutMedia(t, dir)
	odd := folder(t, "annotations/person_keypoints_t.json", categoriesFile(`[{"id":1,"name":"p","keypoints":["a",1],"skeleton":"x"},{"id":2,"name":"q","keypoints":["a"],"skeleton":[[1,2,3],["x"]]},{"id":3,"name":"r","keypoints":null}]`))
	if _, _, _, err := readAll(t, odd, false); err != nil {
		t.Error(err)
	}
	checkRoundTripWithoutMedia(t, odd)
}

func TestCategoriesRefused(t *testing.T) {
	for list, says := range map[string]string{
		`{}`:                                 "categories are no list",
		`[7]`:                                "category 1 has no id or no name: 7",
		`[{"id":1,"name":"a"},{"name":"b"}]`: `category 2 has no id or no name: {"name":"b"}`,
		`[{"id":1}]`:                         "category 1 has no id or no name",
		`[{"id":null,"name":"a"}]`:           "no id or no name",
		`[{"id":1,"name":7}]`:                "no id or no name",
		`[{"id":1,"name":"a"},{"id":1.0,"name":"b"}]`: `category id 1 is given to "a" and to "b"`,
	} {
		_, _, _, err := readAll(t, folder(t, "annotations/instances_t.json", categoriesFile(list)), false)
		if err == nil || !strings.Contains(err.Error(), "instances_t.json:1: ") || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", list, err, says)
		}
	}
	_, _, notes, err := readAll(t, folder(t, "annotations/instances_t.json", categoriesFile(`[{"id":1,"name":"a"},{"id":1,"name":"a"}]`)), false)
	if err != nil || !strings.Contains(notes.String(), "1 categories listed twice") {
		t.Error(err, notes)
	}
}

func TestCompareIDs(t *testing.T) {
	sorted := []string{"-1", "0", "1.5", "2", "10", `"10"`, `"2"`, `"a"`}
	for i, a := range sorted {
		for k, b := range sorted {
			if got := compareIDs(a, b); got < 0 != (i < k) || got > 0 != (i > k) {
				t.Errorf("%s and %s: %d", a, b, got)
			}
		}
	}
}

// TestFindLabel: an entry of a list finds its label by id and name, or by the
// id alone if it is the only one.
func TestFindLabel(t *testing.T) {
	c := labels("a", "b", "c", "d")
	for i, id := range []string{"1", "2", "2"} {
		c.Labels.Labels[i].Carried.SetRaw(carryID, []byte(id))
	}
	for _, test := range []struct {
		id, name string
		label    int32
		ok       bool
	}{
		{"1", "a", 0, true}, {"1", "renamed", 0, true}, {"1.0", "a", 0, true}, {"2", "c", 2, true}, {"2", "b", 1, true},
		{"2", "renamed", 0, false}, {"3", "a", 0, false}, {"null", "a", 0, false},
	} {
		label, ok := findLabel(&c, carriedCategory{ID: rawJSON(test.id), Name: test.name})
		if ok != test.ok || ok && label != test.label {
			t.Errorf("%s %s: %d, %v", test.id, test.name, label, ok)
		}
	}
}

// TestRemovedLabels: labels that were taken away leave the lists.
func TestRemovedLabels(t *testing.T) {
	to, loss, err := changed(t, layouts+"official", func(info *dataset.Info, items []dataset.Item) []dataset.Item {
		info.Categories.Labels.Labels = info.Categories.Labels.Labels[:1]
		for i := range items {
			var kept []dataset.Annotation
			for _, a := range items[i].Annotations {
				if l := dataset.LabelOf(a); l == nil || *l < 1 {
					kept = append(kept, a)
				}
			}
			items[i].Annotations = kept
		}
		return items
	})
	if err != nil || loss.Total() > 0 {
		t.Fatal(err, loss)
	}
	_, info, _, err := readAll(t, to, true)
	if err != nil || info.Categories.Len() != 1 {
		t.Error(info.Categories, err)
	}
	_, _, err = changed(t, layouts+"official", func(info *dataset.Info, items []dataset.Item) []dataset.Item {
		info.Categories.Labels.Labels = info.Categories.Labels.Labels[:1]
		return items
	})
	if err == nil || !strings.Contains(err.Error(), "label 2, the dataset has 1 categories") {
		t.Errorf("%v", err)
	}
}
