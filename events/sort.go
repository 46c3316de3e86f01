package events

import (
	"context"
	"errors"
	"io"
	"slices"

	"datum/crypto/key"
)

const (
	// runRows are sorted in memory at once: 16 MB.
	runRows = 512 << 10
	// fanIn runs are merged at once; each needs the buffers of a sealed file.
	fanIn = 32
	// between is after how many rows it is asked whether to stop.
	between = 64 << 10
)

// sorter takes rows in any order and gives them back in that of compare.
type sorter struct {
	dir   string
	key   *key.Key
	size  int // rows in memory
	fanIn int
	rows  []row
	runs  []*spill
}

func (s *sorter) add(r *row) error {
	if len(s.rows) == s.size {
		if err := s.flush(); err != nil {
			return err
		}
	}
	s.rows = append(s.rows, *r)
	return nil
}

func (s *sorter) sort() {
	slices.SortFunc(s.rows, func(a, b row) int { return compare(&a, &b) })
}

// flush makes a run of what is in memory.
func (s *sorter) flush() error {
	s.sort()
	run, err := newSpill(s.dir, s.key)
	if err != nil {
		return err
	}
	s.runs = append(s.runs, run)
	for i := range s.rows {
		if err := run.add(&s.rows[i]); err != nil {
			return err
		}
	}
	s.rows = s.rows[:0]
	return run.finish()
}

// each calls use with every row, in order. It may be called once.
func (s *sorter) each(ctx context.Context, use func(*row) error) error {
	if len(s.runs) == 0 {
		return s.eachInMemory(ctx, use)
	}
	if len(s.rows) > 0 {
		if err := s.flush(); err != nil {
			return err
		}
	}
	s.rows = nil
	for len(s.runs) > s.fanIn {
		if err := s.mergeFirst(ctx); err != nil {
			return err
		}
	}
	return merge(ctx, s.runs, use)
}

func (s *sorter) eachInMemory(ctx context.Context, use func(*row) error) error {
	s.sort()
	for i := range s.rows {
		if i%between == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := use(&s.rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// mergeFirst makes one run of the first ones, and puts it last. The order of runs
// does not matter, since rows that are equal in compare are equal in everything.
func (s *sorter) mergeFirst(ctx context.Context) error {
	run, err := newSpill(s.dir, s.key)
	if err != nil {
		return err
	}
	s.runs = append(s.runs, run)
	if err := merge(ctx, s.runs[:s.fanIn], run.add); err != nil {
		return err
	}
	if err := run.finish(); err != nil {
		return err
	}
	for _, old := range s.runs[:s.fanIn] {
		old.close()
	}
	s.runs = slices.Delete(s.runs, 0, s.fanIn)
	return nil
}

func (s *sorter) close() {
	for _, r := range s.runs {
		r.close()
	}
	s.runs = nil
}

// head is the first row that is left of a run.
type head struct {
	row
	from *spillReader
}

// heads is a heap, the smallest row first.
type heads []*head

// down moves the head at i to its place.
func (h heads) down(i int) {
	for {
		least := 2*i + 1
		if least >= len(h) {
			return
		}
		if right := least + 1; right < len(h) && compare(&h[right].row, &h[least].row) < 0 {
			least = right
		}
		if compare(&h[i].row, &h[least].row) <= 0 {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}

func newHeads(runs []*spill) (heads, error) {
	var h heads
	for _, run := range runs {
		from, err := run.reader()
		if err != nil {
			return nil, err
		}
		first := &head{from: from}
		if err := from.next(&first.row); err != nil {
			return nil, err
		}
		h = append(h, first)
	}
	for i := len(h)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
	return h, nil
}

// merge calls use with the rows of runs, none of which is empty, in order.
func merge(ctx context.Context, runs []*spill, use func(*row) error) error {
	h, err := newHeads(runs)
	if err != nil {
		return err
	}
	for n := 0; len(h) > 0; n++ {
		if n%between == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := use(&h[0].row); err != nil {
			return err
		}
		switch err := h[0].from.next(&h[0].row); {
		case errors.Is(err, io.EOF):
			h[0] = h[len(h)-1]
			h = h[:len(h)-1]
		case err != nil:
			return err
		}
		h.down(0)
	}
	return nil
}
