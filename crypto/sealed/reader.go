package sealed

import (
	"errors"
	"fmt"
	"io"

	"datum/crypto/key"
)

func changed(chunk int64) error {
	return fmt.Errorf("%w: chunk %d does not authenticate", ErrCorrupt, chunk)
}

func cut() error { return fmt.Errorf("%w: its end is missing", ErrCorrupt) }

// A Reader opens a sealed file from front to back.
type Reader struct {
	r       io.Reader
	message *message
	buf     []byte // sealed chunks
	opened  []byte // what was in them
	plain   []byte // the part of opened that was not read yet
	chunks  int64
	err     error // after plain
}

// NewReader reads the header of a sealed file from r and checks that k is its
// key and that it was sealed for purpose. The errors are [ErrNotSealed],
// [ErrVersion], [ErrPurpose], [ErrKey] and [ErrCorrupt].
//
// A Reader gives out nothing that was not sealed. But whether it is all, it
// knows only at the end: treat what was read as nothing unless [io.EOF] came.
func NewReader(r io.Reader, k *key.Key, purpose string) (*Reader, error) {
	inputKey, err := inputKeyOf(k, purpose)
	if err != nil {
		return nil, err
	}
	defer clear(inputKey)
	if err := expect(r, purpose); err != nil {
		return nil, err
	}
	return newMessageReader(r, inputKey, appendHeader(nil, purpose))
}

func newMessageReader(r io.Reader, inputKey, context []byte) (*Reader, error) {
	m, err := readPrefix(r, inputKey, context)
	if err != nil {
		return nil, err
	}
	return &Reader{r: r, message: m}, nil
}

// readPrefix reads what stands before the chunks and checks the key with it.
func readPrefix(r io.Reader, inputKey, context []byte) (*message, error) {
	var b [prefixLen]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, notWhole(err, true)
	}
	p := prefix{[saltLen]byte(b[:]), [commitmentLen]byte(b[saltLen:])}
	return openMessage(inputKey, context, &p)
}

// Read gives out plaintext that is authenticated.
func (r *Reader) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(r.plain) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n = copy(p, r.plain)
	r.plain = r.plain[n:]
	return n, nil
}

// WriteTo is what [io.Copy] uses.
func (r *Reader) WriteTo(w io.Writer) (n int64, err error) {
	for {
		written, err := w.Write(r.plain)
		n += int64(written)
		r.plain = r.plain[written:]
		switch {
		case err != nil:
			return n, err
		case errors.Is(r.err, io.EOF):
			return n, nil
		case r.err != nil:
			return n, r.err
		}
		r.fill()
	}
}

// fill reads some chunks and opens them: one at first, since many files are
// small, then many.
func (r *Reader) fill() {
	r.grow()
	n, err := io.ReadFull(r.r, r.buf)
	last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if err != nil && !last {
		r.err = err
		return
	}
	r.opened = r.opened[:0]
	for sealed := r.buf[:n]; r.err == nil && (len(sealed) > 0 || last); {
		size := min(len(sealed), sealedChunk)
		if size < sealedChunk {
			r.err = io.EOF // this is the last one, if it is right
		}
		if err := r.open(sealed[:size]); err != nil {
			r.err = err
		}
		sealed = sealed[size:]
	}
	r.plain = r.opened
}

func (r *Reader) grow() {
	chunks := 1
	if r.chunks > 0 {
		chunks = batch
	}
	if len(r.buf) < chunks*sealedChunk {
		r.buf, r.opened = make([]byte, chunks*sealedChunk), make([]byte, 0, chunks*chunkLen)
	}
}

// open opens the next chunk behind what was opened before it.
func (r *Reader) open(chunk []byte) error {
	switch {
	case len(chunk) < tagLen:
		return cut()
	case r.chunks == maxChunks:
		return ErrTooLong
	}
	opened, err := r.message.open(r.opened, chunk, r.chunks)
	if err != nil {
		return err
	}
	r.opened = opened
	r.chunks++
	return nil
}
