package formats

import (
	"errors"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
)

// Skipped counts the bad records that were left out of a dataset. Several
// goroutines may use it.
type Skipped struct {
	mu    sync.Mutex
	count int
	first []string
	// told are hashes of the texts: a format that reads twice finds the same
	// record bad twice.
	told map[uint64]struct{}
}

var skipSeed = maphash.MakeSeed()

// keptSkips bounds the errors that are kept to be shown.
const keptSkips = 1000

// Count returns how many records were left out.
func (s *Skipped) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Errors returns the texts of the errors, at most a thousand, sorted.
func (s *Skipped) Errors() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.first)
	slices.SortFunc(out, strings.Compare)
	return out
}

// Reset begins to count anew, as a dataset does that is read again.
func (s *Skipped) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count, s.first, s.told = 0, nil, nil
}

// Bad is told of an error about one record. It returns nil where the record is
// to be left out and counted, and err where reading has to end: because that is
// what was asked for, or since the error is not one about the content, such as
// a disk that fails or a token that is not authentic.
func (o *ImportOptions) Bad(err error) error {
	if o.Skip == nil || !errors.Is(err, ErrCorrupt) || errors.Is(err, ErrAuthentication) || errors.Is(err, ErrKey) {
		return err
	}
	o.Skip.mu.Lock()
	defer o.Skip.mu.Unlock()
	o.Skip.add(err.Error())
	return nil
}

func (s *Skipped) add(text string) {
	if s.told == nil {
		s.told = map[uint64]struct{}{}
	}
	hash := maphash.String(skipSeed, text)
	if _, again := s.told[hash]; again {
		return
	}
	s.told[hash] = struct{}{}
	s.count++
	if len(s.first) < keptSkips {
		s.first = append(s.first, text)
	}
}
