package xmltext

import (
	"bytes"
	"errors"
	"io"
)

// more reads on. The bytes before pos are given up.
func (s *Scanner) more() error {
	if s.eof {
		return io.EOF
	}
	if int64(len(s.buf)-s.pos) > s.most {
		return Errorf(s.Offset(), "a tag or text of more than %d bytes", s.most)
	}
	s.base += int64(s.pos)
	kept := copy(s.buf, s.buf[s.pos:])
	if kept == cap(s.buf) {
		grown := make([]byte, max(64<<10, 2*kept))
		copy(grown, s.buf[:kept])
		s.buf = grown
	}
	s.pos = 0
	n, err := io.ReadAtLeast(s.in, s.buf[kept:cap(s.buf)], 1)
	s.buf = s.buf[:kept+n]
	if err != nil {
		s.eof = true
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.fault = err
	}
	return err
}

// find returns how far ahead the next c is, reading on as needed.
func (s *Scanner) find(c byte) (int, error) {
	from := 0
	for {
		rest := s.buf[s.pos:]
		if i := bytes.IndexByte(rest[from:], c); i >= 0 {
			return from + i, nil
		}
		from = len(rest)
		if err := s.more(); err != nil {
			return len(s.buf) - s.pos, err
		}
	}
}

// findMark does the same for the end of a comment and the like.
func (s *Scanner) findMark(mark string) (int, error) {
	from := 0
	for {
		rest := s.buf[s.pos:]
		if i := bytes.Index(rest[from:], []byte(mark)); i >= 0 {
			return from + i, nil
		}
		from = max(0, len(rest)-len(mark)+1)
		if err := s.more(); err != nil {
			return len(s.buf) - s.pos, err
		}
	}
}

// peek returns the byte that is n ahead, and 0 where the file has ended.
func (s *Scanner) peek(n int) byte {
	if s.pos+n < len(s.buf) {
		return s.buf[s.pos+n]
	}
	return s.peekOn(n)
}

func (s *Scanner) peekOn(n int) byte {
	for len(s.buf)-s.pos <= n {
		if s.more() != nil {
			return 0
		}
	}
	return s.buf[s.pos+n]
}

// starts reports whether what comes next begins with text.
func (s *Scanner) starts(text string) bool {
	for len(s.buf)-s.pos < len(text) {
		if s.more() != nil {
			return false
		}
	}
	return string(s.buf[s.pos:s.pos+len(text)]) == text
}

// cut takes n bytes.
func (s *Scanner) cut(n int) []byte {
	b := s.buf[s.pos : s.pos+n]
	s.pos += n
	return b
}

// tagEnd returns how far ahead the ">" is that ends a tag; in quotes, it does
// not.
func (s *Scanner) tagEnd() (int, error) {
	i, quote := 1, byte(0)
	for {
		rest := s.buf[s.pos:]
		for i < len(rest) {
			if quote != 0 {
				n := bytes.IndexByte(rest[i:], quote)
				if n < 0 {
					i = len(rest)
					break
				}
				i, quote = i+n+1, 0
				continue
			}
			switch c := rest[i]; c {
			case '>':
				return i, nil
			case '<':
				return 0, Errorf(s.Offset(), "a tag that does not end")
			case '"', '\'':
				quote = c
			}
			i++
		}
		if err := s.more(); err != nil {
			return 0, err
		}
	}
}
