package coco

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
	"datum/internal/cocogen"
)

// usualRecords are some that the quick reader takes.
var usualRecords = []string{
	`{"id":1,"image_id":7,"category_id":3,"segmentation":[[1,1,5,1,5,5]],"area":8,"bbox":[1,1,4,4],"iscrowd":0}`,
	`{"segmentation":[[510.66,423.01,511.72,420.03,510.45,416.0],[1.5,2.25,3,4,5.125,6.0]],"area":702.1057499999998,"iscrowd":1,"image_id":289343,"bbox":[473.07,395.93,38.65,28.67],"category_id":18,"id":1768}`,
	`{"segmentation": [], "area": 12.0, "iscrowd": 0, "image_id": 7, "bbox": [1.0, 2.0, 3.0, 4.0], "category_id": 3, "id": 2, "ignore": 0, "more": {"a": [1, 2]}, "text": "é\n"}`,
	`{"segmentation":[[-1.5,2e2,3,4,5,0.30000000000000004]],"num_keypoints":2,"area":1,"iscrowd":0,"keypoints":[1,2,2,0,0,0,3.5,4.5,1],"image_id":7,"bbox":[1,2,3,4],"category_id":3,"id":4}`,
	`{"segmentation":[],"num_keypoints":3,"area":1,"iscrowd":0,"keypoints":[1,2,2,0,0,0,3.5,4.5,1],"image_id":7,"bbox":[1,2,3,4],"category_id":3,"id":4}`,
	`{"id":1,"image_id":7,"category_id":3,"segmentation":[],"area":2,"bbox":[1,1,2,1],"iscrowd":0,"score":0.50,"attributes":{"occluded":true,"n": [1, 2]}}`,
	`{"image_id":7,"id":48,"caption":"A bicycle, parked – outside. "}`,
}

// otherRecords are some that it must leave to the other one, or read as it does.
var otherRecords = []string{
	`{"id":5,"image_id":7,"category_id":3,"segmentation":[[1,1,5,1,5,5]],"area":8,"bbox":[1,1,4,4],"iscrowd":0}`,
	`{"id":0,"image_id":7,"category_id":3,"segmentation":[],"area":-0,"bbox":[1,1,4,4],"iscrowd":0}`,
	`{"id":1,"image_id":7,"category_id":3.0,"segmentation":[[1,1,5,1,5]],"area":8e0,"bbox":[1,1,4],"iscrowd":true}`,
	`{"id":1,"image_id":7,"category_id":9,"segmentation":{"size":[10,20],"counts":"03U6"},"area":3,"bbox":[0,0,1,3],"iscrowd":1,"score":0.5}`,
	`{"id":1,"image_id":7,"category_id":3,"keypoints":[1,2,3],"segmentation":[1,2,3,4,5,6],"area":9007199254740993,"bbox":[1,2,3,4],"iscrowd":2,"id":2}`,
	`{"id":1,"image_id":7,"caption":"a\nb","-":1}`, `{"id":1,"image_id":7,"caption":"segments_info"}`, `{"caption":"x","category_id":3,"id":1,"image_id":7}`,
	`{"id":1,"image_id":7,"category_id":3,"segmentation":[[1,1,5,1,5,5]],"area":8,"bbox":[1,1,4,4],"iscrowd":0,"attributes":{"a":1},"x":1,"x":2,"\u0069d":7}`,
	`{"id":1,"image_id":7,"category_id":3,"segmentation":[],"area":2,"bbox":[1,1,2,1],"iscrowd":0,"attributes":{"is_crowd":true,"score":3,"@coco.record":{},"a":1,"a":2},"score":"1"}`,
	`{"id":1,"image_id":7,"category_id":3,"segmentation":[],"area":2,"bbox":[1,1,2,1],"iscrowd":0,"attributes":{}}`,
	`{"id":1,"image_id":7,"category_id":3,"segmentation":[],"area":0,"bbox":[1,2,-5,0],"iscrowd":0}`,
	`{"id":1,"image_id":7,"category_id":3,"segmentation":[],"area":0,"bbox":[1,2,-0,4],"iscrowd":0,"x":"segments_info"}`,
	`{"id":1,"image_id":7,"category_id":3,"segmentation":[[1e400,1,5,1,5,5]],"area":123456789012345678901,"bbox":[1,1,1e308,1e308],"iscrowd":0}`,
}

func testSource(task string, inOrder bool) *source {
	return &source{
		jsonFile: jsonFile{task: task}, annotationsInOrder: inOrder,
		index:  &index{maxID: 5, twice: map[int64]struct{}{5: {}}},
		labels: map[string]int32{"3": 0, "18": 1}, byNumber: map[int64]int32{3: 0, 18: 1},
	}
}

// thoroughly reads a record with the parser.
func thoroughly(f *source, text []byte, order int32) (out []dataset.Annotation, notes formats.Loss, err error) {
	p := parser{source: f, notes: &notes}
	anns, err := p.annotations(text, order)
	if err != nil || len(anns) == 0 {
		return nil, notes, err
	}
	r := itemReader{s: &subset{files: []*source{f}}, item: &dataset.Item{}, notes: &notes}
	r.take(f, annotationAt{order: order}, anns)
	return r.item.Annotations, notes, nil
}

// FuzzQuickRecord: what the quick reader takes, the parser reads in the same
// way, without a note.
func FuzzQuickRecord(f *testing.F) {
	for i, s := range append(usualRecords, otherRecords...) {
		f.Add([]byte(s), uint8(i), i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, text []byte, task uint8, inOrder bool) {
		src := testSource(tasks[int(task)%len(tasks)], inOrder)
		q := newQuickRecord(src, newRecordStore())
		before, ok := q.annotations(nil, padded([]byte(usualRecords[1])), 0, len(usualRecords[1]), 1)
		copied := cloned(before)
		got, quick := q.annotations(nil, padded(text), 0, len(text), 4)
		if !quick {
			return
		}
		if ok && !cmp.Equal(before, copied) {
			t.Error("the record before was changed", cmp.Diff(copied, before))
		}
		want, notes, err := thoroughly(src, text, 4)
		if err != nil || notes.Total() > 0 {
			t.Fatalf("it is no usual record: %v %v", err, notes)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

func cloned(list []dataset.Annotation) (out []dataset.Annotation) {
	for _, a := range list {
		out = append(out, a.Clone())
	}
	return out
}

// TestQuickRecord: usual records are taken, in any order of members.
func TestQuickRecord(t *testing.T) {
	t.Parallel()
	for _, record := range usualRecords {
		src := testSource(taskInstances, false)
		q := newQuickRecord(src, newRecordStore())
		got, ok := q.annotations(nil, padded([]byte(record)), 0, len(record), 4)
		if !ok {
			t.Errorf("not taken: %s", record)
			continue
		}
		want, _, err := thoroughly(src, []byte(record), 4)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(record, d)
		}
	}
}

// FuzzQuickImage does the same for the records of images.
func FuzzQuickImage(f *testing.F) {
	dir := formatstest.Folder(f, f.TempDir())
	for _, s := range []string{
		`{"license":1,"file_name":"000000000001.jpg","coco_url":"http://x/y.jpg","height":480,"width":640,"date_captured":"2013-11-14 11:18:45","id":1}`,
		`{"id": 12, "file_name": "a/é.png", "width": 3, "height": 4, "meta": {"a": [1, 2]}, "flickr_url": null}`,
		`{"id":1,"file_name":"a\\b.jpg","height":1,"width":1}`, `{"id":1.0,"file_name":"../a.jpg","height":0,"width":1}`, `{"id":1,"file_name":"http://x/a.jpg","height":1,"width":4294967296,"-x":1}`,
	} {
		f.Add([]byte(s))
	}
	m := &importer{dir: dir, pictures: newPictureNames()}
	s := &subset{name: "t", files: []*source{testSource(taskInstances, true)}}
	f.Fuzz(func(t *testing.T, text []byte) {
		var quick, thorough readItem
		r := newItemReader(m, s)
		r.begin(&quick, "")
		img, ok := r.quick.image.image(padded(text), 0, len(text), false)
		if !ok {
			return
		}
		if err := r.beginQuick(img); err != nil {
			t.Fatal(err)
		}
		r.begin(&thorough, "")
		record, err := members(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.beginThorough(record); err != nil {
			t.Fatal(err)
		}
		sameItem(t, &thorough, &quick)
	})
}

// sameItem wants two items to be the same, with no note on the second.
func sameItem(t *testing.T, want, got *readItem) {
	t.Helper()
	a, b := want.item, got.item
	x, y := a.Media.(*dataset.Image), b.Media.(*dataset.Image)
	if x.Name != y.Name || x.Height != y.Height || x.Width != y.Width || fmt.Sprint(x.Source) != fmt.Sprint(y.Source) {
		t.Errorf("%+v, want %+v", y, x)
	}
	a.Media, b.Media = nil, nil
	if d := cmp.Diff(a, b); d != "" || want.notes.String() != got.notes.String() {
		t.Errorf("%s\n%s\n%s", d, want.notes, got.notes)
	}
}

// TestQuickItems reads whole datasets in both ways, and counts that the records
// of one that holds everything are mostly quick ones.
func TestQuickItems(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := cocogen.Write(dir, cocogen.Options{Images: 100}); err != nil {
		t.Fatal(err)
	}
	if quick, all := readBoth(t, dir); quick*10 < all*8 {
		t.Errorf("%d records of %d are quick", quick, all)
	}
	for _, layout := range []string{"official", "beside", "ids_disagree", "images_all", "panoptic", "tolerated", "not_quite_json", "label_studio"} {
		readBoth(t, layouts+layout)
	}
}

func readBoth(t *testing.T, dir string) (quick, all int) {
	t.Helper()
	folder := formatstest.Folder(t, dir)
	im, err := open(context.Background(), folder, formats.ImportOptions{})
	if err != nil {
		t.Fatal(dir, err)
	}
	defer im.Close()
	m := im.(*importer)
	for _, s := range m.subsets {
		one, other := newItemReader(m, s), newItemReader(m, s)
		other.thorough = true
		for i := range s.len() {
			var a, b readItem
			if err1, err2 := one.read(&a, i), other.read(&b, i); err1 != nil || err2 != nil {
				t.Fatal(dir, err1, err2)
			}
			sameItem(t, &b, &a)
			for _, x := range b.item.Annotations {
				all++
				if sharesAttribute(x, a.item.Annotations) {
					quick++
				}
			}
		}
	}
	return quick, all
}

// sharesAttribute reports whether the quick reader made the same annotation: it
// does not make the text of is_crowd anew.
func sharesAttribute(x dataset.Annotation, list []dataset.Annotation) bool {
	for _, a := range list {
		raw, ok := a.Common().Attributes.Get(attrCrowd)
		if a.Common().ID == x.Common().ID && (!ok || &raw[0] == &textTrue[0] || &raw[0] == &textFalse[0]) {
			return true
		}
	}
	return false
}

// FuzzShortFloat: a number read in eight bytes at a time is the one that the
// library reads.
func FuzzShortFloat(f *testing.F) {
	for _, s := range []string{"0", "1", "12345678", "123.45", "0.5", "00", "01.5", "9.999999", "1.", ".5", "12e1", "-1", "1234567.", "12/4", "1:2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, end, behind := shortFloat(padded([]byte(s+",")), 0)
		if after := decimals(padded([]byte(s+",")), 0); after == 0 && behind == ',' || after > 0 && behind == 0 {
			t.Fatalf("%q ends at %d before %q for one, at %d for the other", s, end, behind, after)
		}
		if behind == 0 {
			return
		}
		want, err := strconv.ParseFloat((s + ",")[:end], 64)
		if err != nil || !json.Valid([]byte((s + ",")[:end])) || math.Float64bits(want) != math.Float64bits(got) {
			t.Fatalf("%q is %v up to %d, want %v, %v", s, got, end, want, err)
		}
	})
}
