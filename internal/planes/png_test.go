package planes

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

func encoded(t testing.TB, m image.Image) []byte {
	t.Helper()
	b, err := Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var numbers = &Plane{Height: 2, Width: 3, Pixels: []uint32{0, 1, 2, 255, 256, 65535}}

// palette has as many colours as n.
func palette(n int) (p color.Palette) {
	for i := range n {
		p = append(p, color.RGBA{uint8(i), uint8(255 - i), 7, 255})
	}
	return p
}

// indexed is a picture whose indexes are 0 to 5. A palette of few colours is
// written with few bits.
func indexed(colors int) image.Image {
	m := image.NewPaletted(numbers.bounds(), palette(colors))
	copy(m.Pix, []uint8{0, 1, 2, 3, 4, 5})
	return m
}

func colored(alpha uint8) image.Image {
	m := image.NewNRGBA(numbers.bounds())
	for i := range 6 {
		copy(m.Pix[4*i:], []uint8{10, 20, uint8(i), alpha})
	}
	return m
}

var colorTable = map[[3]uint8]uint32{{10, 20, 0}: 9, {10, 20, 1}: 8, {10, 20, 2}: 7, {10, 20, 3}: 6, {10, 20, 4}: 70000, {10, 20, 5}: 0}

func TestDecodeKinds(t *testing.T) {
	low := func(v uint32) uint8 { return uint8(v) }
	for name, c := range map[string]struct {
		picture image.Image
		want    []uint32
	}{
		"16 bits":        {numbers.Gray16(), numbers.Pixels},
		"8 bits":         {numbers.Gray(low), []uint32{0, 1, 2, 255, 0, 255}},
		"index of 8":     {indexed(100), []uint32{0, 1, 2, 3, 4, 5}},
		"index of 4":     {indexed(6), []uint32{0, 1, 2, 3, 4, 5}},
		"RGB":            {colored(255), []uint32{9, 8, 7, 6, 70000, 0}},
		"RGB with alpha": {colored(3), []uint32{9, 8, 7, 6, 70000, 0}},
	} {
		p, err := Decode(bytes.NewReader(encoded(t, c.picture)), files.Defaults, colorTable)
		if err != nil || p.Height != 2 || p.Width != 3 || !slices.Equal(p.Pixels, c.want) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

func TestDecodeColorsOfPlane(t *testing.T) {
	p := &Plane{Height: 2, Width: 2, Pixels: []uint32{3, 3, 1, 3}}
	m := p.Colors(func(v uint32) [3]int32 { return [3]int32{int32(v), 2, 1} })
	again, err := Decode(bytes.NewReader(encoded(t, m)), files.Defaults, map[[3]uint8]uint32{{3, 2, 1}: 3, {1, 2, 1}: 1})
	if err != nil || !slices.Equal(again.Pixels, p.Pixels) {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestGrayOfFewBits(t *testing.T) {
	for depth, value := range map[byte]uint8{1: 255, 2: 170, 4: 34, 8: 9} {
		if got, want := value/grayStep(depth), map[byte]uint8{1: 1, 2: 2, 4: 2, 8: 9}[depth]; got != want {
			t.Errorf("%d bits: %d", depth, got)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	good := encoded(t, numbers.Gray16())
	huge := slices.Clone(good)
	copy(huge[16:], "\x7f\xff\xff\xff\x7f\xff\xff\xff")
	for name, c := range map[string]struct {
		content []byte
		colors  map[[3]uint8]uint32
		reason  string
	}{
		"nothing":           {nil, nil, "it is no PNG file"},
		"text":              {[]byte(strings.Repeat("text ", 10)), nil, "it is no PNG file"},
		"another chunk":     {bytes.Replace(good, []byte("IHDR"), []byte("IDAT"), 1), nil, "it is no PNG file"},
		"huge":              {huge, nil, "a mask of 2147483647 × 2147483647 pixels"},
		"cut":               {good[:len(good)-20], nil, "unexpected EOF"},
		"colours":           {encoded(t, colored(255)), nil, "this has colours"},
		"colours of 16":     {encoded(t, image.NewNRGBA64(numbers.bounds())), colorTable, "this has colours"},
		"an unknown colour": {encoded(t, colored(255)), map[[3]uint8]uint32{{10, 20, 0}: 1}, "no label has the colour 10 20 1"},
	} {
		_, err := Decode(bytes.NewReader(c.content), files.Defaults, c.colors)
		if !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Decode(bytes.NewReader(good), files.Limits{ImagePixels: 5}, nil)
	if !errors.Is(err, formats.ErrCorrupt) || formats.Hint(err) == "" {
		t.Errorf("beyond the limit: %v", err)
	}
}

func TestHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		picture image.Image
		want    Header
		index   bool
	}{
		"grey":    {numbers.Gray16(), Header{3, 2, 16, 0}, true},
		"palette": {indexed(4), Header{3, 2, 2, 3}, true},
		"colours": {colored(255), Header{3, 2, 8, 2}, false},
	} {
		h, err := ReadHeader(bytes.NewReader(encoded(t, c.picture)))
		if err != nil || h != c.want || h.IsIndex() != c.index {
			t.Errorf("%s: %+v, %v", name, h, err)
		}
	}
}

// TestRead requires the place of what is wrong with a file.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string][]byte{"good.png": encoded(t, numbers.Gray16()), "bad.png": []byte("x")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	f := formatstest.Folder(t, dir)
	if p, err := Read(f, "x", "good.png", files.Defaults, nil); err != nil || !slices.Equal(p.Pixels, numbers.Pixels) {
		t.Errorf("%+v, %v", p, err)
	}
	if h, err := HeaderOf(f, "good.png"); err != nil || h.Width != 3 {
		t.Errorf("%+v, %v", h, err)
	}
	for name, reason := range map[string]string{"bad.png": "no PNG file", "none.png": "no such file"} {
		_, err := Read(f, "x", name, files.Defaults, nil)
		var placed *formats.Error
		if !errors.As(err, &placed) || placed.Format != "x" || placed.Path != filepath.Join(dir, name) || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := HeaderOf(f, name); err == nil {
			t.Errorf("%s has a header", name)
		}
	}
}

// FuzzDecode: pictures of numbers.
func FuzzDecode(f *testing.F) {
	seeds(f)
	limits := files.Limits{ImagePixels: 1 << 16}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Decode(bytes.NewReader(b), limits, map[[3]uint8]uint32{{}: 0, {0, 0, 142}: 26})
		if err == nil && len(p.Pixels) != int(p.Height)*int(p.Width) {
			t.Fatalf("%d pixels of %d × %d", len(p.Pixels), p.Width, p.Height)
		}
	})
}

// seeds adds the masks of the formats' data.
func seeds(f *testing.F) {
	for _, pattern := range []string{"kitti/*/*/*/*.png", "cityscapes/*/gt*/*/*_*.png", "segmentation/*/*/*.png", "openimages/*/masks/*/*.png"} {
		names, err := filepath.Glob("../../testdata/" + pattern)
		if err != nil || len(names) == 0 {
			f.Fatal(pattern, names, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, colored(3)); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
}
