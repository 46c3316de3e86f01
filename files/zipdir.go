package files

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// Sizes and signatures of a zip's records, and the values that send the reader
// to the 64-bit ones.
const (
	zipLocalBytes   = 30
	zipHeaderBytes  = 46
	zipEndBytes     = 22
	zipLocatorBytes = 20
	zipEnd64Bytes   = 56

	zipLocalSignature   = 0x04034b50
	zipHeaderSignature  = 0x02014b50
	zipEndSignature     = 0x06054b50
	zipLocatorSignature = 0x07064b50
	zipEnd64Signature   = 0x06064b50

	zipExtra64 = 1
	none16     = 1<<16 - 1
	none32     = 1<<32 - 1
)

var le = binary.LittleEndian

// zipDirectory is where the central directory of a zip lies.
type zipDirectory struct{ at, end int64 }

// zipOffsets returns where the entries of a zip have their own headers, in the
// order of the central directory, and where that begins. Package archive/zip
// reads the directory, too, but takes any number of entries into memory and
// does not tell where they are, which is how overlapping ones are seen without
// a look at each. Both must find the same; who reads the result checks that.
func zipOffsets(r io.ReaderAt, size int64, most int) (offsets []int64, dir zipDirectory, err error) {
	if dir, err = findZipDirectory(r, size); err != nil {
		return nil, dir, err
	}
	section := io.NewSectionReader(r, dir.at, dir.end-dir.at)
	for in := bufio.NewReaderSize(section, 64<<10); ; {
		off, err := zipOffset(in)
		if err == io.EOF {
			return offsets, dir, nil
		}
		if err != nil {
			return nil, dir, err
		}
		if off < 0 || off > dir.at-zipLocalBytes {
			return nil, dir, fmt.Errorf("%w: an entry that lies outside of the archive", ErrArchive)
		}
		if offsets = append(offsets, off); len(offsets) > most {
			return nil, dir, fmt.Errorf("%w: more than %d files and folders", ErrLimit, most)
		}
	}
}

// zipOffset reads one header of the central directory.
func zipOffset(in *bufio.Reader) (int64, error) {
	var h [zipHeaderBytes]byte
	if n, err := io.ReadFull(in, h[:]); n == 0 || err != nil && err != io.ErrUnexpectedEOF {
		return 0, err
	} else if n < len(h) || le.Uint32(h[:]) != zipHeaderSignature {
		return 0, fmt.Errorf("%w: the central directory is damaged", ErrArchive)
	}
	off := int64(le.Uint32(h[42:]))
	skip := int(le.Uint16(h[28:]))
	if off == none32 {
		if _, err := in.Discard(skip); err != nil {
			return 0, cut(err)
		}
		extra := make([]byte, le.Uint16(h[30:]))
		if _, err := io.ReadFull(in, extra); err != nil {
			return 0, cut(err)
		}
		var ok bool
		if off, ok = zipOffset64(h[:], extra); !ok {
			return 0, fmt.Errorf("%w: an entry whose place is missing", ErrArchive)
		}
		skip = 0
	} else {
		skip += int(le.Uint16(h[30:]))
	}
	_, err := in.Discard(skip + int(le.Uint16(h[32:])))
	return off, cut(err)
}

// cut says that the archive ends too early.
func cut(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: it is cut short", ErrArchive)
	}
	return err
}

// zipOffset64 finds the offset in the extra fields, where it stands behind
// those sizes that do not fit in 32 bits.
func zipOffset64(header, extra []byte) (int64, bool) {
	before := 0
	for _, at := range []int{20, 24} {
		if le.Uint32(header[at:]) == none32 {
			before += 8
		}
	}
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			break
		}
		if id == zipExtra64 {
			if n < before+8 {
				return 0, false
			}
			return int64(le.Uint64(extra[before:])), true
		}
		extra = extra[n:]
	}
	return 0, false
}

// findZipDirectory reads the end of a zip. The directory has to lie directly
// in front of it, counted from the beginning of the file. When the 64-bit form
// counts is as archive/zip has it, the odd bound of the length included.
func findZipDirectory(r io.ReaderAt, size int64) (d zipDirectory, err error) {
	end, at, err := findZipEnd(r, size)
	if err != nil {
		return d, err
	}
	records, length, from := uint64(le.Uint16(end[10:])), uint64(le.Uint32(end[12:])), uint64(le.Uint32(end[16:]))
	if records == none16 || length == none16 || from == none32 {
		if end64, at64, err := findZipEnd64(r, at); err != nil {
			return d, err
		} else if end64 != nil {
			at, length, from = at64, le.Uint64(end64[40:]), le.Uint64(end64[48:])
		}
	}
	if length > uint64(at) || from != uint64(at)-length {
		return d, fmt.Errorf("%w: the central directory is not where it should be", ErrArchive)
	}
	return zipDirectory{int64(from), at}, nil
}

// findZipEnd finds the last record, after which a comment may follow.
func findZipEnd(r io.ReaderAt, size int64) (end []byte, at int64, err error) {
	tail := make([]byte, min(size, 65<<10))
	if err := readFullAt(r, tail, size-int64(len(tail))); err != nil {
		return nil, 0, err
	}
	var signature [4]byte
	le.PutUint32(signature[:], zipEndSignature)
	searched := max(0, len(tail)-zipEndBytes+len(signature))
	i := bytes.LastIndex(tail[:min(searched, len(tail))], signature[:])
	if i < 0 || i+zipEndBytes > len(tail) || i+zipEndBytes+int(le.Uint16(tail[i+20:])) > len(tail) {
		return nil, 0, fmt.Errorf("%w: the end of the zip is missing; it may be cut short", ErrArchive)
	}
	return tail[i : i+zipEndBytes], size - int64(len(tail)-i), nil
}

// findZipEnd64 finds the 64-bit form of the last record, nil where there is
// none.
func findZipEnd64(r io.ReaderAt, end int64) (end64 []byte, at int64, err error) {
	locator := make([]byte, zipLocatorBytes)
	if end < zipLocatorBytes {
		return nil, 0, nil
	}
	if err := readFullAt(r, locator, end-zipLocatorBytes); err != nil {
		return nil, 0, err
	}
	if le.Uint32(locator) != zipLocatorSignature {
		return nil, 0, nil
	}
	at = int64(le.Uint64(locator[8:]))
	if at < 0 || at > end-zipLocatorBytes-zipEnd64Bytes {
		return nil, 0, fmt.Errorf("%w: the end of the zip is damaged", ErrArchive)
	}
	end64 = make([]byte, zipEnd64Bytes)
	if err := readFullAt(r, end64, at); err != nil {
		return nil, 0, err
	}
	if le.Uint32(end64) != zipEnd64Signature {
		return nil, 0, fmt.Errorf("%w: the end of the zip is damaged", ErrArchive)
	}
	return end64, at, nil
}

func readFullAt(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	return cut(err)
}
