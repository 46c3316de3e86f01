package all

import (
	"path/filepath"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/binary"
	"datum/formats/coco/cocotest"
	"datum/formats/formatstest"
)

// TestFrozenDatasets reads what earlier versions of datum wrote.
func TestFrozenDatasets(t *testing.T) {
	k, err := key.Parse([]byte("datum-MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="))
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]formats.ImportOptions{"sidecar1": {Key: k}, "plain1": {}} {
		back := pass(t, "../../testdata/datumaro_binary/"+name, "datumaro_binary", "coco", o, formats.ExportOptions{SaveMedia: true})
		for _, d := range cocotest.Diff("../../testdata/coco/sample", back) {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestFrozenVersions reads and verifies what each version has encrypted; see
// testdata/frozen. What is there is never made anew.
func TestFrozenVersions(t *testing.T) {
	versions, err := filepath.Glob("../../testdata/frozen/*/key.txt")
	if err != nil || len(versions) == 0 {
		t.Fatalf("%v, %v", versions, err)
	}
	for _, keyFile := range versions {
		k, err := key.ReadFile(keyFile)
		if err != nil {
			t.Fatal(err)
		}
		defer k.Destroy()
		dir := filepath.Dir(keyFile)
		for name, expected := range map[string]struct{ name, format string }{
			"pictures": {"pictures", "coco"}, "plainmedia": {"pictures", "coco"},
			"bare": {"bare", "datumaro"}, "kinds": {"kinds", "datumaro"}, "clouds": {"clouds", "datumaro"},
		} {
			o := formats.ImportOptions{Key: k}
			verifyFrozen(t, filepath.Join(dir, name), o, name != "bare")
			want := contentsOf(t, filepath.Join(dir, "expected", expected.name), expected.format, formats.ImportOptions{})
			got := contentsOf(t, filepath.Join(dir, name), "datumaro_binary", o)
			for _, d := range formatstest.CompareAll(want, got, formatstest.Compare) {
				t.Errorf("%s/%s: %s", dir, name, d)
			}
		}
	}
}

func verifyFrozen(t *testing.T, path string, o formats.ImportOptions, manifest bool) {
	t.Helper()
	folder := formatstest.Folder(t, path)
	r, err := binary.Verify(t.Context(), folder, o, nil)
	if err != nil || r.Items == 0 || r.Manifest != manifest || r.Missing+r.Unlisted > 0 {
		t.Errorf("%s: %+v, %v", path, r, err)
	}
}

// contentsOf reads a dataset with its media.
func contentsOf(t *testing.T, path, format string, o formats.ImportOptions) []dataset.Item {
	t.Helper()
	f, err := Registry().Lookup(format)
	if err != nil {
		t.Fatal(err)
	}
	im, err := formatstest.Open(t.Context(), f, path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err == nil {
		err = formatstest.LoadMedia(items)
	}
	if err != nil {
		t.Fatal(err)
	}
	return items
}
