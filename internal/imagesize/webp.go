package imagesize

import (
	"encoding/binary"
	"fmt"
)

// readWebP reads the first chunk, of which there are three kinds.
func readWebP(in *input) (Size, error) {
	b, err := in.next(12 + 8 + 5)
	if err != nil {
		return Size{}, err
	}
	n, name, data := int64(binary.LittleEndian.Uint32(b[16:])), string(b[12:16]), [5]byte(b[20:])
	switch name {
	case "VP8 ":
		return readVP8(in, data)
	case "VP8L":
		if data[0] != 0x2f {
			return Size{}, fmt.Errorf("%w: a lossless WebP without its signature", ErrUnknown)
		}
		bits := int64(binary.LittleEndian.Uint32(data[1:]))
		return sized(bits&0x3fff+1, bits>>14&0x3fff+1)
	case "VP8X":
		return readVP8X(in, data, n)
	}
	return Size{}, fmt.Errorf("%w: a WebP that begins with %q", ErrUnknown, name)
}

// readVP8 reads the head of a key frame: a tag of three bytes, a start code and
// the size in 14 bits each, above which there are two of scale.
func readVP8(in *input, head [5]byte) (Size, error) {
	b, err := in.next(5)
	if err != nil {
		return Size{}, err
	}
	if head[0]&1 != 0 || head[3] != 0x9d || head[4] != 0x01 || b[0] != 0x2a {
		return Size{}, fmt.Errorf("%w: a WebP that does not begin with a key frame", ErrUnknown)
	}
	width, height := binary.LittleEndian.Uint16(b[1:]), binary.LittleEndian.Uint16(b[3:])
	return sized(int64(width&0x3fff), int64(height&0x3fff))
}

// hasEXIF is the flag of an extended WebP that has EXIF data.
const hasEXIF = 0x08

// readVP8X reads the canvas of an extended WebP of n bytes, of which there are
// ten.
func readVP8X(in *input, head [5]byte, n int64) (Size, error) {
	b, err := in.next(5)
	if err != nil {
		return Size{}, err
	}
	width := int64(head[4]) | int64(b[0])<<8 | int64(b[1])<<16
	height := int64(b[2]) | int64(b[3])<<8 | int64(b[4])<<16
	s, err := sized(width+1, height+1)
	if err != nil {
		return Size{}, err
	}
	if head[0]&hasEXIF != 0 && n >= 10 && in.skip(n-10+n%2) == nil {
		in.orientation = webpOrientation(in)
	}
	return s, nil
}

// webpOrientation looks for the chunk of EXIF data, which comes after the
// pixels. The size is known at this point, so that nothing that goes wrong is an
// error.
func webpOrientation(in *input) int {
	for {
		b, err := in.next(8)
		if err != nil {
			return 0
		}
		n := int64(binary.LittleEndian.Uint32(b[4:]))
		if string(b[:4]) == "EXIF" {
			exif, _ := in.atMost(n, maxEXIF)
			if len(exif) > len(exifHead) && string(exif[:len(exifHead)]) == string(exifHead) {
				exif = exif[len(exifHead):] // some writers keep the head it has in a JPEG
			}
			return orientationIn(exif)
		}
		if in.skip(n+n%2) != nil {
			return 0
		}
	}
}
