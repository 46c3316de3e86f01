package planes

import (
	"errors"
	"slices"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/raster"
)

// square is the mask of a rectangle in a picture of 4 × 3 pixels.
func square(x0, y0, x1, y1 int) dataset.RLE {
	return raster.FromPixels(3, 4, func(x, y int) bool { return x >= x0 && x < x1 && y >= y0 && y < y1 })
}

func TestPaintAndMasks(t *testing.T) {
	p, err := New(3, 4, files.Defaults)
	if err != nil {
		t.Fatal(err)
	}
	low, high := square(0, 0, 2, 2), square(1, 1, 4, 3)
	for _, m := range []struct {
		mask  dataset.RLE
		value uint32
	}{{low, 7}, {high, 70000}} {
		if err := p.Paint(m.mask, m.value); err != nil {
			t.Fatal(err)
		}
	}
	if want := []uint32{7, 7, 0, 0, 7, 70000, 70000, 70000, 0, 70000, 70000, 70000}; !slices.Equal(p.Pixels, want) {
		t.Errorf("%v", p.Pixels)
	}
	count := p.Count()
	if len(count) != 3 || count[0] != 3 || count[7] != 3 || count[70000] != 6 {
		t.Errorf("%v", count)
	}
	masks := p.Masks()
	if area, err := masks[7].Area(); len(masks) != 3 || err != nil || area != 3 {
		t.Errorf("%d masks, one of %d pixels, %v", len(masks), area, err)
	}
	if !slices.Equal(masks[70000].Counts, high.Counts) {
		t.Errorf("%q is read as %q", high.Counts, masks[70000].Counts)
	}
	if err := p.Paint(dataset.EncodeRuns(9, 9, []int64{0, 81}), 1); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("a mask of another size: %v", err)
	}
}

func TestNewSizes(t *testing.T) {
	limits := files.Limits{ImagePixels: 12}
	for _, c := range []struct {
		height, width int32
		ok            bool
	}{{3, 4, true}, {12, 1, true}, {13, 1, false}, {0, 5, false}, {5, -1, false}, {1<<31 - 1, 1<<31 - 1, false}} {
		if got := Fits(c.height, c.width, limits); got != c.ok {
			t.Errorf("%d × %d fits: %v", c.width, c.height, got)
		}
		if _, err := New(c.height, c.width, limits); (err == nil) != c.ok || err != nil && !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%d × %d: %v", c.width, c.height, err)
		}
	}
}

func TestCheckSize(t *testing.T) {
	limits := files.Limits{ImagePixels: 1 << 40}
	for _, c := range [][2]int64{{0, 1}, {1, 0}, {-1, 1}, {1 << 31, 1}, {1 << 20, 1<<20 + 1}, {1<<63 - 1, 1<<63 - 1}} {
		err := CheckSize(c[0], c[1], limits)
		if !errors.Is(err, formats.ErrCorrupt) || formats.Hint(err) == "" {
			t.Errorf("%d × %d: %v", c[0], c[1], err)
		}
	}
	if err := CheckSize(1<<20, 1<<20, limits); err != nil {
		t.Error(err)
	}
}

func TestCovered(t *testing.T) {
	for want, c := range map[string][2]int64{
		"": {5, 5}, "empty masks dropped": {0, 0}, "masks dropped, since others hide them": {5, 0}, "masks cut, since others lie over them": {5, 4},
	} {
		if got := Covered(c[0], c[1]); got != want {
			t.Errorf("%d of %d: %q", c[1], c[0], got)
		}
	}
}

func TestPaletteColor(t *testing.T) {
	for n, want := range map[int32][3]int32{-1: {}, 0: {}, 1: {128, 0, 0}, 2: {0, 128, 0}, 7: {128, 128, 128}, 20: {0, 64, 128}, 255: {224, 224, 192}} {
		if got := PaletteColor(n); got != want {
			t.Errorf("%d: %v", n, got)
		}
	}
}
