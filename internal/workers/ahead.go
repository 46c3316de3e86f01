package workers

import (
	"context"
	"iter"
)

// Ahead yields the values of in, which is read on a goroutine of its own, up to
// n values ahead of whoever takes them: so that they are ready when they are
// wanted. That goroutine has ended when the stream has, also where the taker
// stops early; in is given a context that says so.
func Ahead[T any](ctx context.Context, n int, in func(context.Context) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		inner, stop := context.WithCancel(ctx)
		a := &ahead[T]{results: make(chan result[T], max(n, 1)-1)}
		go a.read(inner, in)
		defer func() {
			stop()
			a.drain()
		}()
		for r := range a.results {
			if !yield(r.value, r.err) || r.err != nil {
				return
			}
		}
		if err := ctx.Err(); err != nil && a.cut {
			var zero T
			yield(zero, err)
		}
	}
}

type result[T any] struct {
	value T
	err   error
}

type ahead[T any] struct {
	results chan result[T]
	// What follows is set before results is closed.
	cut      bool // by the end of the context
	panicked any
}

func (a *ahead[T]) read(ctx context.Context, in func(context.Context) iter.Seq2[T, error]) {
	defer close(a.results)
	defer func() { a.panicked = recover() }()
	for v, err := range in(ctx) {
		select {
		case a.results <- result[T]{v, err}:
		case <-ctx.Done():
			a.cut = true
			return
		}
	}
}

// drain waits for the end of the reading. Where that panicked it panics, so that
// a bug ends where its caller can handle it.
func (a *ahead[T]) drain() {
	for range a.results { // the channel is closed in the end
	}
	if a.panicked != nil {
		panic(a.panicked)
	}
}
