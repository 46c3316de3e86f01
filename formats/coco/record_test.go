package coco

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"datum/dataset"
)

func TestAreaAndBounds(t *testing.T) {
	mask := &dataset.Mask{RLE: dataset.EncodeRuns(4, 5, []int64{5, 2, 2, 2, 9})}
	for name, test := range map[string]struct {
		g    group
		area float64
		box  [4]float64
	}{
		"nothing":                {group{}, 0, [4]float64{}},
		"a box":                  {group{box: &dataset.Bbox{X: 1, Y: 2, W: 3, H: 4.5}}, 13.5, [4]float64{1, 2, 3, 4.5}},
		"a mask":                 {group{mask: mask}, 4, [4]float64{1, 1, 2, 2}},
		"a broken mask":          {group{mask: &dataset.Mask{RLE: dataset.RLE{Height: 1, Width: 1, Counts: []byte("~")}}}, 0, [4]float64{}},
		"an empty mask":          {group{mask: &dataset.Mask{RLE: dataset.EncodeRuns(2, 2, []int64{4})}}, 0, [4]float64{}},
		"clockwise or not":       {group{polygons: []*dataset.Polygon{{Points: []float64{0, 0, 2, 0, 2, 2, 0, 2}}, {Points: []float64{5, 5, 5, 7, 7, 7}}}}, 6, [4]float64{0, 0, 7, 7}},
		"a polygon in a box":     {group{polygons: []*dataset.Polygon{{Points: []float64{0, 0, 2, 0, 2, 2}}}, box: &dataset.Bbox{W: 9, H: 9}}, 2, [4]float64{0, 0, 9, 9}},
		"an odd polygon":         {group{polygons: []*dataset.Polygon{{Points: []float64{0, 0, 2, 0, 2, 2, 7}}}}, 2, [4]float64{0, 0, 2, 2}},
		"a polygon of nothing":   {group{polygons: []*dataset.Polygon{{}}}, 0, [4]float64{}},
		"keypoints":              {group{keypoints: &dataset.Points{Points: []float64{1, 2, 0, 0, 4, 6}, Visibility: []dataset.Visibility{2, 0, 1}}}, 12, [4]float64{1, 2, 3, 4}},
		"no visible keypoint":    {group{keypoints: &dataset.Points{Points: []float64{1, 2}, Visibility: []dataset.Visibility{0}}}, 0, [4]float64{}},
		"more flags than points": {group{keypoints: &dataset.Points{Points: []float64{1, 2}, Visibility: []dataset.Visibility{2, 2, 2}}}, 0, [4]float64{1, 2, 0, 0}},
	} {
		if area := test.g.area(); area != test.area {
			t.Errorf("%s: area %v, want %v", name, area, test.area)
		}
		if box := test.g.bounds(); box != test.box {
			t.Errorf("%s: box %v, want %v", name, box, test.box)
		}
	}
}

// TestGroupTakes says what fits into one record.
func TestGroupTakes(t *testing.T) {
	kinds := map[string]dataset.Annotation{
		"k": &dataset.Points{}, "p": &dataset.Polygon{}, "m": &dataset.Mask{}, "b": &dataset.Bbox{}, "c": &dataset.Caption{}, "l": &dataset.Label{}, "x": &dataset.Ellipse{},
	}
	for _, test := range []struct{ first, more, taken string }{
		{"", "kpmbclx", "kpmbcl"}, {"k", "kpmbcl", "pmb"}, {"p", "kpmbcl", "kpb"}, {"m", "kpmbcl", "kb"}, {"b", "kpmbcl", "kpm"}, {"c", "kpmbcl", ""}, {"l", "kpmbcl", ""}, {"kpb", "kpmbcl", "p"},
	} {
		taken := ""
		for _, k := range test.more {
			var g group
			for _, f := range test.first {
				g.add(kinds[string(f)])
			}
			before := len(g.all())
			if g.add(kinds[string(k)]) {
				taken += string(k)
				before++
			}
			if len(g.all()) != before {
				t.Errorf("%s and %c: %d annotations", test.first, k, len(g.all()))
			}
		}
		if taken != test.taken {
			t.Errorf("%q takes %q, want %q", test.first, taken, test.taken)
		}
	}
}

func TestCrowdFlag(t *testing.T) {
	for raw, want := range map[string]int64{"true": 1, "1": 1, "false": 0, "0": 0, `"True"`: 0, "2": 0, "null": 0} {
		a := dataset.Attributes{{Name: "x", Value: []byte("1")}, {Name: attrCrowd, Value: []byte(raw)}}
		on, rest := crowd(a)
		understood := len(raw) > 1 && raw[0] != '"' && raw != "null" || raw == "0" || raw == "1"
		if on != want || rest.Has(attrCrowd) == understood || len(a) != 2 {
			t.Errorf("%s: %d, %v", raw, on, rest)
		}
	}
}

// TestConflicts: what annotations of one record say differently is counted.
func TestConflicts(t *testing.T) {
	_, loss := export1(t, labels("a"), foreign("x",
		&dataset.Polygon{Base: base(1, 5, "colour", `"red"`), Points: []float64{0, 0, 1, 0, 1, 1}},
		&dataset.Bbox{Base: base(2, 5, "colour", `"blue"`)}))
	for _, want := range []string{
		"1 attributes of annotations that differ from those of the same object, dropped (first: x of s)",
		"1 ids of annotations that differ from those of the same object, dropped (first: x of s)",
	} {
		if !strings.Contains(loss.String(), want) {
			t.Errorf("%q is not in %s", want, loss)
		}
	}
}

// TestBareLabels: labels of a dataset without a list of them become
// categories, and are said to.
func TestBareLabels(t *testing.T) {
	box := func(l int32) dataset.Annotation { return &dataset.Bbox{Base: base(0, 0), Label: l, W: 1, H: 1} }
	files, loss := export1(t, dataset.Categories{}, foreign("x", box(7), box(2), box(7), box(dataset.NoLabel)))
	want := []string{`{"id":8,"name":"7","supercategory":""}`, `{"id":3,"name":"2","supercategory":""}`}
	if d := cmp.Diff(want, listOf(t, files["instances_s.json"], "categories")); d != "" {
		t.Error(d)
	}
	if !strings.Contains(loss.String(), "3 labels that are bare numbers") {
		t.Error(loss)
	}
	for i, want := range []string{"8", "3", "8", "null"} {
		if got := string(member([]byte(listOf(t, files["instances_s.json"], "annotations")[i]), "category_id")); got != want {
			t.Errorf("annotation %d: %s", i, got)
		}
	}
}

// TestSameTaskTwice: files of one task whose names cannot be kept become one.
func TestSameTaskTwice(t *testing.T) {
	dir := folder(t,
		"coco.json", `{"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg"}],"annotations":[{"id":1,"image_id":1,"bbox":[1,2,3,4]}],"categories":[]}`,
		"result.json", `{"images":[{"id":2,"file_name":"b.jpg"}],"annotations":[{"id":1,"image_id":2,"bbox":[1,2,3,4]},{"id":2,"image_id":2}],"categories":[]}`,
		"a.jpg", "a", "b.jpg", "b")
	checkRoundTrip(t, dir)
	to, loss, err := changed(t, dir, func(info *dataset.Info, items []dataset.Item) []dataset.Item {
		info.Subsets[0].Name = "other"
		for i := range items {
			items[i].Subset = "other"
		}
		return items
	})
	if err != nil || !strings.Contains(loss.String(), "1 annotation ids given anew") {
		t.Error(err, loss)
	}
	items, info, _, err := readAll(t, to, true)
	if err != nil || len(items) != 2 || info.Subsets[0].Name != "other" || len(items[0].Annotations) != 1 || len(items[1].Annotations) != 1 {
		t.Errorf("%+v, %v", items, err)
	}
}

// TestVariantIDs: the ids of a file that has its own are kept as long as they
// are different.
func TestVariantIDs(t *testing.T) {
	to, _, err := changed(t, layouts+"ids_disagree", func(_ *dataset.Info, items []dataset.Item) []dataset.Item {
		items[0].Attributes.SetRaw(carryIn, []byte(`{"0":{},"1":{"patch":{"id":4}}}`))
		items[1].Attributes.SetRaw(carryIn, []byte(`{"0":{},"1":{"patch":{"id":4}}}`))
		items[2].Attributes.SetRaw(carryIn, []byte(`{"1":{"patch":{"id":"x"}}}`))
		return items
	})
	if err != nil {
		t.Fatal(err)
	}
	items, _, _, err := readAll(t, to, true)
	if err != nil || len(items) != 3 {
		t.Fatal(items, err)
	}
	for i, it := range items {
		captions := 0
		for _, a := range it.Annotations {
			if a.Kind() == dataset.KindCaption {
				captions++
			}
		}
		if captions != 1 {
			t.Errorf("item %d has %d captions", i, captions)
		}
	}
}

func TestSameNumber(t *testing.T) {
	same := []string{"40 40.0", "1e2 100", "0.1 0.10", "9007199254740992.0 9007199254740992", "1e17 100000000000000000", "1e300 1.0e300"}
	for _, s := range same {
		if a, b, _ := strings.Cut(s, " "); !sameNumber(a, b) || !sameNumber(b, a) {
			t.Errorf("%s are not the same", s)
		}
	}
	for _, s := range []string{"1 2", "9007199254740993 9007199254740992", "9007199254740993 9007199254740992.0", "0.1 0.2", "x 1", "1e999 1e999x", "1" + strings.Repeat("0", 500) + " 1e500"} {
		if a, b, _ := strings.Cut(s, " "); sameNumber(a, b) {
			t.Errorf("%s are the same", s)
		}
	}
}

func TestFreeID(t *testing.T) {
	for maxID, want := range map[int64]int64{0: 6, -7: 6, 100: 106, 1<<63 - 1: -6} {
		x := index{maxID: maxID}
		if got := x.freeID(5); got != want {
			t.Errorf("after %s: %d, want %d", strconv.FormatInt(maxID, 10), got, want)
		}
	}
}
