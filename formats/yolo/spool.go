package yolo

import (
	"bufio"
	"encoding/gob"
	"errors"
	"io"
	"iter"
	"os"
)

// spool holds what is to be written of each picture on disk, until all have
// been seen and it is known in which way to write.
type spool struct {
	root *os.Root
	file *os.File
	w    *bufio.Writer
	enc  *gob.Encoder
}

const spoolName = ".spool"

func newSpool(root *os.Root) (*spool, error) {
	f, err := root.OpenFile(spoolName, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	w := bufio.NewWriterSize(f, 64<<10)
	return &spool{root, f, w, gob.NewEncoder(w)}, nil
}

func (s *spool) add(r *record) error { return s.enc.Encode(r) }

// records yields what was added, in order.
func (s *spool) records() iter.Seq2[*record, error] {
	return func(yield func(*record, error) bool) {
		err := s.w.Flush()
		if err == nil {
			_, err = s.file.Seek(0, io.SeekStart)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		dec := gob.NewDecoder(bufio.NewReaderSize(s.file, 64<<10))
		for {
			r := &record{}
			err := dec.Decode(r)
			if err == io.EOF || !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// remove removes the file.
func (s *spool) remove() error {
	return errors.Join(s.file.Close(), s.root.Remove(spoolName))
}
