package coco

import (
	"os"
	"path/filepath"
	"testing"

	"datum/formats/formatstest"
)

// TestPictureNames: what the listings say is what the system would say.
func TestPictureNames(t *testing.T) {
	t.Parallel()
	dir := folder(t, "images/t/a.jpg", "", "images/t/B.JPG", "", "images/t/é.jpg", "", "images/t/.hidden.jpg", "", "images/t/sub/c.jpg", "", "images/t/x~1.jpg", "", "images/empty/y/z", "")
	if err := os.Remove(filepath.Join(dir, "images/empty/y/z")); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"images/t/link.jpg": "a.jpg", "images/t/nowhere.jpg": "gone.jpg", "images/linked": "t"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	f := formatstest.Folder(t, dir)
	names := newPictureNames()
	for _, d := range []string{"images/t", "images/empty", "images/gone", "images/linked", "images/t/a.jpg", "."} {
		for _, n := range []string{"a.jpg", "A.jpg", "b.jpg", "B.JPG", "é.jpg", ".hidden.jpg", "c.jpg", "sub/c.jpg", "sub/a.jpg", "sub", "x~1.jpg", "link.jpg", "nowhere.jpg", "none.jpg", "t/a.jpg"} {
			_, err := f.Stat(filepath.Join(d, n))
			known := names.name(n)
			if got := names.look(f, d, &known); got == present && err != nil || got == absent && err == nil {
				t.Errorf("%s in %s: %d, but %v", n, d, got, err)
			}
		}
	}
	for n, want := range map[string]presence{"a.jpg": present, "none.jpg": absent, "b.jpg": maybe, "sub/c.jpg": present} {
		known := names.name(n)
		if got := names.look(f, "images/t", &known); got != want {
			t.Errorf("%s: %d, want %d", n, got, want)
		}
	}
}
