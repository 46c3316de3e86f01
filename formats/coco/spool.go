package coco

import (
	"fmt"
	"os"

	"datum/internal/scratch"
)

// spool holds the text of records on disk until the file that they go into is
// written: COCO wants all images before all annotations, and ids are given
// when all are known.
type spool struct{ *scratch.File }

func newSpool(root *os.Root, n int) (*spool, error) {
	f, err := scratch.Create(root, fmt.Sprintf(".spool-%d", n))
	return &spool{f}, err
}

// add appends a text and returns its place.
func (s *spool) add(text []byte) (at int64, err error) { return s.Add(text) }

// text returns what is at a place, until the next call.
func (s *spool) text(at int64, size int32) ([]byte, error) { return s.Piece(at, size) }

// close removes the file.
func (s *spool) close() error { return s.Remove() }
