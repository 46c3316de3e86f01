package events

import (
	"io"
	"runtime"
	"testing"
)

// Memory is that of names and of what is sorted at once, whatever the number of
// events: the heap of a million is that of a hundred thousand.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	peak := func(n int) uint64 {
		var most uint64
		look := func() {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
		b, err := NewBuilder(Options{Scratch: t.TempDir(), Key: newKey(t), Rows: 20_000})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		s := newStream(5000, 5000)
		var r Record
		for i := range n {
			s.next(&r)
			if err := b.Add(&r); err != nil {
				t.Fatal(err)
			}
			if i%(n/4) == 0 {
				look()
			}
		}
		out := &watched{look: look}
		if _, _, err := b.Finish(t.Context(), out); err != nil {
			t.Fatal(err)
		}
		if out.chunks < 2 {
			t.Fatalf("%d chunks were written", out.chunks)
		}
		return most
	}
	few, many := peak(100_000), peak(1_000_000)
	t.Logf("%d and %d KB", few>>10, many>>10)
	if many > few+8<<20 {
		t.Errorf("the heap grew from %d to %d bytes", few, many)
	}
}

// watched looks at the memory now and then while a log is written.
type watched struct {
	look        func()
	written, at int
	chunks      int
}

func (w *watched) Write(b []byte) (int, error) {
	const every = 200 << 10
	if w.written += len(b); w.written >= w.at {
		w.look()
		w.at += every
		w.chunks++
	}
	return len(b), nil
}

var _ io.Writer = (*watched)(nil)
