package sealed

import "errors"

// What a caller may want to tell apart. No error holds a byte of plaintext or
// of a key.
var (
	// ErrNotSealed: the file does not begin as a sealed file does.
	ErrNotSealed = errors.New("not a sealed file")
	// ErrVersion: a newer program sealed the file.
	ErrVersion = errors.New("sealed in a newer way than this program knows")
	// ErrPurpose: the file was sealed for something else.
	ErrPurpose = errors.New("sealed for another purpose")
	// ErrKey: the file was sealed under another key. A header that was changed
	// looks the same.
	ErrKey = errors.New("this is not the key of the file")
	// ErrCorrupt: what was read is not what was sealed.
	ErrCorrupt = errors.New("the sealed file was changed or is not whole")
	// ErrTooLong: a file cannot hold more than 4 PiB.
	ErrTooLong = errors.New("longer than a sealed file can be")
)
