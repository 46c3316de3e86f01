package turbojpeg_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"sync"
	"testing"

	"datum/internal/turbojpeg"
	"datum/internal/turbojpeg/turbojpegtest"
)

func encoded(t testing.TB, width, height int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, color.RGBA{uint8(255 * x / width), uint8(255 * y / height), 60, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecode(t *testing.T) {
	t.Parallel()
	l := turbojpegtest.Library(t)
	file := encoded(t, 83, 61)
	h, err := l.Header(file)
	if err != nil || h != (turbojpeg.Header{Width: 83, Height: 61, RGB: true}) {
		t.Fatalf("%+v, %v", h, err)
	}
	for _, test := range []struct{ eighths, width, height int }{{8, 83, 61}, {4, 42, 31}, {2, 21, 16}, {1, 11, 8}} {
		width, height := h.Scaled(test.eighths)
		if width != test.width || height != test.height {
			t.Errorf("at %d eighths it has %d × %d", test.eighths, width, height)
		}
		pix := make([]byte, 3*width*height)
		if err := l.Decode(pix, file, h, test.eighths); err != nil {
			t.Fatal(err)
		}
		for _, p := range [][2]int{{0, 0}, {width - 1, 0}, {0, height - 1}, {width - 1, height - 1}, {width / 2, height / 2}} {
			at := 3 * (p[1]*width + p[0])
			// The middle of the pixel, in sixteenths of the picture's own pixels.
			x, y := (2*p[0]+1)*64/test.eighths-8, (2*p[1]+1)*64/test.eighths-8
			want := [3]int{255 * x / 16 / 83, 255 * y / 16 / 61, 60}
			for c := range 3 {
				if d := int(pix[at+c]) - want[c]; d < -8 || d > 8 {
					t.Errorf("at %d eighths the pixel %v is %v, want about %v", test.eighths, p, pix[at:at+3], want)
				}
			}
		}
	}
}

func TestDamaged(t *testing.T) {
	t.Parallel()
	l := turbojpegtest.Library(t)
	file := encoded(t, 64, 64)
	h, err := l.Header(file)
	if err != nil {
		t.Fatal(err)
	}
	pix := make([]byte, 3*64*64)
	broken := bytes.Clone(file)
	for i := len(broken) / 2; i < len(broken)-2; i += 7 {
		broken[i] ^= 0x5a
	}
	for name, b := range map[string][]byte{"cut": file[:len(file)/2], "broken": broken, "head only": file[:200], "empty": nil} {
		if err := l.Decode(pix, b, h, 8); !errors.Is(err, turbojpeg.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, b := range map[string][]byte{"empty": nil, "text": []byte("no picture"), "marker": file[:2]} {
		h, err := l.Header(b)
		if err == nil { // some versions give the size of the picture before then
			err = l.Decode(pix, b, h, 8)
		}
		if !errors.Is(err, turbojpeg.ErrDamaged) {
			t.Errorf("the header of %s: %v", name, err)
		}
	}
	if err := l.Decode(pix[:len(pix)-1], file, h, 8); !errors.Is(err, turbojpeg.ErrDamaged) {
		t.Errorf("too little room: %v", err)
	}
	if err := l.Decode(pix, file, turbojpeg.Header{Width: 64, Height: 64}, 8); !errors.Is(err, turbojpeg.ErrUnsupported) {
		t.Errorf("a picture that is not RGB: %v", err)
	}
	// Bytes that belong to nothing hide what is behind them.
	loose := append(append(bytes.Clone(file[:2]), 0, 1, 2), file[2:]...)
	if looseHeader, err := l.Header(loose); err != nil || looseHeader != h {
		t.Errorf("the header behind loose bytes: %v, %v", looseHeader, err)
	}
	if err := l.Decode(pix, loose, h, 8); err != nil && !errors.Is(err, turbojpeg.ErrLoose) {
		t.Errorf("bytes between segments: %v", err)
	}
	if err := l.Decode(pix, loose[:len(loose)/2], h, 8); !errors.Is(err, turbojpeg.ErrLoose) && !errors.Is(err, turbojpeg.ErrDamaged) {
		t.Errorf("bytes between segments of a picture that is cut off: %v", err)
	}
	// After all that it decodes what is sound.
	if err := l.Decode(pix, file, h, 8); err != nil {
		t.Error(err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	l := turbojpegtest.Library(t)
	file := encoded(t, 200, 100)
	h, err := l.Header(file)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]byte, 3*200*100)
	if err := l.Decode(want, file, h, 8); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 100 { // more than are kept
		wait.Go(func() {
			pix := make([]byte, len(want))
			for range 5 {
				if err := l.Decode(pix, file, h, 8); err != nil || !bytes.Equal(pix, want) {
					t.Errorf("%v", err)
					return
				}
			}
		})
	}
	wait.Wait()
}

func TestOpen(t *testing.T) {
	t.Parallel()
	if _, err := turbojpeg.Open("/nowhere/libturbojpeg.so.0"); !errors.Is(err, turbojpeg.ErrUnavailable) {
		t.Errorf("a library that is not there: %v", err)
	}
	if _, err := turbojpeg.Open("libc.so.6"); !errors.Is(err, turbojpeg.ErrUnavailable) {
		t.Errorf("another library: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	l := turbojpegtest.Library(f)
	f.Add(encoded(f, 17, 9))
	f.Add(encoded(f, 1, 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := l.Header(b)
		if err != nil || int64(h.Width)*int64(h.Height) > 1<<20 {
			return
		}
		for _, eighths := range []int{1, 8} {
			w, ht := h.Scaled(eighths)
			l.Decode(make([]byte, 3*w*ht), b, h, eighths)
		}
	})
}
