package coco

// slab gives out small slices of a large one, which costs an allocation once in
// a while instead of one for each. What it gave out is never given out again.
type slab[T any] struct {
	free []T
	// size is how many values are allocated at a time. Whoever keeps one item
	// keeps that much of its neighbours, which is little.
	size int
}

// room returns an empty slice with room for n values. What is appended to it
// is kept by take.
func (s *slab[T]) room(n int) []T {
	if cap(s.free) < n {
		s.free = make([]T, 0, max(n, s.size))
	}
	return s.free
}

// take keeps the first n values of what room gave. Appending to them copies
// them.
func (s *slab[T]) take(n int) []T {
	kept := s.free[:n:n]
	s.free = s.free[n:n]
	return kept
}

// one returns a value of its own.
func (s *slab[T]) one() *T {
	s.room(1)
	return &s.take(1)[0]
}

// copyOf returns a copy of v, nil of nothing.
func (s *slab[T]) copyOf(v []T) []T {
	if len(v) == 0 {
		return nil
	}
	s.room(len(v))
	kept := s.take(len(v))
	copy(kept, v)
	return kept
}
