// Package turbojpeg decodes JPEG files with libjpeg-turbo, the decoder that
// nearly everybody uses, where the machine has its library libturbojpeg: it is
// two to four times as fast as the standard library's, and gives the very
// pixels that OpenCV gives.
//
// The library is opened when it is first asked for, by its name, and nothing
// of it is needed to build or to start a program. Without it, or in a program
// that was built without cgo, [Open] fails with [ErrUnavailable].
//
// What is decoded may be hostile. The library has been fuzzed by many for
// years; what is left to us is to give it no more room than a picture of the
// size that we allow needs, and to bound the scans of progressive files.
package turbojpeg

import "errors"

var (
	// ErrUnavailable says that the machine has no libturbojpeg, or that the
	// program was built without cgo.
	ErrUnavailable = errors.New("libturbojpeg is not there")
	// ErrUnsupported says that a picture is of a kind that the library does
	// not make RGB of, such as CMYK.
	ErrUnsupported = errors.New("a JPEG that libturbojpeg makes no RGB of")
	// ErrDamaged says that a picture cannot be decoded.
	ErrDamaged = errors.New("the JPEG cannot be decoded")
	// ErrLoose says that a picture was decoded and that there are bytes in it
	// which belong to nothing. That alone is common and harmless, but the
	// library tells the first thing it meets only: whether there is damage
	// behind those bytes has to be found out in another way.
	ErrLoose = errors.New("the JPEG has bytes that belong to nothing")
)

// Header is what the beginning of a JPEG says.
type Header struct {
	Width, Height int
	// RGB says that the library can make RGB of the picture: it is grey or
	// has three channels.
	RGB bool
}

// Scaled returns the size of a picture that is decoded at eighths of its size.
func (h Header) Scaled(eighths int) (width, height int) {
	return (h.Width*eighths + 7) / 8, (h.Height*eighths + 7) / 8
}
