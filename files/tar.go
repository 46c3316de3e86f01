package files

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	tarBlock = 512
	// tarTail is how far behind the end mark of a tar is looked for more. Tapes
	// fill up to ten kilobytes with zeros.
	tarTail = 1 << 20
)

// isTar reports whether a block can be the header of a tar: its checksum is
// right. The oldest kind of tar has no other mark.
func isTar(b []byte) bool {
	if len(b) < tarBlock || b[0] == 0 {
		return false
	}
	sum := int(8 * ' ')
	for i, c := range b[:tarBlock] {
		if i < 148 || i >= 156 {
			sum += int(c)
		}
	}
	claim, digits := 0, 0
	for _, c := range strings.Trim(string(b[148:156]), " \x00") {
		if c < '0' || c > '7' {
			return false
		}
		claim, digits = claim*8+int(c-'0'), digits+1
	}
	return digits > 0 && claim == sum
}

// isEmptyTar reports whether a tar that begins with b has no entries: only the
// end mark. That is no magic number, so that the name has to say it is a tar.
func isEmptyTar(b []byte) bool { return len(b) >= tarBlock && allZero(b) }

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// readTar returns what is in a tar. It reads the headers only.
func readTar(r io.ReaderAt, size int64, l Limits) (*index, error) {
	x, section := newIndex(l), io.NewSectionReader(&windowReader{r: r}, 0, size)
	for in := tar.NewReader(section); ; {
		h, err := in.Next()
		at, _ := section.Seek(0, io.SeekCurrent)
		if err == io.EOF {
			if err := tarEnd(r, at, size); err != nil {
				return nil, err
			}
			return x, x.finish()
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return nil, badTar(err, at)
		}
		if err := addTarEntry(x, h, at, size); err != nil {
			return nil, err
		}
	}
}

// windowReader reads a bit more than it is asked for and keeps it: the headers
// of small files lie close to each other.
type windowReader struct {
	r      io.ReaderAt
	at     int64
	window []byte
	buf    [8 << 10]byte
}

// ReadAt is that of [io.ReaderAt], for one reader at a time.
func (w *windowReader) ReadAt(b []byte, off int64) (int, error) {
	if len(b) > len(w.buf) {
		return w.r.ReadAt(b, off)
	}
	if off < w.at || off+int64(len(b)) > w.at+int64(len(w.window)) {
		n, err := w.r.ReadAt(w.buf[:], off)
		w.at, w.window = off, w.buf[:n]
		if n < len(b) {
			return copy(b, w.window), err
		}
	}
	return copy(b, w.window[off-w.at:]), nil
}

func badTar(err error, at int64) error {
	switch {
	case errors.Is(err, tar.ErrHeader):
		return fmt.Errorf("%w: the header of an entry near byte %d is damaged", ErrArchive, at)
	case errors.Is(err, tar.ErrFieldTooLong):
		return fmt.Errorf("%w: the header of an entry near byte %d", ErrLimit, at)
	}
	return cut(err)
}

func addTarEntry(x *index, h *tar.Header, at, size int64) error {
	if h.Typeflag == tar.TypeXGlobalHeader {
		return globalHeader(h)
	}
	e := entry{length: h.Size, at: at, kind: tarKind(h)}
	if e.kind != regular {
		e.length = 0
	} else if e.length < 0 || e.length > size-at {
		return named(h.Name, fmt.Errorf("%w: it is cut short", ErrArchive))
	}
	return x.add(h.Name, e)
}

func tarKind(h *tar.Header) kind {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return sparse
		}
	}
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeCont:
		return regular
	case tar.TypeDir:
		return folder
	case tar.TypeLink, tar.TypeSymlink:
		return link
	case tar.TypeGNUSparse:
		return sparse
	}
	return special
}

// globalHeader refuses a header for all entries that follow that changes what
// they are: programs do not agree about it. Most such headers are a comment.
func globalHeader(h *tar.Header) error {
	for _, key := range []string{"path", "linkpath", "size"} {
		if _, ok := h.PAXRecords[key]; ok {
			return fmt.Errorf("%w: a header for all entries sets their %s", ErrArchive, key)
		}
	}
	return nil
}

// tarEnd checks that the tar ends with its mark and that nothing follows. The
// mark is all that tells a whole tar from one that lost its last entries, and
// of two tars in one file the second would be lost.
func tarEnd(r io.ReaderAt, at, size int64) error {
	mark := make([]byte, tarBlock)
	if at < tarBlock || at%tarBlock != 0 {
		return fmt.Errorf("%w: the end of the tar is missing; it may be cut short", ErrArchive)
	}
	if err := readFullAt(r, mark, at-tarBlock); err != nil {
		return err
	}
	if !allZero(mark) {
		return fmt.Errorf("%w: the end of the tar is missing; it may be cut short", ErrArchive)
	}
	rest := make([]byte, min(size-at, tarTail))
	if err := readFullAt(r, rest, at); err != nil {
		return err
	}
	if !allZero(rest) {
		return fmt.Errorf("%w: something follows after the end of the tar", ErrArchive)
	}
	return nil
}
