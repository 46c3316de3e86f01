package files

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// spoolInMemory is how much a spool keeps without a file.
const spoolInMemory = 1 << 20

// spoolChunk is how much is encrypted at once.
const spoolChunk = 64 << 10

// spool holds content that has to be read at any offset and comes from where
// that is not possible. It is written once, from front to end, and then read;
// several goroutines may read at once.
//
// Content may come out of an encrypted dataset, or be about to go into one, so
// that none of it may be found on the disk later. Small content stays in
// memory. Larger content goes into a temporary file, encrypted by AES-256 in
// counter mode under a random key that is in memory only and used for this one
// file; the file has no name any more as soon as it is open, where the system
// allows that. Integrity is not protected: the file is read by the process that
// wrote it, and nobody else has a way to it but those who could change that
// process too.
type spool struct {
	memory []byte
	file   *os.File // nil while all is in memory
	block  cipher.Block
	out    cipher.Stream
	chunk  []byte
	size   int64
	remove string // the file's name where it still has one
}

// Write appends. It does not change b.
func (s *spool) Write(b []byte) (int, error) {
	if s.file == nil && s.size+int64(len(b)) <= spoolInMemory {
		s.memory = append(s.memory, b...)
		s.size += int64(len(b))
		return len(b), nil
	}
	if s.file == nil {
		if err := s.toFile(); err != nil {
			return 0, err
		}
	}
	n, err := s.encrypt(b)
	s.size += int64(n)
	return n, err
}

// toFile opens the file and moves into it what is in memory.
func (s *spool) toFile() error {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	block, err := aes.NewCipher(key)
	clear(key)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp("", "datum-*") // mode 0600
	if err != nil {
		// Not wrapped: that this folder is missing says nothing of the archive.
		return fmt.Errorf("no room for unpacked content: %v", err)
	}
	if os.Remove(file.Name()) != nil {
		s.remove = file.Name()
	}
	s.file, s.block, s.out = file, block, counterAt(block, 0)
	s.chunk = make([]byte, spoolChunk)
	_, err = s.encrypt(s.memory)
	s.memory = nil
	return err
}

func (s *spool) encrypt(b []byte) (done int, err error) {
	for done < len(b) {
		n := min(len(b)-done, len(s.chunk))
		s.out.XORKeyStream(s.chunk[:n], b[done:done+n])
		if _, err := s.file.Write(s.chunk[:n]); err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// counterAt returns the key stream from a block on. The counter begins with
// zero: the key is used once.
func counterAt(block cipher.Block, n int64) cipher.Stream {
	var counter [aes.BlockSize]byte
	binary.BigEndian.PutUint64(counter[8:], uint64(n))
	return cipher.NewCTR(block, counter[:])
}

// ReadAt is that of [io.ReaderAt].
func (s *spool) ReadAt(b []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("negative offset")
	}
	if off >= s.size {
		return 0, io.EOF
	}
	if s.file == nil {
		n = copy(b, s.memory[off:])
	} else {
		b = b[:min(int64(len(b)), s.size-off)]
		n, err = s.file.ReadAt(b, off)
		s.decrypt(b[:n], off)
		if n < len(b) && err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
	}
	if err == nil && off+int64(n) == s.size {
		err = io.EOF
	}
	return n, err
}

var zeros [aes.BlockSize]byte

func (s *spool) decrypt(b []byte, off int64) {
	stream := counterAt(s.block, off/aes.BlockSize)
	var skipped [aes.BlockSize]byte
	part := off % aes.BlockSize
	stream.XORKeyStream(skipped[:part], zeros[:part])
	stream.XORKeyStream(b, b)
}

// Close removes the content.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.remove != "" {
		err = errors.Join(err, os.Remove(s.remove))
		s.remove = ""
	}
	return err
}

var copyBuffers = sync.Pool{New: func() any { b := make([]byte, spoolChunk); return &b }}

// spoolAll reads r to its end. There is no spool where there is an error.
func spoolAll(r io.Reader) (*spool, error) {
	s := new(spool)
	buf := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buf)
	// Only Read and Write are to be seen: others might bring a buffer of their own.
	if _, err := io.CopyBuffer(struct{ io.Writer }{s}, struct{ io.Reader }{r}, *buf); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}
