// Package workers runs jobs on a few goroutines and gives their results back
// in the order in which the jobs were handed in, holding no more than a few at
// a time. All parallel work of datum goes through it, which is why output does
// not depend on the number of cores.
package workers

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// Count returns n, or the number of cores where n is not positive.
func Count(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// Pool runs jobs on a fixed number of goroutines. A job starts only after all
// jobs handed in before it have started, so that it may wait for them.
type Pool struct {
	jobs chan func()
	done sync.WaitGroup
}

// NewPool starts n goroutines.
func NewPool(n int) *Pool {
	p := &Pool{jobs: make(chan func(), n)}
	for range n {
		p.done.Go(func() {
			for job := range p.jobs {
				job()
			}
		})
	}
	return p
}

// Close waits for all jobs and ends the goroutines. No job may be handed in
// afterwards.
func (p *Pool) Close() {
	close(p.jobs)
	p.done.Wait()
}

// Future is the result of a job that may not have ended yet.
type Future[T any] struct {
	ready chan struct{}
	value T
	err   error
	// panicked is what the job panicked with, nil when it did not.
	panicked any
}

// Go hands a job in. It waits while the pool's queue is full, which bounds the
// memory of jobs that hold data.
func Go[T any](p *Pool, work func() (T, error)) *Future[T] {
	f, job := Later(work)
	p.jobs <- job
	return f
}

// Later returns the result of a job that the caller hands in later, or runs as
// part of another.
func Later[T any](work func() (T, error)) (*Future[T], func()) {
	f := &Future[T]{ready: make(chan struct{})}
	return f, func() {
		defer close(f.ready)
		defer func() { f.panicked = recover() }()
		f.value, f.err = work()
	}
}

// Together hands in several jobs as one: all of them run at the same time in the
// place of one, so that they may wait for each other.
func Together(p *Pool, jobs ...func()) {
	p.jobs <- func() {
		var all sync.WaitGroup
		for _, job := range jobs[1:] {
			all.Go(job)
		}
		jobs[0]()
		all.Wait()
	}
}

// Wait returns the result of the job. Where the job panicked it panics, so that
// a bug ends where its caller can handle it and not in a bare goroutine.
func (f *Future[T]) Wait() (T, error) {
	<-f.ready
	if f.panicked != nil {
		panic(f.panicked)
	}
	return f.value, f.err
}

// Poll reports whether the job has ended, and with which error, without
// waiting.
func (f *Future[T]) Poll() (ended bool, err error) {
	select {
	case <-f.ready:
		return true, f.err
	default:
		return false, nil
	}
}

// Map applies work to the values of in on n goroutines and yields the results
// in order. It reads at most 2n values ahead. The first error of in or work is
// yielded in its place and ends the stream, as does the end of ctx.
func Map[In, Out any](ctx context.Context, n int, in iter.Seq2[In, error], work func(In) (Out, error)) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		p := NewPool(n)
		defer p.Close()
		var ahead []*Future[Out]
		first := func() bool {
			out, err := ahead[0].Wait()
			ahead = ahead[1:]
			return yield(out, err) && err == nil
		}
		var failed error
		for v, err := range in {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				failed = err
				break
			}
			ahead = append(ahead, Go(p, func() (Out, error) { return work(v) }))
			if len(ahead) == 2*n && !first() {
				return
			}
		}
		for len(ahead) > 0 {
			if !first() {
				return
			}
		}
		if failed != nil {
			var zero Out
			yield(zero, failed)
		}
	}
}
