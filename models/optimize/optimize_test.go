package optimize

import (
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"datum/graph/passes/recurrent/recurrenttest"
	"datum/internal/openvinotest"
)

// few are sizes for tests: one row, more rows than steps, and rows in several blocks.
var few = []Size{{1, 1}, {3, 7}, {17, 12}}

// attempt optimizes a variant.
func attempt(t *testing.T, v recurrenttest.Variant, seed uint64) (*Report, error) {
	t.Helper()
	m, err := v.Model(seed)
	if err != nil {
		t.Fatalf("%+v: %v", v, err)
	}
	_, r, err := Optimize(t.Context(), openvinotest.Core(t), m.XML(), m.Weights().Bytes(), Options{Sizes: few, Threads: 2})
	return r, err
}

// However a unit is written, it is found, and what takes its place computes the same.
// What only looks like one is left.
func TestVariants(t *testing.T) {
	openvinotest.Core(t)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 40 {
		v := recurrenttest.Random(r)
		report, err := attempt(t, v, uint64(i))
		switch {
		case v.Fusable() && err != nil:
			t.Errorf("%+v: %v", v, err)
			if report != nil {
				t.Logf("left: %+v", report.Left)
			}
		case !v.Fusable() && !errors.Is(err, ErrNothing):
			t.Errorf("%+v: %v", v, err)
		}
	}
}

// Models that were changed at random places are rewritten rightly, or not at all.
func TestMutatedStayEqual(t *testing.T) {
	openvinotest.Core(t)
	runs := 40
	if n, err := strconv.Atoi(os.Getenv("DATUM_MUTATIONS")); err == nil {
		runs = n
	}
	done := 0
	for i := range runs {
		r := rand.New(rand.NewPCG(uint64(i), 6))
		v := recurrenttest.Random(r)
		m, err := v.Model(uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		changed := recurrenttest.Mutate(m, r)
		if m.Validate() != nil {
			continue
		}
		_, _, err = Optimize(t.Context(), openvinotest.Core(t), m.XML(), m.Weights().Bytes(), Options{Sizes: few, Threads: 1})
		if err == nil {
			done++
		} else if !errors.Is(err, ErrNothing) && !errors.Is(err, ErrUnchecked) {
			t.Errorf("%d: %+v, %s: %v", i, v, changed, err)
		}
	}
	t.Logf("%d of %d were rewritten", done, runs)
}

func TestSpoiltAreLeft(t *testing.T) {
	openvinotest.Core(t)
	r := rand.New(rand.NewPCG(3, 4))
	for _, spoil := range recurrenttest.Spoils() {
		for i := 0; i < 3; {
			v := recurrenttest.Random(r)
			if v.Spoil = spoil; !v.Spoiled() {
				continue
			}
			i++
			if report, err := attempt(t, v, uint64(i)); !errors.Is(err, ErrNothing) {
				t.Errorf("%+v: %v", v, err)
				if report != nil {
					t.Logf("%+v", report.Done)
				}
			}
		}
	}
}
