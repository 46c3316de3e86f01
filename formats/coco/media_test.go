package coco

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/coco/cocotest"
	"datum/formats/formatstest"
)

func compareFolders(t *testing.T, want, got string) {
	t.Helper()
	for _, d := range cocotest.Diff(want, got) {
		t.Error(d)
	}
}

// TestLinkedFolder: people link their folder of pictures into a dataset.
func TestLinkedFolder(t *testing.T) {
	pictures := folder(t, "a.jpg", "a")
	dir := folder(t, "annotations/instances_t.json", annotations())
	if err := os.Symlink(pictures, filepath.Join(dir, "photos")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if _, _, _, err := readAll(t, dir, false); err != nil {
		t.Errorf("annotations alone: %v", err)
	}
	_, _, _, err := readAll(t, dir, true)
	if err == nil || !strings.Contains(err.Error(), "leaves the dataset, by itself or through a link") || formats.Hint(err) == "" {
		t.Errorf("%v", err)
	}
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{AllowExternalMedia: true})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err == nil {
		err = formatstest.LoadMedia(items)
	}
	if err != nil || string(items[0].Media.Main().Source.(formatstest.Bytes)) != "a" {
		t.Errorf("%+v, %v", items, err)
	}
}

func TestCleanName(t *testing.T) {
	for raw, want := range map[string]string{
		"a.jpg": "a.jpg", "x/a.jpg": "x/a.jpg", `x\y\a.jpg`: "x/y/a.jpg", "./a.jpg": "a.jpg", "x/../a.jpg": "a.jpg",
		"/abs/a.jpg": "a.jpg", `C:\x\a.jpg`: "a.jpg", "https://h/p/a.jpg?x=1": "a.jpg", "s3://bucket/a b.jpg": "a b.jpg",
		"..": "", "../a.jpg": "", "x/../../a.jpg": "", ".": "", "": "", "a\x00b": "", `..\a.jpg`: "",
	} {
		got, ok := cleanName(raw, false)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", raw, got, ok)
		}
	}
	if got, ok := cleanName("../../x/a.jpg", true); got != "a.jpg" || !ok {
		t.Errorf("external: %q, %v", got, ok)
	}
}

// TestExternalMedia: paths that lead out of the dataset are opened where the
// user allows it, and nowhere else.
func TestExternalMedia(t *testing.T) {
	outside := folder(t, "pictures/b.jpg", "b", "pictures/c.jpg", "c")
	abs := filepath.Join(outside, "pictures", "b.jpg")
	inside := filepath.Join(outside, "set")
	file := `{"images":[{"id":1,"file_name":"` + filepath.ToSlash(abs) + `"},{"id":2,"file_name":"../pictures/c.jpg"},{"id":3,"file_name":"d.jpg"}],"annotations":[],"categories":[]}`
	for name, content := range map[string]string{"annotations/instances_t.json": file, "images/t/x": ""} {
		p := filepath.Join(inside, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(outside, "pictures", "c.jpg"), filepath.Join(inside, "images/t/d.jpg")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	_, err := formatstest.Open(t.Context(), Format(), inside, formats.ImportOptions{})
	if err == nil || !strings.Contains(err.Error(), "instances_t.json:1: the file_name \"../pictures/c.jpg\" of image 2 leaves the dataset") || formats.Hint(err) == "" {
		t.Errorf("%v", err)
	}
	im, err := formatstest.Open(t.Context(), Format(), inside, formats.ImportOptions{AllowExternalMedia: true})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err == nil {
		err = formatstest.LoadMedia(items)
	}
	if err != nil || len(items) != 3 {
		t.Fatal(items, err)
	}
	for i, want := range []string{"b", "c", "c"} {
		if got := items[i].Media.Main().Source.(formatstest.Bytes); string(got) != want {
			t.Errorf("picture %d holds %q, want %q", i, got, want)
		}
	}
	out := t.TempDir() // names that lead out are written as they were, pictures inside
	if _, err := formatstest.Write(t.Context(), Format(), out, &formatstest.Dataset{Meta: *im.Info(), List: items}, formats.ExportOptions{SaveMedia: true}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(out, "annotations/instances_t.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range cocotest.DiffJSON("", []byte(file), got) {
		t.Error(d)
	}
	if _, err := os.Stat(filepath.Join(out, "..", "pictures")); err == nil {
		t.Error("a picture was written outside")
	}
}

// TestFilesOfOneSubset: images are the same where their names are, whatever
// their ids.
func TestFilesOfOneSubset(t *testing.T) {
	items, info, _, err := readAll(t, layouts+"ids_disagree", true)
	if err != nil || len(info.Subsets) != 1 || info.Subsets[0].Items != 3 {
		t.Fatalf("%+v, %v", info.Subsets, err)
	}
	for i, want := range []struct {
		id, attribute, caption string
		boxes                  int
	}{{"a", "1", "a", 1}, {"b", "2", "b", 1}, {"c", "3", "c", 0}} {
		it := items[i]
		raw, _ := it.Attributes.Get(attrID)
		boxes, caption := 0, ""
		for _, a := range it.Annotations {
			switch a := a.(type) {
			case *dataset.Bbox:
				boxes++
			case *dataset.Caption:
				caption = a.Caption
			}
		}
		if it.ID != want.id || string(raw) != want.attribute || caption != want.caption || boxes != want.boxes {
			t.Errorf("item %d: %s, id %s, caption %q, %d boxes", i, it.ID, raw, caption, boxes)
		}
	}
}

// TestOneNameInTwoFolders: files that write the folder into the name and files
// that do not speak of the same images, if the ids agree.
func TestOneNameInTwoFolders(t *testing.T) {
	dir := folder(t,
		"annotations/instances_t.json", `{"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg"}],"annotations":[],"categories":[]}`,
		"annotations/captions_t.json", `{"images":[{"id":2,"file_name":"t/b.jpg"},{"id":5,"file_name":"t/a.jpg"}],"annotations":[{"id":1,"image_id":2,"caption":"b"}]}`,
		"images/t/a.jpg", "a", "images/t/b.jpg", "b")
	items, _, _, err := readAll(t, dir, false)
	if err != nil || len(items) != 3 || items[1].ID != "b" || len(items[1].Annotations) != 1 || items[2].ID != "t/a" {
		t.Errorf("%+v, %v", items, err)
	}
	checkRoundTripWithoutMedia(t, dir)
}

// checkRoundTripWithoutMedia compares the annotation files only.
func checkRoundTripWithoutMedia(t *testing.T, dir string) {
	t.Helper()
	out, _ := rewrite(t, dir)
	compareFolders(t, filepath.Join(dir, annotationsDir), filepath.Join(out, annotationsDir))
}
