package step

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// A state is written as, all numbers little-endian:
//
//	8 bytes  "datumtrn"
//	u32      version of this layout, 1
//	32 bytes parameters.Set.Hash of the network
//	u64      steps
//	u32      batches of the step that is under way
//	u32      how many parts
//	         for each part: u32 length of its name, the name, u64 how many numbers
//	         for each part: its numbers, f32
//	u32      CRC-32C of all before
//
// Who reads it knows all of it but the two counts and the numbers, so nothing that is
// read decides how much memory is taken.

const (
	stateMagic   = "datumtrn"
	stateVersion = 1
)

// ErrState says that what was to be read is not a state of this program.
var ErrState = errors.New("not a state of this training")

// A snapshot is a state with its numbers.
type snapshot struct {
	hash    [32]byte
	steps   uint64
	batches uint32
	parts   []part
	numbers [][]float32
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// headParts is the place of the parts in the head, and countsAt that of the counts.
const (
	countsAt  = len(stateMagic) + 4 + 32
	headParts = countsAt + 8 + 4
)

// head is everything before the numbers.
func (s *snapshot) head() []byte {
	b := []byte(stateMagic)
	b = binary.LittleEndian.AppendUint32(b, stateVersion)
	b = append(b, s.hash[:]...)
	b = binary.LittleEndian.AppendUint64(b, s.steps)
	b = binary.LittleEndian.AppendUint32(b, s.batches)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s.parts)))
	for _, p := range s.parts {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p.name)))
		b = append(b, p.name...)
		b = binary.LittleEndian.AppendUint64(b, uint64(p.size))
	}
	return b
}

// chunk is how many numbers are converted at a time.
const chunk = 16 << 10

func (s *snapshot) write(to io.Writer) error {
	sum := crc32.New(castagnoli)
	w := io.MultiWriter(to, sum)
	if _, err := w.Write(s.head()); err != nil {
		return err
	}
	buffer := make([]byte, 0, 4*chunk)
	for _, numbers := range s.numbers {
		for len(numbers) > 0 {
			n := min(chunk, len(numbers))
			buffer = buffer[:0]
			for _, f := range numbers[:n] {
				buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(f))
			}
			if _, err := w.Write(buffer); err != nil {
				return err
			}
			numbers = numbers[n:]
		}
	}
	_, err := to.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return err
}

// read fills a snapshot whose hash, parts and lengths are those that it has to find.
func (s *snapshot) read(from io.Reader) error {
	sum := crc32.New(castagnoli)
	r := io.TeeReader(from, sum)
	if err := s.readHead(r); err != nil {
		return err
	}
	for i, numbers := range s.numbers {
		if err := readNumbers(r, numbers); err != nil {
			return fmt.Errorf("%s: %w", s.parts[i].name, err)
		}
	}
	return readEnd(from, sum.Sum32)
}

// readEnd reads the checksum, behind which there must be nothing.
func readEnd(from io.Reader, sum func() uint32) error {
	want := sum()
	var last [5]byte
	switch n, err := io.ReadFull(from, last[:]); {
	case n < 4:
		return cutOff(err)
	case n > 4:
		return fmt.Errorf("%w: there is more behind its end", ErrState)
	case !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	}
	if binary.LittleEndian.Uint32(last[:]) != want {
		return fmt.Errorf("%w: its checksum is wrong", ErrState)
	}
	return nil
}

// readHead compares what the head says with what it has to say, and takes the counts.
func (s *snapshot) readHead(r io.Reader) error {
	want := s.head()
	got := make([]byte, len(want))
	n, err := io.ReadFull(r, got)
	copy(want[countsAt:headParts], got[countsAt:headParts])
	version := binary.LittleEndian.Uint32(got[len(stateMagic):])
	switch {
	case n < headParts && bytes.HasPrefix(want[:len(stateMagic)], got[:min(n, len(stateMagic))]):
		return cutOff(err)
	case !bytes.HasPrefix(got, []byte(stateMagic)):
		return fmt.Errorf("%w: it begins with something else", ErrState)
	case version != stateVersion:
		return fmt.Errorf("%w: its version is %d, and this program knows %d", ErrState, version, stateVersion)
	case !bytes.Equal(got[:countsAt], want[:countsAt]):
		return fmt.Errorf("%w: it is that of a network with other parameters", ErrState)
	case !bytes.Equal(got[:n], want[:n]):
		return fmt.Errorf("%w: it was trained with another optimiser, or with and without an average or accumulation", ErrState)
	case err != nil:
		return cutOff(err)
	}
	s.steps = binary.LittleEndian.Uint64(got[countsAt:])
	s.batches = binary.LittleEndian.Uint32(got[countsAt+8:])
	return nil
}

func readNumbers(r io.Reader, numbers []float32) error {
	buffer := make([]byte, 4*min(chunk, len(numbers)))
	for len(numbers) > 0 {
		n := min(chunk, len(numbers))
		if _, err := io.ReadFull(r, buffer[:4*n]); err != nil {
			return cutOff(err)
		}
		for i := range numbers[:n] {
			bits := binary.LittleEndian.Uint32(buffer[4*i:])
			if bits>>23&0xff == 0xff {
				return fmt.Errorf("%w: it has numbers that are not finite", ErrState)
			}
			numbers[i] = math.Float32frombits(bits)
		}
		numbers = numbers[n:]
	}
	return nil
}

// cutOff says that a state ends too early, and passes on any other error of reading.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it was cut off", ErrState)
	}
	return err
}
