package coco

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"datum/formats"
	"datum/formats/formatstest"
)

func TestLooksLikeCOCO(t *testing.T) {
	for text, want := range map[string]look{
		`{"images":[{"id":1}]}`:                              coco,
		`{"images":[{"file_name":"a"}]}`:                     coco,
		`{"images":[{"width":1,"id":1}]}`:                    coco,
		`{"images":[]}`:                                      coco,
		`{"images":[{}]}`:                                    coco,
		`{"annotations":[{"x":[1,2,{"y":3}],"image_id":1}]}`: coco,
		`{"annotations":[]}`:                                 coco,
		`{"info":{},"x":1}`:                                  unsure,
		`{"categories":[]}`:                                  unsure,
		`{"x":{"images":[]},"licenses":[]}`:                  unsure,
		"\ufeff{\"x\":NaN,\"images\":[{\"id\":1}]}":          coco,
		`{"images":{}}`:                                      other,
		`{"images":7,"annotations":"x"}`:                     other,
		`{}`:                                                 other,
		`[]`:                                                 other,
		`[{"image_id":1,"score":1}]`:                         other,
		`"images"`:                                           other,
		`{"categories":[],"items":[]}`:                       other,
		`{"dm_format_version":"1.0","images":[{"id":1}]}`:    other,
		`{"version":"5","shapes":[],"imagePath":"a.jpg"}`:    other,
		``:                                      unsure,
		`{`:                                     unsure,
		`{"x":`:                                 unsure,
		`{"images":[`:                           unsure,
		`{"images":[{"x":`:                      unsure,
		`{"images":[{"x":1`:                     unsure,
		`{"images":[7]}`:                        unsure,
		`{"annotations":[{"id":1,"label":"cat"`: unsure,
		`{"x":"` + strings.Repeat("a", 300<<10) + `","images":[]}`: unsure,
	} {
		if got := looksLikeCOCO(formatstest.Folder(t, folder(t, "x.json", text)), "x.json"); got != want {
			t.Errorf("%s: %v, want %v", short([]byte(text)), got, want)
		}
	}
	if got := looksLikeCOCO(formatstest.Folder(t, t.TempDir()), "none.json"); got != other {
		t.Errorf("a file that is not there: %v", got)
	}
}

// TestFind lists what is found, in the order in which it is read.
func TestFind(t *testing.T) {
	const file = `{"images":[{"id":1,"file_name":"a.jpg"}]}`
	for name, test := range map[string]struct {
		files []string
		want  []string
	}{
		"tasks in their order": {[]string{"annotations/captions_b.json", file, "annotations/instances_b.json", file, "annotations/labels_a.json", file},
			[]string{"annotations/labels_a.json a", "annotations/instances_b.json b", "annotations/captions_b.json b"}},
		"annotations/ before others":    {[]string{"annotations/x.json", file, "y.json", file, "z/w.json", file}, []string{"annotations/x.json x"}},
		"the folder before those in it": {[]string{"y.json", file, "z/w.json", file}, []string{"y.json y"}},
		"folders":                       {[]string{"a/_annotations.coco.json", file, "b/_annotations.coco.json", file}, []string{"a/_annotations.coco.json a", "b/_annotations.coco.json b"}},
		"a broken file of the name":     {[]string{"annotations/instances_a.json", "", "annotations/broken.json", "{"}, []string{"annotations/instances_a.json a"}},
		"not deeper":                    {[]string{"a/b/c.json", file}, nil},
		"nothing":                       {[]string{"a.txt", file}, nil},
	} {
		dir := folder(t, test.files...)
		at, files, err := find(formatstest.Folder(t, dir))
		var got []string
		for _, f := range files {
			got = append(got, f.path+" "+f.subset)
		}
		if d := cmp.Diff(test.want, got); d != "" || err != nil || at.Path(".") != dir {
			t.Errorf("%s: %v in %s, %s", name, err, at.Path("."), d)
		}
	}
	dir := folder(t, "annotations/instances_a.json", file)
	if at, files, err := find(formatstest.Folder(t, filepath.Join(dir, "annotations"))); err != nil || len(files) != 1 || at.Path(".") != dir {
		t.Errorf("the folder annotations: %v, %v, %v", at, files, err)
	}
	t.Chdir(filepath.Join(dir, "annotations"))
	if at, files, err := find(formatstest.Folder(t, "instances_a.json")); err != nil || len(files) != 1 || at.Base() != filepath.Base(dir) || files[0].path != "annotations/instances_a.json" {
		t.Errorf("a name alone: %v, %v, %v", at, files, err)
	}
}

// TestManyOtherFiles: a folder with a JSON file for each picture is looked at
// for a moment only, and what has the right name is found in it.
func TestManyOtherFiles(t *testing.T) {
	files := []string{"annotations/instances_z.json", `{"images":[]}`}
	for i := range 600 {
		files = append(files, fmt.Sprintf("annotations/a%04d.json", i), `{"shapes":[]}`)
	}
	dir := folder(t, files...)
	if _, found, err := find(formatstest.Folder(t, dir)); err != nil || len(found) != 1 {
		t.Errorf("%v, %v", found, err)
	}
}

// TestPictureDirs: the usual places first, then those of a similar name.
func TestPictureDirs(t *testing.T) {
	dir := folder(t, "annotations/x", "", "images/val/x", "", "images/train/x", "", "images/train_extra/x", "", "train_all/x", "", "zzz/x", "")
	got := pictureDirs(formatstest.Folder(t, dir), classify("annotations/instances_train_ext.json"))
	want := []string{"annotations", "images", ".", "images/train_extra", "train_all", "images/train", "images/val", "zzz"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestProbe(t *testing.T) {
	v := formatstest.MustProbe(t, Format(), layouts+"roboflow")
	if v.Confidence != formats.High || len(v.Met) != 1 || !strings.Contains(v.Met[0], "test/_annotations.coco.json") || v.Encrypted {
		t.Errorf("%+v", v)
	}
	if v := formatstest.MustProbe(t, Format(), layouts+"beside/result.json"); v.Confidence != formats.High {
		t.Errorf("a file: %+v", v)
	}
	if v := formatstest.MustProbe(t, Format(), folder(t, "annotations/instances_t.json", "{")); v.Confidence != formats.Low || len(v.Unmet) != 1 {
		t.Errorf("a broken file: %+v", v)
	}
	for _, p := range []string{t.TempDir(), layouts + "beside/a.png"} {
		if v := formatstest.MustProbe(t, Format(), p); v.Confidence != formats.No || len(v.Unmet) != 1 {
			t.Errorf("%s: %+v", p, v)
		}
	}
}

// TestLinkedAnnotations: an annotation file behind a link that leads out of
// the dataset is read where that is allowed.
func TestLinkedAnnotations(t *testing.T) {
	elsewhere := folder(t, "instances_t.json", annotations(`{"id":1,"image_id":7,"category_id":9,"bbox":[1,2,3,4]}`))
	dir := t.TempDir()
	if err := os.Symlink(elsewhere, filepath.Join(dir, "annotations")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	_, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
	if !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "leaves the dataset, by itself or through a link") || formats.Hint(err) == "" {
		t.Errorf("%v", err)
	}
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{AllowExternalMedia: true})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	for _, err := range im.Items(t.Context()) {
		if err == nil || !strings.Contains(err.Error(), "instances_t.json:3: item \"a\": category 9") {
			t.Errorf("%v", err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	_, err := formatstest.Open(t.Context(), Format(), t.TempDir(), formats.ImportOptions{})
	if !errors.Is(err, formats.ErrUnknownFormat) || formats.Hint(err) == "" {
		t.Errorf("an empty folder: %v", err)
	}
	_, err = formatstest.Open(t.Context(), Format(), filepath.Join(t.TempDir(), "no"), formats.ImportOptions{})
	if !errors.Is(err, formats.ErrUnknownFormat) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}
