package score

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"datum/internal/openvinotest"
	"datum/models/ctr"
)

func newNetwork(t testing.TB, architecture string, embedding int) *ctr.Network {
	t.Helper()
	n, err := ctr.New(ctr.Config{Architecture: architecture, Embedding: embedding})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func newScorer(t testing.TB, n *ctr.Network, o Options) *Scorer {
	t.Helper()
	s, err := New(openvinotest.Core(t), n, n.Parameters().Initial(3), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Whatever form is chosen, its probabilities are right: in bfloat16 too, where the
// sequence operation is wrong for some sizes.
func TestNeverWrong(t *testing.T) {
	for _, embedding := range []int{16, 18} {
		n := newNetwork(t, ctr.DIEN, embedding)
		portable := newScorer(t, n, Options{Portable: true, Threads: 2})
		for _, c := range []struct {
			precision string
			most      float64
		}{{"f32", 2e-6}, {"bf16", 0.03}} {
			s := newScorer(t, n, Options{Precision: c.precision, Threads: 2})
			for _, z := range []size{{1, 5}, {8, 20}, {16, 33}, {17, 20}, {128, 20}, {256, 7}} {
				b := s.exam(size{z.rows, z.time}, 99)
				got, err := s.Score(t.Context(), b)
				if err != nil {
					t.Fatal(err)
				}
				want, err := portable.Score(t.Context(), b)
				if err != nil {
					t.Fatal(err)
				}
				worst := 0.0
				for i := range got {
					worst = max(worst, math.Abs(float64(got[i]-want[i])))
				}
				t.Logf("embedding %d, %s, %3d rows: %s, %.2g apart", embedding, c.precision, z.rows, s.Chosen(b.Rows, b.Time), worst)
				if !(worst <= c.most) {
					t.Errorf("embedding %d, %s, %d rows: probabilities are %g apart", embedding, c.precision, z.rows, worst)
				}
				if c.precision == "f32" && s.Chosen(b.Rows, b.Time) != "sequence f32" {
					t.Errorf("%s was chosen: %v", s.Chosen(b.Rows, b.Time), s.Notes())
				}
			}
		}
	}
}

// A form that computes something else is found out, and not used.
func TestWrongFormIsNotUsed(t *testing.T) {
	core := openvinotest.Core(t)
	n := newNetwork(t, ctr.DIEN, 6)
	s := newScorer(t, n, Options{Portable: true})
	values := n.Parameters().Initial(3)
	for i := range values["augru.state"] {
		values["augru.state"][i] *= 1.5
	}
	s.add(&form{candidate: candidate{ctr.Sequence, "f32"}, core: core, network: n, values: values})
	if _, err := s.Score(t.Context(), s.exam(size{9, 9}, 99)); err != nil {
		t.Fatal(err)
	}
	if got := s.Chosen(9, 9); got != "loop f32" || len(s.Notes()) != 1 || !strings.HasPrefix(s.Notes()[0], "sequence f32 is not used for 9 rows") {
		t.Errorf("%q was chosen: %q", got, s.Notes())
	}
}

func TestOthersThanDIEN(t *testing.T) {
	for _, architecture := range []string{ctr.DIN, ctr.DNN} {
		s := newScorer(t, newNetwork(t, architecture, 0), Options{Precision: "bf16"})
		p, err := s.Score(t.Context(), s.exam(size{32, 10}, 99))
		if err != nil || len(p) != 32 || s.Chosen(32, 10) == "" {
			t.Errorf("%s: %d probabilities by %q: %v", architecture, len(p), s.Chosen(32, 10), err)
		}
	}
}

func TestBadBatches(t *testing.T) {
	n := newNetwork(t, ctr.DIN, 2)
	s := newScorer(t, n, Options{})
	for name, spoil := range map[string]func(b *Batch){
		"no rows":               func(b *Batch) { b.Rows = 0 },
		"no time":               func(b *Batch) { b.Time = 0 },
		"too many rows":         func(b *Batch) { b.Rows = math.MaxInt },
		"a user is missing":     func(b *Batch) { b.User = b.User[:1] },
		"a history is cut":      func(b *Batch) { b.History = b.History[1:] },
		"a history is too long": func(b *Batch) { b.Lengths[rand.IntN(3)] = 6 },
		"a negative length":     func(b *Batch) { b.Lengths[1] = -1 },
	} {
		b := s.exam(size{3, 5}, 99)
		spoil(b)
		if _, err := s.Score(t.Context(), b); !errors.Is(err, ErrBatch) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// With patience, the first batches of a size are predicted by the exact form, and then
// the fastest is looked for.
func TestPatience(t *testing.T) {
	s := newScorer(t, newNetwork(t, ctr.DIEN, 6), Options{Patience: 2})
	b := s.exam(size{5, 4}, 99)
	for i, want := range []string{"", "", "sequence f32", "sequence f32"} {
		if _, err := s.Score(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if got := s.Chosen(5, 4); got != want {
			t.Errorf("batch %d: %q was chosen, and not %q: %v", i, got, want, s.Notes())
		}
	}
	if used := s.Used(); used["sequence f32"] != 1 || used["loop f32"] != 1 { // of a batch of one, as well
		t.Errorf("%v", used)
	}
}

// Sizes that have come before are looked at also where there is no room for others.
func TestManySizes(t *testing.T) {
	s := newScorer(t, newNetwork(t, ctr.DIEN, 6), Options{Patience: 2})
	known, other := s.exam(size{5, 4}, 99), s.exam(size{6, 4}, 99)
	for i := range mostSizes - 2 { // of one row, and the one that is known, are there too
		s.seen[size{7, 1 + i}] = 1
	}
	s.seen[size{5, 4}] = 2
	for _, b := range []*Batch{known, other} {
		if _, err := s.Score(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if s.Chosen(5, 4) != "sequence f32" || s.Chosen(6, 4) != "" || len(s.seen) > mostSizes {
		t.Errorf("%q and %q, %d sizes: %v", s.Chosen(5, 4), s.Chosen(6, 4), len(s.seen), s.Notes())
	}
}

// Forms have to agree on rows without a history, too: those that pad a batch have none.
func TestExamHasEmptyHistories(t *testing.T) {
	s := &Scorer{network: newNetwork(t, ctr.DIEN, 6)}
	for _, z := range []size{{3, 1}, {16, 20}} {
		if b := s.exam(z, 0); !slices.Contains(b.Lengths, 0) || slices.Max(b.Lengths) != int32(z.time) {
			t.Errorf("%+v: %v", z, b.Lengths)
		}
	}
}

// What no size needs is given back, and comes again with a size that does.
func TestSettle(t *testing.T) {
	s := newScorer(t, newNetwork(t, ctr.DIEN, 6), Options{})
	known, other := s.exam(size{5, 4}, 99), s.exam(size{3, 7}, 99)
	want, err := s.Score(t.Context(), known)
	if err != nil {
		t.Fatal(err)
	}
	s.Settle()
	if s.exact.compiled != nil || s.fast[0].compiled == nil {
		t.Fatalf("%q is chosen, and what is kept is something else", s.Chosen(5, 4))
	}
	got, err := s.Score(t.Context(), known)
	if err != nil || !slices.Equal(got, want) || s.exact.compiled != nil {
		t.Errorf("%v is predicted, and %v was before: %v", got, want, err)
	}
	if _, err := s.Score(t.Context(), other); err != nil || s.Chosen(3, 7) != "sequence f32" || s.exact.compiled == nil {
		t.Errorf("%q is chosen for another size: %v", s.Chosen(3, 7), err)
	}
}
