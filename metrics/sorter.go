package metrics

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"slices"
)

// sortable is what a sorter sorts: values of a fixed size in a file.
type sortable[T any] interface {
	comparable
	compare(T) int
	// size is that of a value in a file.
	size() int
	appendTo([]byte) []byte
	parse([]byte) T
}

// A sorter sorts more values than memory is to hold. What has no room is
// sorted and appended to a file as a run; in the end the runs are merged.
type sorter[T sortable[T]] struct {
	limit  int // of values in memory
	dir    string
	memory []T
	runs   []run
	file   *tempFile // nil while all is in memory
}

// A run is a part of the file that is sorted.
type run struct{ at, size int64 }

// fewest is how many values a sorter keeps in memory, whatever it is told.
const fewest = 1 << 10

func newSorter[T sortable[T]](limit int, dir string) *sorter[T] {
	return &sorter[T]{limit: max(limit, fewest), dir: dir}
}

func (s *sorter[T]) add(v T) error {
	if len(s.memory) == s.limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	if len(s.memory) == cap(s.memory) { // append would grow beyond the limit
		s.memory = append(make([]T, 0, min(max(2*cap(s.memory), fewest), s.limit)), s.memory...)
	}
	s.memory = append(s.memory, v)
	return nil
}

// spill moves what is in memory to the file.
func (s *sorter[T]) spill() (err error) {
	if s.file == nil {
		if s.file, err = newTempFile(s.dir); err != nil {
			return err
		}
	}
	slices.SortFunc(s.memory, T.compare)
	r := run{at: s.file.size}
	var b []byte
	for i, v := range s.memory {
		if b = v.appendTo(b); len(b) >= 64<<10 || i == len(s.memory)-1 {
			if err := s.file.append(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	r.size = s.file.size - r.at
	s.runs = append(s.runs, r)
	s.memory = s.memory[:0]
	return nil
}

// all yields everything in order. Equal values cannot be told apart, so that
// nothing depends on which of them comes first.
func (s *sorter[T]) all() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		slices.SortFunc(s.memory, T.compare)
		if s.file == nil {
			for _, v := range s.memory {
				if !yield(v, nil) {
					return
				}
			}
			return
		}
		sources := []source[T]{{rest: s.memory}}
		for _, r := range s.runs {
			sources = append(sources, source[T]{file: s.file.reader(r)})
		}
		var m merger[T]
		for _, from := range sources {
			if err := m.push(from); err != nil {
				var none T
				yield(none, err)
				return
			}
		}
		for {
			v, err, ok := m.next()
			if !ok || !yield(v, err) || err != nil {
				return
			}
		}
	}
}

func (s *sorter[T]) close() error {
	if s == nil || s.file == nil {
		return nil
	}
	f := s.file
	s.file, s.runs, s.memory = nil, nil, nil
	return f.close()
}

// A source gives values in order, from memory or from a file.
type source[T sortable[T]] struct {
	head T
	rest []T
	file *bufio.Reader
	raw  []byte
}

// advance sets the head to the next value; io.EOF says that there is none.
func (s *source[T]) advance() error {
	if s.file == nil {
		if len(s.rest) == 0 {
			return io.EOF
		}
		s.head, s.rest = s.rest[0], s.rest[1:]
		return nil
	}
	if s.raw == nil {
		s.raw = make([]byte, s.head.size())
	}
	if _, err := io.ReadFull(s.file, s.raw); err != nil {
		return err
	}
	s.head = s.head.parse(s.raw)
	return nil
}

// A merger is a heap of sources, the one of the least head first.
type merger[T sortable[T]] struct{ heap []source[T] }

// push adds a source that has not been read from.
func (m *merger[T]) push(s source[T]) error {
	if err := s.advance(); err != nil {
		return ignoreEOF(err)
	}
	m.heap = append(m.heap, s)
	for i := len(m.heap) - 1; i > 0; {
		above := (i - 1) / 2
		if m.heap[above].head.compare(m.heap[i].head) <= 0 {
			break
		}
		m.heap[i], m.heap[above] = m.heap[above], m.heap[i]
		i = above
	}
	return nil
}

// next takes the least value.
func (m *merger[T]) next() (v T, err error, ok bool) {
	if len(m.heap) == 0 {
		return v, nil, false
	}
	v = m.heap[0].head
	switch err := m.heap[0].advance(); {
	case errors.Is(err, io.EOF):
		last := len(m.heap) - 1
		m.heap[0] = m.heap[last]
		m.heap = m.heap[:last]
	case err != nil:
		return v, err, true
	}
	m.sink()
	return v, nil, true
}

// sink brings the first source to its place.
func (m *merger[T]) sink() {
	for i := 0; ; {
		least := i
		for _, below := range [...]int{2*i + 1, 2*i + 2} {
			if below < len(m.heap) && m.heap[below].head.compare(m.heap[least].head) < 0 {
				least = below
			}
		}
		if least == i {
			return
		}
		m.heap[i], m.heap[least] = m.heap[least], m.heap[i]
		i = least
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
