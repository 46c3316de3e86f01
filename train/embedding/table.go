package embedding

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// ErrTable is wrapped where a table, a row or its numbers cannot be.
var ErrTable = errors.New("not right for a table of embeddings")

// Limits of a table: more than fits into the memory of most machines.
const (
	mostRows  = 1 << 28
	mostWidth = 1 << 12
	mostSize  = 1 << 33
)

// A Table is rows of numbers that are trained. Rows may be looked up by several
// goroutines at a time while nobody changes them.
type Table struct {
	rows, width          int
	values, mean, square []float32
	steps                uint64 // how often rows have changed

	slots   map[int32]int // where the gradient of a touched row lies
	touched []int32
	sums    []float32
}

// New makes a table whose numbers are drawn evenly between −limit and limit.
func New(rows, width int, limit float64, seed uint64) (*Table, error) {
	if rows < 1 || rows > mostRows || width < 1 || width > mostWidth || int64(rows)*int64(width) > mostSize {
		return nil, fmt.Errorf("%w: %d rows of %d", ErrTable, rows, width)
	}
	n := rows * width
	t := &Table{rows: rows, width: width, values: make([]float32, n), mean: make([]float32, n), square: make([]float32, n), slots: map[int32]int{}}
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	for i := range t.values {
		t.values[i] = float32(limit * (2*random.Float64() - 1))
	}
	return t, nil
}

// Glorot is the limit of the usual first numbers, as TensorFlow draws them.
func Glorot(rows, width int) float64 { return math.Sqrt(6 / float64(rows+width)) }

// Values are the numbers of all rows, which are the table's own.
func (t *Table) Values() []float32 { return t.values }

// none is the number of a row that is none, such as padding.
const none = -1

// A Place says where rows lie in a tensor: from First on, each Stride behind the one
// before. So the rows of two tables lie side by side in one tensor.
type Place struct{ First, Stride int }

// check looks whether ids are rows and fit into so many numbers.
func (t *Table) check(ids []int32, numbers int, at Place) error {
	if at.First < 0 || at.Stride < t.width || at.First+t.width > at.Stride || len(ids) > numbers/at.Stride {
		return fmt.Errorf("%w: %d rows of %d from %d on, %d apart, among %d numbers", ErrTable, len(ids), t.width, at.First, at.Stride, numbers)
	}
	for _, id := range ids {
		if id < none || int(id) >= t.rows {
			return fmt.Errorf("%w: there is no row %d among %d", ErrTable, id, t.rows)
		}
	}
	return nil
}

// Look copies the rows of ids to a tensor. A row of −1 is none, and zeros.
func (t *Table) Look(to []float32, ids []int32, at Place) error {
	if err := t.check(ids, len(to), at); err != nil {
		return err
	}
	for i, id := range ids {
		row := to[i*at.Stride+at.First:][:t.width]
		if id == none {
			clear(row)
			continue
		}
		copy(row, t.values[int(id)*t.width:])
	}
	return nil
}

// Add notes the gradients of rows that Look has looked up. Where a row was looked up
// more than once, its gradients add up.
func (t *Table) Add(gradient []float32, ids []int32, at Place) error {
	for i, id := range ids {
		if id == none {
			continue
		}
		if err := t.check(ids[i:i+1], len(gradient)-i*at.Stride, at); err != nil {
			return err
		}
		sum := t.sum(id)
		for k, g := range gradient[i*at.Stride+at.First:][:t.width] {
			sum[k] += g
		}
	}
	return nil
}

// sum is what has come together for a row.
func (t *Table) sum(id int32) []float32 {
	slot, there := t.slots[id]
	if !there {
		slot = len(t.touched)
		t.slots[id] = slot
		t.touched = append(t.touched, id)
		for range t.width {
			t.sums = append(t.sums, 0)
		}
	}
	return t.sums[slot*t.width:][:t.width]
}

// Drop forgets the gradients that Add has noted, of a batch that does not count.
func (t *Table) Drop() {
	clear(t.slots)
	t.touched, t.sums = t.touched[:0], t.sums[:0]
}
