package files

import (
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"sync"

	"github.com/klauspost/compress/flate"
)

// zipFile is an open file of a zip. As long as it is read from front to end it
// is a stream with a checksum. Where it is read elsewhere, a stored file is
// there already, and a packed one goes into a spool as a whole.
type zipFile struct {
	raw   *io.SectionReader // as it lies in the archive
	entry *entry
	name  string

	mu       sync.Mutex
	at       int64 // of Read
	stream   *checked
	unpacked *spool
	failed   error
	closed   bool
}

func (f *zipFile) Stat() (fs.FileInfo, error) { return f.entry, nil }

// Read is that of [io.Reader].
func (f *zipFile) Read(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.unusable(); err != nil {
		return 0, f.failure("read", err)
	}
	if f.at == 0 && f.unpacked == nil && (f.stream == nil || f.stream.done() > 0) {
		f.restart()
	}
	if f.stream != nil && f.stream.done() == f.at {
		n, err := f.stream.Read(b)
		f.at += int64(n)
		if err != io.EOF {
			f.failed = err
		}
		return n, f.failure("read", err)
	}
	r, err := f.random()
	if err != nil {
		return 0, f.failure("read", err)
	}
	n, err := r.ReadAt(b, f.at)
	f.at += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, f.failure("read", err)
}

// ReadAt is that of [io.ReaderAt].
func (f *zipFile) ReadAt(b []byte, off int64) (int, error) {
	f.mu.Lock()
	r, err := f.random()
	f.mu.Unlock()
	if err != nil {
		return 0, f.failure("read", err)
	}
	n, err := r.ReadAt(b, off)
	return n, f.failure("read", err)
}

// Seek is that of [io.Seeker]. By itself it unpacks nothing: many only ask for
// the size, or begin anew.
func (f *zipFile) Seek(offset int64, whence int) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, err := sought(f.at, f.entry.length, offset, whence)
	if err != nil {
		return 0, f.failure("seek", err)
	}
	f.at = at
	return at, nil
}

// Close gives back what was unpacked.
func (f *zipFile) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return f.failure("close", fs.ErrClosed)
	}
	f.closed = true
	f.stream.release()
	if f.unpacked != nil {
		return f.failure("close", f.unpacked.Close())
	}
	return nil
}

// random returns all of the file for reading at any offset.
func (f *zipFile) random() (io.ReaderAt, error) {
	if err := f.unusable(); err != nil || f.entry.stored {
		return f.raw, err
	}
	if f.unpacked == nil {
		f.restart()
		f.unpacked, f.failed = spoolAll(f.stream)
		f.stream.release()
		f.stream = nil
	}
	return f.unpacked, f.failed
}

// unusable remembers damage, so that what came before it cannot be taken for
// the whole.
func (f *zipFile) unusable() error {
	if f.closed {
		return fs.ErrClosed
	}
	return f.failed
}

func (f *zipFile) restart() {
	f.stream.release()
	f.stream = newChecked(io.NewSectionReader(f.raw, 0, f.raw.Size()), f.entry)
}

func (f *zipFile) failure(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &fs.PathError{Op: op, Path: f.name, Err: err}
}

// inflaters are used again: each has tens of kilobytes of tables.
var inflaters sync.Pool

func newInflater(r io.Reader) io.ReadCloser {
	if z, ok := inflaters.Get().(io.ReadCloser); ok && z.(flate.Resetter).Reset(r, nil) == nil {
		return z
	}
	return flate.NewReader(r)
}

// checked reads a file of a zip from its beginning. It gives the last bytes
// only when there are neither more nor less than the archive says, and when
// their checksum is right.
type checked struct {
	r       io.Reader
	inflate io.ReadCloser // nil where it is stored
	entry   *entry
	left    int64
	sum     hash.Hash32
	err     error
}

func newChecked(raw io.Reader, e *entry) *checked {
	c := &checked{r: raw, entry: e, left: e.length, sum: crc32.NewIEEE()}
	if !e.stored {
		c.inflate = newInflater(raw)
		c.r = c.inflate
	}
	return c
}

// done is how much was read.
func (c *checked) done() int64 { return c.entry.length - c.left }

func (c *checked) release() {
	if c != nil && c.inflate != nil {
		inflaters.Put(c.inflate)
		c.inflate, c.r = nil, nil
	}
}

func (c *checked) Read(b []byte) (n int, err error) {
	if c.err == nil && c.left > 0 && len(b) > 0 {
		n, err = c.r.Read(b[:min(int64(len(b)), c.left)])
		c.sum.Write(b[:n])
		c.left -= int64(n)
		c.err = c.judge(err)
	}
	if c.err == nil && c.left == 0 {
		if c.err = c.finish(); c.err == io.EOF && n > 0 {
			return n, nil
		}
	}
	if c.err != nil && c.err != io.EOF {
		n = 0
	}
	return n, c.err
}

// judge tells damage of the archive from failures to read it.
func (c *checked) judge(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == nil || err == io.EOF && c.left == 0:
		return nil
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return fmt.Errorf("%w: it is shorter than the %d bytes it claims", ErrArchive, c.entry.length)
	case errors.As(err, &corrupt):
		return fmt.Errorf("%w: its packed data are damaged", ErrArchive)
	}
	return err
}

// finish looks for what should not be there.
func (c *checked) finish() error {
	var more [1]byte
	n, err := io.ReadFull(c.r, more[:])
	switch {
	case n > 0:
		return fmt.Errorf("%w: it is longer than the %d bytes it claims", ErrArchive, c.entry.length)
	case err != io.EOF:
		return c.judge(err)
	case c.sum.Sum32() != c.entry.crc:
		return fmt.Errorf("%w: its checksum is wrong", ErrArchive)
	}
	return io.EOF
}
