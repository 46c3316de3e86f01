package peertest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/internal/rgb"
	"datum/internal/turbojpeg"
)

// openCV is the environment that has it.
const openCV = "openvino-2026.4.1"

// readByOpenCV is what python/pictures.py says of a picture.
type readByOpenCV struct {
	Width, Height int
	Sizes         [][2]int
}

func picturesOfOpenCV(t *testing.T) (dir string, all map[string]readByOpenCV) {
	t.Helper()
	dir = t.TempDir()
	if err := json.Unmarshal(Run(t, openCV, "pictures", dir), &all); err != nil {
		t.Fatal(err)
	}
	return dir, all
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// difference returns the largest difference of two bytes, and the mean of all.
func difference(a, b []byte) (largest int, mean float64) {
	sum := 0
	for i := range a {
		d := int(a[i]) - int(b[i])
		d = max(d, -d)
		largest, sum = max(largest, d), sum+d
	}
	return largest, float64(sum) / float64(len(a))
}

// What the standard library's decoders may differ by, in the largest difference
// and the mean one.
func allowed(name string, turbo bool) (largest int, mean float64) {
	switch {
	case name == "colour.webp":
		return 3, 0.2
	case strings.HasSuffix(name, ".jpg") && (!turbo || name == "cmyk.jpg"):
		return 4, 0.2
	}
	return 0, 0
}

func TestPixelsAreThoseOfOpenCV(t *testing.T) {
	dir, all := picturesOfOpenCV(t)
	decoders := map[string]*rgb.Decoder{"go": {}}
	if l, err := turbojpeg.Open(""); err != nil {
		t.Logf("SKIPPED, NOT PASSED: libturbojpeg was not compared: %v", err)
	} else {
		decoders["turbo"] = &rgb.Decoder{Turbo: l}
	}
	for which, d := range decoders {
		for name, want := range all {
			t.Run(which+"/"+name, func(t *testing.T) {
				var got, spare rgb.Picture
				size, err := d.Decode(&got, &spare, readFile(t, filepath.Join(dir, name)), rgb.Request{})
				if err != nil {
					t.Fatal(err)
				}
				if got.Width != want.Width || got.Height != want.Height || size != (rgb.Decoded{Width: got.Width, Height: got.Height}) {
					t.Fatalf("%d × %d (%v), OpenCV reads %d × %d", got.Width, got.Height, size, want.Width, want.Height)
				}
				largest, mean := difference(got.Pix, readFile(t, filepath.Join(dir, name+".rgb")))
				t.Logf("largest difference %d, mean %.3f", largest, mean)
				if mayLargest, mayMean := allowed(name, which == "turbo"); largest > mayLargest || mean > mayMean {
					t.Errorf("a value differs by %d, in the mean by %.3f", largest, mean)
				}
			})
		}
	}
}

func TestResizedAsByOpenCV(t *testing.T) {
	dir, all := picturesOfOpenCV(t)
	for name, o := range all {
		var from, spare rgb.Picture
		if _, err := new(rgb.Decoder).Decode(&from, &spare, readFile(t, filepath.Join(dir, name)), rgb.Request{}); err != nil {
			t.Fatal(err)
		}
		var r rgb.Resizer
		for _, size := range o.Sizes {
			for how, method := range map[rgb.Interpolation]string{rgb.Bilinear: "linear", rgb.Area: "area"} {
				w, h := size[0], size[1]
				if method == "area" && (w > from.Width || h > from.Height) {
					continue // where a side grows, OpenCV has rules of its own
				}
				to := rgb.Picture{Pix: make([]byte, 3*w*h), Width: w, Height: h}
				r.Resize(&to, 0, 0, w, h, &from, how)
				want := readFile(t, filepath.Join(dir, fmt.Sprintf("%s.%dx%d.%s", name, w, h, method)))
				largest, mean := difference(to.Pix, want)
				t.Logf("%s to %d × %d, %s: largest difference %d, mean %.3f", name, w, h, method, largest, mean)
				if largest > 1 {
					t.Errorf("%s to %d × %d, %s: a value differs by %d", name, w, h, method, largest)
				}
			}
		}
	}
}
