//go:build !linux

package modelfile

import (
	"math"
	"syscall"
)

// memory is a piece of Go's memory.
type memory struct{ bytes []byte }

func newMemory(n int64) (*memory, error) {
	if n > math.MaxInt {
		return nil, syscall.ENOMEM
	}
	return &memory{bytes: make([]byte, n)}, nil
}

// free clears the memory and leaves it to the garbage collector.
func (m *memory) free() error {
	clear(m.bytes)
	m.bytes = nil
	return nil
}
