package coco

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/coco/cocotest"
	"datum/formats/formatstest"
	"datum/internal/cocogen"
)

// reexport reads the dataset at from and writes it into a new folder.
func reexport(t *testing.T, from string) (to string, notes, loss formats.Loss) {
	t.Helper()
	im, err := formatstest.Open(t.Context(), Format(), from, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	to = t.TempDir()
	loss, err = write(t.Context(), to, im.Info(), im.Items(t.Context()), formats.ExportOptions{SaveMedia: true})
	if err != nil {
		t.Fatal(err)
	}
	return to, im.Notes(), loss
}

// write writes items into a folder.
func write(ctx context.Context, to string, info *dataset.Info, items dataset.Items, o formats.ExportOptions) (loss formats.Loss, err error) {
	ex, err := export(ctx, to, o)
	if err != nil {
		return loss, err
	}
	defer ex.Abort()
	if err := ex.Begin(info); err != nil {
		return loss, err
	}
	for it, err := range items {
		if err != nil {
			return loss, err
		}
		if err := ex.Write(it); err != nil {
			return loss, err
		}
	}
	return ex.Close()
}

// checkRoundTrip requires that a dataset comes back as it was, and nothing
// counts as lost.
func checkRoundTrip(t *testing.T, from string) formats.Loss {
	t.Helper()
	to, notes, loss := reexport(t, from)
	for _, line := range cocotest.Diff(from, to) {
		t.Error(line)
	}
	if loss.Total() > 0 {
		t.Errorf("loss: %v", loss)
	}
	return notes
}

func TestRoundTripOfGenerated(t *testing.T) {
	dir := t.TempDir()
	if err := cocogen.Write(dir, cocogen.Options{Images: 60, Seed: 3, Subsets: []string{"train", "val", "test-dev"}}); err != nil {
		t.Fatal(err)
	}
	if notes := checkRoundTrip(t, dir); notes.Total() > 0 {
		t.Errorf("notes on a clean dataset: %v", notes)
	}
}

// TestLayoutsComeBack goes through the datasets of testdata: each in a layout,
// or with the oddities, that people have. They come back as they were, in the
// same files.
func TestLayoutsComeBack(t *testing.T) {
	dirs, err := filepath.Glob("../../testdata/coco/layouts/*")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no test data", err)
	}
	for _, dir := range append(dirs, "../../testdata/coco/sample") {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			checkRoundTrip(t, dir)
			if v := formatstest.MustProbe(t, Format(), dir); v.Confidence != formats.High {
				t.Errorf("not detected: %+v", v)
			}
		})
	}
}

// TestRoundTripOfReal goes through datasets that other people made, which are
// no part of the repository: the folders that DATUM_TEST_COCO lists.
func TestRoundTripOfReal(t *testing.T) {
	dirs := filepath.SplitList(os.Getenv("DATUM_TEST_COCO"))
	if len(dirs) == 0 {
		t.Skip("DATUM_TEST_COCO names no folders with COCO datasets to try as well")
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) { checkRoundTrip(t, dir) })
	}
}
