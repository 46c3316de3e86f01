package coco

import (
	"os"
	"path/filepath"
	"testing"

	"datum/formats"
	"datum/formats/coco/cocotest"
	"datum/formats/formatstest"
)

// FuzzRoundTrip wants every file that can be read to come back as it was.
func FuzzRoundTrip(f *testing.F) {
	files, err := filepath.Glob("../../testdata/coco/layouts/*/annotations/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no test data", err)
	}
	for _, p := range files {
		text, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, record := range []string{
		`{"id":1,"image_id":7,"category_id":3.0,"segmentation":[[1,1,5,1,5,5],[],7],"bbox":[1,2,3,4],"area":1e300,"iscrowd":true}`,
		`{"id":-1,"image_id":7.0,"keypoints":[1,2,3],"segmentation":{"size":[1,2],"counts":[1,1]}}`,
		`{"image_id":7,"caption":"\ud83d\ude00","category_id":3,"id":1e2}`,
	} {
		f.Add([]byte(annotations(record, record)))
	}
	dir := f.TempDir()
	path := filepath.Join(dir, "annotations", "instances_x.json")
	if err := os.Mkdir(filepath.Dir(path), 0o777); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o666); err != nil {
			t.Fatal(err)
		}
		im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{Workers: 1})
		if err != nil {
			return
		}
		defer im.Close()
		out := t.TempDir()
		if _, err := write(t.Context(), out, im.Info(), im.Items(t.Context()), formats.ExportOptions{}); err != nil {
			return
		}
		got, err := os.ReadFile(filepath.Join(out, "annotations", "instances_x.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range cocotest.DiffJSON("", text, got) {
			t.Error(line)
		}
	})
}
