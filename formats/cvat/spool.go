package cvat

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// spool holds text on disk until the file that it goes into can be written:
// <meta> comes before the images, and tells what was found in all of them.
type spool struct {
	root *os.Root
	name string
	f    *os.File
	w    *bufio.Writer
	size int64
}

func newSpool(root *os.Root, name string) (*spool, error) {
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &spool{root: root, name: name, f: f, w: bufio.NewWriterSize(f, 64<<10)}, nil
}

// add appends a text and returns where it is.
func (s *spool) add(text []byte) (at int64, err error) {
	at = s.size
	s.size += int64(len(text))
	_, err = s.w.Write(text)
	return at, err
}

// copyTo writes all of it.
func (s *spool) copyTo(w io.Writer) error {
	if err := s.w.Flush(); err != nil {
		return err
	}
	_, err := io.Copy(w, io.NewSectionReader(s.f, 0, s.size))
	return err
}

// close removes the file.
func (s *spool) close() error {
	if s == nil || s.f == nil {
		return nil
	}
	err := s.f.Close()
	s.f = nil
	return errors.Join(err, s.root.Remove(s.name))
}
