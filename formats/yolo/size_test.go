package yolo

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// TestSizesThatDiffer counts a picture that is not as large as is said.
func TestSizesThatDiffer(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "a.png")
	if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	for width, want := range map[int32]bool{30: false, 31: true, 0: false} {
		d := &formatstest.Dataset{Meta: dataset.Info{MediaKind: dataset.MediaImage}, List: []dataset.Item{{ID: "a", Subset: "train",
			Media: &dataset.Image{File: dataset.File{Name: "a.png", Source: dataset.LocalFile(name)}, Width: width, Height: 20}}}}
		loss, err := formatstest.Write(t.Context(), ultralyticsFormat(), t.TempDir(), d, formats.ExportOptions{SaveMedia: true})
		if got := strings.Contains(loss.String(), "pictures of another size"); err != nil || got != want {
			t.Errorf("width %d: %v, %v", width, err, loss)
		}
	}
}
