package planes

import (
	"errors"
	"image"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

func TestStencilRoundTrip(t *testing.T) {
	for _, m := range []dataset.RLE{square(1, 0, 3, 2), square(0, 0, 0, 0), square(0, 0, 4, 3)} {
		b, err := EncodeStencil(m)
		if err != nil {
			t.Fatal(err)
		}
		s, err := DecodeStencil(b, files.Defaults)
		if err != nil || s.Height != 3 || s.Width != 4 || !slices.Equal(s.Mask().Counts, m.Counts) {
			t.Errorf("%q: %+v, %v", m.Counts, s, err)
		}
	}
	if _, err := EncodeStencil(dataset.RLE{Height: 2, Width: 2, Counts: m999()}); err == nil {
		t.Error("a mask of too many pixels is a picture")
	}
}

// m999 are the counts of a mask that is larger than 2 × 2.
func m999() []byte { return dataset.EncodeRuns(30, 30, []int64{0, 900}).Counts }

func TestStencilStretched(t *testing.T) {
	b, err := EncodeStencil(square(2, 0, 4, 3))
	if err != nil {
		t.Fatal(err)
	}
	s, err := DecodeStencil(b, files.Defaults)
	if err != nil {
		t.Fatal(err)
	}
	m := s.Stretched(6, 2)
	if area, err := m.Area(); m.Height != 6 || m.Width != 2 || err != nil || area != 6 {
		t.Errorf("%+v has %d pixels, %v", m, area, err)
	}
}

// TestStencilColors: any pixel that is not black counts, whatever its kind.
func TestStencilColors(t *testing.T) {
	for name, c := range map[string]struct {
		picture image.Image
		area    int64
	}{"16 bits": {numbers.Gray16(), 5}, "colours": {colored(255), 6}, "palette": {indexed(6), 6}} {
		s, err := DecodeStencil(encoded(t, c.picture), files.Defaults)
		if err != nil {
			t.Fatal(err)
		}
		if area, err := s.Mask().Area(); err != nil || area != c.area {
			t.Errorf("%s: %d pixels, %v", name, area, err)
		}
	}
}

func TestStencilErrors(t *testing.T) {
	good := encoded(t, numbers.Gray16())
	for _, c := range []struct {
		content []byte
		pixels  int64
		reason  string
	}{
		{[]byte("x"), 100, "the mask is no PNG picture: "},
		{good, 5, "a mask of 3 × 2 pixels is larger than the limit"},
		{good[:len(good)-20], 100, "the mask is broken: "},
	} {
		_, err := DecodeStencil(c.content, files.Limits{ImagePixels: c.pixels})
		if !errors.Is(err, formats.ErrCorrupt) || !strings.HasPrefix(err.Error(), c.reason) {
			t.Errorf("%q: %v", c.reason, err)
		}
	}
}

func FuzzDecodeStencil(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := DecodeStencil(b, files.Limits{ImagePixels: 1 << 16})
		if err != nil {
			return
		}
		if m := s.Mask(); m.Height != s.Height || m.Width != s.Width {
			t.Fatalf("%d × %d is a mask of %d × %d", s.Width, s.Height, m.Width, m.Height)
		}
		s.Stretched(7, 13)
	})
}
