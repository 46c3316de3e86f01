package planes

// runEncoder compresses rows into blocks of DEFLATE, in the wrapping of zlib.
type runEncoder struct {
	out    []byte
	tokens []token
	zeros  int                 // that are not among the tokens yet
	counts [numLiterals]uint32 // of literals and lengths
	sum    adler
	coder  coder
	main   code // of literals and lengths
	header code // of the lengths of main
	bits   uint64
	n      uint // of bits
	lens   []uint8
	spans  []span
}

const (
	endOfBlock  = 256
	numLiterals = 286
	numLengths  = 19 // symbols that describe lengths
)

// lengthCodes are the symbols of how often something is repeated, and
// lengthBits and lengthBase what is behind each: a number of bits, to be added
// to the base.
var lengthCodes, lengthBits, lengthBase = func() (codes [mostRun + 1]uint16, extra [numLiterals]uint8, base [numLiterals]uint16) {
	at := leastRun
	for s := endOfBlock + 1; s < numLiterals-1; s++ {
		extra[s], base[s] = uint8(max(0, (s-261)/4)), uint16(at)
		for range 1 << extra[s] {
			if at < mostRun {
				codes[at] = uint16(s)
			}
			at++
		}
	}
	codes[mostRun], base[numLiterals-1] = numLiterals-1, mostRun
	return codes, extra, base
}()

// begin starts a stream behind what is in dst.
func (e *runEncoder) begin(dst []byte) {
	e.out = append(dst, 0x78, 0x01)
	e.tokens, e.zeros, e.sum, e.bits, e.n = e.tokens[:0], 0, adler{a: 1}, 0, 0
	clear(e.counts[:])
}

// end finishes the stream and returns it, behind what was there before.
func (e *runEncoder) end() []byte {
	e.endZeros()
	e.block(true)
	for e.n > 0 {
		e.out = append(e.out, byte(e.bits))
		e.bits >>= 8
		e.n -= min(e.n, 8)
	}
	s := e.sum.value()
	return append(e.out, byte(s>>24), byte(s>>16), byte(s>>8), byte(s))
}

// put writes the n lowest bits of v.
func (e *runEncoder) put(v uint64, n uint) {
	e.bits |= v << e.n
	if e.n += n; e.n >= 32 {
		e.out = append(e.out, byte(e.bits), byte(e.bits>>8), byte(e.bits>>16), byte(e.bits>>24))
		e.bits >>= 32
		e.n -= 32
	}
}

func (e *runEncoder) symbol(c *code, s int) { e.put(uint64(c.words[s]), uint(c.lengths[s])) }

// block writes the tokens in a code of their own.
func (e *runEncoder) block(last bool) {
	e.counts[endOfBlock]++
	if len(e.tokens) == 0 {
		e.counts[0]++ // a code has two words at least
	}
	e.coder.make(&e.main, e.counts[:], 15)
	const dynamic = 2 << 1
	if last {
		e.put(dynamic|1, 3)
	} else {
		e.put(dynamic, 3)
	}
	e.describe()
	for _, t := range e.tokens {
		if t&repeated == 0 {
			e.symbol(&e.main, int(t))
			continue
		}
		n := int(t & 0x1ff)
		s := int(lengthCodes[n])
		e.symbol(&e.main, s)
		e.put(uint64(n-int(lengthBase[s])), uint(lengthBits[s]))
		e.put(uint64(t&pair/pair), 1) // the distances 1 and 2 have one bit each
	}
	e.symbol(&e.main, endOfBlock)
	e.tokens = e.tokens[:0]
	clear(e.counts[:])
}

// span is how lengths are described: a length, or with bits behind it that it
// or zero comes several times.
type span struct{ symbol, extra, bits uint8 }

// lengthOrder is the order in which the lengths of the symbols that describe
// lengths are written.
var lengthOrder = [numLengths]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// describe writes the code, and the one for distances.
func (e *runEncoder) describe() {
	e.lens = append(append(e.lens[:0], e.main.lengths...), 1, 1)
	e.findSpans()
	var counts [numLengths]uint32
	for _, s := range e.spans {
		counts[s.symbol]++
	}
	e.coder.make(&e.header, counts[:], 7)
	n := numLengths
	for n > 4 && e.header.lengths[lengthOrder[n-1]] == 0 {
		n--
	}
	const distances = 2
	e.put(numLiterals-257, 5)
	e.put(distances-1, 5)
	e.put(uint64(n-4), 4)
	for _, s := range lengthOrder[:n] {
		e.put(uint64(e.header.lengths[s]), 3)
	}
	for _, s := range e.spans {
		e.symbol(&e.header, int(s.symbol))
		e.put(uint64(s.extra), uint(s.bits))
	}
}

// findSpans describes the lengths.
func (e *runEncoder) findSpans() {
	e.spans = e.spans[:0]
	for i := 0; i < len(e.lens); {
		v, n := e.lens[i], 1
		for i+n < len(e.lens) && e.lens[i+n] == v {
			n++
		}
		i += n
		for n > 0 {
			s, k := span{symbol: v}, 1
			switch {
			case v == 0 && n >= 11:
				k = min(n, 138)
				s = span{18, uint8(k - 11), 7}
			case v == 0 && n >= 3:
				k = n
				s = span{17, uint8(k - 3), 3}
			}
			e.spans = append(e.spans, s)
			n -= k
		}
	}
}
