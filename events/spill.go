package events

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"

	"datum/crypto/key"
	"datum/crypto/sealed"
)

// spillPurpose is for what rows are sealed while they are sorted.
const spillPurpose = "events-sorting"

// longestRow is how many bytes a row takes on disk at most: two numbers of 32
// bits and three of 64.
const longestRow = 2*binary.MaxVarintLen32 + 3*binary.MaxVarintLen64

// appendTo writes a row as differences to the one before. A value is written with
// its bytes turned round, since those of small numbers end in zeros.
func (r *row) appendTo(b []byte, before *row) []byte {
	b = binary.AppendUvarint(b, uint64(r.user))
	b = binary.AppendUvarint(b, uint64(r.item))
	b = binary.AppendVarint(b, int64(uint64(r.time)-uint64(before.time)))
	b = binary.AppendUvarint(b, bits.ReverseBytes64(math.Float64bits(r.value)))
	return binary.AppendVarint(b, int64(r.place-before.place))
}

func (r *row) read(f *fields, before *row) {
	r.user = uint32(f.upTo(math.MaxUint32))
	r.item = uint32(f.upTo(math.MaxUint32))
	r.time = int64(uint64(before.time) + uint64(f.varint()))
	r.value = math.Float64frombits(bits.ReverseBytes64(f.uvarint()))
	r.place = before.place + Place(f.varint())
}

// spill is rows on disk, sealed under a key that no other process has: what is
// left of them when the machine stops, nobody can read.
type spill struct {
	f    *temporary
	key  *key.Key
	w    *sealed.Writer
	rows int64
	last row
	buf  []byte
}

func newSpill(dir string, k *key.Key) (*spill, error) {
	f, err := newTemporary(dir)
	if err != nil {
		return nil, err
	}
	s := &spill{f: f, key: k}
	if s.w, err = sealed.NewWriter(f, k, spillPurpose); err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

func (s *spill) add(r *row) error {
	s.buf = r.appendTo(s.buf[:0], &s.last)
	s.last = *r
	s.rows++
	_, err := s.w.Write(s.buf)
	return err
}

// finish ends the writing and lets go of what it needed: there may be very many
// runs before the first of them is read.
func (s *spill) finish() error {
	if s.w == nil {
		return nil
	}
	err := s.w.Close()
	s.w, s.buf = nil, nil
	return err
}

// reader ends the writing and begins to read.
func (s *spill) reader() (*spillReader, error) {
	if err := s.finish(); err != nil {
		return nil, err
	}
	if _, err := s.f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r, err := sealed.NewReader(s.f, s.key, spillPurpose)
	if err != nil {
		return nil, err
	}
	const buffer = 16 << 10
	return &spillReader{r: bufio.NewReaderSize(r, buffer), left: s.rows}, nil
}

func (s *spill) close() { s.f.Close() }

// spillReader gives the rows back in the order in which they were added.
type spillReader struct {
	r    *bufio.Reader
	left int64
}

// next replaces the row before, a zero one at first, with the next. After the last
// one it is io.EOF.
func (s *spillReader) next(r *row) error {
	if s.left == 0 {
		return s.end()
	}
	b, err := s.r.Peek(longestRow)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading back what was being sorted: %w", err)
	}
	f := fields{b: b}
	r.read(&f, r)
	if f.err != nil {
		return fmt.Errorf("reading back what was being sorted: %w", f.err)
	}
	s.left--
	_, err = s.r.Discard(len(b) - len(f.b))
	return err
}

// end makes sure that nothing was changed up to the end of the file.
func (s *spillReader) end() error {
	switch _, err := s.r.ReadByte(); {
	case err == nil:
		return errors.New("reading back what was being sorted: there is more than was written")
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("reading back what was being sorted: %w", err)
	}
	return io.EOF
}
