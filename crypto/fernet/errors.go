package fernet

import (
	"errors"
	"fmt"
)

// ErrToken is what every error of this package wraps: the bytes are not a
// token which this key made. The others say how far the token was good.
var ErrToken = errors.New("not a valid token")

var (
	// ErrEncoding: the text is not canonical, padded, URL-safe base64.
	ErrEncoding = fmt.Errorf("%w: not canonical url-safe base64", ErrToken)
	// ErrTooShort: the text is well formed and cannot hold even an empty frame.
	ErrTooShort = fmt.Errorf("%w: too short", ErrToken)
	// ErrVersion: the first byte is not 0x80, the only version published.
	ErrVersion = fmt.Errorf("%w: unknown version", ErrToken)
	// ErrLength: the ciphertext is empty or not a whole number of blocks.
	ErrLength = fmt.Errorf("%w: ciphertext is not a positive number of blocks", ErrToken)
	// ErrAuthentication: another key made the token, or it was changed.
	ErrAuthentication = fmt.Errorf("%w: authentication failed", ErrToken)
	// ErrPadding: the token is authentic, and whoever made it padded the
	// plaintext wrongly.
	ErrPadding = fmt.Errorf("%w: bad padding", ErrToken)
)
