// Package nameset finds names that were used before, in a few bytes each,
// which is what lets datum refuse duplicates in datasets of any size.
package nameset

import (
	"fmt"
	"hash/maphash"
	"path"
	"strings"
)

// Set is a set of names. It may take a new name for a used one with a chance
// of one in 2^64, never the reverse.
type Set struct {
	seed maphash.Seed
	used map[uint64]struct{}
}

// New returns an empty set.
func New() *Set { return &Set{maphash.MakeSeed(), map[uint64]struct{}{}} }

// Add notes name and reports whether it is new.
func (s *Set) Add(name string) bool {
	h := maphash.String(s.seed, name)
	_, used := s.used[h]
	s.used[h] = struct{}{}
	return !used
}

// Unique returns name, or name with a number before its extension where it was
// used before (a.jpg, a~2.jpg), and notes what it returns.
func (s *Set) Unique(name string) string {
	if s.Add(name) {
		return name
	}
	ext := path.Ext(name)
	for n := 2; ; n++ {
		if other := fmt.Sprintf("%s~%d%s", strings.TrimSuffix(name, ext), n, ext); s.Add(other) {
			return other
		}
	}
}
