package planes

import (
	"encoding/binary"
	"math/bits"
)

// Masks are areas of one number, so that most rows differ from the one above in
// a few places only. Taken as differences to the row above (the filter "up" of
// PNG) they are zeros and a few numbers between, and runs of equal bytes are all
// there is to find in them. To look for nothing else is several times as fast as
// a compressor for everything, and finds more than one that is told to be fast.

// token is a byte, or that the byte before (or the two before) comes a number of
// times again.
type token uint32

const (
	repeated token = 1 << 31
	// pair says that two bytes are repeated, not one.
	pair token = 1 << 16
	// What a token can repeat at least and at most.
	leastRun, mostRun = 3, 258
	// maxTokens is when they are written.
	maxTokens = 1 << 15
)

const filterUp = 2

// row adds the tokens of a row below another, which has the same length, as has
// a row of zeros. Pixels are of size bytes, one or two. A row of zeros is written
// as it is, without a filter, which is number zero: so it is one run with others
// of its kind.
func (e *runEncoder) row(above, row, none []byte, size int) {
	if equalBytes(none, row) == len(row) {
		e.zeros += len(row) + 1
		return
	}
	e.literal(filterUp)
	for i := 0; i < len(row); {
		if same := equalBytes(above[i:], row[i:]) / size * size; same > 0 {
			e.zeros += same
			i += same
			continue
		}
		i += e.difference(above[i:], row[i:], size)
	}
	if len(e.tokens) >= maxTokens {
		e.block(false)
	}
}

// difference adds the pixels that are as different from those above as the
// first, and returns how many bytes they are.
func (e *runEncoder) difference(above, row []byte, size int) int {
	var first [2]byte
	for k := range size {
		first[k] = row[k] - above[k]
		e.literal(first[k])
	}
	n := size
	for n < len(row) && row[n]-above[n] == first[n%size] {
		n++
	}
	n = n / size * size
	e.run(n-size, size, first)
	return n
}

// equalBytes returns in how many bytes the beginnings of two rows agree.
func equalBytes(a, b []byte) int {
	a = a[:len(b)]
	n := 0
	for ; n+32 <= len(b); n += 32 {
		x, y := a[n:n+32:n+32], b[n:n+32:n+32]
		if (word(x)^word(y))|(word(x[8:])^word(y[8:]))|(word(x[16:])^word(y[16:]))|(word(x[24:])^word(y[24:])) != 0 {
			break
		}
	}
	for ; n+8 <= len(b); n += 8 {
		if x := word(a[n:]) ^ word(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
	}
	for n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// endZeros adds the zeros that have come so far.
func (e *runEncoder) endZeros() {
	if n := e.zeros; n > 0 {
		e.zeros = 0
		e.literal(0)
		e.run(n-1, 1, [2]byte{})
	}
}

// run repeats the last size bytes until these are n more.
func (e *runEncoder) run(n, size int, last [2]byte) {
	if n < leastRun {
		for k := range n {
			e.literal(last[k%size])
		}
		return
	}
	e.sum.repeat(n, size, last)
	kind := repeated
	if size == 2 {
		kind |= pair
	}
	for n > 0 {
		k := min(n, mostRun)
		if rest := n - k; rest > 0 && rest < leastRun {
			k -= leastRun
		}
		e.tokens = append(e.tokens, kind|token(k))
		e.counts[lengthCodes[k]]++
		n -= k
	}
}

func (e *runEncoder) literal(b byte) {
	if e.zeros > 0 {
		e.endZeros()
	}
	e.tokens = append(e.tokens, token(b))
	e.counts[b]++
	e.sum.add(b)
}

// adler is the checksum of zlib.
type adler struct{ a, b uint64 }

const adlerPrime = 65521

func (s *adler) add(b byte) {
	s.a += uint64(b)
	s.b += s.a
	if s.a >= adlerPrime {
		s.a -= adlerPrime
	}
	if s.b >= adlerPrime {
		s.b %= adlerPrime
	}
}

// repeat adds n bytes that are equal, or of which each second one is; zeros are
// added all at once.
func (s *adler) repeat(n, size int, last [2]byte) {
	if last == [2]byte{} {
		s.b = (s.b + uint64(n)%adlerPrime*s.a) % adlerPrime
		return
	}
	for k := range n {
		s.add(last[k%size])
	}
}

func (s *adler) value() uint32 { return uint32(s.b<<16 | s.a) }
