//go:build !linux

package privatemem

import (
	"math"
	"syscall"
)

// A Memory is one piece of memory.
type Memory struct{ bytes []byte }

// New returns n bytes of zeros.
func New(n int64) (*Memory, error) {
	if n < 0 || n > math.MaxInt {
		return nil, syscall.ENOMEM
	}
	return &Memory{bytes: make([]byte, n)}, nil
}

// Bytes is the memory itself. After Free it is nil.
func (m *Memory) Bytes() []byte { return m.bytes }

// Free clears the memory and leaves it to the garbage collector. Twice does no
// harm.
func (m *Memory) Free() error {
	clear(m.bytes)
	m.bytes = nil
	return nil
}
