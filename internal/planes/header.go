package planes

import (
	"encoding/binary"
	"errors"
	"io"

	"datum/files"
	"datum/formats"
)

// Header is what the first bytes of a PNG file say.
type Header struct {
	Width, Height uint32
	// Depth is the number of bits of a grey value, index or colour.
	Depth byte
	// Kind is the PNG format's own code for what a pixel is.
	Kind byte
}

// The kinds whose pixels are numbers.
const (
	kindGray    = 0
	kindPalette = 3
)

// IsIndex tells whether pixels are numbers, not colours.
func (h Header) IsIndex() bool { return h.Kind == kindGray || h.Kind == kindPalette }

var errNotPNG = formats.Reason(formats.ErrCorrupt, "it is no PNG file")

// signature begins every PNG file.
const signature = "\x89PNG\r\n\x1a\n"

// headerLength is that of the signature, and of the header up to the kind.
const headerLength = 26

// ReadHeader reads the header of a PNG file.
func ReadHeader(r io.Reader) (h Header, err error) {
	var b [headerLength]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errNotPNG
		}
		return h, err
	}
	if string(b[:8]) != signature || string(b[12:16]) != "IHDR" {
		return h, errNotPNG
	}
	return Header{binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:]), b[24], b[25]}, nil
}

// HeaderOf reads the header of a file.
func HeaderOf(f *files.Folder, name string) (Header, error) {
	file, err := f.OpenFile(name)
	if err != nil {
		return Header{}, err
	}
	defer file.Close()
	return ReadHeader(file)
}
