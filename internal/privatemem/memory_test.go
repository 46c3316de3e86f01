package privatemem

import (
	"bytes"
	"testing"
)

func TestMemory(t *testing.T) {
	for _, n := range []int64{0, 1, 4096, 10 << 20} {
		m, err := New(n)
		if err != nil {
			t.Fatal(err)
		}
		if b := m.Bytes(); b == nil || int64(len(b)) != n || !bytes.Equal(b, make([]byte, n)) {
			t.Errorf("%d bytes: %d", n, len(b))
		}
		for i := range m.Bytes() {
			m.Bytes()[i] = 1
		}
		for range 2 {
			if err := m.Free(); err != nil || m.Bytes() != nil {
				t.Errorf("%d bytes: freed: %v", n, err)
			}
		}
	}
}

// More than there can be is an error.
func TestTooMuch(t *testing.T) {
	for _, n := range []int64{-1, 1 << 62, 1 << 52} {
		if m, err := New(n); err == nil {
			t.Errorf("%d bytes were given", n)
			m.Free()
		}
	}
}
