package modelfile

import (
	"math"
	"syscall"

	"golang.org/x/sys/unix"
)

// memory is a piece of memory of the process's own, outside of Go's: what lies
// there is never copied by the garbage collector and does not make it wait for
// twice as much, it is not written into core dumps, and too much of it is an
// error and no crash.
type memory struct{ bytes []byte }

func newMemory(n int64) (*memory, error) {
	if n == 0 {
		return &memory{bytes: []byte{}}, nil
	}
	if n > math.MaxInt {
		return nil, syscall.ENOMEM
	}
	b, err := unix.Mmap(-1, 0, int(n), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	_ = unix.Madvise(b, unix.MADV_DONTDUMP) // best effort: internal/coredump keeps dumps from being made at all
	return &memory{bytes: b}, nil
}

// free clears the memory and gives it back.
func (m *memory) free() error {
	b := m.bytes
	m.bytes = nil
	if len(b) == 0 {
		return nil
	}
	clear(b)
	return unix.Munmap(b)
}
