package cvat

import (
	"errors"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
)

// TestMaskOrder requires rows to become columns.
func TestMaskOrder(t *testing.T) {
	for _, c := range []struct {
		code                     string
		left, top, width, height int64
		runs                     []int64 // in a picture of 4 × 3 pixels
	}{
		{"0, 1", 0, 0, 1, 1, []int64{0, 1, 11}},
		{"0, 12", 0, 0, 4, 3, []int64{0, 12}},
		{"12", 0, 0, 4, 3, []int64{12}},
		{"0,2,2", 1, 1, 2, 2, []int64{4, 1, 2, 1, 4}},
		{"0, 1, 1, 1, 1", 1, 1, 2, 2, []int64{4, 2, 6}},
		{"", 0, 0, 2, 2, []int64{12}},
		{"1, 1", 0, 0, 2, 2, []int64{3, 1, 8}}, // a code that ends early
		{"0, 0, 3, 1,", 0, 0, 2, 2, []int64{4, 1, 7}},
	} {
		r, err := newRegion(c.left, c.top, c.width, c.height, 100)
		if err == nil {
			err = r.readRuns(c.code)
		}
		if err != nil {
			t.Errorf("%q: %v", c.code, err)
			continue
		}
		runs, err := r.mask(3, 4).Runs()
		if err != nil || !slices.Equal(runs, c.runs) {
			t.Errorf("%q at %d, %d: %v, %v, want %v", c.code, c.left, c.top, runs, err, c.runs)
		}
	}
}

func TestMaskCode(t *testing.T) {
	for _, c := range []struct {
		runs []int64 // in a picture of 3 × 4 pixels
		want string
		box  [4]int64
	}{
		{[]int64{0, 12}, "0, 12", [4]int64{0, 0, 4, 3}},
		{[]int64{12}, "1", [4]int64{0, 0, 1, 1}},
		{[]int64{4, 1, 2, 1, 4}, "0, 2", [4]int64{1, 1, 2, 1}},
		{[]int64{4, 1, 3, 1, 3}, "0, 1, 2, 1", [4]int64{1, 1, 2, 2}},
	} {
		r, err := regionOf(dataset.EncodeRuns(3, 4, c.runs), 100)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(r.appendRuns(nil)); got != c.want || [4]int64{r.left, r.top, r.width, r.height} != c.box {
			t.Errorf("%v: %q in %d, %d, %d, %d", c.runs, got, r.left, r.top, r.width, r.height)
		}
	}
}

// TestMaskLimits requires that sizes are checked before memory is taken.
func TestMaskLimits(t *testing.T) {
	for _, c := range [][4]int64{{0, 0, 11, 10}, {0, 0, 1 << 40, 1 << 40}, {-1, 0, 1, 1}, {0, 0, 0, 1}, {1 << 40, 0, 1, 1}} {
		if _, err := newRegion(c[0], c[1], c[2], c[3], 100); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%v: %v", c, err)
		}
	}
	whole := dataset.EncodeRuns(30_000, 30_000, []int64{0, 900_000_000})
	if _, err := regionOf(whole, 1<<20); !errors.Is(err, formats.ErrCorrupt) {
		t.Error(err)
	}
	if _, err := regionOf(dataset.RLE{Height: 2, Width: 2, Counts: []byte("?")}, 100); !errors.Is(err, formats.ErrCorrupt) || !errors.Is(err, dataset.ErrRLE) {
		t.Error(err)
	}
	r, _ := newRegion(0, 0, 2, 2, 100)
	for _, code := range []string{"5", "-1", "x", "2,3", "1.5", "99999999999999999999"} {
		if err := r.readRuns(code); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%q: %v", code, err)
		}
	}
}
