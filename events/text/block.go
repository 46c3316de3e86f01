package text

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"datum/files"
	"datum/formats"
)

const (
	// blockBytes is how much text is parsed at once.
	blockBytes = 256 << 10
	// longestLine bounds a line: the history of somebody who has seen a million
	// things.
	longestLine = 16 << 20
)

// block is whole lines of a file.
type block struct {
	text   []byte
	first  int64  // the number of its first line
	buffer []byte // what text is a part of
}

// free are blocks that are done with.
var free = sync.Pool{New: func() any { return &block{buffer: make([]byte, blockBytes)} }}

// release gives the block back.
func (b *block) release() {
	if len(b.buffer) == blockBytes { // others are of very long lines
		free.Put(b)
	}
}

// cutter cuts a stream into blocks.
type cutter struct {
	r     io.Reader
	lines int64 // before what comes next
	rest  []byte
	// quoting tells lines from records, where fields may hold line ends; nil
	// where they may not.
	quoting *quoting
	started bool
	done    bool
}

// next returns io.EOF after the last block.
func (c *cutter) next() (*block, error) {
	if c.done {
		return nil, io.EOF
	}
	b := free.Get().(*block)
	text := b.buffer
	if len(c.rest) > blockBytes/2 {
		text = make([]byte, 2*len(c.rest))
	}
	n := copy(text, c.rest)
	for seen := 0; ; {
		got, err := fill(c.r, text[n:])
		if n += got; err != nil && err != io.EOF {
			return nil, err
		}
		if err := c.start(text[:n]); err != nil {
			return nil, err
		}
		if err == io.EOF {
			c.done = true
			return c.whole(b, text, n), nil
		}
		if end := c.ends(text[:n], seen); end > 0 {
			c.rest = append(c.rest[:0], text[end:n]...)
			return c.whole(b, text, end), nil
		}
		if n >= longestLine {
			return nil, &tooLong{c.lines + 1}
		}
		seen = n
		text = append(text, make([]byte, len(text))...)
	}
}

// tooLong is a line, or a record, that does not end.
type tooLong struct{ line int64 }

func (*tooLong) Error() string { return "a line that does not end" }

// fill reads until the buffer is full. Unlike io.ReadFull it leaves the error as it
// is: one at the end of what is packed says that it was cut off.
func fill(r io.Reader, b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		var got int
		got, err = r.Read(b[n:])
		n += got
	}
	return n, err
}

// start looks at what the first bytes say about the encoding.
func (c *cutter) start(text []byte) error {
	if c.started {
		return nil
	}
	c.started = true
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return formats.WithHint(corrupt("it is UTF-16"), "save it as UTF-8, as with: iconv -f UTF-16 -t UTF-8")
	}
	return nil
}

// ends returns where the last whole record ends, 0 where there is none. What was
// seen before has no end.
func (c *cutter) ends(text []byte, seen int) int {
	if c.quoting != nil && bytes.IndexByte(text, '"') >= 0 {
		return c.quoting.lastEnd(text)
	}
	if at := bytes.LastIndexByte(text[seen:], '\n'); at >= 0 {
		return seen + at + 1
	}
	return 0
}

// whole makes a block of the beginning of a buffer.
func (c *cutter) whole(b *block, buffer []byte, end int) *block {
	*b = block{text: buffer[:end], first: c.lines + 1, buffer: buffer}
	c.lines += int64(bytes.Count(b.text, []byte{'\n'}))
	if b.first == 1 {
		b.text = bytes.TrimPrefix(b.text, []byte("\ufeff"))
	}
	return b
}

// blocks returns the blocks of a file, unpacked where it is packed.
func (r *reader) blocks(name string, q *quoting) iter.Seq2[*block, error] {
	return func(yield func(*block, error) bool) {
		f, err := openText(r.folder, name)
		if err != nil {
			yield(nil, formats.At(r.folder, r.format, name, err))
			return
		}
		defer f.Close()
		c := &cutter{r: f, quoting: q}
		for {
			b, err := c.next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, r.cutError(name, c, err))
				return
			}
			if !yield(b, nil) {
				return
			}
		}
	}
}

func (r *reader) cutError(name string, c *cutter, err error) error {
	if long, ok := err.(*tooLong); ok {
		err = corrupt("a line of more than %d MB", longestLine>>20)
		if c.quoting != nil {
			err = formats.WithHint(err, "a quote that does not end makes one line of all that follow")
		}
		return r.at(name, long.line, err)
	}
	return formats.At(r.folder, r.format, name, packedError(err))
}

// packedError tells damage from a disk that fails.
func packedError(err error) error {
	var damage flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return corrupt("what is packed in it is cut off")
	case errors.As(err, &damage), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return corrupt("what is packed in it is damaged")
	}
	return err
}

// textFile is an open text, perhaps in a packed file.
type textFile struct {
	io.Reader
	file files.File
}

func (t *textFile) Close() error { return t.file.Close() }

// openText opens a text. Whether it is packed, its first bytes say and not its
// name.
func openText(f *files.Folder, name string) (*textFile, error) {
	file, err := f.OpenFile(name)
	if err != nil {
		return nil, err
	}
	var magic [2]byte
	n, err := file.ReadAt(magic[:], 0)
	if err != nil && err != io.EOF {
		file.Close()
		return nil, err
	}
	t := &textFile{file, file}
	if n == 2 && magic == [2]byte{0x1f, 0x8b} {
		z, err := gzip.NewReader(file)
		if err != nil {
			file.Close()
			return nil, packedError(err)
		}
		t.Reader = z
	}
	return t, nil
}

// firstBytes is how much of a file is looked at to find out what it is.
const firstBytes = 256 << 10

// firstLines returns the beginning of a text, whole lines where it can, for
// finding out what it is; empty where it cannot be read.
func firstLines(f *files.Folder, name string) []byte {
	t, err := openText(f, name)
	if err != nil {
		return nil
	}
	defer t.Close()
	text := make([]byte, firstBytes)
	n, _ := fill(t, text)
	text = bytes.TrimPrefix(text[:n], []byte("\ufeff"))
	if at := bytes.LastIndexByte(text, '\n'); at >= 0 && n == firstBytes {
		text = text[:at+1]
	}
	return text
}

// firstLine returns the first line of a text without its end.
func firstLine(f *files.Folder, name string) []byte {
	line, _, _ := bytes.Cut(firstLines(f, name), []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'})
}
