package imagesize

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// The markers of JPEG that are of interest.
const (
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerAPP1 = 0xe1
)

var exifHead = []byte("Exif\x00\x00")

// readJPEG goes from segment to segment up to the frame header, and looks into
// EXIF data on the way.
func readJPEG(in *input) (Size, error) {
	for {
		marker, err := nextMarker(in)
		if err != nil {
			return Size{}, err
		}
		switch {
		case standalone(marker):
			continue
		case marker == markerSOS || marker == markerEOI:
			return Size{}, fmt.Errorf("%w: a JPEG without a frame header", ErrUnknown)
		case startsFrame(marker):
			return readFrame(in)
		}
		if err := skipSegment(in, marker == markerAPP1 && in.orientation == 0); err != nil {
			return Size{}, err
		}
	}
}

// nextMarker finds the next marker. Bytes between segments are passed over, as
// libjpeg does.
func nextMarker(in *input) (byte, error) {
	for {
		b, err := in.byte()
		if err != nil {
			return 0, err
		}
		if b != 0xff {
			continue
		}
		for b == 0xff {
			if b, err = in.byte(); err != nil {
				return 0, err
			}
		}
		if b != 0 {
			return b, nil
		}
	}
}

// standalone reports whether a marker has no segment: the start of the picture,
// restarts and TEM.
func standalone(marker byte) bool {
	return marker == markerSOI || marker >= 0xd0 && marker <= 0xd7 || marker == 0x01
}

// startsFrame reports whether a marker is one of SOF0 to SOF15. The three in
// between that are not are tables and an extension.
func startsFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

func readFrame(in *input) (Size, error) {
	b, err := in.next(7)
	if err != nil {
		return Size{}, err
	}
	return sized(int64(binary.BigEndian.Uint16(b[5:])), int64(binary.BigEndian.Uint16(b[3:])))
}

// skipSegment passes over a segment, and looks for an orientation in it where
// look says so.
func skipSegment(in *input, look bool) error {
	b, err := in.next(2)
	if err != nil {
		return err
	}
	n := int64(binary.BigEndian.Uint16(b)) - 2
	if n < 0 {
		return fmt.Errorf("%w: a JPEG segment of %d bytes", ErrUnknown, n+2)
	}
	end := in.pos + n
	if look {
		b, err := in.atMost(n, n)
		if err != nil {
			return err
		}
		if rest, ok := bytes.CutPrefix(b, exifHead); ok {
			in.orientation = orientationIn(rest)
		}
	}
	return in.skipTo(end)
}
