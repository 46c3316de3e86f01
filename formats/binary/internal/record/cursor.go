package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"datum/dataset"
)

// ErrFormat is wrapped by every error about the bytes of a record.
var ErrFormat = errors.New("bad record")

// Cursor reads fields from a byte slice. After the first error every read
// returns a zero value, and Err says what was wrong.
type Cursor struct {
	data  []byte
	off   int
	err   error
	dicts dicts
	slabs slabs
}

// NewCursor returns a cursor at the start of data.
func NewCursor(data []byte) *Cursor { return &Cursor{data: data} }

// Err returns the first error.
func (c *Cursor) Err() error { return c.err }

// AtEnd reports whether all bytes were read, or reading failed.
func (c *Cursor) AtEnd() bool { return c.err != nil || c.off == len(c.data) }

func (c *Cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w at byte %d: %s", ErrFormat, c.off, fmt.Sprintf(format, args...))
	}
}

// take returns the next n bytes without copying them.
func (c *Cursor) take(n uint64) []byte {
	if c.err != nil {
		return nil
	}
	if left := uint64(len(c.data) - c.off); n > left {
		c.fail("%d bytes are wanted, %d are left", n, left)
		return nil
	}
	b := c.data[c.off : c.off+int(n)]
	c.off += int(n)
	return b
}

// U32 reads an unsigned number.
func (c *Cursor) U32() uint32 {
	if b := c.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// I32 reads a signed number.
func (c *Cursor) I32() int32 { return int32(c.U32()) }

// Bytes reads a length and that many bytes, without copying them.
func (c *Cursor) Bytes() []byte { return c.take(uint64(c.U32())) }

// String reads a length and that many bytes of UTF-8.
func (c *Cursor) String() string {
	b := c.Bytes()
	if !utf8.Valid(b) {
		c.fail("text that is not UTF-8")
		return ""
	}
	return string(b)
}

// Dict reads a length and a JSON object of that many bytes; no bytes are the
// empty object.
func (c *Cursor) Dict() dataset.Attributes { return c.dict(false) }

// dict is Dict. A shared list may be that of other records as well, and is not
// to be changed.
func (c *Cursor) dict(shared bool) (a dataset.Attributes) {
	b := c.Bytes()
	if len(b) == 0 || string(b) == "{}" {
		return nil
	}
	var err error
	if shared {
		a, err = c.dicts.shared(b)
	} else {
		a, err = c.dicts.own(b)
	}
	if err != nil {
		c.fail("%v", err)
	}
	return a
}

// Floats reads a count and that many float32.
func (c *Cursor) Floats() []float64 {
	b := c.take(4 * uint64(c.U32()))
	if len(b) == 0 {
		return nil
	}
	out := c.slabs.newFloats(len(b) / 4)
	for i := range out {
		out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
		b = b[4:]
	}
	return out
}

// floatsExactly reads as many float32 as there are in p, or fails.
func (c *Cursor) floatsExactly(p []float64, what string) {
	n := c.U32()
	if c.err == nil && int64(n) != int64(len(p)) {
		c.fail("%s of %d numbers", what, n)
	}
	if b := c.take(4 * uint64(len(p))); b != nil {
		for i := range p {
			p[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		}
	}
}

// Ints reads a count and that many signed numbers.
func (c *Cursor) Ints() []int32 {
	b := c.take(4 * uint64(c.U32()))
	if len(b) == 0 {
		return nil
	}
	out := make([]int32, len(b)/4)
	for i := range out {
		out[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}

func appendU32(dst []byte, v uint32) []byte { return binary.LittleEndian.AppendUint32(dst, v) }

func appendI32(dst []byte, v int32) []byte { return appendU32(dst, uint32(v)) }

func appendI64(dst []byte, v int64) []byte { return binary.LittleEndian.AppendUint64(dst, uint64(v)) }

func appendText[T string | []byte](dst []byte, s T) []byte {
	return append(appendU32(dst, uint32(len(s))), s...)
}

// AppendDict appends a as a JSON object with its length before it; the empty
// object is a length of zero.
func AppendDict(dst []byte, a dataset.Attributes) []byte {
	at := len(dst)
	dst = appendU32(dst, 0)
	if len(a) > 0 {
		dst = a.AppendJSON(dst)
		binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	return dst
}

// appendUser appends the user's attributes among a as [AppendDict] does.
func appendUser(dst []byte, a dataset.Attributes) []byte {
	at := len(dst)
	dst = a.AppendUser(appendU32(dst, 0))
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// AppendInts appends a count and the numbers.
func AppendInts(dst []byte, v []int32) []byte {
	dst = appendU32(dst, uint32(len(v)))
	for _, x := range v {
		dst = appendI32(dst, x)
	}
	return dst
}

func appendFloats(dst []byte, narrow func(float64) float32, v ...float64) []byte {
	dst = appendU32(dst, uint32(len(v)))
	for _, x := range v {
		dst = appendU32(dst, math.Float32bits(narrow(x)))
	}
	return dst
}
