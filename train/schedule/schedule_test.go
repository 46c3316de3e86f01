package schedule_test

import (
	"math"
	"testing"

	"datum/train/schedule"
)

func TestSchedules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		s    schedule.Schedule
		want map[uint64]float64
	}{
		"constant":            {schedule.Constant(0.1), map[uint64]float64{0: 0.1, 1 << 40: 0.1}},
		"cosine":              {schedule.Cosine(1, 0.2, 4), map[uint64]float64{0: 1, 1: 0.2 + 0.4*(1+math.Sqrt2/2), 2: 0.6, 3: 0.2 + 0.4*(1-math.Sqrt2/2), 4: 0.2, 99: 0.2}},
		"no steps of cosine":  {schedule.Cosine(1, 0.2, 0), map[uint64]float64{0: 0.2, 7: 0.2}},
		"steps":               {schedule.Steps(8, 0.5, 3, 5), map[uint64]float64{0: 8, 2: 8, 3: 4, 4: 4, 5: 2, 1000: 2}},
		"warm-up":             {schedule.WarmUp(3, schedule.Cosine(1, 0, 2)), map[uint64]float64{0: 0.25, 1: 0.5, 2: 0.75, 3: 1, 4: 0.5, 5: 0}},
		"warm-up of no steps": {schedule.WarmUp(0, schedule.Constant(2)), map[uint64]float64{0: 2, 1: 2}},
	} {
		for step, want := range test.want {
			if got := test.s(step); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: the rate of step %d is %v and not %v", name, step, got, want)
			}
		}
	}
}
