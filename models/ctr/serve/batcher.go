package serve

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrStopping is returned when the server takes no more requests.
var ErrStopping = errors.New("the server is stopping")

// An OverloadedError says that there is no room for a request now.
type OverloadedError struct {
	// After is when there may be.
	After time.Duration
}

func (e *OverloadedError) Error() string { return "too many requests are waiting" }

// A batcher gathers the rows of calls into batches. The rows that wait are bounded.
type batcher struct {
	rows     int           // of a batch at most
	delay    time.Duration // for which a batch waits for more rows
	capacity int           // rows that wait at most
	observe  func(*batch)  // is told each batch that was scored

	gathering sync.Mutex    // held by the worker that waits for a batch
	changed   chan struct{} // has something in it when there may be news for that worker

	mu       sync.Mutex
	calls    list.List // of *call, that have rows to be taken
	waiting  int       // rows of these
	closing  bool
	rowTime  float64 // seconds that a row takes, of late
	finished sync.WaitGroup
}

// A call is rows that somebody waits for.
type call struct {
	rows    []Row
	arrived time.Time
	place   *list.Element // nil when all rows were taken
	taken   int
	open    int // rows without a probability
	out     []float32
	err     error
	done    chan struct{}
}

// A batch is rows that are scored together.
type batch struct {
	rows    []Row
	parts   []part
	oldest  time.Time // when the first of them arrived
	begun   time.Time
	took    time.Duration
	failure error
}

// A part is the rows of one call in a batch.
type part struct {
	call    *call
	from, n int
}

// start begins to score, on one goroutine for each scorer, until [batcher.stop].
func (b *batcher) start(ctx context.Context, scorers []Scorer) {
	b.changed = make(chan struct{}, 1)
	for _, s := range scorers {
		b.finished.Go(func() {
			for next := b.take(); next != nil; next = b.take() {
				b.score(ctx, s, next)
			}
		})
	}
}

// stop takes no more calls, and returns when the last one has its answer.
func (b *batcher) stop() {
	b.mu.Lock()
	b.closing = true
	b.mu.Unlock()
	b.news()
	b.finished.Wait()
}

func (b *batcher) news() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// submit returns the probabilities of rows.
func (b *batcher) submit(ctx context.Context, rows []Row) ([]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := &call{rows: rows, arrived: time.Now(), open: len(rows), out: make([]float32, len(rows)), done: make(chan struct{})}
	if err := b.enter(c); err != nil {
		return nil, err
	}
	b.news()
	select {
	case <-c.done:
		return c.out, c.err
	case <-ctx.Done():
		b.abandon(c)
		return nil, ctx.Err()
	}
}

func (b *batcher) enter(c *call) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing {
		return ErrStopping
	}
	if b.waiting+len(c.rows) > b.capacity {
		return &OverloadedError{After: time.Duration(float64(b.waiting) * b.rowTime * float64(time.Second))}
	}
	c.place = b.calls.PushBack(c)
	b.waiting += len(c.rows)
	return nil
}

// abandon takes the rows of a call that nobody waits for any more out of the queue.
func (b *batcher) abandon(c *call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.place != nil {
		b.leave(c)
		b.waiting -= len(c.rows) - c.taken
	}
}

func (b *batcher) leave(c *call) {
	b.calls.Remove(c.place)
	c.place = nil
}

// take waits for a batch; nil means that there is none any more.
func (b *batcher) take() *batch {
	b.gathering.Lock()
	defer b.gathering.Unlock()
	for {
		next, wait, over := b.gather()
		if next != nil || over {
			return next
		}
		if wait == 0 {
			<-b.changed
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-b.changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// gather returns a batch if it is time for one, or else for how long to wait, where 0
// is for news only.
func (b *batcher) gather() (next *batch, wait time.Duration, over bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	first := b.calls.Front()
	if first == nil {
		if b.closing {
			b.news() // for the next worker
		}
		return nil, 0, b.closing
	}
	if b.waiting < b.rows && !b.closing {
		wait = b.delay - time.Since(first.Value.(*call).arrived)
		if wait > 0 {
			return nil, wait, false
		}
	}
	return b.pop(), 0, false
}

// pop takes a batch from the queue, which is not empty.
func (b *batcher) pop() *batch {
	next := &batch{begun: time.Now(), rows: make([]Row, 0, min(b.waiting, b.rows))}
	for len(next.rows) < b.rows && b.calls.Len() > 0 {
		c := b.calls.Front().Value.(*call)
		n := min(len(c.rows)-c.taken, b.rows-len(next.rows))
		if next.parts == nil {
			next.oldest = c.arrived
		}
		next.parts = append(next.parts, part{c, c.taken, n})
		next.rows = append(next.rows, c.rows[c.taken:c.taken+n]...)
		c.taken += n
		b.waiting -= n
		if c.taken == len(c.rows) {
			b.leave(c)
		}
	}
	return next
}

// score scores a batch and gives each call what is its own.
func (b *batcher) score(ctx context.Context, s Scorer, next *batch) {
	p, err := guarded(ctx, s, next.rows)
	next.took, next.failure = time.Since(next.begun), err
	b.observe(next) // before anybody has an answer, and while others may enter
	b.mu.Lock()
	defer b.mu.Unlock()
	const share = 0.1 // that the last batch has in the mean
	b.rowTime += share * (next.took.Seconds()/float64(len(next.rows)) - b.rowTime)
	for _, q := range next.parts {
		if err == nil {
			copy(q.call.out[q.from:], p[:q.n])
			p = p[q.n:]
		} else {
			q.call.err = err
		}
		if q.call.open -= q.n; q.call.open == 0 {
			close(q.call.done)
		}
	}
}

// guarded scores rows, and makes an error of whatever goes wrong.
func guarded(ctx context.Context, s Scorer, rows []Row) (p []float32, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("%w: it stopped with %v", errScorer, r)
		}
	}()
	p, err = s.Score(ctx, rows)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errScorer, err)
	case len(p) != len(rows):
		return nil, fmt.Errorf("%w: it gave %d probabilities for %d rows", errScorer, len(p), len(rows))
	}
	return p, nil
}

var (
	errScorer    = errors.New("the model failed")
	errNotFinite = fmt.Errorf("%w: a probability is not finite", errScorer)
)

// queued is how many rows wait.
func (b *batcher) queued() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting
}
