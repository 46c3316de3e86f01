// Package nameset finds names that were used before, in a few bytes each,
// which is what lets datum refuse duplicates in datasets of any size.
package nameset

import (
	"fmt"
	"hash/maphash"
	"math/bits"
	"path"
	"strings"
)

// Set is a set of names. It may take a new name for a used one with a chance
// of one in 2^64, never the reverse.
type Set struct {
	seed maphash.Seed
	// slots holds the hash of each name at its place or as soon after it as
	// there was room, and zeros. At most three quarters of it are used.
	slots []uint64
	used  int
}

// New returns an empty set.
func New() *Set { return &Set{seed: maphash.MakeSeed()} }

// Add notes name and reports whether it is new.
func (s *Set) Add(name string) bool {
	if 4*s.used >= 3*len(s.slots) {
		s.grow()
	}
	h := max(1, maphash.String(s.seed, name))
	at, there := find(s.slots, h)
	if !there {
		s.slots[at] = h
		s.used++
	}
	return !there
}

// grow makes half as much room again, so that a name costs 16 bytes at most.
func (s *Set) grow() {
	larger := make([]uint64, max(16, len(s.slots)+len(s.slots)/2))
	for _, h := range s.slots {
		if h != 0 {
			at, _ := find(larger, h)
			larger[at] = h
		}
	}
	s.slots = larger
}

// find returns where h is, or where it belongs.
func find(slots []uint64, h uint64) (at int, there bool) {
	place, _ := bits.Mul64(h, uint64(len(slots)))
	for at = int(place); slots[at] != 0; {
		if slots[at] == h {
			return at, true
		}
		if at++; at == len(slots) {
			at = 0
		}
	}
	return at, false
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
