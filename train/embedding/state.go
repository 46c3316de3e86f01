package embedding

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// WriteState writes all that a training goes on with: the rows, and what Adam keeps of
// them. It is as secret as the events that the rows were learnt from.
func (t *Table) WriteState(w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<16)
	var head []byte
	for _, v := range []uint64{uint64(t.rows), uint64(t.width), t.steps} {
		head = binary.LittleEndian.AppendUint64(head, v)
	}
	b.Write(head) // Flush tells what went wrong
	var number [4]byte
	for _, list := range [][]float32{t.values, t.mean, t.square} {
		for _, v := range list {
			binary.LittleEndian.PutUint32(number[:], math.Float32bits(v))
			b.Write(number[:])
		}
	}
	return b.Flush()
}

// StateSize is how many bytes WriteState writes.
func (t *Table) StateSize() int64 { return 24 + 3*4*int64(len(t.values)) }

// ReadState takes what WriteState wrote of a table of the same size. After an error the
// table is as it was.
func (t *Table) ReadState(r io.Reader) error {
	b := bufio.NewReaderSize(r, 1<<16)
	var head [24]byte
	if _, err := io.ReadFull(b, head[:]); err != nil {
		return fmt.Errorf("%w: the state ends early: %w", ErrTable, err)
	}
	field := func(i int) uint64 { return binary.LittleEndian.Uint64(head[8*i:]) }
	if field(0) != uint64(t.rows) || field(1) != uint64(t.width) {
		return fmt.Errorf("%w: the state has %d rows of %d, and not %d of %d", ErrTable, field(0), field(1), t.rows, t.width)
	}
	var read [3][]float32
	for i := range read {
		read[i] = make([]float32, len(t.values))
		if err := readNumbers(b, read[i]); err != nil {
			return err
		}
	}
	t.values, t.mean, t.square, t.steps = read[0], read[1], read[2], field(2)
	t.Drop()
	return nil
}

func readNumbers(r io.Reader, to []float32) error {
	var number [4]byte
	for i := range to {
		if _, err := io.ReadFull(r, number[:]); err != nil {
			return fmt.Errorf("%w: the state ends early: %w", ErrTable, err)
		}
		to[i] = math.Float32frombits(binary.LittleEndian.Uint32(number[:]))
		if d := float64(to[i]); math.IsNaN(d) || math.IsInf(d, 0) {
			return fmt.Errorf("%w: the state has the number %v", ErrTable, to[i])
		}
	}
	return nil
}
