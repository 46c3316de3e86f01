package recipe_test

import (
	"math"
	"testing"

	"datum/models/template"
	"datum/train/recipe"
)

func parse(t *testing.T, text string) *template.Template {
	t.Helper()
	x, err := template.Parse("test.yaml", []byte("architecture: detection-nano\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestEpochs(t *testing.T) {
	t.Parallel()
	x := parse(t, "batch: 16\naccumulate: 2\nschedule: {epochs: 7}")
	if got := recipe.Epochs(x, 100, 0); got != 7 {
		t.Errorf("%v epochs", got)
	}
	// Six batches of 16 are three steps.
	if got := recipe.Epochs(x, 100, 4); math.Abs(got-4./3) > 1e-9 {
		t.Errorf("4 steps are %v epochs", got)
	}
}

// A schedule rises in the epochs that it says, but never for more than a tenth of all
// steps, and falls to what is left at the end.
func TestRates(t *testing.T) {
	t.Parallel()
	x := parse(t, "schedule: {epochs: 10, warmup: 2, decay: cosine, last: 0.01}\noptimizer: {rate: 0.1}")
	for _, c := range []struct {
		steps, highest uint64
		each           float64
	}{{1000, 50, 25}, {100, 10, 25}, {5, 0, 25}} {
		rate := recipe.Options(x, 10, 1).Schedule(c.steps, c.each)
		for i := range c.steps - 1 {
			if rises := rate(i+1) > rate(i); rises != (i < c.highest) {
				t.Fatalf("of %d steps, %d has the rate %v and the next %v", c.steps, i, rate(i), rate(i+1))
			}
		}
		if got := rate(c.highest); math.Abs(got-0.1) > 1e-9 {
			t.Errorf("of %d steps, the highest rate is %v", c.steps, got)
		}
		if last := rate(c.steps); math.Abs(last-0.001) > 1e-9 {
			t.Errorf("of %d steps, the last rate is %v", c.steps, last)
		}
	}
	at := recipe.Options(parse(t, "schedule: {epochs: 10, warmup: 0, decay: steps, steps: [2], factor: 0.5}\noptimizer: {rate: 0.1}"), 10, 1).Schedule(250, 25)
	if at(49) != 0.1 || at(50) != 0.05 {
		t.Errorf("%v, and after two epochs %v", at(49), at(50))
	}
}

// A short training leaves more pictures as they are.
func TestShortTrainings(t *testing.T) {
	t.Parallel()
	x := parse(t, "augmentation: {flip: 0.5, scale: [0.5, 2], epochs: 10}")
	for epochs, want := range map[float64]float64{60: 0, 10: 0, 7.5: 0.25, 0: 1} {
		if r := recipe.Options(x, epochs, 1).Recipe; r.Plain != want || r.FlipAcross != 0.5 || r.ScaleMost != 2 {
			t.Errorf("of %v epochs: %+v", epochs, r)
		}
	}
	if r := recipe.Options(parse(t, "augmentation: {scale: [0.5, 2]}"), 1, 1).Recipe; r.Plain != 0 {
		t.Errorf("%+v", r)
	}
}
