package decimal

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestShortest(t *testing.T) {
	for _, c := range []struct {
		from string
		v    float64
		n    int32
		want string
	}{
		{"0", 33.6, 48, "0.7"},
		{"0.2", 33.6, 48, "0.9"},
		{"0", 0, 7, "0"},
		{"0.25", 0, 7, "0.25"},
		{"0.5", -12, 48, "0.25"},
		{"0", 1e-300, 10, "0." + zeros(300) + "1"},
		{"0", 4096, 1, "4096"},
		{"0", 1.5, 0, "0"},
		{"3", math.Inf(1), 5, "3"},
		{"0.00000000000000000001", 1, 2, "0.5"},
	} {
		from, _ := Parse(c.from)
		if got := Shortest(from, c.v, c.n).String(); got != c.want {
			t.Errorf("%v of %d behind %s is %s, want %s", c.v, c.n, c.from, got, c.want)
		}
	}
}

func zeros(n int) string { return strconv.FormatFloat(0, 'f', n, 64)[2:] }

// TestShortestComesBack measures the error of a round trip: there is none, for
// coordinates in whole pixels, in hundredths as annotation tools have them, of
// any bits, and those that lie at an edge or reach far out.
func TestShortestComesBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for name, kind := range map[string]func(n float64) float64{
		"whole":      func(n float64) float64 { return math.Floor(r.Float64() * n) },
		"hundredths": func(n float64) float64 { return math.Round(r.Float64()*n*100) / 100 },
		"any":        func(n float64) float64 { return r.Float64() * n },
		"edge":       func(float64) float64 { return r.Float64() * 1e-6 },
		"float32":    func(n float64) float64 { return float64(float32(r.Float64() * n)) },
		"outside":    func(n float64) float64 { return (r.Float64() - 0.5) * 1000 * n },
		"negative":   func(n float64) float64 { return -r.Float64() * n },
	} {
		for range 1500 {
			n := r.Int32N(5000) + 1
			at, length := kind(float64(n)), kind(float64(n))
			from := Shortest(Decimal{}, at, n)
			to := Shortest(from, length, n)
			if x, w := from.Times(n), to.Minus(from).Times(n); x != at || w != length {
				t.Errorf("%s: %v %v of %d come back as %v %v (%s %s)", name, at, length, n, x, w, from, to)
			}
		}
	}
}

// TestShortestKeepsText requires that decimals which tools write come back as
// they are, but for zeros at their ends.
func TestShortestKeepsText(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		digits, n := r.IntN(12)+1, r.Int32N(5000)+1
		from, _ := Parse(strconv.FormatFloat(r.Float64(), 'f', digits, 64))
		to, _ := Parse(strconv.FormatFloat(r.Float64(), 'f', digits, 64))
		if got := Shortest(from, to.Minus(from).Times(n), n); got.String() != to.String() {
			t.Fatalf("%s behind %s of %d comes back as %s", to, from, n, got)
		}
	}
}

func FuzzShortest(f *testing.F) {
	f.Add(17.2, 1.005, int32(60))
	f.Add(1e-300, 1e300, int32(1))
	f.Add(math.Copysign(0, -1), 5e-324, int32(math.MaxInt32))
	f.Add(math.MaxFloat64, math.MaxFloat64, int32(3))
	f.Fuzz(func(t *testing.T, at, length float64, n int32) {
		if n < 1 || !Finite(at, length) {
			return
		}
		from := Shortest(Decimal{}, at, n)
		to := Shortest(from, length, n)
		if x, w := from.Times(n), to.Minus(from).Times(n); x != at || w != length {
			t.Fatalf("%v %v of %d come back as %v %v (%s %s)", at, length, n, x, w, from, to)
		}
	})
}

func BenchmarkShortest(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		Shortest(Decimal{}, math.Round(r.Float64()*60000)/100, 640)
	}
}
