package events

import (
	"encoding/binary"
	"errors"
)

// fields reads numbers one behind the other. After the first that is none, all
// are 0, and err says so.
type fields struct {
	b   []byte
	err error
}

var (
	errShort = errors.New("it ends too early, or a number in it is none")
	errLarge = errors.New("a number in it is too large")
)

// fail keeps the first error.
func (f *fields) fail(err error) {
	if f.err == nil {
		f.b, f.err = nil, err
	}
}

func (f *fields) uvarint() uint64 {
	n, size := binary.Uvarint(f.b)
	f.skip(size)
	return n
}

func (f *fields) varint() int64 {
	n, size := binary.Varint(f.b)
	f.skip(size)
	return n
}

// skip goes on behind a number of so many bytes. Where there is none, the number is
// 0 already, and the size is not positive.
func (f *fields) skip(size int) {
	if size <= 0 {
		f.fail(errShort)
		return
	}
	f.b = f.b[size:]
}

// upTo reads a number that may not be greater than limit.
func (f *fields) upTo(limit uint64) uint64 {
	n := f.uvarint()
	if n > limit {
		f.fail(errLarge)
		return 0
	}
	return n
}

// bytes takes the next n bytes; nil where there are not so many.
func (f *fields) bytes(n uint64) []byte {
	if n > uint64(len(f.b)) {
		f.fail(errShort)
		return nil
	}
	b := f.b[:n]
	f.b = f.b[n:]
	return b
}

func (f *fields) uint32() uint32 {
	if b := f.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (f *fields) uint64() uint64 {
	if b := f.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// end is the error of what was read, or of what is left.
func (f *fields) end() error {
	if f.err == nil && len(f.b) > 0 {
		return errors.New("something is left behind its end")
	}
	return f.err
}
