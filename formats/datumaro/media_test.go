package datumaro

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func TestPlacesOfMedia(t *testing.T) {
	dir := put(t, map[string]string{
		"annotations/train.json": document(`
			{"id":"in/subset","image":{"path":"in_subset.jpg"}},
			{"id":"nested/too","image":{"path":"nested/too.jpg"}},
			{"id":"old","image":{"path":"old.png"}},
			{"id":"unnamed","image":{"path":""}},
			{"id":"memory","image":{"path":null,"size":[3,4]}},
			{"id":"gone","image":{"path":"gone.jpg"}},
			{"id":"cloud/1","point_cloud":{"path":"cloud_1.pcd"},"related_images":[{"path":"cloud_1/extra_image_0.png"}]},
			{"id":"bytes","point_cloud":{"path":null}},
			{"id":"clip","video":{"path":"clip.avi","end_frame":null}},
			{"id":"frame","video_frame":{"video_path":"clip.avi","frame_index":3}}`),
		"images/train/in_subset.jpg":             "in",
		"images/train/nested/too.jpg":            "nested",
		"images/old.png":                         "old",
		"images/train/unnamed.jpg":               "unnamed",
		"point_clouds/train/cloud_1.pcd":         "cloud",
		"images/train/cloud/1/extra_image_0.png": "extra",
		"videos/clip.avi":                        "clip",
	})
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][2]string{ // name and content of the files, in order
		"in/subset": {"in/subset.jpg", "in"}, "nested/too": {"nested/too.jpg", "nested"}, "old": {"old.png", "old"},
		"unnamed": {"unnamed.jpg", "unnamed"}, "memory": {"memory", ""}, "cloud/1": {"cloud/1.pcd", "cloud"},
		"bytes": {"bytes", ""}, "clip": {"clip.avi", "clip"}, "frame": {"clip.avi", "clip"}, "gone": {"gone.jpg", ""},
	}
	if r, err := items[5].Media.Main().Open(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "gone.jpg") {
		t.Errorf("a file that is gone opens: %v, %v", r, err)
	}
	if err := formatstest.LoadMedia(items); err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		f := it.Media.Main()
		content, _ := f.Source.(formatstest.Bytes)
		if w := want[it.ID]; f.Name != w[0] || string(content) != w[1] {
			t.Errorf("%s: %q with %q, want %q", it.ID, f.Name, content, w)
		}
	}
	extra := items[6].Media.(*dataset.PointCloud).Extra
	if content, _ := extra[0].Source.(formatstest.Bytes); string(content) != "extra" {
		t.Errorf("the extra image: %+v", extra[0])
	}
}

func TestExternalMedia(t *testing.T) {
	outside := put(t, map[string]string{"secret.jpg": "secret"})
	for _, path := range []string{filepath.Join(outside, "secret.jpg"), "../../../" + filepath.Base(outside) + "/secret.jpg"} {
		dir := put(t, map[string]string{"annotations/train.json": document(`{"id":"a/x","image":{"path":"` + filepath.ToSlash(path) + `"}}`)})
		if !filepath.IsAbs(path) { // beside it
			if err := os.Symlink(outside, filepath.Join(filepath.Dir(dir), filepath.Base(outside))); err != nil && !errors.Is(err, fs.ErrExist) {
				t.Skip(err)
			}
			if err := os.MkdirAll(filepath.Join(dir, "images", "train"), 0o777); err != nil {
				t.Fatal(err)
			}
		}
		_, items, _, err := tryRead(t, dir, formats.ImportOptions{AllowExternalMedia: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := formatstest.LoadMedia(items); err != nil {
			t.Fatal(err)
		}
		f := items[0].Media.Main()
		if content, _ := f.Source.(formatstest.Bytes); string(content) != "secret" || f.Name != "a/x.jpg" {
			t.Errorf("%s: %q holds %q", path, f.Name, content)
		}
	}
}
