package yolo

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"datum/internal/decimal"
)

func TestSpan(t *testing.T) {
	for _, c := range []struct {
		centre, extent string
		dim            int32
		low, size      float64
	}{
		{"0.9", "0.4", 48, 33.6, 19.2},
		{"0.5", "2e-1", 10, 4, 2},
		{"1.15", ".1", 64, 70.4, 6.4},
		{"-0.25", "0.5", 100, -50, 50},
		{"+0.5", "1.", 3, 0, 3},
		{"0.50000000000000000000000000000000000001", "1", 1, 1e-38, 1},
		{"1e300", "0", 2, 2e300, 0},
		{"5e-324", "0", 1, 5e-324, 0},
	} {
		if low, size := span(parse([]byte(c.centre)), parse([]byte(c.extent)), c.dim); low != c.low || size != c.size {
			t.Errorf("%s %s of %d: %v %v, want %v %v", c.centre, c.extent, c.dim, low, size, c.low, c.size)
		}
	}
}

// TestBoxesComeBack measures the error of a round trip: there is none, for
// boxes in whole pixels, in hundredths as annotation tools have them, of any
// bits, and those that lie at an edge or reach far out.
func TestBoxesComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	longest, sum, n := 0, 0, 0
	kinds := map[string]func(dim float64) float64{
		"whole":      func(dim float64) float64 { return math.Floor(r.Float64() * dim) },
		"hundredths": func(dim float64) float64 { return math.Round(r.Float64()*dim*100) / 100 },
		"any":        func(dim float64) float64 { return r.Float64() * dim },
		"edge":       func(float64) float64 { return r.Float64() * 1e-6 },
		"float32":    func(dim float64) float64 { return float64(float32(r.Float64() * dim)) },
		"outside":    func(dim float64) float64 { return (r.Float64() - 0.5) * 1000 * dim },
	}
	for name, kind := range kinds {
		for range 1500 {
			dim := r.Int32N(5000) + 1
			low, size := kind(float64(dim)), math.Abs(kind(float64(dim)))
			centre, extent := spanTexts(low, size, dim)
			if x, w := span(parse([]byte(centre)), parse([]byte(extent)), dim); x != low || w != size {
				t.Errorf("%s: %v %v of %d comes back as %v %v (%s %s)", name, low, size, dim, x, w, centre, extent)
			}
			if p := pixelText(low, dim); parse([]byte(p)).Times(dim) != low {
				t.Errorf("%s: %v of %d comes back as %v (%s)", name, low, dim, parse([]byte(p)).Times(dim), p)
			}
			longest, sum, n = max(longest, len(centre), len(extent)), sum+len(centre)+len(extent), n+2
		}
	}
	t.Logf("%.1f characters on average, %d at most", float64(sum)/float64(n), longest)
}

// TestShortest requires that decimals which tools write come back as they are,
// but for zeros at their ends.
func TestShortest(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		digits := r.IntN(12) + 1
		dim := r.Int32N(5000) + 1
		c := trimZeros(strconv.FormatFloat(r.Float64(), 'f', digits, 64))
		q := trimZeros(strconv.FormatFloat(r.Float64(), 'f', digits, 64))
		low, size := span(parse([]byte(c)), parse([]byte(q)), dim)
		if c2, q2 := spanTexts(low, size, dim); c2 != c || q2 != q {
			t.Fatalf("%s %s of %d come back as %s %s", c, q, dim, c2, q2)
		}
	}
}

func FuzzSpan(f *testing.F) {
	f.Add(17.2, 1.005, int32(60))
	f.Add(1e-300, 1e300, int32(1))
	f.Add(math.Copysign(0, -1), 5e-324, int32(math.MaxInt32))
	f.Fuzz(func(t *testing.T, low, size float64, dim int32) {
		if dim <= 0 || !decimal.Finite(low, size) {
			return
		}
		centre, extent := spanTexts(low, size, dim)
		for _, text := range []string{centre, extent} {
			if !isPlain([]byte(text)) {
				t.Fatalf("%v %v: %q is no plain number", low, size, text)
			}
		}
		if x, w := span(parse([]byte(centre)), parse([]byte(extent)), dim); x != low || w != size {
			t.Fatalf("%v %v of %d come back as %v %v (%s %s)", low, size, dim, x, w, centre, extent)
		}
	})
}
