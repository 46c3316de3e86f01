//go:build !cgo || !unix

package turbojpeg

import "fmt"

// Library is libturbojpeg, which a program that was built without cgo cannot
// open.
type Library struct{}

// Open fails with [ErrUnavailable].
func Open(string) (*Library, error) {
	return nil, fmt.Errorf("%w: this program was built without cgo", ErrUnavailable)
}

// String returns nothing.
func (*Library) String() string { return "" }

// Header fails.
func (*Library) Header([]byte) (Header, error) { return Header{}, ErrUnavailable }

// Decode fails.
func (*Library) Decode(_, _ []byte, _ Header, _ int) error { return ErrUnavailable }
