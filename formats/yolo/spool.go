package yolo

import (
	"bufio"
	"encoding/gob"
	"io"
	"iter"
	"os"

	"datum/internal/scratch"
)

// spool holds what is to be written of each picture on disk, until all have
// been seen and it is known in which way to write.
type spool struct {
	file *scratch.File
	enc  *gob.Encoder
}

const spoolName = ".spool"

func newSpool(root *os.Root) (*spool, error) {
	f, err := scratch.Create(root, spoolName)
	if err != nil {
		return nil, err
	}
	return &spool{f, gob.NewEncoder(f)}, nil
}

func (s *spool) add(r *record) error { return s.enc.Encode(r) }

// records yields what was added, in order.
func (s *spool) records() iter.Seq2[*record, error] {
	return func(yield func(*record, error) bool) {
		in, err := s.file.Reader()
		if err != nil {
			yield(nil, err)
			return
		}
		dec := gob.NewDecoder(bufio.NewReaderSize(in, 64<<10))
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
func (s *spool) remove() error { return s.file.Remove() }
