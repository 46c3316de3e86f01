package reencode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

var exts = []string{".jpg", ".png", ".bmp", ".tiff", ".gif"}

// encoded writes a picture with the encoder of a kind, as others would.
func encoded(t testing.TB, ext string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch ext {
	case ".jpg":
		err = jpeg.Encode(&b, m, nil)
	case ".png":
		err = png.Encode(&b, m)
	case ".bmp":
		err = bmp.Encode(&b, m)
	case ".tiff":
		err = tiff.Encode(&b, m, nil)
	case ".gif":
		err = gif.Encode(&b, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func convert(t testing.TB, b []byte, ext string) image.Image {
	t.Helper()
	var out bytes.Buffer
	if err := Image(iotest.OneByteReader(bytes.NewReader(b)), &out, ext, files.Limits{}); err != nil {
		t.Fatal(err)
	}
	m, kind, err := image.Decode(&out)
	if err != nil || !strings.HasPrefix(kind, ext[1:2]) {
		t.Fatal(kind, err)
	}
	return m
}

// blocks is a picture of few colours in large areas.
func blocks() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 24, 16))
	for y := range 16 {
		for x := range 24 {
			m.SetNRGBA(x, y, color.NRGBA{uint8(x / 8 * 100), uint8(y / 8 * 200), 50, 255})
		}
	}
	return m
}

// apart is the largest difference of two pictures in a channel of 8 bits.
func apart(t testing.TB, a, b image.Image) int {
	t.Helper()
	if a.Bounds() != b.Bounds() {
		t.Fatalf("%v and %v", a.Bounds(), b.Bounds())
	}
	most := 0
	each(a, func(x, y int) {
		c, d := straight(a, x, y), straight(b, x, y)
		for _, p := range [][2]uint8{{c.R, d.R}, {c.G, d.G}, {c.B, d.B}, {c.A, d.A}} {
			most = max(most, int(p[0])-int(p[1]), int(p[1])-int(p[0]))
		}
	})
	return most
}

func TestEveryKindToEvery(t *testing.T) {
	for _, from := range exts {
		for _, to := range exts {
			b := encoded(t, from, blocks())
			stored, _, err := image.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			limit := 0
			switch {
			case to == ".jpg" && from == ".gif":
				limit = 80 // where colours are mixed of dots
			case to == ".jpg":
				limit = 30 // at edges: colours have half the resolution
			case to == ".gif" && from == ".jpg":
				limit = 60
			}
			if d := apart(t, convert(t, b, to), stored); d > limit {
				t.Errorf("%s to %s: %d apart", from, to, d)
			}
		}
	}
}

func TestWebP(t *testing.T) {
	for _, name := range []string{"lossy", "lossless", "alpha"} {
		b, err := os.ReadFile(filepath.Join("../imagesize/testdata", "13x7-1-"+name+".webp"))
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range exts {
			if m := convert(t, b, to); m.Bounds() != image.Rect(0, 0, 13, 7) {
				t.Error(name, to, m.Bounds())
			}
		}
	}
	b, err := os.ReadFile("../imagesize/testdata/13x7-7-extended.webp")
	if err != nil {
		t.Fatal(err)
	}
	if m := convert(t, b, ".png"); m.Bounds() != image.Rect(0, 0, 7, 13) {
		t.Error(m.Bounds())
	}
}

func TestSameKindIsPassedOn(t *testing.T) {
	for _, ext := range exts {
		b := append(encoded(t, ext, blocks()), "and something behind"...)
		var out bytes.Buffer
		if err := Image(bytes.NewReader(b), &out, strings.ToUpper(ext), files.Limits{}); err != nil || !bytes.Equal(out.Bytes(), b) {
			t.Errorf("%s: %v", ext, err)
		}
	}
}

func TestSixteenBits(t *testing.T) {
	grey := image.NewGray16(image.Rect(0, 0, 3, 1))
	deep := image.NewNRGBA64(grey.Rect)
	for x := range 3 {
		grey.SetGray16(x, 0, color.Gray16{uint16(x*20000 + 77)})
		deep.SetNRGBA64(x, 0, color.NRGBA64{uint16(x*20000 + 77), 3, 65535, 65535})
	}
	for _, m := range []image.Image{grey, deep} {
		for from, to := range map[string]string{".png": ".tiff", ".tiff": ".png"} {
			got := convert(t, encoded(t, from, m), to)
			each(m, func(x, y int) {
				if color.RGBA64Model.Convert(got.At(x, y)) != color.RGBA64Model.Convert(m.At(x, y)) {
					t.Errorf("%s to %s: %v, want %v", from, to, got.At(x, y), m.At(x, y))
				}
			})
		}
	}
	if g, ok := convert(t, encoded(t, ".png", grey), ".bmp").(*image.Paletted); !ok || g.Palette[g.Pix[2]] != (color.RGBA{156, 156, 156, 255}) {
		t.Error(g)
	}
	if g, ok := convert(t, encoded(t, ".png", grey), ".jpg").(*image.Gray); !ok {
		t.Error(g)
	}
}

func TestTransparency(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 16, 16))
	opaque := image.NewNRGBA(m.Rect)
	each(m, func(x, y int) {
		m.SetNRGBA(x, y, color.NRGBA{200, 100, 50, uint8(x / 8 * 128)})
		opaque.SetNRGBA(x, y, color.NRGBA{200, 100, 50, 255})
	})
	b := encoded(t, ".png", m)
	for ext, want := range map[string]image.Image{".tiff": m, ".bmp": opaque, ".gif": opaque, ".jpg": opaque} {
		if d := apart(t, convert(t, b, ext), want); d > 3 || d > 0 && ext != ".jpg" {
			t.Errorf("%s: %d apart", ext, d)
		}
	}
	deep := image.NewNRGBA64(image.Rect(0, 0, 1, 1))
	deep.SetNRGBA64(0, 0, color.NRGBA64{200 << 8, 100 << 8, 50 << 8, 0})
	if c := straight(convert(t, encoded(t, ".png", deep), ".bmp"), 0, 0); c != (color.NRGBA{200, 100, 50, 255}) {
		t.Error(c)
	}
	p := image.NewPaletted(m.Rect, color.Palette{color.NRGBA{200, 100, 50, 0}, color.NRGBA{200, 100, 50, 128}})
	for i := range p.Pix {
		p.Pix[i] = uint8(i % 16 / 8)
	}
	if d := apart(t, convert(t, encoded(t, ".png", p), ".tiff"), m); d > 0 {
		t.Errorf("palette: %d apart", d)
	}
}

func TestGIFOfManyColours(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 20, 20))
	each(m, func(x, y int) { m.SetNRGBA(x, y, color.NRGBA{uint8(x * 12), uint8(y * 12), uint8(x * y), 255}) })
	if got := convert(t, encoded(t, ".png", m), ".gif"); got.Bounds() != m.Rect {
		t.Error(got.Bounds())
	}
}

func TestFrameOfGIFLiesOnItsScreen(t *testing.T) {
	frame := image.NewPaletted(image.Rect(2, 1, 4, 3), color.Palette{color.White, color.Black})
	var b bytes.Buffer
	g := gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}, Config: image.Config{Width: 6, Height: 5}}
	if err := gif.EncodeAll(&b, &g); err != nil {
		t.Fatal(err)
	}
	m := convert(t, b.Bytes(), ".png")
	if m.Bounds() != image.Rect(0, 0, 6, 5) {
		t.Fatal(m.Bounds())
	}
	each(m, func(x, y int) {
		want := color.NRGBA{}
		if image.Pt(x, y).In(frame.Rect) {
			want = color.NRGBA{255, 255, 255, 255}
		}
		if straight(m, x, y) != want {
			t.Error(x, y, m.At(x, y))
		}
	})
}

func TestLossyAndWritable(t *testing.T) {
	for ext, lossy := range map[string]bool{".jpg": true, ".JPEG": true, ".gif": true, ".png": false, ".bmp": false, ".TIFF": false, ".tif": false} {
		if !Writable(ext) || Lossy(ext) != lossy {
			t.Error(ext)
		}
	}
	for _, ext := range []string{"", "png", ".webp", ".heic"} {
		if Writable(ext) || Lossy(ext) {
			t.Error(ext)
		}
	}
}

type text string

func (s text) Open() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(s))), nil }

func TestSource(t *testing.T) {
	s := Source(text(encoded(t, ".png", blocks())), ".bmp", files.Limits{})
	for range 2 {
		r, err := s.Open()
		if err != nil {
			t.Fatal(err)
		}
		size, err := imagesize.Read(r)
		if err != nil || size != (imagesize.Size{Width: 24, Height: 16}) || r.Close() != nil {
			t.Error(size, err)
		}
	}
	if _, err := Source(text("?"), ".bmp", files.Limits{}).Open(); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
	if _, err := Source(dataset.LocalFile("none"), ".bmp", files.Limits{}).Open(); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if Source(nil, ".bmp", files.Limits{}) != nil {
		t.Error("a source of nothing")
	}
}

func TestErrors(t *testing.T) {
	whole := encoded(t, ".png", blocks())
	great := slices.Clone(whole)
	binary.BigEndian.PutUint32(great[16:], 1<<20)
	binary.BigEndian.PutUint32(great[20:], 1<<20)
	broken := errors.New("broken")
	wide := encoded(t, ".png", image.NewGray(image.Rect(0, 0, 70000, 1)))
	for name, test := range map[string]struct {
		r    io.Reader
		ext  string
		want error
	}{
		"ending":        {bytes.NewReader(whole), ".webp", errors.ErrUnsupported},
		"empty":         {strings.NewReader(""), ".png", errors.ErrUnsupported},
		"text":          {strings.NewReader("not a picture"), ".png", errors.ErrUnsupported},
		"cut":           {bytes.NewReader(whole[:len(whole)/2]), ".bmp", formats.ErrCorrupt},
		"cut early":     {bytes.NewReader(whole[:20]), ".bmp", formats.ErrCorrupt},
		"OS/2":          {strings.NewReader("BM\x00\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x0c\x00\x00\x00\x01\x00\x01\x00\x01\x00\x18\x00"), ".png", errors.ErrUnsupported},
		"reader":        {io.MultiReader(bytes.NewReader(whole[:30]), iotest.ErrReader(broken)), ".bmp", broken},
		"wide for JPEG": {bytes.NewReader(wide), ".jpg", files.ErrLimit},
		"wide for TIFF": {bytes.NewReader(wide), ".tiff", files.ErrLimit},
		"GIF of none":   {strings.NewReader("GIF89a\x00\x00\x00\x00\x00\x00\x00"), ".png", formats.ErrCorrupt},
	} {
		if err := Image(test.r, io.Discard, test.ext, files.Limits{}); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The header is put right, so that only the size can be at fault.
	if err := Image(bytes.NewReader(withChecksum(great)), io.Discard, ".bmp", files.Limits{}); !errors.Is(err, files.ErrLimit) {
		t.Error(err)
	}
	if err := Image(bytes.NewReader(whole), io.Discard, ".bmp", files.Limits{ImagePixels: 24*16 - 1}); !errors.Is(err, files.ErrLimit) {
		t.Error(err)
	}
	if err := Image(bytes.NewReader(whole), io.Discard, ".png", files.Limits{ImagePixels: 24*16 - 1}); !errors.Is(err, files.ErrLimit) {
		t.Error(err)
	}
	long := io.MultiReader(bytes.NewReader(whole), io.LimitReader(zeros{}, 2<<20))
	if err := Image(long, io.Discard, ".bmp", files.Limits{ImagePixels: 24 * 16}); !errors.Is(err, files.ErrLimit) {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
