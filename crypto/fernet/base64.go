package fernet

import (
	"bytes"
	"encoding/base64"

	vector "github.com/segmentio/asm/base64"
)

var (
	// strict never lets its arguments escape, so short texts are decoded on
	// the stack. It skips CR and LF.
	strict = base64.URLEncoding.Strict()
	// fast is vectorised and more lenient: see decode.
	fast = vector.URLEncoding.Strict()
)

// decodeShort writes the bytes of text to dst. They must be want bytes, which
// they are not if line breaks were skipped.
func decodeShort(dst, text []byte, want int) error {
	n, err := strict.Decode(dst, text)
	if err != nil || n != want {
		return ErrEncoding
	}
	return nil
}

// decode is decodeShort for long texts.
//
// The vector code takes '/' for 63, and its scalar end skips CR and LF, as the
// standard library does. The first is looked for; whatever is skipped leaves
// fewer bytes than wanted. '+' is looked for too, because the guard should not
// depend on which of the vector kernels runs.
func decode(dst, text []byte, want int) error {
	if bytes.IndexByte(text, '/') >= 0 || bytes.IndexByte(text, '+') >= 0 {
		return ErrEncoding
	}
	n, err := fast.Decode(dst, text)
	if err != nil || n != want {
		return ErrEncoding
	}
	return nil
}

// rawLen returns how many bytes the text stands for, judged by its length and
// its padding alone.
func rawLen(text []byte) (int, error) {
	if len(text)%4 != 0 {
		return 0, ErrEncoding
	}
	n := len(text) / 4 * 3
	if bytes.HasSuffix(text, []byte("==")) {
		return n - 2, nil
	}
	if bytes.HasSuffix(text, []byte("=")) {
		return n - 1, nil
	}
	return n, nil
}

// canonical reports whether text is the one text of its size bytes.
func canonical(text []byte, size int) bool {
	var raw [48]byte
	for len(text) > 0 {
		piece := text[:min(len(text), len(raw)/3*4)]
		want := min(size, len(raw))
		if decodeShort(raw[:], piece, want) != nil {
			return false
		}
		text, size = text[len(piece):], size-want
	}
	return true
}
