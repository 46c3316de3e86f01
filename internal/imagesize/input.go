package imagesize

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
)

const (
	bufferSize = 4096
	// maxRead is how much is read in search of a size.
	maxRead = 256 << 20
)

var errFar = fmt.Errorf("%w: it goes on and on without a size", ErrUnknown)

// input reads a picture from front to back.
type input struct {
	r    io.Reader
	buf  *bufio.Reader
	seek io.Seeker // nil where parts can only be skipped by reading them
	base int64     // where the picture begins, for seek
	pos  int64     // bytes of the picture that were read or skipped
	read int64     // bytes that were read
	most int64     // bytes that may be read

	orientation int // 0 where none was found
}

func newInput(r io.Reader) *input {
	in := &input{r: r, buf: bufio.NewReaderSize(r, bufferSize), most: maxRead}
	if s, ok := r.(io.Seeker); ok {
		if at, err := s.Seek(0, io.SeekCurrent); err == nil {
			in.seek, in.base = s, at
		}
	}
	return in
}

// peek returns the next n bytes without reading past them, fewer where the
// picture ends and none only with an error.
func (in *input) peek(n int) ([]byte, error) {
	b, err := in.buf.Peek(n)
	if len(b) > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return b, truncated(err)
}

// next returns the next n bytes, at most bufferSize. They are good until the
// next call.
func (in *input) next(n int) ([]byte, error) {
	if in.read += int64(n); in.read > in.most {
		return nil, errFar
	}
	b, err := in.buf.Peek(n)
	if err != nil {
		return nil, truncated(err)
	}
	in.pos += int64(n)
	_, err = in.buf.Discard(n)
	return b, err
}

func (in *input) byte() (byte, error) {
	b, err := in.next(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// atMost returns the next n bytes, but no more than most of them.
func (in *input) atMost(n, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(in.buf, min(n, most)))
	in.pos += int64(len(b))
	in.read += int64(len(b))
	return b, truncated(err)
}

// skip goes n bytes on. Going past the end is noticed by the next read at the
// latest.
func (in *input) skip(n int64) error {
	if n < 0 || n > math.MaxInt64-in.base-in.pos {
		return ErrTruncated
	}
	if in.seek != nil && n > int64(in.buf.Buffered())+bufferSize {
		if _, err := in.seek.Seek(in.base+in.pos+n, io.SeekStart); err != nil {
			return err
		}
		in.buf.Reset(in.r)
		in.pos += n
		return nil
	}
	if n > in.most-in.read {
		return errFar
	}
	m, err := io.CopyN(io.Discard, in.buf, n)
	in.pos += m
	in.read += m
	return truncated(err)
}

// skipTo goes to a place of the picture that lies ahead.
func (in *input) skipTo(pos int64) error { return in.skip(pos - in.pos) }

func truncated(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTruncated
	}
	return err
}
