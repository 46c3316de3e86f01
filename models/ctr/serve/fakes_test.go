package serve

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// counted is a vocabulary whose names are a letter and a number: u1 to u9, i1 to i99,
// c1 to c9. Item n is of category n%10.
type counted struct{}

func (counted) Sizes() Sizes                { return Sizes{Users: 10, Items: 100, Categories: 10} }
func (counted) User(name []byte) uint32     { return numberOf(name, "u", 10) }
func (counted) Item(name []byte) uint32     { return numberOf(name, "i", 100) }
func (counted) Category(name []byte) uint32 { return numberOf(name, "c", 10) }
func (counted) CategoryOf(i uint32) uint32  { return i % 10 }

func numberOf(name []byte, letter string, size int) uint32 {
	digits, ok := strings.CutPrefix(string(name), letter)
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || n >= size {
		return 0
	}
	return uint32(n)
}

// expected is what fake says of a row.
func expected(r Row) float32 {
	sum := float32(r.User) + 10*float32(r.Item) + 1000*float32(r.Category)
	for i, h := range r.History {
		sum += float32(i+1) * float32(h) / 256
	}
	return sum
}

// fake is a scorer that waits where it is told to.
type fake struct {
	gate chan struct{} // each batch takes one; nil opens it
	took time.Duration
	fail func(rows []Row) ([]float32, error)

	mu      sync.Mutex
	busy    bool
	batches []int
	began   chan int // is told the rows of each batch, if there is one
}

func (f *fake) Score(ctx context.Context, rows []Row) ([]float32, error) {
	f.mu.Lock()
	if f.busy {
		panic("two batches at a time")
	}
	f.busy = true
	f.batches = append(f.batches, len(rows))
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.busy = false
		f.mu.Unlock()
	}()
	if f.began != nil {
		f.began <- len(rows)
	}
	time.Sleep(f.took)
	if f.gate != nil {
		select {
		case <-f.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if f.fail != nil {
		return f.fail(rows)
	}
	out := make([]float32, len(rows))
	for i, r := range rows {
		out[i] = expected(r)
	}
	return out, nil
}

func (f *fake) seen() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]int(nil), f.batches...)
}

// running is a server that answers, over both protocols.
type running struct {
	*Server
	http, grpc string // paths of sockets
	stop       func() error
}

// start starts a server that stops when the test ends.
func start(t *testing.T, o Options) *running {
	t.Helper()
	if o.Vocabulary == nil {
		o.Vocabulary, o.Longest = counted{}, 5
	}
	if o.Time == 0 {
		o.Time = time.Minute
	}
	if o.Scorers == nil {
		o.Scorers = []Scorer{&fake{}}
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := &running{Server: s, http: filepath.Join(dir, "h"), grpc: filepath.Join(dir, "g")}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	h, g := socket(t, r.http), socket(t, r.grpc)
	go func() { ended <- s.Serve(ctx, Listener{Listener: h}, Listener{Listener: g, GRPC: true}) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := r.stop(); err != nil && !t.Failed() {
			t.Error(err)
		}
	})
	eventually(t, "it is ready", func() bool { return s.ready.Load() })
	return r
}

func socket(t *testing.T, path string) net.Listener {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 2000 {
		if is() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

// rowsOf are n rows that differ.
func rowsOf(n, seed int) []Row {
	rows := make([]Row, n)
	for i := range rows {
		k := seed + i
		rows[i] = Row{User: uint32(k % 10), Item: uint32(k % 100), Category: uint32(k % 7), History: []uint32{uint32(k % 90)}}
	}
	return rows
}

func check(rows []Row, got []float32) error {
	if len(got) != len(rows) {
		return fmt.Errorf("%d probabilities of %d rows", len(got), len(rows))
	}
	for i, r := range rows {
		if got[i] != expected(r) {
			return fmt.Errorf("row %d has %v instead of %v", i, got[i], expected(r))
		}
	}
	return nil
}
