package events

import (
	"io"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"testing"
	"time"
)

// Memory is that of names and of what is sorted at once, whatever the number of
// events: what lives of the heap with 125 sorted runs is what lives of it with 12.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // to look often
	few, many := peakOf(t, 100_000), peakOf(t, 1_000_000)
	t.Logf("%d and %d KB", few>>10, many>>10)
	if many > few+6<<20 {
		t.Errorf("the heap grew from %d to %d bytes", few, many)
	}
}

// peakOf makes a log of n events and returns the most that lived meanwhile.
func peakOf(t *testing.T, n int) uint64 {
	t.Helper()
	var over sync.WaitGroup
	stop, most := make(chan struct{}), uint64(0)
	over.Go(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for {
			metrics.Read(live)
			most = max(most, live[0].Value.Uint64())
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	b, err := NewBuilder(Options{Scratch: t.TempDir(), Key: newKey(t), Rows: 8000})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	b.fanIn = 4 // so that what is merged at once is little
	s := newStream(5000, 5000)
	var r Record
	for range n {
		s.next(&r)
		if err := b.Add(&r); err != nil {
			t.Error(err)
			break
		}
	}
	if _, _, err := b.Finish(t.Context(), io.Discard); err != nil {
		t.Error(err)
	}
	close(stop)
	over.Wait()
	return most
}

// A run that is written keeps no buffers: there may be hundreds of them.
func TestRunsKeepNothing(t *testing.T) {
	t.Parallel()
	s := &sorter{dir: t.TempDir(), key: newKey(t), size: 10, fanIn: 3}
	defer s.close()
	for i := range uint32(100) {
		if err := s.add(&row{user: i * 7 % 101, item: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for len(s.runs) > s.fanIn {
		if err := s.mergeFirst(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, r := range s.runs {
			if r.w != nil || r.buf != nil {
				t.Errorf("run %d of %d keeps its writer", i, len(s.runs))
			}
		}
	}
}
