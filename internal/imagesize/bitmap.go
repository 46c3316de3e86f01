package imagesize

import (
	"encoding/binary"
	"fmt"
)

// readGIF reads the size of the screen, in which all frames lie.
func readGIF(in *input) (Size, error) {
	b, err := in.next(10)
	if err != nil {
		return Size{}, err
	}
	return sized(int64(binary.LittleEndian.Uint16(b[6:])), int64(binary.LittleEndian.Uint16(b[8:])))
}

// The sizes of the headers after the file header of a BMP.
const (
	coreHeader    = 12 // of OS/2, with sizes of 16 bits
	shortestOther = 16 // of OS/2 again; Windows begins at 40
	longestOther  = 124
)

// readBMP reads either of the two layouts. The height is negative where the rows
// go from top to bottom.
func readBMP(in *input) (Size, error) {
	b, err := in.next(18)
	if err != nil {
		return Size{}, err
	}
	header := binary.LittleEndian.Uint32(b[14:])
	switch {
	case header == coreHeader:
		if b, err = in.next(4); err != nil {
			return Size{}, err
		}
		return sized(int64(binary.LittleEndian.Uint16(b)), int64(binary.LittleEndian.Uint16(b[2:])))
	case header < shortestOther || header > longestOther:
		return Size{}, fmt.Errorf("%w: a BMP with a header of %d bytes", ErrUnknown, header)
	}
	if b, err = in.next(8); err != nil {
		return Size{}, err
	}
	width, height := int32(binary.LittleEndian.Uint32(b)), int32(binary.LittleEndian.Uint32(b[4:]))
	return sized(int64(width), max(int64(height), -int64(height)))
}
