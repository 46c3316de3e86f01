package fernet

import (
	"encoding/binary"
	"time"
)

// headerText is how many characters hold the whole header.
const headerText = 36

// SniffLen is how many bytes [LooksLikeToken] needs to see.
const SniffLen = 6

// sniffed is the start of every token made between the years 1970 and 4147:
// the version byte and the 28 uppermost bits of the time.
const sniffed = "gAAAAA"

// LooksLikeToken reports whether a file which starts with prefix is likely a
// token. Fewer than [SniffLen] bytes never are. No common media or text format
// starts this way.
func LooksLikeToken(prefix []byte) bool {
	return len(prefix) >= SniffLen && string(prefix[:SniffLen]) == sniffed
}

// EncodedLen returns the length in bytes of the token of n bytes of plaintext.
func EncodedLen(n int) int {
	raw := frameLen + (n/blockLen+1)*blockLen
	return (raw + 2) / 3 * 4
}

// MaxDecodedLen returns how many bytes [Cipher.AppendDecrypt] writes at most
// for a token of n bytes: the plaintext and its padding, which is 1 to 16 bytes.
func MaxDecodedLen(n int) int {
	return max(0, n/4*3-frameLen) / blockLen * blockLen
}

// Timestamp returns the time a token claims to be made, to the second. It is
// not authenticated: anybody can write any time into a token.
func Timestamp(token []byte) (time.Time, error) {
	var header [headerText / 4 * 3]byte
	if _, err := inspect(&header, token); err != nil {
		return time.Time{}, err
	}
	seconds := binary.BigEndian.Uint64(header[timeOffset:ivOffset])
	return time.Unix(int64(seconds), 0).UTC(), nil
}

// Tag returns the HMAC which ends a token and so names its content: a list of
// tags, itself authenticated, binds tokens to their places. Only the end of the
// token is decoded, whatever its length, and nothing is authenticated.
func Tag(token []byte) (tag [32]byte, err error) {
	size, err := frame(token)
	if err != nil {
		return tag, err
	}
	const tail = 48 // characters, and so at least 34 bytes
	var raw [tail / 4 * 3]byte
	end := size - (len(token)-tail)/4*3
	if err := decodeShort(raw[:], token[len(token)-tail:], end); err != nil {
		return tag, err
	}
	return [32]byte(raw[end-tagLen : end]), nil
}

// inspect decodes the header of a token and returns the length of its
// ciphertext, which is a positive number of blocks.
func inspect(header *[headerText / 4 * 3]byte, token []byte) (int, error) {
	size, err := frame(token)
	if err != nil {
		return 0, err
	}
	if err := decodeShort(header[:], token[:headerText], len(header)); err != nil {
		return 0, err
	}
	if header[0] != version {
		return 0, ErrVersion
	}
	return size - frameLen, nil
}

// frame returns how many bytes the token stands for, after checking that these
// are a frame and a positive number of blocks.
func frame(token []byte) (int, error) {
	size, err := rawLen(token)
	if err != nil {
		return 0, err
	}
	switch {
	case size < frameLen:
		err = ErrTooShort
	case size == frameLen || (size-frameLen)%blockLen != 0:
		err = ErrLength
	default:
		return size, nil
	}
	// A line break or junk is the likelier cause of a wrong length, and the
	// more helpful thing to say.
	if !canonical(token, size) {
		err = ErrEncoding
	}
	return 0, err
}
