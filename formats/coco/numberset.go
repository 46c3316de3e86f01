package coco

// numberSet is a set of whole numbers. Ids are mostly dense, so that 64 of them
// share a word.
type numberSet map[int64]uint64

// add notes n and reports whether it is new.
func (s numberSet) add(n int64) bool {
	word, bit := s[n>>6], uint64(1)<<(n&63)
	if word&bit != 0 {
		return false
	}
	s[n>>6] = word | bit
	return true
}

func (s numberSet) has(n int64) bool { return s[n>>6]&(1<<(n&63)) != 0 }
