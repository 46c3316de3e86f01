package classification

import (
	"errors"
	"math"
	"testing"
)

func TestClasses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shape []int
		want  int
	}{
		{[]int{1, 1000}, 1000},
		{[]int{-1, 10}, 10},
		{[]int{1, 7, 1, 1}, 7},
		{[]int{1, 1}, 0},
		{[]int{1, -1}, 0},
		{[]int{8, 10}, 0},
		{[]int{1, 84, 8400}, 0},
		{[]int{10}, 0},
		{nil, 0},
	} {
		got, err := Classes(c.shape)
		if got != c.want || (err == nil) != (c.want > 0) || err != nil && !errors.Is(err, ErrNotOne) {
			t.Errorf("%v: %d, %v", c.shape, got, err)
		}
	}
}

func TestTop(t *testing.T) {
	t.Parallel()
	// e to 1, 2 and 3 over their sum.
	sum := math.E + math.Exp(2) + math.Exp(3)
	for _, c := range []struct {
		name string
		in   []float32
		n    int
		want []Scored
	}{
		{"logits", []float32{1, 3, 2}, 2, []Scored{{1, math.Exp(3) / sum}, {2, math.Exp(2) / sum}}},
		{"large logits", []float32{1001, 1003, 1002}, 1, []Scored{{1, math.Exp(3) / sum}}},
		{"probabilities", []float32{0.25, 0.5, 0.25}, 3, []Scored{{1, 0.5}, {0, 0.25}, {2, 0.25}}},
		{"logits between 0 and 1", []float32{0, 0}, 5, []Scored{{0, 0.5}, {1, 0.5}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Top(c.in, c.n)
			if err != nil || len(got) != len(c.want) {
				t.Fatalf("%v, %v", got, err)
			}
			for i, w := range c.want {
				if got[i].Class != w.Class || math.Abs(got[i].Probability-w.Probability) > 1e-12 {
					t.Errorf("%d: %v, want %v", i, got[i], w)
				}
			}
		})
	}
}

func TestHostile(t *testing.T) {
	t.Parallel()
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got, err := Top([]float32{1, float32(v), 2}, 1); !errors.Is(err, ErrOutput) {
			t.Errorf("%v: %v, %v", v, got, err)
		}
	}
	if got, err := Top(nil, 5); err != nil || len(got) != 0 {
		t.Errorf("nothing: %v, %v", got, err)
	}
}
