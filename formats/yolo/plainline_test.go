package yolo

import (
	"math/rand/v2"
	"testing"

	"datum/dataset"
)

// FuzzPlainLines requires of lines that are made the short way that they are
// those of the long one.
func FuzzPlainLines(f *testing.F) {
	f.Add(12.5, 3.25, 100.0, 41.37, int32(640), int32(480))
	f.Add(0.0, 0.0, 640.0, 480.0, int32(640), int32(480))
	f.Add(-3.0, 5e-324, 1e300, 0.1, int32(1), int32(7))
	f.Add(639.9999999999999, 1.0/3, 1e-9, 2.0/3, int32(640), int32(2147483647))
	f.Fuzz(func(t *testing.T, x, y, w, h float64, width, height int32) {
		if width > 0 && height > 0 {
			comparePlain(t, x, y, w, h, width, height)
		}
	})
}

// comparePlain reports how many of the two lines, of a box and of an outline,
// could be made the short way.
func comparePlain(t *testing.T, x, y, w, h float64, width, height int32) (short int) {
	t.Helper()
	o := &object{Label: 1, Score: "0.5"}
	box := &dataset.Bbox{X: x, Y: y, W: w, H: h}
	points := []float64{x, y, w, h, x, h}
	for _, kind := range []struct {
		plain func(*texter) bool
		line  func(*texter)
	}{
		{func(t *texter) bool { return t.plainBox(o, box) }, func(t *texter) { t.line(o, t.boxTexts(box)) }},
		{func(t *texter) bool { return t.plainPoints(o, &box.Base, points) }, func(t *texter) { t.line(o, t.pointTexts(&box.Base, points)) }},
	} {
		a := &texter{ids: []int{5, 7}, width: width, height: height}
		b := &texter{ids: []int{5, 7}, width: width, height: height}
		if !kind.plain(a) {
			if len(a.text) > 0 {
				t.Fatalf("a line that was not made left %q", a.text)
			}
			continue
		}
		short++
		if kind.line(b); string(a.text) != string(b.text) {
			t.Fatalf("%q instead of %q", a.text, b.text)
		}
		if len(b.loss.Entries()) > 0 {
			t.Fatalf("%q loses %s", a.text, b.loss)
		}
	}
	return short
}

// TestPlainLinesAreUsual requires that ordinary boxes and outlines take the short
// way.
func TestPlainLinesAreUsual(t *testing.T) {
	t.Parallel()
	r, short := rand.New(rand.NewPCG(3, 4)), 0
	const tries = 2000
	for range tries {
		x, y := float64(r.IntN(30000))/100, r.Float64()*200
		short += comparePlain(t, x+1, y+1, 1+r.Float64()*300, float64(1+r.IntN(200)), 640, 480)
	}
	if short != 2*tries {
		t.Errorf("%d of %d lines were made the short way", short, 2*tries)
	}
	carried := &dataset.Bbox{X: 1, Y: 1, W: 1, H: 1}
	carried.Attributes.SetRaw(carryDecimals, []byte("6"))
	if w := (&texter{width: 10, height: 10}); w.plainBox(&object{}, carried) {
		t.Error("a box with a spelling of its own was made the short way")
	}
}
