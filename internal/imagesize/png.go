package imagesize

import (
	"encoding/binary"
	"fmt"
)

// maxEXIF is how much of a chunk of EXIF data is looked at.
const maxEXIF = 1 << 20

// readPNG reads the size from the first chunk, IHDR, and looks for EXIF data up
// to the first chunk of pixels.
func readPNG(in *input) (Size, error) {
	b, err := in.next(8 + 8 + 8)
	if err != nil {
		return Size{}, err
	}
	if n := binary.BigEndian.Uint32(b[8:]); n != headerBytes || string(b[12:16]) != "IHDR" {
		return Size{}, fmt.Errorf("%w: a PNG that does not begin with its header", ErrUnknown)
	}
	s, err := sized(int64(binary.BigEndian.Uint32(b[16:])), int64(binary.BigEndian.Uint32(b[20:])))
	if err != nil {
		return Size{}, err
	}
	if in.skip(headerBytes-8+checksum) == nil {
		in.orientation = pngOrientation(in)
	}
	return s, nil
}

const (
	headerBytes = 13 // of IHDR
	checksum    = 4  // bytes after each chunk
)

// pngOrientation looks for EXIF data before the pixels. The size is known at
// this point, so that nothing that goes wrong is an error.
func pngOrientation(in *input) int {
	for {
		b, err := in.next(8)
		if err != nil {
			return 0
		}
		n, name := int64(binary.BigEndian.Uint32(b)), string(b[4:8])
		switch name {
		case "IDAT", "IEND":
			return 0
		case "eXIf":
			exif, _ := in.atMost(n, maxEXIF)
			return orientationIn(exif)
		}
		if in.skip(n+checksum) != nil {
			return 0
		}
	}
}
