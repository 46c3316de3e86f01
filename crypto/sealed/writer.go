package sealed

import (
	"crypto/rand"
	"errors"
	"io"
	"slices"

	"datum/crypto/key"
)

// batch is how many chunks are read or written at once.
const batch = 16

var errClosed = errors.New("sealed: written to after Close")

// A Writer seals what is written to it. Without Close the file is not whole,
// and will be refused.
type Writer struct {
	w       io.Writer
	message *message
	plain   []byte // the chunk that is not full yet
	out     []byte // sealed and not written yet
	chunks  int64
	err     error // of all calls from now on
}

// NewWriter returns a Writer that seals into w under k. The purpose says what
// the file is for: 1 to 64 lower-case letters, digits and hyphens, which anybody
// can read, and without which nobody can open it.
func NewWriter(w io.Writer, k *key.Key, purpose string) (*Writer, error) {
	var salt [saltLen]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return nil, err
	}
	return newWriter(w, k, purpose, salt)
}

func newWriter(w io.Writer, k *key.Key, purpose string, salt [saltLen]byte) (*Writer, error) {
	inputKey, err := inputKeyOf(k, purpose)
	if err != nil {
		return nil, err
	}
	defer clear(inputKey)
	header := appendHeader(nil, purpose)
	return newMessageWriter(w, inputKey, header, header, salt)
}

// newMessageWriter writes a message, after a start of the caller's own.
func newMessageWriter(w io.Writer, inputKey, context, start []byte, salt [saltLen]byte) (*Writer, error) {
	m, commitment, err := newMessage(inputKey, context, salt)
	if err != nil {
		return nil, err
	}
	p := prefix{salt, commitment}
	return &Writer{w: w, message: m, out: p.append(slices.Clone(start))}, nil
}

// Write seals p. An error of the writer below stays: nothing can be written
// after it.
func (w *Writer) Write(p []byte) (n int, err error) {
	for n < len(p) && w.err == nil {
		if len(w.plain) == 0 && len(p)-n >= chunkLen {
			w.seal(p[n : n+chunkLen])
			n += chunkLen
			continue
		}
		taken := min(chunkLen-len(w.plain), len(p)-n)
		w.plain = append(w.plain, p[n:n+taken]...)
		n += taken
		if len(w.plain) == chunkLen {
			w.seal(w.plain)
			w.plain = w.plain[:0]
		}
	}
	return n, w.err
}

// seal seals a chunk, and writes out what has come together if it is much.
func (w *Writer) seal(plain []byte) {
	if w.chunks == maxChunks {
		w.err = ErrTooLong
		return
	}
	w.out = w.message.seal(w.out, plain, w.chunks)
	w.chunks++
	if len(w.out) > (batch-1)*sealedChunk {
		w.flush()
	}
}

func (w *Writer) flush() {
	if w.err == nil {
		_, w.err = w.w.Write(w.out)
	}
	w.out = w.out[:0]
}

// Close seals what is left and writes the end of the file. It does not close
// the writer below. Closing twice does no harm.
func (w *Writer) Close() error {
	if errors.Is(w.err, errClosed) {
		return nil
	}
	if w.err != nil {
		return w.err
	}
	w.seal(w.plain)
	w.plain = w.plain[:0]
	w.flush()
	if w.err != nil {
		return w.err
	}
	w.err = errClosed
	return nil
}
