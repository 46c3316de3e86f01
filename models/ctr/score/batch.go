package score

import (
	"fmt"
	"math/rand/v2"

	"datum/models/ctr"
)

// A Batch is rows whose embeddings have been looked up. A row of an item is its
// embedding and that of its category behind it.
type Batch struct {
	Rows    int       // how many there are
	Time    int       // how long histories are with their padding
	User    []float32 // [rows, embedding]
	Item    []float32 // [rows, 2·embedding]
	History []float32 // [rows, time, 2·embedding], from the oldest on, padded at its end
	Lengths []int32   // of the histories without their padding
}

// Limits of a batch: more than makes sense.
const (
	mostRows = 1 << 16
	mostTime = 1 << 14
)

func (b *Batch) check(n *ctr.Network) error {
	if b.Rows < 1 || b.Rows > mostRows || b.Time < 1 || b.Time > mostTime {
		return fmt.Errorf("%w: %d rows with histories of %d", ErrBatch, b.Rows, b.Time)
	}
	for _, in := range []struct {
		name       string
		have, want int
	}{
		{"the users", len(b.User), b.Rows * n.Embedding},
		{"the items", len(b.Item), b.Rows * 2 * n.Embedding},
		{"the histories", len(b.History), b.Rows * b.Time * 2 * n.Embedding},
		{"the lengths", len(b.Lengths), b.Rows},
	} {
		if in.have != in.want {
			return fmt.Errorf("%w: %s have %d numbers instead of %d", ErrBatch, in.name, in.have, in.want)
		}
	}
	for i, l := range b.Lengths {
		if l < 0 || int(l) > b.Time {
			return fmt.Errorf("%w: row %d has a history of %d, and there is room for %d", ErrBatch, i, l, b.Time)
		}
	}
	return nil
}

// exams is how many batches have to come out right. In a short one, a row may by chance
// have the same attention as the one that it is taken for.
const exams = 3

// exam is a batch on which forms have to agree: neighbours have histories of very
// different lengths, so that whoever takes one row's attention for another's is found
// out.
func (s *Scorer) exam(z size, seed uint64) *Batch {
	random := rand.New(rand.NewPCG(uint64(z.rows)<<32+uint64(z.time), seed))
	numbers := func(n int) []float32 {
		list := make([]float32, n)
		for i := range list {
			list[i] = float32(random.NormFloat64())
		}
		return list
	}
	e := s.network.Embedding
	b := &Batch{Rows: z.rows, Time: z.time, User: numbers(z.rows * e), Item: numbers(2 * z.rows * e), History: numbers(2 * z.rows * z.time * e), Lengths: make([]int32, z.rows)}
	for i := range b.Lengths {
		longest := z.time
		if random.IntN(2) == 0 {
			longest = min(z.time, 3)
		}
		b.Lengths[i] = 1 + random.Int32N(int32(longest))
	}
	b.Lengths[z.rows-1] = int32(z.time)
	if z.rows > 2 {
		b.Lengths[z.rows/2] = 0 // of a user who has clicked nothing yet, or of padding
	}
	return b
}
