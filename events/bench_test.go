package events

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
)

// stream is events without end, the same ones each time.
type stream struct {
	r            *rand.Rand
	users, items [][]byte
	n            int64
}

func newStream(users, items int) *stream {
	s := &stream{r: rand.New(rand.NewPCG(5, 6))}
	for i := range users {
		s.users = append(s.users, fmt.Append(nil, "user", i))
	}
	for i := range items {
		s.items = append(s.items, fmt.Append(nil, "item", i))
	}
	return s
}

func (s *stream) next(r *Record) {
	s.n++
	u, i := s.r.Float64(), s.r.Float64()
	*r = Record{
		User: s.users[int(u*u*float64(len(s.users)))], Item: s.items[int(i*i*i*float64(len(s.items)))],
		Time: 900_000_000 + s.r.Int64N(100_000_000), Value: float64(1 + s.r.IntN(5)), Place: Place(s.n),
	}
}

func build(b *testing.B, n int) []byte {
	b.Helper()
	builder, err := NewBuilder(Options{Scratch: b.TempDir(), Key: newKey(b)})
	if err != nil {
		b.Fatal(err)
	}
	defer builder.Close()
	s := newStream(6000, 4000)
	var r Record
	for range n {
		s.next(&r)
		if err := builder.Add(&r); err != nil {
			b.Fatal(err)
		}
	}
	var out bytes.Buffer
	if _, _, err := builder.Finish(b.Context(), io.Writer(&out)); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// A million events, sealed; sorted on the disk.
func BenchmarkBuild(b *testing.B) {
	const n = 1_000_000
	for b.Loop() {
		build(b, n)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
