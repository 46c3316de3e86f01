package imagesize

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"datum/dataset"
)

// forwards hides that a reader can seek.
type forwards struct{ io.Reader }

// readers gives the same bytes in every way in which they may come.
func readers(b []byte) map[string]io.Reader {
	return map[string]io.Reader{
		"seeking":       bytes.NewReader(b),
		"forwards":      forwards{bytes.NewReader(b)},
		"byte by byte":  iotest.OneByteReader(bytes.NewReader(b)),
		"end with data": iotest.DataErrReader(bytes.NewReader(b)),
	}
}

func check(t *testing.T, name string, b []byte, want Size) {
	t.Helper()
	for how, r := range readers(b) {
		got, err := Read(r)
		if err != nil || got != want {
			t.Errorf("%s, %s: %+v, %v, want %+v", name, how, got, err, want)
		}
	}
}

func testFiles(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*x*-*")
	if err != nil || len(names) < 15 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		if all[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestFilesOfPillow(t *testing.T) {
	for name, b := range testFiles(t) {
		var want Size
		var orientation int
		if _, err := fmt.Sscanf(name, "%dx%d-%d-", &want.Width, &want.Height, &orientation); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want.Turned = orientation >= 5
		check(t, name, b, want)
		if o, err := Orientation(bytes.NewReader(b)); o != orientation || err != nil {
			t.Errorf("%s: orientation %d, %v", name, o, err)
		}
		config, _, err := image.DecodeConfig(bytes.NewReader(b))
		if errors.Is(err, image.ErrFormat) || strings.Contains(name, "-big.") {
			continue // there is no decoder to compare with
		}
		if err != nil || config.Width != want.Width || config.Height != want.Height {
			t.Errorf("%s: the decoder says %+v, %v", name, config, err)
		}
	}
}

func TestAgainstEncoders(t *testing.T) {
	encoders := map[string]func(io.Writer, image.Image) error{
		"png":  png.Encode,
		"jpeg": func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) },
		"gif":  func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) },
		"bmp":  bmp.Encode,
		"tiff": func(w io.Writer, m image.Image) error { return tiff.Encode(w, m, nil) },
	}
	for name, encode := range encoders {
		for _, size := range []image.Point{{1, 1}, {3, 200}, {257, 2}, {300, 299}} {
			var b bytes.Buffer
			m := image.NewPaletted(image.Rectangle{Max: size}, color.Palette{color.Black, color.White})
			if err := encode(&b, m); err != nil {
				t.Fatal(err)
			}
			check(t, fmt.Sprint(name, size), b.Bytes(), Size{Width: size.X, Height: size.Y})
		}
	}
}

// A picture cut off anywhere in its header is truncated, whole bytes of it are
// not needed.
func TestTruncated(t *testing.T) {
	for name, b := range testFiles(t) {
		whole := false
		for n := range b {
			for how, r := range readers(b[:n]) {
				_, err := Read(r)
				if err != nil && (whole || !errors.Is(err, ErrTruncated)) {
					t.Errorf("%s, %d bytes, %s: %v", name, n, how, err)
				}
				whole = whole || err == nil && how == "forwards" && !strings.Contains(name, "tif")
			}
		}
	}
}

func TestShown(t *testing.T) {
	if w, h := (Size{Width: 3, Height: 2}).Shown(); w != 3 || h != 2 {
		t.Error(w, h)
	}
	if w, h := (Size{Width: 3, Height: 2, Turned: true}).Shown(); w != 2 || h != 3 {
		t.Error(w, h)
	}
}

func TestIsImage(t *testing.T) {
	for name, want := range map[string]bool{
		"a.jpg": true, "b/c.JPEG": true, "x.Tiff": true, "a.b.png": true, "A.PFM": true,
		"a": false, "jpg": false, "a.jpg.txt": false, "": false, "a.mp4": false, "a.jpg/b": false,
	} {
		if IsImage(name) != want {
			t.Errorf("IsImage(%q) = %v", name, !want)
		}
	}
}

func TestOf(t *testing.T) {
	name := filepath.Join("testdata", "13x7-6-turned.tif")
	s, err := Of(&dataset.File{Name: "a.tif", Source: dataset.LocalFile(name)})
	if err != nil || s != (Size{13, 7, true}) {
		t.Error(s, err)
	}
	if _, err := Of(&dataset.File{Name: "a.tif"}); !errors.Is(err, dataset.ErrNoMedia) {
		t.Error(err)
	}
	if _, err := Of(&dataset.File{Name: "a.tif", Source: dataset.LocalFile("testdata/none")}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	_, err = Of(&dataset.File{Name: "a/make.py", Source: dataset.LocalFile("testdata/make.py")})
	if !errors.Is(err, ErrUnknown) || !strings.HasPrefix(err.Error(), "a/make.py: ") {
		t.Error(err)
	}
}

func TestErrorsOfTheReader(t *testing.T) {
	broken := errors.New("broken")
	for _, begin := range []string{"", "\xff\xd8", "\xff\xd8\xff\xe0\x10\x00abc", "\x89PNG\r\n\x1a\n", "P5 "} {
		_, err := Read(io.MultiReader(strings.NewReader(begin), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) {
			t.Errorf("%q: %v", begin, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, b := range testFiles(f) {
		f.Add(b)
	}
	for _, test := range handmade {
		f.Add([]byte(test.bytes))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, errA := Read(bytes.NewReader(b))
		c, errC := Read(forwards{bytes.NewReader(b)})
		if a != c || (errA == nil) != (errC == nil) {
			t.Fatalf("seeking %+v, %v; forwards %+v, %v", a, errA, c, errC)
		}
		if errA == nil && (a.Width <= 0 || a.Height <= 0) {
			t.Fatalf("size %+v", a)
		}
		if errA != nil && !errors.Is(errA, ErrUnknown) && !errors.Is(errA, ErrTruncated) {
			t.Fatal(errA)
		}
		config, kind, err := image.DecodeConfig(bytes.NewReader(b))
		if err == nil && errA == nil && kind != "tiff" && (config.Width != a.Width || config.Height != a.Height) {
			t.Fatalf("%s: decoder says %d × %d, got %+v", kind, config.Width, config.Height, a)
		}
	})
}
