package rgb_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"datum/files"
	"datum/formats"
	"datum/internal/rgb"
	"datum/internal/turbojpeg"
	"datum/internal/turbojpeg/turbojpegtest"
)

// decode decodes with the standard library.
func decode(t *testing.T, file []byte, r rgb.Request) rgb.Picture {
	t.Helper()
	var p, spare rgb.Picture
	if _, err := new(rgb.Decoder).Decode(&p, &spare, file, r); err != nil {
		t.Fatal(err)
	}
	return p
}

func encode(t *testing.T, m image.Image, how func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := how(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(b *bytes.Buffer, m image.Image) error { return png.Encode(b, m) }

// Whatever is stored becomes three channels of eight bits.
func TestKindsOfPixels(t *testing.T) {
	t.Parallel()
	r := image.Rect(0, 0, 2, 1)
	pixels := func(set func(x int)) { set(0); set(1) }
	grey, grey16, nrgba, nrgba64 := image.NewGray(r), image.NewGray16(r), image.NewNRGBA(r), image.NewNRGBA64(r)
	opaque, palette := image.NewRGBA(r), image.NewPaletted(r, color.Palette{color.NRGBA{1, 2, 3, 255}, color.NRGBA{200, 100, 50, 40}})
	pixels(func(x int) {
		grey.SetGray(x, 0, color.Gray{uint8(7 + x)})
		grey16.SetGray16(x, 0, color.Gray16{uint16(0x1234 + 0x100*x)})
		nrgba.SetNRGBA(x, 0, color.NRGBA{200, 100, uint8(x), uint8(200 * x)})
		nrgba64.SetNRGBA64(x, 0, color.NRGBA64{0xc8ff, 0x64ff, uint16(x << 8), 0x8000})
		opaque.SetRGBA(x, 0, color.RGBA{200, 100, uint8(x), 255})
		palette.SetColorIndex(x, 0, uint8(x))
	})
	coloured := []byte{200, 100, 0, 200, 100, 1}
	for _, test := range []struct {
		name string
		file []byte
		want []byte
	}{
		{"grey", encode(t, grey, asPNG), []byte{7, 7, 7, 8, 8, 8}},
		{"16 bits of grey", encode(t, grey16, asPNG), []byte{0x12, 0x12, 0x12, 0x13, 0x13, 0x13}},
		{"transparent", encode(t, nrgba, asPNG), coloured},
		{"16 bits, transparent", encode(t, nrgba64, asPNG), coloured},
		{"opaque", encode(t, opaque, asPNG), coloured},
		{"palette", encode(t, palette, asPNG), []byte{1, 2, 3, 200, 100, 50}},
		{"BMP", encode(t, opaque, func(b *bytes.Buffer, m image.Image) error { return bmp.Encode(b, m) }), coloured},
		{"TIFF", encode(t, opaque, func(b *bytes.Buffer, m image.Image) error { return tiff.Encode(b, m, nil) }), coloured},
		{"PPM", []byte("P6\n# a comment\n2 1\n255\n\xc8\x64\x00\xc8\x64\x01"), coloured},
		{"PPM of 16 bits", []byte("P6 2 1 65535 \xc8\xff\x64\x00\x00\x01\xc8\x00\x64\x00\x01\xff"), coloured},
		{"PGM of 4 bits", []byte("P5 2 1 15 \x0f\x03"), []byte{255, 255, 255, 51, 51, 51}},
		{"GIF", encode(t, palette, func(b *bytes.Buffer, m image.Image) error { return gif.Encode(b, m, nil) }), []byte{1, 2, 3, 200, 100, 50}[:3]},
	} {
		p := decode(t, test.file, rgb.Request{})
		if p.Width != 2 || p.Height != 1 || !bytes.Equal(p.Pix[:len(test.want)], test.want) {
			t.Errorf("%s: %d × %d, %v, want %v", test.name, p.Width, p.Height, p.Pix, test.want)
		}
	}
}

// A picture with an orientation is turned, unless the dataset says that it knows
// it as it is stored.
func TestOrientation(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "imagesize", "testdata")
	file, err := os.ReadFile(filepath.Join(dir, "13x7-6-big-endian.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name          string
		r             rgb.Request
		width, height int
	}{
		{"nobody knows the size", rgb.Request{}, 7, 13},
		{"its size as it is shown", rgb.Request{Width: 7, Height: 13}, 7, 13},
		{"its size as it is stored", rgb.Request{Width: 13, Height: 7}, 13, 7},
		{"another size", rgb.Request{Width: 26, Height: 14}, 7, 13},
	} {
		p := decode(t, file, test.r)
		if p.Width != test.width || p.Height != test.height || len(p.Pix) != 3*13*7 {
			t.Errorf("%s: %d × %d, want %d × %d", test.name, p.Width, p.Height, test.width, test.height)
		}
	}
}

// Half, quarter and eighth sizes are never smaller than what is wanted.
func TestScaled(t *testing.T) {
	t.Parallel()
	d := rgb.Decoder{Turbo: turbojpegtest.Library(t)}
	file := encode(t, image.NewGray(image.Rect(0, 0, 400, 200)), func(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) })
	for _, test := range []struct{ want, width, height int }{{400, 400, 200}, {201, 400, 200}, {200, 200, 100}, {101, 200, 100}, {100, 100, 50}, {50, 50, 25}, {2, 50, 25}, {800, 400, 200}} {
		var p, spare rgb.Picture
		full, err := d.Decode(&p, &spare, file, rgb.Request{AtLeast: func(width, height int) (int, int) {
			if width != 400 || height != 200 {
				t.Errorf("asked for a picture of %d × %d", width, height)
			}
			return test.want, test.want / 2
		}})
		if err != nil || p.Width != test.width || p.Height != test.height || full != (rgb.Decoded{Width: 400, Height: 200}) {
			t.Errorf("at least %d: %d × %d of %v, %v", test.want, p.Width, p.Height, full, err)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	file := encode(t, image.NewGray(image.Rect(0, 0, 300, 200)), asPNG)
	photo := encode(t, image.NewGray(image.Rect(0, 0, 300, 200)), func(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) })
	// Bytes between segments that belong to nothing are common, and harmless
	// where nothing is wrong behind them.
	second := 4 + int(photo[5]) // behind the first segment, which is a short one
	loose := slices.Concat(photo[:second], []byte{0, 1, 2}, photo[second:])
	small := files.Limits{ImagePixels: 300*200 - 1}
	decoders := map[string]rgb.Decoder{"go": {}, "go, small": {Limits: small}}
	if l, err := turbojpegtest.Find(); err == nil {
		decoders["turbo"], decoders["turbo, small"] = rgb.Decoder{Turbo: l}, rgb.Decoder{Turbo: l, Limits: small}
	}
	for name, d := range decoders {
		for _, test := range []struct {
			name      string
			file      []byte
			want      error
			wantSmall error // where the limit is just below the size
		}{
			{"a PNG", file, nil, files.ErrLimit},
			{"a JPEG", photo, nil, files.ErrLimit},
			{"half a PNG", file[:len(file)/2], formats.ErrCorrupt, files.ErrLimit},
			{"half a JPEG", photo[:len(photo)-20], formats.ErrCorrupt, files.ErrLimit},
			{"a JPEG with loose bytes", loose, nil, files.ErrLimit},
			{"half a JPEG with loose bytes", loose[:len(loose)-20], formats.ErrCorrupt, files.ErrLimit},
			{"the head of a JPEG", photo[:10], formats.ErrCorrupt, formats.ErrCorrupt},
			{"a PPM that is cut off", []byte("P6 2 1 255 12345"), formats.ErrCorrupt, formats.ErrCorrupt},
			{"a PPM of nothing", []byte("P6 0 1 255 123456"), formats.ErrCorrupt, formats.ErrCorrupt},
			{"a huge PPM", []byte("P6 65535 65535 255 123456"), files.ErrLimit, files.ErrLimit},
			{"nothing", nil, formats.ErrCorrupt, formats.ErrCorrupt},
			{"text", []byte("this is no picture, is it?"), errors.ErrUnsupported, errors.ErrUnsupported},
		} {
			want := test.want
			if d.Limits == small {
				want = test.wantSmall
			}
			var p, spare rgb.Picture
			if _, err := d.Decode(&p, &spare, test.file, rgb.Request{}); !errors.Is(err, want) {
				t.Errorf("%s, %s: %v, want %v", name, test.name, err, want)
			}
		}
	}
}

// A library is opened once, and one that is not there is no error.
func TestTurbo(t *testing.T) {
	t.Parallel()
	if rgb.Turbo("/nowhere/libturbojpeg.so.0") != rgb.Turbo() {
		t.Error("without the library that was named, the system's is not taken")
	}
	dir := turbojpegtest.Dir()
	path := filepath.Join(dir, "libturbojpeg.so.0")
	if _, err := os.Stat(path); dir == "" || err != nil {
		t.Skip("SKIPPED, NOT PASSED: no libturbojpeg among the peers")
	}
	if _, err := turbojpeg.Open(path); errors.Is(err, turbojpeg.ErrUnavailable) {
		t.Skipf("SKIPPED, NOT PASSED: %v", err)
	}
	if l := rgb.Turbo(path); l == nil || l != rgb.Turbo("/nowhere", path) {
		t.Error("the library that was named is not taken, or opened twice")
	}
}

// Memory is used again, also for a smaller picture.
func TestMemoryIsUsedAgain(t *testing.T) {
	t.Parallel()
	var p, spare rgb.Picture
	d := new(rgb.Decoder)
	var first *byte
	for _, size := range []int{60, 10, 60, 1} {
		file := encode(t, image.NewGray(image.Rect(0, 0, size, size)), asPNG)
		if _, err := d.Decode(&p, &spare, file, rgb.Request{}); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = &p.Pix[0]
		}
		if &p.Pix[0] != first || len(p.Pix) != 3*size*size {
			t.Errorf("of %d pixels: %d bytes, or in another place", size*size, len(p.Pix))
		}
	}
}

// A plain picture stays one, whatever becomes of its size: the weights make up
// one, exactly.
func TestResizedPlainStaysPlain(t *testing.T) {
	t.Parallel()
	var r rgb.Resizer
	for _, v := range []byte{0, 1, 127, 254, 255} {
		for _, from := range [][2]int{{1, 1}, {2, 3}, {7, 5}, {64, 48}, {501, 3}, {5463, 2}} {
			p := rgb.Picture{Pix: bytes.Repeat([]byte{v}, 3*from[0]*from[1]), Width: from[0], Height: from[1]}
			for _, to := range [][2]int{{1, 1}, {3, 2}, {64, 64}, {5, 200}, {499, 2}} {
				for _, how := range []rgb.Interpolation{rgb.Bilinear, rgb.Area} {
					out := rgb.Picture{Pix: make([]byte, 3*to[0]*to[1]), Width: to[0], Height: to[1]}
					r.Resize(&out, 0, 0, to[0], to[1], &p, how)
					if !bytes.Equal(out.Pix, bytes.Repeat([]byte{v}, len(out.Pix))) {
						t.Fatalf("%d, %v to %v, %v: %v", v, from, to, how, out.Pix[:3])
					}
				}
			}
		}
	}
}

// What is resized into a part of a picture leaves the rest alone.
func TestResizeIntoPart(t *testing.T) {
	t.Parallel()
	from := rgb.Picture{Pix: bytes.Repeat([]byte{200}, 3*4*4), Width: 4, Height: 4}
	for _, size := range []int{3, 4, 5} {
		to := rgb.Picture{Pix: bytes.Repeat([]byte{9}, 3*8*8), Width: 8, Height: 8}
		to.Surround(2, 1, size, size, [3]byte{9, 9, 9})
		new(rgb.Resizer).Resize(&to, 2, 1, size, size, &from, rgb.Bilinear)
		for y := range 8 {
			for x := range 8 {
				want := byte(9)
				if x >= 2 && x < 2+size && y >= 1 && y < 1+size {
					want = 200
				}
				if got := to.Pix[3*(8*y+x)]; got != want {
					t.Errorf("size %d: the pixel %d, %d is %d, want %d", size, x, y, got, want)
				}
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("..", "imagesize", "testdata", "13x7*"))
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	l, err := turbojpegtest.Find()
	if err != nil {
		f.Logf("without libturbojpeg: %v", err)
	}
	f.Add([]byte("P6 2 1 255 123456"))
	f.Add([]byte("P5 2 1 65535 1234"))
	d := rgb.Decoder{Turbo: l, Limits: files.Limits{ImagePixels: 1 << 16}}
	f.Fuzz(func(t *testing.T, b []byte) {
		var p, spare rgb.Picture
		full, err := d.Decode(&p, &spare, b, rgb.Request{AtLeast: func(w, h int) (int, int) { return w / 3, h / 3 }})
		if err != nil {
			return
		}
		if p.Width < 1 || p.Height < 1 || len(p.Pix) != 3*p.Width*p.Height || p.Width > full.Width || p.Height > full.Height {
			t.Fatalf("%d × %d of %v, %d bytes", p.Width, p.Height, full, len(p.Pix))
		}
		to := rgb.Picture{Pix: make([]byte, 3*20*10), Width: 20, Height: 10}
		new(rgb.Resizer).Resize(&to, 0, 0, 20, 10, &p, rgb.Area)
	})
}
