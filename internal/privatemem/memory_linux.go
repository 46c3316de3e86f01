package privatemem

import (
	"math"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Memory is one piece of memory.
type Memory struct{ bytes []byte }

// New returns n bytes of zeros.
func New(n int64) (*Memory, error) {
	switch {
	case n < 0 || n > math.MaxInt:
		return nil, syscall.ENOMEM
	case n == 0:
		return &Memory{bytes: []byte{}}, nil
	}
	b, err := unix.Mmap(-1, 0, int(n), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	_ = unix.Madvise(b, unix.MADV_DONTDUMP) // not all kernels can, and internal/coredump keeps dumps from being made at all
	return &Memory{bytes: b}, nil
}

// Bytes is the memory itself. After Free it is nil, and who kept it and looks at
// it then ends the program.
func (m *Memory) Bytes() []byte { return m.bytes }

// Free clears the memory and gives it back. Twice does no harm.
func (m *Memory) Free() error {
	b := m.bytes
	m.bytes = nil
	if len(b) == 0 {
		return nil
	}
	clear(b)
	return unix.Munmap(b)
}
