package metrics_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"datum/metrics"
)

// result is everything that an accumulator says.
type result struct {
	mean       metrics.COCO
	categories []metrics.COCO
	voc        [2]metrics.VOC
	counts     []metrics.Counts
	cells      []metrics.Cell
	curve      metrics.Curve
	images     int
}

func resultOf(a *metrics.Accumulator) (r result) {
	r.mean, r.categories = a.COCO()
	r.voc = [2]metrics.VOC{a.VOC2007(), a.VOC2010()}
	r.counts, r.cells, r.images = a.Counts(), a.Confusion().Cells(), a.Images()
	r.curve, _ = a.Curves(5, metrics.All)
	return r
}

func forEachRecipe(t *testing.T, f func(t *testing.T, s set)) {
	for name, r := range recipes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, r.make())
		})
	}
}

// However images are spread over accumulators, and in whatever order they and
// the accumulators come, the numbers of the images alone decide.
func TestOrderAndMergingDoNotMatter(t *testing.T) {
	t.Parallel()
	forEachRecipe(t, func(t *testing.T, s set) {
		want := resultOf(s.accumulate(t))
		rng := rand.New(rand.NewPCG(7, 7))
		for workers := 1; workers <= 5; workers += 2 {
			parts := make([]*metrics.Accumulator, workers)
			for i := range parts {
				parts[i] = metrics.NewAccumulator(s.categories, metrics.Options{})
			}
			for _, i := range rng.Perm(len(s.images)) {
				if err := parts[rng.IntN(workers)].AddImage(i, s.images[i].truths, s.images[i].detections); err != nil {
					t.Fatal(err)
				}
			}
			for _, p := range parts[1:] {
				if err := parts[0].Merge(p); err != nil {
					t.Fatal(err)
				}
			}
			if got := resultOf(parts[0]); !reflect.DeepEqual(got, want) {
				t.Fatalf("with %d accumulators: %+v, in order %+v", workers, got.mean, want.mean)
			}
		}
	})
}

// Without equal scores not even the numbers of the images matter, nor does the
// order of detections.
func TestPermutedImagesGiveTheSame(t *testing.T) {
	t.Parallel()
	s := recipes["many categories"].make()
	want := resultOf(s.accumulate(t))
	rng := rand.New(rand.NewPCG(8, 8))
	rng.Shuffle(len(s.images), func(i, j int) { s.images[i], s.images[j] = s.images[j], s.images[i] })
	for _, m := range s.images {
		rng.Shuffle(len(m.detections), func(i, j int) { m.detections[i], m.detections[j] = m.detections[j], m.detections[i] })
	}
	if got := resultOf(s.accumulate(t)); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, before %+v", got.mean, want.mean)
	}
}

// Detecting the truth itself is worth 1 in every number that is there.
func TestPerfectDetections(t *testing.T) {
	t.Parallel()
	forEachRecipe(t, func(t *testing.T, s set) {
		for i := range s.images {
			m := &s.images[i]
			m.detections = nil
			// Boxes are apart, so that no truth could be taken for another one.
			for j := range m.truths {
				truth := &m.truths[j]
				truth.Crowd, truth.Difficult = false, false
				truth.Box.X += 2000 * float64(j)
				truth.Area = truth.Box.Area()
				m.detections = append(m.detections, metrics.Detection{Category: truth.Category, Box: truth.Box, Score: 0.9})
			}
		}
		a := s.accumulate(t)
		mean, categories := a.COCO()
		one := func(what string, v float64) {
			if math.Abs(v-1) > 1e-12 && v != -1 {
				t.Errorf("%s is %v", what, v)
			}
		}
		for _, c := range append(categories, mean) {
			n := c.Numbers()
			for i, v := range n {
				if i != 6 && i != 7 { // there may be more than one or ten of a category
					one("a number", v)
				}
			}
		}
		one("VOC 2007", a.VOC2007().Mean)
		one("VOC 2010", a.VOC2010().Mean)
		for _, c := range a.Confusion().Cells() {
			if c.Truth != c.Predicted {
				t.Errorf("%d objects of category %d were taken for %d", c.Count, c.Truth, c.Predicted)
			}
		}
	})
}

// One more detection, of a truth itself and with the highest score, never makes
// the recall less.
func TestPerfectDetectionNeverLowersRecall(t *testing.T) {
	t.Parallel()
	s := recipes["tiny"].make()
	before, _ := s.accumulate(t).COCO()
	for i := range s.images {
		m := &s.images[i]
		if len(m.truths) == 0 {
			continue
		}
		d := metrics.Detection{Category: m.truths[0].Category, Box: m.truths[0].Box, Score: 2}
		m.detections = append(slices.Clone(m.detections), d)
		after, _ := s.accumulate(t).COCO()
		if after.AR100 < before.AR100 || after.AR1 < before.AR1-1e-12 && len(m.truths) == 1 {
			t.Fatalf("image %d: recalls %v and %v, before %v and %v", i, after.AR1, after.AR100, before.AR1, before.AR100)
		}
		before = after
	}
}

// A detection of nothing, with the lowest score, changes no average precision.
func TestLastMissChangesNothing(t *testing.T) {
	t.Parallel()
	s := recipes["many categories"].make()
	before, _ := s.accumulate(t).COCO()
	for i := range s.images {
		m := &s.images[i]
		m.detections = append(m.detections, metrics.Detection{Category: i % s.categories, Box: metrics.Box{X: 9e4, W: 50, H: 50}, Score: -1})
	}
	if after, _ := s.accumulate(t).COCO(); after.Numbers() != before.Numbers() {
		t.Errorf("%+v, before %+v", after, before)
	}
}

func TestNothingMeasuresNothing(t *testing.T) {
	t.Parallel()
	a := metrics.NewAccumulator(3, metrics.Options{})
	if err := a.Add(nil, []metrics.Detection{{Box: metrics.Box{W: 1, H: 1}}}); err != nil {
		t.Fatal(err)
	}
	mean, _ := a.COCO()
	for i, v := range mean.Numbers() {
		if v != -1 {
			t.Errorf("number %d is %v", i, v)
		}
	}
	if v := a.VOC2010(); v.Mean != -1 || v.Categories[0] != -1 {
		t.Errorf("VOC is %+v", v)
	}
	if c, _ := a.Curves(0, metrics.All); c.Recall != nil {
		t.Errorf("a curve of nothing: %+v", c)
	}
}

func TestRefusesWhatCannotBeMeasured(t *testing.T) {
	t.Parallel()
	box := metrics.Box{W: 3, H: 4}
	for name, m := range map[string]image{
		"category too high":  {detections: []metrics.Detection{{Category: 2, Box: box}}},
		"negative category":  {truths: []metrics.Truth{{Category: -1, Box: box}}},
		"score is no number": {detections: []metrics.Detection{{Box: box, Score: math.NaN()}}},
		"infinite score":     {detections: []metrics.Detection{{Box: box, Score: math.Inf(1)}}},
		"infinite box":       {detections: []metrics.Detection{{Box: metrics.Box{W: math.Inf(1)}}}},
		"box is no number":   {truths: []metrics.Truth{{Box: metrics.Box{X: math.NaN()}}}},
		"huge box":           {truths: []metrics.Truth{{Box: metrics.Box{W: 1e200, H: 1e200}}}},
		"area is no number":  {truths: []metrics.Truth{{Box: box, Area: math.NaN()}}},
	} {
		a := metrics.NewAccumulator(2, metrics.Options{})
		if err := a.Add(m.truths, m.detections); !errors.Is(err, metrics.ErrValue) {
			t.Errorf("%s: %v", name, err)
		}
		if a.Images() != 0 || len(a.Confusion().Cells()) != 0 {
			t.Errorf("%s: something was kept", name)
		}
	}
	if err := metrics.NewAccumulator(1, metrics.Options{}).AddImage(-1, nil, nil); !errors.Is(err, metrics.ErrValue) {
		t.Errorf("image -1: %v", err)
	}
	if metrics.NewAccumulator(1, metrics.Options{}).Merge(metrics.NewAccumulator(2, metrics.Options{})) == nil {
		t.Error("accumulators of different categories were merged")
	}
}

// FuzzAdd adds anything: nothing panics, and every number is −1 or between 0
// and 1.
func FuzzAdd(f *testing.F) {
	f.Add(uint64(1), 3, 20, 0.5)
	f.Add(uint64(2), 1, 300, 1e-320)
	f.Fuzz(func(t *testing.T, seed uint64, categories, objects int, size float64) {
		categories, objects = 1+abs(categories)%5, abs(objects)%300
		rng := rand.New(rand.NewPCG(seed, 1))
		odd := func() float64 {
			v := [...]float64{0, size, -size, rng.Float64(), rng.NormFloat64() * size, 1e100, -1e100, 5e-324}
			return v[rng.IntN(len(v))]
		}
		a := metrics.NewAccumulator(categories, metrics.Options{ConfusionScore: -1})
		for range 3 {
			m := image{make([]metrics.Truth, rng.IntN(objects+1)), make([]metrics.Detection, rng.IntN(objects+1))}
			for i := range m.truths {
				m.truths[i] = metrics.Truth{rng.IntN(categories), metrics.Box{odd(), odd(), odd(), odd()}, odd(), rng.IntN(5) == 0, rng.IntN(5) == 0}
			}
			for i := range m.detections {
				m.detections[i] = metrics.Detection{rng.IntN(categories), metrics.Box{odd(), odd(), odd(), odd()}, odd()}
			}
			if err := a.Add(m.truths, m.detections); err != nil && !errors.Is(err, metrics.ErrValue) {
				t.Fatal(err)
			}
		}
		r := resultOf(a)
		numbers := r.mean.Numbers()
		for _, v := range append(numbers[:], r.voc[0].Mean, r.voc[1].Mean) {
			if v != -1 && !(v >= 0 && v <= 1+1e-12) {
				t.Fatalf("a number is %v", v)
			}
		}
	})
}

func abs(v int) int { return max(v, -v, 0) }
