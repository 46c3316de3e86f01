package coco

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"sync/atomic"
)

// spool holds records on disk until the file that they go into is written:
// COCO wants all images before all annotations, and annotations in the order
// of the source.
type spool struct {
	root    *os.Root
	name    string
	f       *os.File
	w       *bufio.Writer
	size    int64
	entries []spooled
	sorted  bool
}

// spooled is the place of a record, 24 bytes each.
type spooled struct {
	at    int64
	order int64 // its place in the source's file, -1 when it does not matter
	size  int32
	mask  uint32 // the files that it goes into
}

// everyFile is the mask of a record that goes into all files.
const everyFile = ^uint32(0)

// fileBit is the mask of file k. A subset has at most one file for each task,
// in practice; beyond 31 they share a bit and the record goes into all of
// those.
func fileBit(k int) uint32 { return 1 << min(max(k, 0), 31) }

var spools atomic.Int64

func newSpool(root *os.Root) (*spool, error) {
	name := fmt.Sprintf(".spool-%d", spools.Add(1))
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &spool{root: root, name: name, f: f, w: bufio.NewWriterSize(f, 256<<10), sorted: true}, nil
}

func (s *spool) write(record []byte, order int64, mask uint32) error {
	if order >= 0 {
		s.sorted = false
	}
	s.entries = append(s.entries, spooled{s.size, order, int32(len(record)), mask})
	s.size += int64(len(record))
	_, err := s.w.Write(record)
	return err
}

// copyTo writes the records for file k as the elements of a JSON list, one a
// line.
func (s *spool) copyTo(w *bufio.Writer, k int) error {
	if err := s.w.Flush(); err != nil {
		return err
	}
	if !s.sorted {
		slices.SortStableFunc(s.entries, func(a, b spooled) int { return cmp.Compare(a.order, b.order) })
		s.sorted = true
	}
	next := int64(-1) // where the reader stands
	var r *bufio.Reader
	separator := "\n"
	for _, e := range s.entries {
		if e.mask&fileBit(k) == 0 {
			continue
		}
		if _, err := w.WriteString(separator); err != nil {
			return err
		}
		separator = ",\n"
		if e.at != next {
			r = bufio.NewReaderSize(io.NewSectionReader(s.f, e.at, s.size-e.at), 64<<10)
		}
		if _, err := io.CopyN(w, r, int64(e.size)); err != nil {
			return err
		}
		next = e.at + int64(e.size)
	}
	return nil
}

// close removes the file.
func (s *spool) close() error {
	if s.f == nil {
		return nil
	}
	err := s.f.Close()
	s.f = nil
	if e := s.root.Remove(s.name); err == nil {
		err = e
	}
	return err
}
