package metrics_test

import (
	"slices"
	"testing"

	"datum/metrics"
)

// square is a box of ten by ten, at x.
func square(x float64) metrics.Box { return metrics.Box{X: x, W: 10, H: 10} }

const cat, dog, background = 0, 1, 2

func TestConfusion(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		truths     []metrics.Truth
		detections []metrics.Detection
		want       []metrics.Cell
	}{
		"found": {
			[]metrics.Truth{{Category: dog, Box: square(0)}},
			[]metrics.Detection{{dog, square(1), 0.9}},
			[]metrics.Cell{{dog, dog, 1}},
		},
		"taken for another": {
			[]metrics.Truth{{Category: dog, Box: square(0)}},
			[]metrics.Detection{{cat, square(1), 0.9}},
			[]metrics.Cell{{dog, cat, 1}},
		},
		"missed, and found where nothing is": {
			[]metrics.Truth{{Category: dog, Box: square(0)}},
			[]metrics.Detection{{cat, square(6), 0.9}},
			[]metrics.Cell{{dog, background, 1}, {background, cat, 1}},
		},
		"too low a score": {
			[]metrics.Truth{{Category: dog, Box: square(0)}},
			[]metrics.Detection{{dog, square(0), 0.2}},
			[]metrics.Cell{{dog, background, 1}},
		},
		"found twice, the better overlap counts": {
			[]metrics.Truth{{Category: dog, Box: square(0)}},
			[]metrics.Detection{{cat, square(2), 0.9}, {dog, square(1), 0.3}},
			[]metrics.Cell{{dog, dog, 1}, {background, cat, 1}},
		},
		"equal overlaps, the same category counts": {
			[]metrics.Truth{{Category: dog, Box: square(0)}},
			[]metrics.Detection{{cat, square(1), 0.9}, {dog, square(1), 0.3}},
			[]metrics.Cell{{dog, dog, 1}, {background, cat, 1}},
		},
		"equal overlaps and categories, each truth is found once": {
			[]metrics.Truth{{Category: dog, Box: square(0)}, {Category: cat, Box: square(0)}},
			[]metrics.Detection{{cat, square(0), 0.9}, {dog, square(0), 0.3}},
			[]metrics.Cell{{cat, cat, 1}, {dog, dog, 1}},
		},
		"nobody asks for crowds and difficult ones": {
			[]metrics.Truth{{Category: dog, Box: metrics.Box{W: 100, H: 100}, Crowd: true}, {Category: cat, Box: square(200), Difficult: true}},
			[]metrics.Detection{{dog, square(1), 0.9}, {dog, square(50), 0.9}, {cat, square(200), 0.5}},
			[]metrics.Cell{},
		},
		"of another category a crowd excuses nothing": {
			[]metrics.Truth{{Category: dog, Box: metrics.Box{W: 100, H: 100}, Crowd: true}},
			[]metrics.Detection{{cat, square(1), 0.9}},
			[]metrics.Cell{{background, cat, 1}},
		},
	} {
		a := metrics.NewAccumulator(2, metrics.Options{})
		if err := a.Add(c.truths, c.detections); err != nil {
			t.Fatal(err)
		}
		if got := a.Confusion().Cells(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// The mistakes of an image are those that the matrix counts.
func TestPairingAgreesWithConfusion(t *testing.T) {
	t.Parallel()
	forEachRecipe(t, func(t *testing.T, s set) {
		var missed, invented, confused int
		for _, m := range s.images {
			p := metrics.Pair(metrics.Options{}, m.truths, m.detections)
			for i, d := range p.Truths {
				if d >= 0 && p.Detections[d] != i {
					t.Fatalf("truth %d has detection %d, which has truth %d", i, d, p.Detections[d])
				}
			}
			a, b, c := p.Mistakes(m.truths, m.detections)
			missed, invented, confused = missed+a, invented+b, confused+c
		}
		c := s.accumulate(t).Confusion()
		for _, cell := range c.Cells() {
			switch {
			case cell.Predicted == c.Background():
				missed -= cell.Count
			case cell.Truth == c.Background():
				invented -= cell.Count
			case cell.Truth != cell.Predicted:
				confused -= cell.Count
			}
		}
		if missed != 0 || invented != 0 || confused != 0 {
			t.Errorf("the matrix differs by %d missed, %d invented, %d confused", missed, invented, confused)
		}
	})
}

// Every truth that is asked for has a place in its row, whatever the options.
func TestConfusionAddsUp(t *testing.T) {
	t.Parallel()
	forEachRecipe(t, func(t *testing.T, s set) {
		a := metrics.NewAccumulator(s.categories, metrics.Options{ConfusionOverlap: 0.3, ConfusionScore: 0.5})
		wanted := make([]int, s.categories+1)
		for _, m := range s.images {
			for _, v := range m.truths {
				if !v.Crowd && !v.Difficult {
					wanted[v.Category]++
				}
			}
			if err := a.Add(m.truths, m.detections); err != nil {
				t.Fatal(err)
			}
		}
		c := a.Confusion()
		for truth := range c.Categories() {
			sum := 0
			for predicted := range c.Background() + 1 {
				sum += c.At(truth, predicted)
			}
			if sum != wanted[truth] {
				t.Errorf("the row of category %d has %d truths of %d", truth, sum, wanted[truth])
			}
		}
	})
}
