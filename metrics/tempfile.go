package metrics

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// A tempFile holds scores while they are sorted. What they were given for may
// be secret, so that they are encrypted, by AES-256 in counter mode under a
// random key that is in memory only and used for this one file. Where the
// system allows it, the file has no name any more as soon as it is open.
// Integrity is not protected: only this process has a way to the file.
type tempFile struct {
	f      *os.File
	remove string // the file's name where it still has one
	block  cipher.Block
	out    cipher.Stream
	size   int64
}

func newTempFile(dir string) (*tempFile, error) {
	var key [32]byte
	rand.Read(key[:]) // never fails
	block, err := aes.NewCipher(key[:])
	clear(key[:])
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, ".datum-scores-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("scores have to be sorted on disk: %w", err)
	}
	t := &tempFile{f: f, block: block, out: counter(block, 0)}
	if os.Remove(f.Name()) != nil {
		t.remove = f.Name()
	}
	return t, nil
}

// append encrypts b in its place and writes it.
func (t *tempFile) append(b []byte) error {
	t.out.XORKeyStream(b, b)
	n, err := t.f.Write(b)
	t.size += int64(n)
	return err
}

// reader returns a reader of a run.
func (t *tempFile) reader(r run) *bufio.Reader {
	stream := counter(t.block, r.at/aes.BlockSize)
	var skip [aes.BlockSize]byte
	stream.XORKeyStream(skip[:r.at%aes.BlockSize], skip[:r.at%aes.BlockSize])
	section := io.NewSectionReader(t.f, r.at, r.size)
	return bufio.NewReaderSize(cipher.StreamReader{S: stream, R: section}, 32<<10)
}

// counter returns the key stream from a block on. The counter begins with
// zero: the key is used once.
func counter(block cipher.Block, n int64) cipher.Stream {
	var at [aes.BlockSize]byte
	binary.BigEndian.PutUint64(at[8:], uint64(n))
	return cipher.NewCTR(block, at[:])
}

func (t *tempFile) close() error {
	err := t.f.Close()
	if t.remove != "" {
		err = errors.Join(err, os.Remove(t.remove))
	}
	return err
}
