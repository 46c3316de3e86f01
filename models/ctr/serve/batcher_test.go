package serve

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// newBatcher starts a batcher with one fake.
func newBatcher(ctx context.Context, f *fake, rows, capacity int, delay time.Duration) *batcher {
	b := &batcher{rows: rows, capacity: capacity, delay: delay, observe: func(*batch) {}}
	b.start(ctx, []Scorer{f})
	return b
}

func TestOneRowWaitsAsLongAsItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		b := newBatcher(t.Context(), f, 4, 100, 7*time.Millisecond)
		defer b.stop()
		begun := time.Now()
		got, err := b.submit(t.Context(), rowsOf(1, 3))
		if err := errors.Join(err, check(rowsOf(1, 3), got)); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(begun); waited != 7*time.Millisecond {
			t.Errorf("it waited for %v", waited)
		}
	})
}

func TestAFullBatchDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		b := newBatcher(t.Context(), f, 4, 100, time.Hour)
		begun := time.Now()
		var calls sync.WaitGroup
		for i := range 4 {
			calls.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				got, err := b.submit(t.Context(), rowsOf(1, i))
				if err := errors.Join(err, check(rowsOf(1, i), got)); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		if waited := time.Since(begun); waited != 3*time.Millisecond {
			t.Errorf("it waited for %v", waited)
		}
		b.stop()
		if got := f.seen(); !slices.Equal(got, []int{4}) {
			t.Errorf("batches of %v", got)
		}
	})
}

// Without a delay, what comes while a batch is scored is the next one.
func TestWhatComesMeanwhileGoesTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{took: 10 * time.Millisecond}
		b := newBatcher(t.Context(), f, 64, 100, 0)
		var calls sync.WaitGroup
		for i := range 21 {
			calls.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond / 2)
				if _, err := b.submit(t.Context(), rowsOf(1, i)); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		b.stop()
		if got := f.seen(); len(got) != 2 && len(got) != 3 || got[0] != 1 {
			t.Errorf("batches of %v", got)
		}
	})
}

func TestLargeCallsAreCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{took: time.Millisecond}
		b := newBatcher(t.Context(), f, 16, 1000, time.Millisecond)
		var calls sync.WaitGroup
		for i, n := range []int{100, 1, 15, 40} {
			calls.Go(func() {
				got, err := b.submit(t.Context(), rowsOf(n, i*7))
				if err := errors.Join(err, check(rowsOf(n, i*7), got)); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		b.stop()
		sum := 0
		for _, n := range f.seen() {
			if sum += n; n > 16 {
				t.Errorf("a batch of %d", n)
			}
		}
		if sum != 156 || len(f.seen()) != 10 {
			t.Errorf("batches of %v", f.seen())
		}
	})
}

func TestNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{took: time.Second}
		b := newBatcher(t.Context(), f, 4, 10, 0)
		first := rowsOf(4, 0)
		if _, err := b.submit(t.Context(), first); err != nil { // so that it knows how long rows take
			t.Fatal(err)
		}
		var calls sync.WaitGroup
		for range 4 { // 4 are scored, and then 10 wait
			calls.Go(func() { b.submit(t.Context(), rowsOf(4, 1)) })
			synctest.Wait()
		}
		_, err := b.submit(t.Context(), rowsOf(3, 2))
		var over *OverloadedError
		if !errors.As(err, &over) || over.After <= 0 {
			t.Errorf("%v, after %v", err, over)
		}
		if got := b.queued(); got != 8 {
			t.Errorf("%d rows wait", got)
		}
		if _, err := b.submit(t.Context(), rowsOf(2, 2)); err != nil {
			t.Error(err)
		}
		calls.Wait()
		b.stop()
	})
}

// Whoever goes away leaves room for others, and is not scored.
func TestWhoeverGoesAwayLeavesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{took: time.Second}
		b := newBatcher(t.Context(), f, 4, 4, 0)
		var calls sync.WaitGroup
		calls.Go(func() { b.submit(t.Context(), rowsOf(4, 0)) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := b.submit(ctx, rowsOf(4, 0)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if got := b.queued(); got != 0 {
			t.Errorf("%d rows wait", got)
		}
		if _, err := b.submit(t.Context(), rowsOf(3, 0)); err != nil {
			t.Error(err)
		}
		calls.Wait()
		b.stop()
		if got := f.seen(); !slices.Equal(got, []int{4, 3}) {
			t.Errorf("batches of %v", got)
		}
		if _, err := b.submit(ctx, rowsOf(1, 0)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("whose time was over before: %v", err)
		}
	})
}

func TestStopAnswersWhatWasTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{took: time.Second}
		b := &batcher{rows: 2, capacity: 100, delay: time.Hour, observe: func(*batch) {}}
		b.start(t.Context(), []Scorer{f, &fake{took: time.Second}, &fake{took: time.Second}})
		var calls sync.WaitGroup
		for i := range 9 {
			calls.Go(func() {
				if got, err := b.submit(t.Context(), rowsOf(1, i)); err != nil || check(rowsOf(1, i), got) != nil {
					t.Errorf("%v %v", got, err)
				}
			})
		}
		synctest.Wait()
		b.stop()
		calls.Wait()
		if _, err := b.submit(t.Context(), rowsOf(1, 0)); !errors.Is(err, ErrStopping) {
			t.Errorf("%v", err)
		}
	})
}

// Whoever is told of a batch may take his time: others enter meanwhile. And what has an
// answer has been told of.
func TestObserversHoldNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		b := &batcher{rows: 4, capacity: 100, observe: func(*batch) {
			time.Sleep(time.Hour)
			told++
		}}
		b.start(t.Context(), []Scorer{&fake{}})
		var calls sync.WaitGroup
		calls.Go(func() {
			if _, err := b.submit(t.Context(), rowsOf(1, 0)); err != nil || told != 1 {
				t.Errorf("told of %d batches: %v", told, err)
			}
		})
		time.Sleep(time.Minute)
		if b.mu.TryLock() {
			b.mu.Unlock()
		} else {
			t.Error("nobody can enter")
		}
		calls.Wait()
		b.stop()
	})
}

func TestScorersThatFail(t *testing.T) {
	own := errors.New("of its own")
	for name, c := range map[string]struct {
		fail func([]Row) ([]float32, error)
		is   error
	}{
		"an error":     {func([]Row) ([]float32, error) { return nil, own }, own},
		"a panic":      {func([]Row) ([]float32, error) { panic("a bug") }, errScorer},
		"too few":      {func([]Row) ([]float32, error) { return []float32{1}, nil }, errScorer},
		"its own time": {func([]Row) ([]float32, error) { return nil, context.Canceled }, errScorer},
	} {
		f := &fake{fail: c.fail}
		b := newBatcher(t.Context(), f, 4, 100, 0)
		_, err := b.submit(t.Context(), rowsOf(9, 0))
		if !errors.Is(err, c.is) || outcomeOf(err) != failed {
			t.Errorf("%s: %v", name, err)
		}
		f.fail = nil
		if got, err := b.submit(t.Context(), rowsOf(9, 0)); err != nil || check(rowsOf(9, 0), got) != nil {
			t.Errorf("after %s: %v", name, err)
		}
		b.stop()
	}
}

func TestNoProbability(t *testing.T) {
	for _, p := range []float64{math.NaN(), math.Inf(1)} {
		if _, err := new(request).answer([]float32{1, float32(p)}); !errors.Is(err, errScorer) {
			t.Errorf("%v: %v", p, err)
		}
	}
}

// Many clients, of which some go away, with several scorers: everybody has the answer
// to his own question.
func TestManyAtOnce(t *testing.T) {
	scorers := []*fake{{}, {}, {}}
	b := &batcher{rows: 16, capacity: 200, delay: 50 * time.Microsecond, observe: func(*batch) {}}
	b.start(t.Context(), []Scorer{scorers[0], scorers[1], scorers[2]})
	var clients sync.WaitGroup
	for c := range 40 {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(uint64(c), 1))
			for k := range 100 {
				ctx, cancel := context.WithCancel(t.Context())
				if random.IntN(4) == 0 {
					time.AfterFunc(time.Duration(random.IntN(200))*time.Microsecond, cancel)
				}
				rows := rowsOf(1+random.IntN(30), c*1000+k)
				got, err := b.submit(ctx, rows)
				var over *OverloadedError
				switch {
				case err == nil:
					err = check(rows, got)
				case errors.As(err, &over), errors.Is(err, context.Canceled):
					err = nil
				}
				if err != nil {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	clients.Wait()
	if got := b.queued(); got != 0 || b.calls.Len() != 0 {
		t.Errorf("%d rows are left", got)
	}
	b.stop()
}
