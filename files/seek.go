package files

import (
	"io"
	"io/fs"
)

// sought returns where a call of Seek leads in a file of length bytes that is
// at byte at.
func sought(at, length, offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += at
	case io.SeekEnd:
		offset += length
	default:
		return 0, fs.ErrInvalid
	}
	if offset < 0 {
		return 0, fs.ErrInvalid
	}
	return offset, nil
}
