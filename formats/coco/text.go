package coco

import (
	"bytes"
	"io"
)

// tolerantText reads JSON text and hides what tools write that is none: a byte
// order mark becomes spaces, NaN and the infinities become values of the same
// length, so that offsets stay. What these values are does not matter; records
// are read again with [nullLiterals].
type tolerantText struct {
	r       io.Reader
	started bool
	marked  bool // there was a byte order mark
	clean   cleaner
	buf     []byte
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

var literals = []struct{ bad, good string }{
	{"-Infinity", `"       "`},
	{"Infinity", `"      "`},
	{"NaN", `"" `},
}

const longestLiteral = len("-Infinity")

// fix changes text in place. Unless last is set, it stops before a word that
// may go on, and returns how much is done.
func (c *cleaner) fix(text []byte, last bool) int {
	for i := 0; i < len(text); {
		if c.inString {
			i += c.skipString(text[i:])
			continue
		}
		n := nextWord(text[i:])
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

// nextWord finds the next quote, or the first letter of a bad literal. No
// other word of JSON has an N or an I; a minus is looked at behind its I.
func nextWord(text []byte) int {
	for i, b := range text {
		if b == '"' || b == 'N' || b == 'I' || b == '-' && (i+1 == len(text) || text[i+1] == 'I') {
			return i
		}
	}
	return -1
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
		if bytes.HasPrefix(text, []byte(l.bad)) {
			c.replaced++
			return copy(text, l.good)
		}
	}
	return 1
}

// nullLiterals returns a JSON text with null in the place of NaN and the
// infinities.
func nullLiterals(text []byte) []byte {
	out := make([]byte, 0, len(text)+8)
	var c cleaner
	for i := 0; i < len(text); {
		if c.inString {
			n := c.skipString(text[i:])
			out, i = append(out, text[i:i+n]...), i+n
			continue
		}
		n := nextWord(text[i:])
		if n < 0 {
			return append(out, text[i:]...)
		}
		out, i = append(out, text[i:i+n]...), i+n
		done := false
		for _, l := range literals {
			if bytes.HasPrefix(text[i:], []byte(l.bad)) {
				out, i, done = append(out, "null"...), i+len(l.bad), true
				break
			}
		}
		if !done {
			c.inString = text[i] == '"'
			out, i = append(out, text[i]), i+1
		}
	}
	return out
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
	if t.buf == nil {
		t.buf = make([]byte, 256<<10)
	}
	n := copy(t.buf, t.pending)
	m, err := io.ReadFull(t.r, t.buf[n:])
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	buf := t.buf[:n+m]
	if !t.started {
		t.started = true
		if bytes.HasPrefix(buf, []byte("\ufeff")) {
			copy(buf, "   ")
			t.marked = true
		}
	}
	done := t.clean.fix(buf, err != nil)
	t.out, t.pending, t.eof = buf[:done], buf[done:], err
}

// lineAt counts the lines of a file up to an offset. It is only used for
// errors.
func lineAt(f io.Reader, offset int64) int {
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
