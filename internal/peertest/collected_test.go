package peertest

import (
	"path/filepath"
	"strings"
	"testing"

	"datum/formats/coco/cocotest"
	"datum/formats/formatstest"
)

// Datasets that people made come back as they were from encrypting, verifying
// and decrypting. Of COCO that is every value of its JSON files and every byte
// of its pictures; of Datumaro's JSON it is all that datum and Datumaro find in
// it, since its writers leave out empty members or not as they like.
func TestCollectedDatasetsComeBack(t *testing.T) {
	root := Dir(t, Collected)
	for _, set := range collectedSets {
		format := set.format
		if set.from != Collected || format != "coco" && format != "datumaro" {
			continue
		}
		t.Run(set.path, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			original, locked, back, key := filepath.Join(root, set.path), filepath.Join(dir, "locked"), filepath.Join(dir, "back"), filepath.Join(dir, "key")
			datumCommand(t, "encrypt", original, locked, "--key-out", key)
			t.Log(strings.TrimSpace(datumCommand(t, "verify", locked, "--encryption-key-file", key)))
			datumCommand(t, "decrypt", locked, back, "-f", format, "--encryption-key-file", key)
			if format == "datumaro" {
				sameDatumaro(t, original, back)
				return
			}
			for _, d := range cocotest.Diff(original, back) {
				t.Error(d)
			}
		})
	}
}

func sameDatumaro(t *testing.T, original, back string) {
	t.Helper()
	a, b := load(t, original), load(t, back)
	if d := formatstest.CompareInfo(a.Info(), b.Info()); d != "" {
		t.Errorf("info (-want +got):\n%s", d)
	}
	for _, d := range formatstest.CompareAll(a.List, b.List, formatstest.Compare) {
		t.Error(d)
	}
	Compare(Read(t, New, "datumaro", original, ""), Read(t, New, "datumaro", back, "")).Check(t, 0)
}

// load reads a dataset with all its media.
func load(t *testing.T, path string) *formatstest.Dataset {
	t.Helper()
	ds := open(t, path, false)
	items, err := formatstest.Collect(t.Context(), ds)
	if err != nil {
		t.Fatal(err)
	}
	if err := formatstest.LoadMedia(items); err != nil {
		t.Fatal(err)
	}
	return &formatstest.Dataset{Meta: *ds.Info(), List: items}
}
