package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// What the demo makes is sound, and the same each time.
func TestSameEachTime(t *testing.T) {
	m, err := detector()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
	var files [2]map[string][]byte
	for i := range files {
		dir := t.TempDir()
		if err := writeRectangles(dir); err != nil {
			t.Fatal(err)
		}
		if err := writeDetector(filepath.Join(dir, "m.xml"), filepath.Join(dir, "m.bin")); err != nil {
			t.Fatal(err)
		}
		files[i] = map[string][]byte{}
		for _, name := range []string{"m.xml", "m.bin", "annotations/instances_val.json", "images/val/rectangles-1.png", "images/val/rectangles-8.png"} {
			if files[i][name], err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, b := range files[0] {
		if !bytes.Equal(b, files[1][name]) || len(b) == 0 {
			t.Errorf("%s differs", name)
		}
	}
}
