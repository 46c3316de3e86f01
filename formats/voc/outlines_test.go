package voc

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
	"datum/internal/raster"
)

// TestDetection writes outlines as boxes.
func TestDetection(t *testing.T) {
	t.Parallel()
	square := []float64{2, 2, 10, 2, 10, 12, 2, 12}
	mask, err := raster.Polygons(32, 48, []float64{20, 20, 30, 20, 30, 30, 20, 30})
	if err != nil {
		t.Fatal(err)
	}
	empty, _ := raster.Polygons(32, 48)
	stuff := dataset.Base{}
	stuff.Attributes.SetRaw(carryStuff, []byte("true"))
	annotations := []dataset.Annotation{
		&dataset.Polygon{Base: grouped(7), Label: 1, Points: square},
		&dataset.Bbox{Base: grouped(7), Label: 1, X: 1, Y: 1, W: 28, H: 28},
		&dataset.Polygon{Base: grouped(8), Points: square},
		&dataset.Polygon{Base: grouped(8), Points: []float64{20, 20, 30, 20, 30, 31}},
		&dataset.Mask{Label: 1, RLE: mask},
		&dataset.Mask{Label: 1, RLE: empty},
		&dataset.Mask{Base: stuff, Label: 1, RLE: mask},
	}
	registry, err := formats.NewRegistry(Format())
	if err != nil {
		t.Fatal(err)
	}
	f, err := registry.Lookup("voc_detection")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	d := picture(annotations...)
	lost, err := formatstest.Write(t.Context(), f, dir, d, formats.ExportOptions{SaveMedia: true})
	if err != nil {
		t.Fatal(err)
	}
	loss := counts(lost)
	want := map[string]int{
		"polygons dropped": 1, "polygons written as the boxes around them": 2, "masks written as the boxes around them": 1, "masks dropped": 2,
	}
	if !maps.Equal(loss, want) {
		t.Errorf("lost %v", loss)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "Segmentation*")); len(found) > 0 {
		t.Errorf("there is %s", found)
	}
	got, _ := readAll(t, dir, formats.ImportOptions{})
	if s := show(got, got.List[0]); s != "train/x x.png, bbox dog, bbox cat, bbox dog" {
		t.Error(s)
	}
	b := got.List[0].Annotations[1].(*dataset.Bbox)
	if [4]float64{b.X, b.Y, b.W, b.H} != [4]float64{2, 2, 28, 29} {
		t.Errorf("the box around two polygons is %+v", b)
	}
	if _, err := os.Stat(filepath.Join(dir, "Annotations", "x.xml")); err != nil {
		t.Error(err)
	}
}
