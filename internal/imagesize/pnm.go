package imagesize

import (
	"fmt"
	"strconv"
)

// maxToken is longer than any number of pixels, and maxWords more words than
// the header of a portable map has.
const (
	maxToken = 20
	maxWords = 64
)

// readPNM reads the two numbers after the magic of a PBM, PGM, PPM or PFM.
func readPNM(in *input) (Size, error) {
	if err := in.skip(2); err != nil {
		return Size{}, err
	}
	if b, err := in.peek(1); err != nil {
		return Size{}, err
	} else if !isSpace(b[0]) && b[0] != '#' {
		return Size{}, ErrUnknown
	}
	width, err := number(in)
	if err != nil {
		return Size{}, err
	}
	height, err := number(in)
	if err != nil {
		return Size{}, err
	}
	return sized(width, height)
}

// readPAM reads the words WIDTH and HEIGHT of a PAM.
func readPAM(in *input) (Size, error) {
	var width, height int64
	for range maxWords {
		w, err := word(in)
		switch {
		case err != nil:
			return Size{}, err
		case w == "WIDTH":
			width, err = number(in)
		case w == "HEIGHT":
			height, err = number(in)
		case w == "ENDHDR":
			return sized(width, height)
		}
		if err != nil {
			return Size{}, err
		}
	}
	return Size{}, ErrUnknown
}

func number(in *input) (int64, error) {
	w, err := word(in)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(w, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("%w: %q where a number of pixels should be", ErrUnknown, w)
	}
	return int64(n), nil
}

// word returns the next word and the white space after it. A comment goes from
// # to the end of its line.
func word(in *input) (string, error) {
	var w []byte
	comment := false
	for {
		b, err := in.byte()
		switch {
		case err != nil:
			return "", err
		case comment:
			comment = b != '\n' && b != '\r'
		case b == '#' && len(w) == 0:
			comment = true
		case !isSpace(b):
			w = append(w, b)
		case len(w) > 0:
			return string(w), nil
		}
		if len(w) > maxToken {
			return "", ErrUnknown
		}
	}
}

func isSpace(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' }
