package key

import "errors"

// What a caller may want to tell apart. Every error of this package wraps one
// of these or an error of the operating system, and none of them holds any part
// of a key or of a passphrase.
var (
	// ErrMalformed: the text is not a key, or the file is not a wrapped key.
	ErrMalformed = errors.New("malformed key")
	// ErrNotFound: no key was given in any of the places looked at.
	ErrNotFound = errors.New("no encryption key given")
	// ErrConflict: a key was given in two places of equal rank.
	ErrConflict = errors.New("more than one encryption key given")
	// ErrWrapped: the key is there and a passphrase is needed to open it.
	ErrWrapped = errors.New("the key is protected by a passphrase")
	// ErrPassphrase: the passphrase is empty or does not open the key, which
	// cannot be told from a key file that was changed.
	ErrPassphrase = errors.New("passphrase not accepted")
	// ErrDestroyed: the key was destroyed, or never made.
	ErrDestroyed = errors.New("the key was destroyed")
)
