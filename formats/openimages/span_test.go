package openimages

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"datum/internal/decimal"
)

func TestSpan(t *testing.T) {
	for _, test := range []struct {
		lo, hi string
		size   int32
		x, w   float64
	}{
		{"0.5", "0.75", 40, 20, 10},
		{"0", "1", 1024, 0, 1024},
		{"0.012500", "0.195312", 1024, 12.8, 187.199488},
		{"-0.1", "1.1", 100, -10, 120},
		{" .5", "1. ", 10, 5, 5},
		{"1e-3", "2E-3", 1000, 1, 1},
		{"0.333333333333333333333333", "0.666666666666666666666666", 3, 1, 1},
	} {
		x, w, err := span(test.lo, test.hi, test.size)
		if x != test.x || w != test.w || err != nil {
			t.Errorf("%s to %s of %d: %v, %v, %v", test.lo, test.hi, test.size, x, w, err)
		}
	}
	for _, s := range []string{"", "x", "NaN", "inf", "1e999", "--1", "1.2.3", "0x1p3x", "-", "."} {
		if x, w, err := span(s, "1", 10); err == nil {
			t.Errorf("%q is read as %v, %v", s, x, w)
		}
	}
}

// millionths is a number as Open Images has them.
func millionths(r *rand.Rand) string { return decimal.New(r.Int64N(1e6), 6).String() }

// TestNormalise requires decimals that give every box back, bit by bit.
func TestNormalise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	long := 0
	for i := range 4000 {
		size := int32(1 + r.IntN(8000))
		x, w := r.Float64()*float64(size), r.Float64()*100
		switch i % 4 {
		case 0: // as in the files of Open Images
			x, w, _ = span(millionths(r), millionths(r), size)
		case 1:
			x, w = math.Round(x), math.Round(w)
		case 2:
			x, w = math.Round(x*100)/100, -w
		}
		lo, hi := normalise(x, w, size)
		if gotX, gotW, err := span(lo, hi, size); gotX != x || gotW != w || err != nil {
			t.Fatalf("%v, %v of %d: %s to %s gives %v, %v, %v", x, w, size, lo, hi, gotX, gotW, err)
		}
		if i%4 == 0 && len(strings.TrimLeft(lo, "-")) > 8 {
			long++
		}
	}
	if long > 0 {
		t.Errorf("%d decimals are longer than those that were read", long)
	}
	for _, v := range [][2]float64{{0, 0}, {1e9 + 0.1, 1e-7}, {1e-12, 1e12}, {17.2, 1.0 / 3}, {-10.55, 20.05}, {1e14 + 0.5, 3}} {
		lo, hi := normalise(v[0], v[1], 60)
		if x, w, err := span(lo, hi, 60); x != v[0] || w != v[1] || err != nil {
			t.Errorf("%v: %s to %s gives %v, %v, %v", v, lo, hi, x, w, err)
		}
	}
}

func FuzzSpan(f *testing.F) {
	for _, s := range []string{"0.5", "-1e9", "0.333333333333333333", "1e999", ".", "123456789012345678901234567890.123"} {
		f.Add(s, "1", int32(40))
	}
	f.Fuzz(func(t *testing.T, lo, hi string, size int32) {
		x, w, err := span(lo, hi, size)
		if err != nil || size < 1 || math.Abs(x) > 1e6 || math.Abs(w) > 1e6 || math.Abs(x) < 1e-6 && x != 0 || math.Abs(w) < 1e-6 && w != 0 {
			return
		}
		lo, hi = normalise(x, w, size)
		if gotX, gotW, err := span(lo, hi, size); gotX != x || gotW != w || err != nil {
			t.Errorf("%v, %v of %d: %s to %s gives %v, %v, %v", x, w, size, lo, hi, gotX, gotW, err)
		}
	})
}

func BenchmarkNormalise(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		normalise(math.Round(r.Float64()*60000)/100, math.Round(r.Float64()*10000)/100, 640)
	}
}

func BenchmarkSpan(b *testing.B) {
	for b.Loop() {
		if _, _, err := span("0.012500", "0.195312", 1024); err != nil {
			b.Fatal(err)
		}
	}
}
