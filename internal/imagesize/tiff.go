package imagesize

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

// The tags of TIFF that are of interest.
const (
	tagSubfile     = 254
	tagWidth       = 256
	tagHeight      = 257
	tagOrientation = 274
	tagDNG         = 50706
)

// maxEntries is what the 16 bits of the classic layout allow.
const maxEntries = math.MaxUint16

// layout says how a TIFF stores numbers: in which order of bytes, and with 32
// bits or, in a BigTIFF, 64.
type layout struct {
	binary.ByteOrder
	big bool
}

// readTIFF reads the first directory of a TIFF, wherever it lies: all that is
// needed of it is after its head, so no way back has to be kept.
func readTIFF(in *input) (Size, error) {
	tags, err := firstDirectory(in)
	if err != nil {
		return Size{}, err
	}
	if _, dng := tags[tagDNG]; dng && tags[tagSubfile]&1 != 0 {
		return Size{}, fmt.Errorf("%w: a raw photograph that begins with its preview", ErrUnknown)
	}
	in.orientation = known(tags[tagOrientation])
	return sized(tags[tagWidth], tags[tagHeight])
}

// orientationIn returns the orientation that EXIF data gives, 0 for none. EXIF
// data is a small TIFF. It is not worth an error when it is broken.
func orientationIn(exif []byte) int {
	head := exif[:min(4, len(exif))]
	if !bytes.Equal(head, []byte("II*\x00")) && !bytes.Equal(head, []byte("MM\x00*")) {
		return 0
	}
	tags, _ := firstDirectory(newInput(bytes.NewReader(exif)))
	return known(tags[tagOrientation])
}

// known returns an orientation if it is one of the eight, and otherwise 0.
func known(orientation int64) int {
	if orientation >= 1 && orientation <= 8 {
		return int(orientation)
	}
	return 0
}

// turns reports whether an orientation lays a picture on its side.
func turns(orientation int) bool { return orientation >= 5 && orientation <= 8 }

// firstDirectory returns the tags of interest, in an error's case those before
// it.
func firstDirectory(in *input) (map[uint16]int64, error) {
	tags := map[uint16]int64{}
	l, at, err := readTIFFHead(in)
	if err != nil {
		return tags, err
	}
	if at < uint64(in.pos) || at > math.MaxInt64 {
		return tags, fmt.Errorf("%w: a TIFF with its directory at byte %d", ErrUnknown, at)
	}
	if err := in.skipTo(int64(at)); err != nil {
		return tags, err
	}
	n, err := l.count(in)
	if err != nil {
		return tags, err
	}
	for range n {
		if err := l.entry(in, tags); err != nil {
			return tags, err
		}
	}
	return tags, nil
}

func readTIFFHead(in *input) (l layout, directory uint64, err error) {
	b, err := in.next(8)
	if err != nil {
		return l, 0, err
	}
	l.ByteOrder = binary.ByteOrder(binary.LittleEndian)
	if b[0] == 'M' {
		l.ByteOrder = binary.BigEndian
	}
	if l.Uint16(b[2:]) == 42 {
		return l, uint64(l.Uint32(b[4:])), nil
	}
	l.big = true
	if l.Uint16(b[4:]) != 8 {
		return l, 0, fmt.Errorf("%w: a BigTIFF with offsets of %d bytes", ErrUnknown, l.Uint16(b[4:]))
	}
	if b, err = in.next(8); err != nil {
		return l, 0, err
	}
	return l, l.Uint64(b), nil
}

// count reads the number of entries of a directory.
func (l layout) count(in *input) (int, error) {
	if !l.big {
		b, err := in.next(2)
		if err != nil {
			return 0, err
		}
		return int(l.Uint16(b)), nil
	}
	b, err := in.next(8)
	if err != nil {
		return 0, err
	}
	n := l.Uint64(b)
	if n > maxEntries {
		return 0, fmt.Errorf("%w: a directory of %d entries", ErrUnknown, n)
	}
	return int(n), nil
}

// entry reads one entry: tag, type, number of values, and the value itself where
// it is one number. The first of equal tags counts.
func (l layout) entry(in *input, tags map[uint16]int64) error {
	size := 12
	if l.big {
		size = 20
	}
	b, err := in.next(size)
	if err != nil {
		return err
	}
	tag, value := l.Uint16(b), b[8:]
	if l.big {
		value = b[12:]
	}
	switch tag {
	case tagSubfile, tagWidth, tagHeight, tagOrientation, tagDNG:
		if _, twice := tags[tag]; !twice {
			tags[tag] = l.number(l.Uint16(b[2:]), value)
		}
	}
	return nil
}

// number returns the value of type BYTE, SHORT, LONG or LONG8, -1 where it is of
// none of these.
func (l layout) number(kind uint16, value []byte) int64 {
	switch {
	case kind == 1:
		return int64(value[0])
	case kind == 3:
		return int64(l.Uint16(value))
	case kind == 4:
		return int64(l.Uint32(value))
	case kind == 16 && l.big:
		return int64(min(l.Uint64(value), math.MaxInt64))
	}
	return -1
}
