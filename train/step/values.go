package step

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"datum/train/parameters"
)

// Limits of what the head of a state says: far beyond what any program writes.
const (
	mostParts    = 64
	longestPart  = 256
	lengthOfHead = headParts + 4
)

// ReadValues reads the parameters out of a state of a network with these parameters,
// whatever optimiser it was trained with: their running means, where the training kept
// them, as [Program.Averaged] returns them. The state is all that the reader has. What it
// is not, or where it is damaged, is an error that matches [ErrState]. Memory is taken
// only for numbers that are there.
func ReadValues(from io.Reader, set *parameters.Set) (parameters.Values, error) {
	sum := crc32.New(castagnoli)
	r := io.TeeReader(from, sum)
	parts, err := readParts(r, set)
	if err != nil {
		return nil, err
	}
	l := layoutOf(set)
	values := parameters.Values{}
	found := map[string]bool{}
	for _, p := range parts {
		v := l.vectorOf(p.name)
		if v == nil {
			if err := skipNumbers(r, p.size); err != nil {
				return nil, err
			}
			continue
		}
		if p.size != v.size {
			return nil, fmt.Errorf("%w: %q has %d numbers and not %d", ErrState, p.name, p.size, v.size)
		}
		numbers, err := growNumbers(r, p.size)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		v.unpack(numbers, values)
		found[v.name] = true
	}
	for _, v := range []*vector{&l.trained, &l.statistics, &l.frozen} {
		if v.size > 0 && !found[v.name] {
			return nil, fmt.Errorf("%w: it has no %s", ErrState, v.name)
		}
	}
	return values, readEnd(from, sum.Sum32)
}

// vectorOf returns what a part of a state is about, nil where that is none of the
// parameters. Means come behind what they are means of, and take its place.
func (l *layout) vectorOf(part string) *vector {
	switch part {
	case l.trained.name, averagePart:
		return &l.trained
	case l.statistics.name, averageStatisticsPart:
		return &l.statistics
	case l.frozen.name:
		return &l.frozen
	}
	return nil
}

// readParts reads a head, which has to be one of the set, and returns the parts.
func readParts(r io.Reader, set *parameters.Set) ([]part, error) {
	head := make([]byte, lengthOfHead)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, cutOff(err)
	}
	version := binary.LittleEndian.Uint32(head[len(stateMagic):])
	hash := set.Hash()
	switch {
	case string(head[:len(stateMagic)]) != stateMagic:
		return nil, fmt.Errorf("%w: it begins with something else", ErrState)
	case version != stateVersion:
		return nil, fmt.Errorf("%w: its version is %d, and this program knows %d", ErrState, version, stateVersion)
	case string(head[countsAt-len(hash):countsAt]) != string(hash[:]):
		return nil, fmt.Errorf("%w: it is that of a network with other parameters", ErrState)
	}
	count := binary.LittleEndian.Uint32(head[headParts:])
	if count > mostParts {
		return nil, fmt.Errorf("%w: it says that it has %d parts", ErrState, count)
	}
	parts := make([]part, count)
	for i := range parts {
		if err := readPart(r, &parts[i]); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func readPart(r io.Reader, p *part) error {
	var number [8]byte
	if _, err := io.ReadFull(r, number[:4]); err != nil {
		return cutOff(err)
	}
	n := binary.LittleEndian.Uint32(number[:4])
	if n > longestPart {
		return fmt.Errorf("%w: a part has a name of %d bytes", ErrState, n)
	}
	name := make([]byte, n)
	if _, err := io.ReadFull(r, name); err != nil {
		return cutOff(err)
	}
	if _, err := io.ReadFull(r, number[:]); err != nil {
		return cutOff(err)
	}
	size := binary.LittleEndian.Uint64(number[:])
	const most = 1 << 31 // as many as a set of parameters may have
	if size > most {
		return fmt.Errorf("%w: %q has %d numbers", ErrState, name, size)
	}
	p.name, p.size = string(name), int(size)
	return nil
}

// skipNumbers reads over n numbers.
func skipNumbers(r io.Reader, n int) error {
	if done, err := io.CopyN(io.Discard, r, 4*int64(n)); err != nil {
		if done < 4*int64(n) {
			return cutOff(err)
		}
		return err
	}
	return nil
}

// growNumbers reads n numbers, in memory that grows with what has come.
func growNumbers(r io.Reader, n int) ([]float32, error) {
	var numbers []float32
	for len(numbers) < n {
		piece := make([]float32, min(chunk, n-len(numbers)))
		if err := readNumbers(r, piece); err != nil {
			return nil, err
		}
		numbers = append(numbers, piece...)
	}
	return numbers, nil
}
