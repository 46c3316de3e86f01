package files

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
)

// flagEncrypted are the bits of a zip entry that is encrypted, in one way or
// the other.
const flagEncrypted = 1<<0 | 1<<6 | 1<<13

// readZip returns what is in a zip. Of archive/zip's records nothing is kept:
// they are several times as large as ours.
func readZip(r io.ReaderAt, size int64, l Limits) (*index, error) {
	offsets, dir, err := zipOffsets(r, size, l.ArchiveEntries)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	if len(z.File) != len(offsets) {
		return nil, fmt.Errorf("%w: the central directory is damaged", ErrArchive)
	}
	ends, err := zipEnds(z.File, offsets, dir.at)
	if err != nil {
		return nil, err
	}
	x, sum := newIndex(l), newTotal(size, l)
	for i, f := range z.File {
		e, err := zipEntry(f, sum)
		if err != nil {
			return nil, named(f.Name, err)
		}
		e.at, e.end = offsets[i], ends[i]
		if err := x.add(f.Name, e); err != nil {
			return nil, err
		}
	}
	return x, x.finish()
}

// zipEnds returns for each entry how far its data may go: to the header of the
// next one. Entries that overlap even by what the directory says of them are
// refused, as that is how a small file becomes a large one many times over.
func zipEnds(list []*zip.File, offsets []int64, end int64) ([]int64, error) {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(offsets[a], offsets[b]) })
	ends := make([]int64, len(list))
	for k := len(order) - 1; k >= 0; k-- {
		i := order[k]
		ends[i] = end
		room := end - offsets[i] - zipLocalBytes - int64(len(list[i].Name))
		if room < 0 || list[i].CompressedSize64 > uint64(room) {
			return nil, named(list[i].Name, fmt.Errorf("%w: its data overlap with those of another entry", ErrArchive))
		}
		end = offsets[i]
	}
	return ends, nil
}

func zipEntry(f *zip.File, sum *total) (entry, error) {
	if f.UncompressedSize64 > math.MaxInt64 {
		return entry{}, fmt.Errorf("%w: it claims %d bytes", ErrLimit, f.UncompressedSize64)
	}
	e := entry{length: int64(f.UncompressedSize64), packed: int64(f.CompressedSize64), crc: f.CRC32, stored: f.Method == zip.Store}
	switch mode := f.Mode(); {
	case mode.IsDir():
		e.kind = folder
	case mode.Type() == fs.ModeSymlink:
		e.kind = link
	case mode.Type() != 0:
		e.kind = special
	case f.Flags&flagEncrypted != 0:
		e.kind = encrypted
	case f.Method != zip.Store && f.Method != zip.Deflate:
		e.kind = foreign
	case e.stored && e.packed != e.length:
		return e, fmt.Errorf("%w: it is stored in %d bytes and claims %d", ErrArchive, e.packed, e.length)
	}
	return e, sum.add(e.length)
}

// openZip opens a file of a zip.
func openZip(r io.ReaderAt, name string, e *entry) (File, error) {
	var local [zipLocalBytes]byte
	if err := readFullAt(r, local[:], e.at); err != nil {
		return nil, err
	}
	if le.Uint32(local[:]) != zipLocalSignature {
		return nil, fmt.Errorf("%w: the file's own header is damaged", ErrArchive)
	}
	from := e.at + zipLocalBytes + int64(le.Uint16(local[26:])) + int64(le.Uint16(local[28:]))
	if from > e.end-e.packed {
		return nil, fmt.Errorf("%w: its data overlap with those of another entry", ErrArchive)
	}
	if err := sameLocalName(r, e, int(le.Uint16(local[26:])), name); err != nil {
		return nil, err
	}
	return &zipFile{raw: io.NewSectionReader(r, from, e.packed), entry: e, name: name}, nil
}

// sameLocalName checks the second place where a zip has the name. Programs that
// unpack go by either of them, and the two may be made to differ.
func sameLocalName(r io.ReaderAt, e *entry, n int, name string) error {
	local := make([]byte, n)
	if err := readFullAt(r, local, e.at+zipLocalBytes); err != nil {
		return err
	}
	if clean, _, err := entryName(string(local)); err != nil || clean != name {
		return fmt.Errorf("%w: the file's own header calls it %q", ErrArchive, local)
	}
	return nil
}
