package coco

import (
	"bytes"
	"io"
	"os"
)

// tolerantText reads JSON text and makes valid what tools write that is not:
// a byte order mark becomes spaces, NaN becomes an empty string and the
// infinities null, each of the same length, so that offsets stay.
type tolerantText struct {
	r       io.Reader
	started bool
	clean   cleaner
	pending []byte // read but not given out: the beginning of a word cut in two
	eof     error
	out     []byte
}

// cleaner replaces bad literals outside of strings.
type cleaner struct {
	inString, escaped bool
	// replaced counts the literals.
	replaced int
}

var literals = []struct{ bad, good []byte }{
	{[]byte("-Infinity"), []byte("null     ")},
	{[]byte("Infinity"), []byte("null    ")},
	{[]byte("NaN"), []byte(`"" `)},
}

const longestLiteral = 9

// fix changes text in place. Unless last is set, it stops before a word that
// may go on, and returns how much is done.
func (c *cleaner) fix(text []byte, last bool) int {
	for i := 0; i < len(text); {
		if c.inString {
			i += c.skipString(text[i:])
			continue
		}
		n := bytes.IndexAny(text[i:], `"NI-`)
		if n < 0 {
			return len(text)
		}
		i += n
		if text[i] == '"' {
			c.inString = true
			i++
			continue
		}
		if !last && len(text)-i < longestLiteral {
			return i
		}
		i += c.replace(text[i:])
	}
	return len(text)
}

// skipString goes to the end of a string or of the text.
func (c *cleaner) skipString(text []byte) int {
	for i, b := range text {
		switch {
		case c.escaped:
			c.escaped = false
		case b == '\\':
			c.escaped = true
		case b == '"':
			c.inString = false
			return i + 1
		}
	}
	return len(text)
}

func (c *cleaner) replace(text []byte) int {
	for _, l := range literals {
		if bytes.HasPrefix(text, l.bad) {
			c.replaced++
			return copy(text, l.good)
		}
	}
	return 1
}

// Read implements io.Reader.
func (t *tolerantText) Read(p []byte) (int, error) {
	for len(t.out) == 0 {
		if t.eof != nil {
			return 0, t.eof
		}
		t.fill()
	}
	n := copy(p, t.out)
	t.out = t.out[n:]
	return n, nil
}

func (t *tolerantText) fill() {
	buf := make([]byte, 64<<10)
	n := copy(buf, t.pending)
	m, err := io.ReadFull(t.r, buf[n:])
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	buf = buf[:n+m]
	if !t.started {
		t.started = true
		blankMark(buf)
	}
	done := t.clean.fix(buf, err != nil)
	t.out, t.pending, t.eof = buf[:done], buf[done:], err
}

// blankMark overwrites a UTF-8 byte order mark.
func blankMark(text []byte) {
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		copy(text, "   ")
	}
}

// lineAt counts the lines of a file up to an offset. It is only used for
// errors.
func lineAt(path string, offset int64) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	line, buf := 1, make([]byte, 64<<10)
	for offset > 0 {
		n, err := f.Read(buf[:min(int64(len(buf)), offset)])
		line += bytes.Count(buf[:n], []byte{'\n'})
		offset -= int64(n)
		if err != nil {
			break
		}
	}
	return line
}
