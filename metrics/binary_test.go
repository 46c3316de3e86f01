package metrics_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"datum/metrics"
)

// A sample is what was predicted, and what was the case.
type sample struct {
	group       uint64
	probability float32
	positive    bool
}

// samples of probabilities on so many levels; few make ties.
func samples(n, groups, levels int, seed uint64) []sample {
	rng := rand.New(rand.NewPCG(seed, 4))
	s := make([]sample, n)
	for i := range s {
		p := float32(rng.IntN(levels+1)) / float32(levels)
		s[i] = sample{rng.Uint64N(uint64(groups)), p, rng.Float32() < 0.2+p/2}
	}
	return s
}

func measure(t testing.TB, o metrics.BinaryOptions, samples []sample) metrics.BinaryResult {
	t.Helper()
	b := metrics.NewBinary(o)
	for _, s := range samples {
		if err := b.Add(s.group, s.probability, s.positive); err != nil {
			t.Fatal(err)
		}
	}
	r, err := b.Result()
	if again, _ := b.Result(); again != r {
		t.Errorf("the second time the result is %+v, the first time %+v", again, r)
	}
	if err := errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
	return r
}

// pairs counts the AUC by its definition.
func pairs(samples []sample) float64 {
	var sum, n float64
	for _, p := range samples {
		for _, q := range samples {
			if !p.positive || q.positive {
				continue
			}
			n++
			switch {
			case p.probability > q.probability:
				sum++
			case p.probability == q.probability:
				sum += 0.5
			}
		}
	}
	if n == 0 {
		return -1
	}
	return sum / n
}

func TestBinaryAgainstDefinitions(t *testing.T) {
	t.Parallel()
	for _, levels := range []int{1, 2, 7, 1 << 20} {
		s := samples(700, 40, levels, uint64(levels))
		got := measure(t, metrics.BinaryOptions{Grouped: true, Threshold: 0.4}, s)
		byGroup := map[uint64][]sample{}
		var loss, right float64
		for _, v := range s {
			byGroup[v.group] = append(byGroup[v.group], v)
			p := min(max(float64(v.probability), math.Ldexp(1, -23)), 1-math.Ldexp(1, -23))
			if !v.positive {
				p = 1 - p
			}
			loss -= math.Log(p)
			if (v.probability >= 0.4) == v.positive {
				right++
			}
		}
		var gauc float64
		var n int
		for _, g := range byGroup {
			if v := pairs(g); v >= 0 {
				gauc += v * float64(len(g))
				n += len(g)
			}
		}
		d := &difference{t: t}
		d.compare("AUC", got.AUC, pairs(s))
		d.compare("GAUC", got.GAUC, gauc/float64(n))
		d.compare("log loss", got.LogLoss, loss/float64(len(s)))
		d.compare("accuracy", got.Accuracy, right/float64(len(s)))
		d.compare("recall", got.Recall, float64(got.TruePositives)/float64(got.Positives))
	}
}

// What does not fit into memory gives the same result, whatever the order, and
// leaves nothing behind.
func TestBinaryOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := samples(50_000, 300, 5000, 1)
	want := measure(t, metrics.BinaryOptions{Grouped: true}, s)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	got := measure(t, metrics.BinaryOptions{Grouped: true, Memory: 100_000, TempDir: dir}, s)
	if got != want {
		t.Errorf("on disk %+v, in memory %+v", got, want)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d files are left: %v", len(left), err)
	}
	b := metrics.NewBinary(metrics.BinaryOptions{Memory: 1, TempDir: dir + "/missing"})
	var err error
	for range 5000 {
		err = errors.Join(err, b.Add(0, 0.5, true))
	}
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
}

func TestBinaryOfLittle(t *testing.T) {
	t.Parallel()
	none := measure(t, metrics.BinaryOptions{Grouped: true}, nil)
	if none.AUC != -1 || none.GAUC != -1 || none.LogLoss != -1 || none.Accuracy != -1 || none.Recall != -1 || none.Precision != -1 {
		t.Errorf("of nothing: %+v", none)
	}
	one := measure(t, metrics.BinaryOptions{}, []sample{{0, 1, true}, {0, 1, true}})
	if one.AUC != -1 || one.Accuracy != 1 || one.LogLoss < 0 || one.LogLoss > 1e-6 {
		t.Errorf("of one class: %+v", one)
	}
	zeros := measure(t, metrics.BinaryOptions{}, []sample{{0, float32(math.Copysign(0, -1)), true}, {0, 0, false}})
	if zeros.AUC != 0.5 {
		t.Errorf("two zeros: %+v", zeros)
	}
	b := metrics.NewBinary(metrics.BinaryOptions{})
	for _, p := range []float32{-0.1, 1.1, float32(math.NaN()), float32(math.Inf(1))} {
		if err := b.Add(0, p, true); !errors.Is(err, metrics.ErrValue) {
			t.Errorf("probability %v: %v", p, err)
		}
	}
}

// FuzzAUC compares with the definition.
func FuzzAUC(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, data []byte) {
		var s []sample
		for _, b := range data[:min(len(data), 200)] {
			s = append(s, sample{uint64(b & 1), float32(b>>2) / 63, b&2 != 0})
		}
		if got, want := measure(t, metrics.BinaryOptions{}, s).AUC, pairs(s); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v, by definition %v", got, want)
		}
	})
}

// The error is as large as areas of samples that are drawn anew are apart; calibration is
// the mean of what was said over that of what was the case.
func TestErrorOfAUCAndCalibration(t *testing.T) {
	t.Parallel()
	var sum, squares, said float64
	const draws = 300
	for i := range uint64(draws) {
		s := samples(200, 1, 1<<20, 100+i)
		r := measure(t, metrics.BinaryOptions{}, s)
		sum, squares, said = sum+r.AUC, squares+r.AUC*r.AUC, said+r.AUCError
		mean := 0.0
		for _, v := range s {
			mean += float64(v.probability)
		}
		if want := mean / float64(r.Positives); math.Abs(r.Calibration-want) > 1e-9 {
			t.Fatalf("the calibration is %v and not %v", r.Calibration, want)
		}
	}
	mean := sum / draws
	spread, said := math.Sqrt(squares/draws-mean*mean), said/draws
	if math.Abs(spread-said) > 0.2*spread {
		t.Errorf("areas are %.4f apart, and the error is said to be %.4f", spread, said)
	}
	// By hand: 2 positives and 2 negatives, 3 of the 4 pairs in order, so Q1 is 0.6 and
	// Q2 is 1.125/1.75.
	r := measure(t, metrics.BinaryOptions{}, []sample{{0, 0.9, true}, {0, 0.5, true}, {0, 0.6, false}, {0, 0.1, false}})
	if want := math.Sqrt((0.1875 + (0.6 - 0.5625) + (1.125/1.75 - 0.5625)) / 4); r.AUC != 0.75 || math.Abs(r.AUCError-want) > 1e-12 {
		t.Errorf("%v ± %v and not 0.75 ± %v", r.AUC, r.AUCError, want)
	}
	if r := measure(t, metrics.BinaryOptions{}, []sample{{0, 0.9, false}}); r.AUCError != -1 || r.Calibration != -1 {
		t.Errorf("without positives: %+v", r)
	}
}
