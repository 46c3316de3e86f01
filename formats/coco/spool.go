package coco

import (
	"bufio"
	"errors"
	"fmt"
	"os"
)

// spool holds the text of records on disk until the file that they go into is
// written: COCO wants all images before all annotations, and ids are given
// when all are known.
type spool struct {
	root *os.Root
	name string
	f    *os.File
	w    *bufio.Writer
	size int64
	// window is what was read last, from place start on.
	window  []byte
	start   int64
	scratch []byte
}

func newSpool(root *os.Root, n int) (*spool, error) {
	name := fmt.Sprintf(".spool-%d", n)
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &spool{root: root, name: name, f: f, w: bufio.NewWriterSize(f, 64<<10)}, nil
}

// add appends a text and returns its place.
func (s *spool) add(text []byte) (at int64, err error) {
	at = s.size
	s.size += int64(len(text))
	_, err = s.w.Write(text)
	return at, err
}

const spoolWindow = 256 << 10

// text returns what is at a place, until the next call. Texts that are asked
// for in the order in which they lie are read in large pieces.
func (s *spool) text(at int64, size int32) ([]byte, error) {
	end := at + int64(size)
	if at >= s.start && end <= s.start+int64(len(s.window)) {
		return s.window[at-s.start : end-s.start], nil
	}
	if s.w.Buffered() > 0 {
		if err := s.w.Flush(); err != nil {
			return nil, err
		}
	}
	if at == s.start+int64(len(s.window)) || at > s.start && at < s.start+int64(len(s.window)) {
		n := min(max(int64(size), spoolWindow), s.size-at)
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
	if cap(s.scratch) < int(size) {
		s.scratch = make([]byte, size)
	}
	b := s.scratch[:size]
	_, err := s.f.ReadAt(b, at)
	return b, err
}

// close removes the file.
func (s *spool) close() error {
	if s.f == nil {
		return nil
	}
	err := s.f.Close()
	s.f = nil
	return errors.Join(err, s.root.Remove(s.name))
}
