package workers

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

func numbers(n int, fail error) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if fail != nil {
			yield(0, fail)
		}
	}
}

func TestMapKeepsOrder(t *testing.T) {
	want := 0
	for v, err := range Map(t.Context(), 4, numbers(500, nil), func(i int) (int, error) {
		time.Sleep(time.Duration(i%7) * time.Microsecond)
		return i * i, nil
	}) {
		if err != nil || v != want*want {
			t.Fatalf("result %d: %d, %v", want, v, err)
		}
		want++
	}
	if want != 500 {
		t.Errorf("%d results, want 500", want)
	}
}

func TestMapBoundsWhatIsAhead(t *testing.T) {
	var started atomic.Int32
	taken := int32(0)
	for _, err := range Map(t.Context(), 3, numbers(100, nil), func(i int) (int, error) {
		started.Add(1)
		return i, nil
	}) {
		if err != nil {
			t.Fatal(err)
		}
		if ahead := started.Load() - taken; ahead > 6 {
			t.Fatalf("%d jobs ahead of the reader", ahead)
		}
		taken++
	}
}

func TestMapErrorsComeInTheirPlace(t *testing.T) {
	bad, source := errors.New("bad"), errors.New("source")
	for _, test := range []struct {
		in    iter.Seq2[int, error]
		at    int
		wants error
	}{
		{numbers(50, nil), 20, bad},
		{numbers(50, source), 50, source},
		{numbers(0, source), 0, source},
	} {
		got := 0
		for v, err := range Map(t.Context(), 2, test.in, func(i int) (int, error) {
			if i == 20 && test.wants == bad {
				return 0, bad
			}
			return i, nil
		}) {
			if err != nil {
				if !errors.Is(err, test.wants) || got != test.at {
					t.Errorf("after %d results: %v; want %v after %d", got, err, test.wants, test.at)
				}
				break
			}
			if v != got {
				t.Fatalf("result %d is %d", got, v)
			}
			got++
		}
		if got != test.at {
			t.Errorf("%d results, want %d", got, test.at)
		}
	}
}

func TestMapStopsWithItsReaderAndItsContext(t *testing.T) {
	before := runtime.NumGoroutine()
	for v := range Map(t.Context(), 4, numbers(1000, nil), func(i int) (int, error) { return i, nil }) {
		if v == 5 {
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	n := 0
	for _, err := range Map(ctx, 4, numbers(1000, nil), func(i int) (int, error) { return i, nil }) {
		if n++; n == 3 {
			cancel()
		}
		last = err
	}
	if !errors.Is(last, context.Canceled) || n > 50 {
		t.Errorf("%d results, last error %v", n, last)
	}
	for i := 0; i < 100 && runtime.NumGoroutine() > before; i++ {
		time.Sleep(time.Millisecond)
	}
	if got := runtime.NumGoroutine(); got > before {
		t.Errorf("%d goroutines, %d before", got, before)
	}
}

func TestPoolJobsMayWaitForEarlierOnes(t *testing.T) {
	p := NewPool(2)
	var last *Future[int]
	for i := range 200 {
		before := last
		last = Go(p, func() (int, error) {
			if before == nil {
				return 0, nil
			}
			n, err := before.Wait()
			return n + 1, err
		})
		_ = i
	}
	if n, err := last.Wait(); n != 199 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	p.Close()
}

func TestAPanicReachesItsCaller(t *testing.T) {
	p := NewPool(1)
	defer p.Close()
	f := Go(p, func() (int, error) { panic("bug") })
	defer func() {
		if got := recover(); got != "bug" {
			t.Errorf("recovered %v", got)
		}
	}()
	f.Wait()
	t.Error("Wait returned")
}

func TestPoll(t *testing.T) {
	p := NewPool(1)
	defer p.Close()
	bad, wait := errors.New("bad"), make(chan struct{})
	f := Go(p, func() (int, error) { <-wait; return 0, bad })
	if ended, err := f.Poll(); ended || err != nil {
		t.Errorf("before: %v, %v", ended, err)
	}
	close(wait)
	f.Wait()
	if ended, err := f.Poll(); !ended || !errors.Is(err, bad) {
		t.Errorf("after: %v, %v", ended, err)
	}
}

func TestCount(t *testing.T) {
	if Count(3) != 3 || Count(0) < 1 || Count(-1) < 1 {
		t.Error("wrong count")
	}
}

// The jobs of one call need each other, and there is one goroutine for them.
func TestTogether(t *testing.T) {
	p := NewPool(1)
	defer p.Close()
	there := make(chan int)
	first, send := Later(func() (int, error) { there <- 7; return 1, nil })
	second, receive := Later(func() (int, error) { return <-there, nil })
	broken, panics := Later(func() (int, error) { panic("a bug") })
	if ended, _ := first.Poll(); ended {
		t.Error("a job has ended that nobody has handed in")
	}
	Together(p, send, panics, receive)
	if got, err := second.Wait(); got != 7 || err != nil {
		t.Error(got, err)
	}
	if got, err := first.Wait(); got != 1 || err != nil {
		t.Error(got, err)
	}
	defer func() {
		if recover() != "a bug" {
			t.Error("the panic of a job is lost")
		}
	}()
	broken.Wait()
}
