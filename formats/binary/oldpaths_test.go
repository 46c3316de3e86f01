package binary

import (
	"os"
	"path/filepath"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/binary/internal/record"
)

// TestPathsOfDatumaro110: the first version with this format stored the whole
// path to which it wrote a media file.
func TestPathsOfDatumaro110(t *testing.T) {
	for _, test := range []struct {
		stored, file, name string
		found              bool
	}{
		{"/home/me/out/images/s/x.jpg", "images/s/x.jpg", "x.jpg", true},
		{"out/images/s/x.jpg", "images/s/x.jpg", "x.jpg", true},
		{"/a/images/s/b/images/s/sub/x.jpg", "images/s/sub/x.jpg", "sub/x.jpg", true},
		{"images/s/x.jpg", "images/s/x.jpg", "x.jpg", true},
		{"/home/me/source/images/s/x.jpg", "images/s/y.jpg", "x.jpg", false},
		{"/home/me/images/other/x.jpg", "images/s/x.jpg", "x.jpg", false},
		{"/home/me/images/s/../../../../etc/x.jpg", "images/s/x.jpg", "x.jpg", false},
	} {
		dir := t.TempDir()
		blob := record.AppendItem(nil, record.Item{ID: "x", Subset: "s", Media: &dataset.Image{File: dataset.File{Name: test.stored}}}, 0)
		h := newHead(&dataset.Info{}, dataset.MediaImage, []int32{int32(len(blob))}, nil, true)
		for _, f := range []string{"annotations/s.datum", test.file} {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, f)), 0o777); err != nil {
				t.Fatal(err)
			}
		}
		put(t, append(h.append(nil), blob...), dir, "annotations/s.datum")
		put(t, []byte("picture"), dir, test.file)
		_, items, err := read(t, dir, formats.ImportOptions{})
		if err != nil || len(items) != 1 || items[0].Media.Main().Name != test.name || (string(items[0].media[0]) == "picture") != test.found {
			t.Errorf("%s: %+v, %v", test.stored, items, err)
		}
	}
}
