package rgb

import (
	"bytes"
	"fmt"
	"strconv"

	"datum/files"
	"datum/formats"
)

// isPNM reports whether a file is a portable map of bytes: P5 is grey, P6 RGB.
// Old datasets of traffic signs and faces are made of them.
func isPNM(file []byte) bool {
	return len(file) > 2 && file[0] == 'P' && (file[1] == '5' || file[1] == '6')
}

// pnm reads a portable map, of 8 bits, or of 16, whose upper 8 are kept. Smaller
// ranges are stretched to 255.
func pnm(to *Picture, file []byte, limits files.Limits) error {
	channels := 1
	if file[1] == '6' {
		channels = 3
	}
	rest := file[2:]
	var size [3]int // width, height, the largest value
	for i := range size {
		var err error
		if size[i], rest, err = pnmNumber(rest); err != nil {
			return err
		}
	}
	width, height, largest := size[0], size[1], size[2]
	if most := limits.WithDefaults().ImagePixels; int64(width) > most/int64(height) {
		return fmt.Errorf("%w: a picture of %d × %d, more than %d pixels", files.ErrLimit, width, height, most)
	}
	depth := 1
	if largest > 255 {
		depth = 2
	}
	if len(rest) < 1 || int64(len(rest)-1) < int64(width)*int64(height)*int64(channels*depth) {
		return formats.Reason(formats.ErrCorrupt, "the picture ends before its last row")
	}
	to.reset(width, height)
	fillPNM(to.Pix, rest[1:], channels, depth, largest)
	return nil
}

func fillPNM(to, from []byte, channels, depth, largest int) {
	for i := range to {
		at := i
		if channels == 1 {
			at = i / 3
		}
		v := from[at*depth]
		if largest < 255 {
			v = byte(min(int(v), largest) * 255 / largest)
		}
		to[i] = v
	}
}

// pnmNumber reads a number of the header, before which there may be blanks and
// comments.
func pnmNumber(b []byte) (n int, rest []byte, err error) {
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		if len(b) == 0 || b[0] != '#' {
			break
		}
		_, b, _ = bytes.Cut(b, []byte("\n"))
	}
	end := 0
	for end < len(b) && end < 6 && b[end] >= '0' && b[end] <= '9' {
		end++
	}
	n, err = strconv.Atoi(string(b[:end]))
	if err != nil || n < 1 || n > 65535 {
		return 0, nil, formats.Reason(formats.ErrCorrupt, "the picture's header makes no sense")
	}
	return n, b[end:], nil
}
