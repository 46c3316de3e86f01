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

func TestClassification(t *testing.T) {
	t.Parallel()
	c := metrics.NewClassification(7)
	for _, v := range []struct {
		truth  int
		scores []float32
	}{
		{0, []float32{9, 1, 1, 1, 1, 1, 1}}, // first
		{1, []float32{9, 1, 1, 1, 1, 1, 1}}, // second, the first of equals
		{5, []float32{9, 1, 1, 1, 1, 1, 1}}, // sixth, by its place among equals
		{6, []float32{-3, -3, -3, -3, -3, -3, -2}},
	} {
		if err := c.Add(v.truth, v.scores); err != nil {
			t.Fatal(err)
		}
	}
	total := c.Total()
	if total.Top1Accuracy() != 0.5 || total.Top5Accuracy() != 0.75 {
		t.Errorf("top-1 %v, top-5 %v", total.Top1Accuracy(), total.Top5Accuracy())
	}
	if got := c.Classes()[0]; got != (metrics.ClassCounts{Truths: 1, Predicted: 3, Top1: 1, Top5: 1}) || got.Precision() != 1.0/3 {
		t.Errorf("class 0: %+v", got)
	}
	if got := c.Classes()[2]; got.Top1Accuracy() != -1 || got.Precision() != -1 {
		t.Errorf("a class of nothing has accuracy %v and precision %v", got.Top1Accuracy(), got.Precision())
	}
	want := []metrics.Cell{{0, 0, 1}, {1, 0, 1}, {5, 0, 1}, {6, 6, 1}}
	if got := c.Confusion().Cells(); !slices.Equal(got, want) {
		t.Errorf("confusion %v", got)
	}
}

// The count agrees with sorting the scores.
func TestClassificationAgainstSorting(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 3))
	const classes = 12
	all, parts := metrics.NewClassification(classes), [2]*metrics.Classification{metrics.NewClassification(classes), metrics.NewClassification(classes)}
	var top1, top5 int
	for i := range 2000 {
		scores := make([]float32, classes)
		order := make([]int, classes)
		for j := range scores {
			scores[j], order[j] = float32(rng.IntN(6)), j
		}
		slices.SortStableFunc(order, func(a, b int) int { return int(scores[b] - scores[a]) })
		truth := rng.IntN(classes)
		if place := slices.Index(order, truth); place < 5 {
			top5++
			if place == 0 {
				top1++
			}
		}
		if err := errors.Join(all.Add(truth, scores), parts[i%2].Add(truth, scores)); err != nil {
			t.Fatal(err)
		}
	}
	if total := all.Total(); total.Top1 != top1 || total.Top5 != top5 || total.Truths != 2000 || total.Predicted != 2000 {
		t.Errorf("%+v, sorting says %d and %d", total, top1, top5)
	}
	if err := parts[0].Merge(parts[1]); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(parts[0], all) {
		t.Error("two merged counts are not that of all")
	}
}

func TestClassificationRefuses(t *testing.T) {
	t.Parallel()
	c := metrics.NewClassification(2)
	for name, err := range map[string]error{
		"class":     c.Add(2, []float32{1, 2}),
		"negative":  c.Add(-1, []float32{1, 2}),
		"few":       c.Add(0, []float32{1}),
		"no number": c.Add(0, []float32{1, float32(math.NaN())}),
	} {
		if !errors.Is(err, metrics.ErrValue) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c.Total() != (metrics.ClassCounts{}) || c.Merge(metrics.NewClassification(3)) == nil {
		t.Error("something was kept, or merged")
	}
}
