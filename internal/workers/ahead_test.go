package workers

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
)

// counting yields 0, 1, … n-1, and then err where there is one. It counts the
// values that were taken from it.
func counting(n int, err error, taken *int) func(context.Context) iter.Seq2[int, error] {
	return func(context.Context) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for i := range n {
				if *taken++; !yield(i, nil) {
					return
				}
			}
			if err != nil {
				yield(0, err)
			}
		}
	}
}

func TestAheadKeepsOrderAndErrors(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	for _, n := range []int{0, 1, 2, 100} {
		for _, want := range []error{nil, failed} {
			var got []int
			var last error
			for v, err := range Ahead(t.Context(), n, counting(10, want, new(int))) {
				if last = err; err == nil {
					got = append(got, v)
				}
			}
			if !slices.Equal(got, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) || last != want {
				t.Errorf("%d ahead: %v, %v", n, got, last)
			}
		}
	}
}

func TestAheadIsBounded(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 3} {
		taken := 0
		for v, err := range Ahead(t.Context(), n, counting(1000, nil, &taken)) {
			if err != nil || v == 20 {
				break
			}
		}
		// The goroutine has ended, so that taken may be read.
		if taken > 21+n+1 {
			t.Errorf("%d ahead: %d values were read when 21 had been taken", n, taken)
		}
	}
}

func TestAheadReadsBeforeItIsAsked(t *testing.T) {
	t.Parallel()
	arrived := make(chan int, 10)
	in := func(context.Context) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for i := range 4 {
				arrived <- i
				if !yield(i, nil) {
					return
				}
			}
		}
	}
	for v, err := range Ahead(t.Context(), 3, in) {
		if err != nil || v > 0 {
			break
		}
		for want := range 4 { // all of them, while the first is worked on
			if got := <-arrived; got != want {
				t.Fatalf("%d, want %d", got, want)
			}
		}
	}
}

func TestAheadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	n := 0
	for _, err := range Ahead(ctx, 2, counting(1_000_000_000, nil, new(int))) {
		if last = err; err == nil {
			if n++; n == 5 {
				cancel()
			}
		}
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("it ends with %v", last)
	}
}

func TestAheadPanicsWhereItsTakerIs(t *testing.T) {
	t.Parallel()
	defer func() {
		if p := recover(); p != "a bug" {
			t.Errorf("recovered %v", p)
		}
	}()
	in := func(context.Context) iter.Seq2[int, error] {
		return func(func(int, error) bool) { panic("a bug") }
	}
	for range Ahead(t.Context(), 2, in) {
	}
	t.Error("it did not panic")
}
