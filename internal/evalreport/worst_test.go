package evalreport

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"datum/metrics"
)

// The worst are the same whatever the order, and only they are made.
func TestWorst(t *testing.T) {
	t.Parallel()
	mistakes := []float64{0, 3, 1, 3, 0.5, math.NaN(), 7, 1, 0}
	want := []string{"6", "1", "3", "2"}
	for seed := range uint64(20) {
		w := NewWorst(4)
		for _, i := range rand.New(rand.NewPCG(seed, 0)).Perm(len(mistakes)) {
			if err := w.Add(i, mistakes[i], func() (Picture, error) {
				if !(mistakes[i] > 0) {
					t.Errorf("picture %d is made", i)
				}
				return Picture{Name: strconv.Itoa(i)}, nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, p := range w.Pictures() {
			got = append(got, p.Name)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
	broken := errors.New("broken")
	if err := NewWorst(1).Add(0, 1, func() (Picture, error) { return Picture{}, broken }); !errors.Is(err, broken) {
		t.Errorf("the error of a picture: %v", err)
	}
	if err := NewWorst(0).Add(0, 1, func() (Picture, error) { return Picture{}, broken }); err != nil {
		t.Errorf("a list of none: %v", err)
	}
}

func TestDraw(t *testing.T) {
	t.Parallel()
	at := func(x float64) metrics.Box { return metrics.Box{X: x, W: 10, H: 10} }
	names := []string{"cat", "dog"}
	truths := []metrics.Truth{{Box: at(0)}, {Category: 1, Box: at(20)}, {Box: at(40)}, {Box: at(60), Crowd: true}, {Box: at(80), Difficult: true}}
	detections := []metrics.Detection{
		{Box: at(1), Score: 0.9}, {Box: at(20), Score: 0.8}, {Category: 1, Box: at(300), Score: 0.5}, {Box: at(60), Score: 0.6}, {Box: at(0), Score: 0.1},
	}
	p := Draw(metrics.Options{}, names, truths, detections)
	if want := (Picture{
		Reason:     "1 missed, 1 taken for another class, 1 found where nothing is",
		Truths:     []Mark{{at(0), "cat", 0, false}, {at(20), "dog", 0, true}, {at(40), "cat", 0, true}, {at(60), "cat (crowd)", 0, false}, {at(80), "cat (difficult)", 0, false}},
		Detections: []Mark{{at(1), "cat", 0.9, false}, {at(20), "cat", 0.8, true}, {at(300), "dog", 0.5, true}, {at(60), "cat", 0.6, false}},
	}); p.Reason != want.Reason || !slices.Equal(p.Truths, want.Truths) || !slices.Equal(p.Detections, want.Detections) {
		t.Errorf("got  %+v\nwant %+v", p, want)
	}
	if got := Mistakes(metrics.Options{}, truths, detections); got != 2.5 {
		t.Errorf("%v mistakes", got)
	}
	if p := Draw(metrics.Options{}, nil, nil, nil); p.Reason != "" || p.Truths != nil {
		t.Errorf("nothing is drawn as %+v", p)
	}
}
