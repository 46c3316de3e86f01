package files

import (
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxZstdWindow is how far a zstd stream may refer back, all of which is in
// memory. It is what the zstd program allows, too.
const maxZstdWindow = 128 << 20

// newUnpacker unpacks "gz" or "zst". Damage is [ErrArchive].
func newUnpacker(kind string, r io.Reader) (io.ReadCloser, error) {
	source := &sourceReader{r: r}
	if kind == "gz" {
		z, err := gzip.NewReader(source)
		if err != nil {
			return nil, cut(source.judge(err))
		}
		return &unpacker{z, source, z.Close}, nil
	}
	z, err := zstd.NewReader(source, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow))
	if err != nil {
		return nil, cut(source.judge(err))
	}
	return &unpacker{z, source, func() error { z.Close(); return nil }}, nil
}

type unpacker struct {
	io.Reader
	source *sourceReader
	close  func() error
}

func (u *unpacker) Read(b []byte) (int, error) {
	n, err := u.Reader.Read(b)
	return n, u.source.judge(err)
}

func (u *unpacker) Close() error { return u.close() }

// sourceReader remembers a failure to read, which is not damage.
type sourceReader struct {
	r   io.Reader
	err error
}

func (s *sourceReader) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

func (s *sourceReader) judge(err error) error {
	switch {
	case err == nil || err == io.EOF:
		return err
	case s.err != nil:
		return s.err
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return fmt.Errorf("%w: its zstd window has more than %d bytes", ErrLimit, maxZstdWindow)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return cut(io.ErrUnexpectedEOF)
	}
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) {
		return fmt.Errorf("%w: the packed data are damaged", ErrArchive)
	}
	return fmt.Errorf("%w: %w", ErrArchive, err)
}

// countingReader counts what was read.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// boundedReader ends where more comes out than the size of what was packed
// allows.
type boundedReader struct {
	r      io.Reader
	packed func() int64
	l      Limits
	n      int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	if most := mostUnpacked(b.packed(), b.l); b.n > most {
		return 0, fmt.Errorf("%w: the archive unpacks to more than %d bytes", ErrLimit, most)
	}
	return n, err
}
