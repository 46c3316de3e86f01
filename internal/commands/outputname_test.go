package commands

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDefaultOutput(t *testing.T) {
	for _, test := range []struct{ there, in, want string }{
		{"", "data/photos", "photos-coco"},
		{"", "data/photos/", "photos-coco"},
		{"other-coco", "photos", "photos-coco"},
		{"photos-coco", "photos", "photos-coco.1"},
		{"photos-coco photos-coco.1 photos-coco.7", "photos", "photos-coco.8"},
		{"photos-coco.3", "photos", "photos-coco.4"},
		{"photos-coco.x photos-cocoa", "photos", "photos-coco"},
	} {
		dir := t.TempDir()
		t.Chdir(dir)
		for _, name := range strings.Fields(test.there) {
			if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := defaultOutput(test.in, "coco"); err != nil || got != test.want {
			t.Errorf("%s with %q: %s, %v, want %s", test.in, test.there, got, err, test.want)
		}
	}
}
