package metrics

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// crowded is an image with many more truths than detections in one place.
func crowded(rng *rand.Rand, truths, detections int) (t []Truth, d []Detection) {
	box := func() Box {
		return Box{X: float64(rng.IntN(3)), Y: float64(rng.IntN(3)), W: float64(9 + rng.IntN(3)), H: float64(9 + rng.IntN(3))}
	}
	for range truths {
		t = append(t, Truth{Category: rng.IntN(2), Box: box(), Crowd: rng.IntN(9) == 0})
	}
	for range detections {
		d = append(d, Detection{Category: rng.IntN(2), Box: box(), Score: float64(rng.IntN(4)) / 4})
	}
	return t, d
}

// bestPair looks at every pair of what is free, and returns the first of those
// that no other goes before.
func bestPair(p *Pairing, truths []Truth, detections []Detection) (best pair, found bool) {
	for i := range detections {
		for j := range truths {
			if p.Detections[i] != Unpaired || p.Truths[j] != Unpaired {
				continue
			}
			q := pair{j, i, overlap(&detections[i].Box, &truths[j].Box, false), truths[j].Category == detections[i].Category}
			if q.overlap >= 0.5 && (!found || before(&q, &best, detections)) {
				best, found = q, true
			}
		}
	}
	return best, found
}

func before(a, b *pair, detections []Detection) bool {
	switch {
	case a.overlap != b.overlap:
		return a.overlap > b.overlap
	case a.same != b.same:
		return a.same
	}
	return detections[a.detection].Score > detections[b.detection].Score
}

// The pairs are those that one finds who looks at all of them each time.
func TestPairsAreTheBest(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		truths, detections := crowded(rng, 40, 1+rng.IntN(9))
		got := Pair(Options{}, truths, detections)
		want := Pairing{make([]int, len(truths)), make([]int, len(detections))}
		for j := range truths {
			want.Truths[j] = excusedIf(truths[j].Crowd)
		}
		for i := range detections {
			want.Detections[i] = excusedIf(detections[i].Score < 0.25)
		}
		for {
			q, found := bestPair(&want, truths, detections)
			if !found {
				break
			}
			want.Truths[q.truth], want.Detections[q.detection] = q.detection, q.truth
		}
		for i, d := range got.Detections {
			if d == Excused && want.Detections[i] == Unpaired {
				want.Detections[i] = Excused // by a crowd
			}
		}
		if !slices.Equal(got.Truths, want.Truths) || !slices.Equal(got.Detections, want.Detections) {
			t.Fatalf("%v and %v, want %v and %v", got.Truths, got.Detections, want.Truths, want.Detections)
		}
	}
}

// However many truths lie in one place, few pairs are kept.
func TestPairsAreFew(t *testing.T) {
	t.Parallel()
	truths, detections := crowded(rand.New(rand.NewPCG(5, 6)), 20_000, 30)
	m, o := pairMatcher{}, Options{}.withDefaults()
	if m.match(&o, truths, detections); len(m.pairs) == 0 || len(m.pairs) > 30*30 || cap(m.pairs) > 50_000 {
		t.Errorf("%d pairs, room for %d", len(m.pairs), cap(m.pairs))
	}
}
