// Package scratch holds what an exporter has made on disk, until the file that
// it goes into can be written: where a format wants first what is known last,
// memory would have to hold the whole dataset.
package scratch

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// A File takes pieces one behind the other and gives them back. It is removed
// when it is not needed any more. It is not safe for concurrent use.
type File struct {
	root *os.Root
	name string
	f    *os.File
	w    *bufio.Writer
	size int64
	// window is what was read last, from place start on.
	window []byte
	start  int64
	single []byte
}

// Create makes a file, which must not be there yet.
func Create(root *os.Root, name string) (*File, error) {
	const buffer = 64 << 10
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &File{root: root, name: name, f: f, w: bufio.NewWriterSize(f, buffer)}, nil
}

// Add appends a piece and returns its place.
func (s *File) Add(piece []byte) (at int64, err error) {
	at = s.size
	_, err = s.Write(piece)
	return at, err
}

// Write appends. It makes the file an [io.Writer].
func (s *File) Write(b []byte) (int, error) {
	s.size += int64(len(b))
	return s.w.Write(b)
}

// windowSize is what is read at once.
const windowSize = 256 << 10

// Piece returns what is at a place, until the next call. Pieces that are asked
// for in the order in which they lie are read in large parts.
func (s *File) Piece(at int64, size int32) ([]byte, error) {
	end := at + int64(size)
	behind := s.start + int64(len(s.window))
	if at >= s.start && end <= behind {
		return s.window[at-s.start : end-s.start], nil
	}
	if err := s.w.Flush(); err != nil {
		return nil, err
	}
	if at == behind || at > s.start && at < behind {
		return s.advance(at, size)
	}
	if cap(s.single) < int(size) {
		s.single = make([]byte, size)
	}
	b := s.single[:size]
	_, err := s.f.ReadAt(b, at)
	return b, err
}

// advance moves the window on.
func (s *File) advance(at int64, size int32) ([]byte, error) {
	n := min(max(int64(size), windowSize), s.size-at)
	if int64(size) > n {
		return nil, io.ErrUnexpectedEOF
	}
	if int64(cap(s.window)) < n {
		s.window = make([]byte, n)
	}
	s.window, s.start = s.window[:n], at
	if _, err := s.f.ReadAt(s.window, at); err != nil {
		s.window = s.window[:0]
		return nil, err
	}
	return s.window[:size], nil
}

// Reader returns a reader of all that was added so far.
func (s *File) Reader() (*io.SectionReader, error) {
	if err := s.w.Flush(); err != nil {
		return nil, err
	}
	return io.NewSectionReader(s.f, 0, s.size), nil
}

// CopyTo writes all that was added.
func (s *File) CopyTo(w io.Writer) error {
	r, err := s.Reader()
	if err == nil {
		_, err = io.Copy(w, r)
	}
	return err
}

// Remove removes the file. Of no file, and a second time, it does nothing.
func (s *File) Remove() error {
	if s == nil || s.f == nil {
		return nil
	}
	err := s.f.Close()
	s.f = nil
	return errors.Join(err, s.root.Remove(s.name))
}
