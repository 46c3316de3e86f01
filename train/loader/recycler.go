package loader

import (
	"slices"
	"sync"
)

// recycler keeps memory of pixels that was released. What it has was in use
// before, so it holds no more than there were samples at once.
type recycler struct {
	mu   sync.Mutex
	free [][]byte
}

// get returns room for n bytes, or any that there is.
func (r *recycler) get(n int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if last := len(r.free) - 1; last >= 0 {
		b := r.free[last]
		r.free = r.free[:last]
		return slices.Grow(b[:0], n)
	}
	return make([]byte, 0, n)
}

func (r *recycler) put(b []byte) {
	if r == nil || b == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free = append(r.free, b)
}
