package coco

import "slices"

// Ids of COCO are mostly small numbers that lie close together. The tables here
// keep those in pages, which take little memory and no hashing, and all others
// in the usual way. How many pages there may be depends on how many ids there
// are, so that ids chosen far apart take no more memory than they should.

// idTable numbers the ids of images.
type idTable struct {
	pages []*[1 << idPageBits]int32 // each value is one more than the number
	used  int
	count int
	rest  map[int64]int32
}

const (
	idPageBits = 10
	maxPagedID = 1 << 26
)

// find returns the number of an id, and gives it the number next where it has
// none.
func (t *idTable) find(id int64, next int32) (n int32, known bool) {
	page := id >> idPageBits
	if id >= 0 && page < int64(len(t.pages)) && t.pages[page] != nil {
		if n := t.pages[page][id&(1<<idPageBits-1)]; n > 0 {
			return n - 1, true
		}
	}
	if n, known := t.rest[id]; known {
		return n, true
	}
	t.add(id, next)
	return next, false
}

func (t *idTable) add(id int64, n int32) {
	const few, perPage = 16, 32
	page := id >> idPageBits
	t.count++
	paged := id >= 0 && id < maxPagedID
	if paged {
		t.pages = grown(t.pages, page)
		if t.pages[page] == nil && t.used < few+t.count/perPage {
			t.pages[page] = new([1 << idPageBits]int32)
			t.used++
		}
		paged = t.pages[page] != nil
	}
	if paged {
		t.pages[page][id&(1<<idPageBits-1)] = n + 1
		return
	}
	if t.rest == nil {
		t.rest = map[int64]int32{}
	}
	t.rest[id] = n
}

// grown returns the pages with one more place at least.
func grown[T any](pages []*T, page int64) []*T {
	if page < int64(len(pages)) {
		return pages
	}
	return append(pages, make([]*T, page+1-int64(len(pages)))...)
}

// idSet finds the ids of annotations that more than one record has.
type idSet struct {
	pages []*[1 << (setPageBits - 6)]uint64
	used  int
	count int
	rest  []int64
	twice map[int64]struct{}
}

const (
	setPageBits = 12
	maxSetID    = 1 << 28
)

// add notes an id.
func (s *idSet) add(id int64) {
	s.count++
	const few, perPage = 64, 16
	page := id >> setPageBits
	if id < 0 || id >= maxSetID {
		s.rest = append(s.rest, id)
		return
	}
	s.pages = grown(s.pages, page)
	if s.pages[page] == nil {
		if s.used >= few+s.count/perPage {
			s.rest = append(s.rest, id)
			return
		}
		s.pages[page] = new([1 << (setPageBits - 6)]uint64)
		s.used++
	}
	if s.mark(id) {
		s.again(id)
	}
}

// mark sets the bit of an id whose page there is, and reports whether it was
// set before.
func (s *idSet) mark(id int64) (before bool) {
	word, bit := &s.pages[id>>setPageBits][id>>6&(1<<(setPageBits-6)-1)], uint64(1)<<(id&63)
	before = *word&bit != 0
	*word |= bit
	return before
}

func (s *idSet) again(id int64) {
	if s.twice == nil {
		s.twice = map[int64]struct{}{}
	}
	s.twice[id] = struct{}{}
}

// repeated returns the ids that were added more than once. It ends the use of
// the set.
func (s *idSet) repeated() map[int64]struct{} {
	slices.Sort(s.rest)
	for i, id := range s.rest {
		page := id >> setPageBits
		paged := id >= 0 && page < int64(len(s.pages)) && s.pages[page] != nil
		if i > 0 && id == s.rest[i-1] || paged && s.mark(id) {
			s.again(id)
		}
	}
	return s.twice
}
