package sealed

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"datum/crypto/key"
)

// A File is a sealed file that is read at random. Any number of goroutines may
// read it at once.
type File struct {
	r       io.ReaderAt
	message *message
	start   int64 // of the first chunk
	sealed  int64 // bytes of all chunks
	size    int64 // bytes of plaintext
	buffers sync.Pool
}

// Open prepares a sealed file of so many bytes for reading at random. It checks
// the key and the purpose, as [NewReader] does, and authenticates the last
// chunk: from then on [File.Size] is known to be what was sealed. The errors are
// those of NewReader.
func Open(r io.ReaderAt, size int64, k *key.Key, purpose string) (*File, error) {
	inputKey, err := inputKeyOf(k, purpose)
	if err != nil {
		return nil, err
	}
	defer clear(inputKey)
	start := io.NewSectionReader(r, 0, size)
	if err := expect(start, purpose); err != nil {
		return nil, err
	}
	header := appendHeader(nil, purpose)
	m, err := readPrefix(start, inputKey, header)
	if err != nil {
		return nil, err
	}
	return newMessageFile(r, int64(len(header)+prefixLen), size, m)
}

// newMessageFile is the file whose chunks lie from start to end. Its size is
// authenticated: only the last chunk is shorter than the others, and its place
// is bound into it.
func newMessageFile(r io.ReaderAt, start, end int64, m *message) (*File, error) {
	f := &File{r: r, message: m, start: start, sealed: end - start}
	f.buffers.New = func() any { return new([sealedChunk]byte) }
	full, rest := f.sealed/sealedChunk, f.sealed%sealedChunk
	switch {
	case rest < tagLen:
		return nil, cut()
	case full >= maxChunks:
		return nil, ErrTooLong
	}
	f.size = full*chunkLen + rest - tagLen
	buf := f.buffers.Get().(*[sealedChunk]byte)
	defer f.buffers.Put(buf)
	if _, err := f.chunk(buf[:0], buf, full); err != nil {
		return nil, err
	}
	return f, nil
}

// Size is how many bytes were sealed.
func (f *File) Size() int64 { return f.size }

// chunk appends the content of a chunk to dst, which may be the start of buf.
func (f *File) chunk(dst []byte, buf *[sealedChunk]byte, number int64) ([]byte, error) {
	at := number * sealedChunk
	sealed := buf[:min(sealedChunk, f.sealed-at)]
	n, err := f.r.ReadAt(sealed, f.start+at)
	switch {
	case n == len(sealed):
	case err == nil || errors.Is(err, io.EOF):
		return nil, cut() // it was cut since it was opened
	default:
		return nil, fmt.Errorf("chunk %d: %w", number, err)
	}
	return f.message.open(dst, sealed, number)
}

// ReadAt gives out plaintext that is authenticated, as [io.ReaderAt] asks for.
func (f *File) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("sealed: read before the start")
	}
	buf := f.buffers.Get().(*[sealedChunk]byte)
	defer f.buffers.Put(buf)
	for n < len(p) && off+int64(n) < f.size {
		got, err := f.readSome(p[n:], off+int64(n), buf)
		n += got
		if err != nil {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// readSome reads from off to the end of the chunk that off lies in, or of p. A
// chunk that fits is opened where it is wanted.
func (f *File) readSome(p []byte, off int64, buf *[sealedChunk]byte) (int, error) {
	number, skip := off/chunkLen, off%chunkLen
	if skip == 0 && int64(len(p)) >= min(chunkLen, f.size-off) {
		plain, err := f.chunk(p[:0], buf, number)
		return len(plain), err
	}
	plain, err := f.chunk(buf[:0], buf, number)
	if err != nil {
		return 0, err
	}
	return copy(p, plain[skip:]), nil
}
