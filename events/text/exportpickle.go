package text

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// writePickle writes a dictionary of numbers by name in protocol 0, for Python 2
// and 3: by falling count, then by name, from 0, or from 1 where there is a name
// for what is not known. Names that do not occur are not in it.
func writePickle(w *bufio.Writer, unknown string, names []string, counts []uint64) error {
	var order []int
	for i := 1; i < len(names); i++ {
		if counts[i] > 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(names[a], names[b]))
	})
	b := []byte("(dp0\n")
	number := 0
	put := func(name string) error {
		b = appendPickled(b, name)
		b = strconv.AppendInt(append(b, "\nI"...), int64(number), 10)
		b = append(b, "\ns"...)
		number++
		_, err := w.Write(b)
		b = b[:0]
		return err
	}
	if unknown != "" {
		if err := put(unknown); err != nil {
			return err
		}
	}
	for _, i := range order {
		if err := put(names[i]); err != nil {
			return err
		}
	}
	_, err := w.Write(append(b, '.'))
	return err
}

// appendPickled writes a text as protocol 0 does: one that is not ASCII as Unicode,
// and bytes that are no text as such.
func appendPickled(b []byte, name string) []byte {
	if utf8.RuneCountInString(name) == len(name) || !utf8.ValidString(name) { // each byte is a letter, or it is no text
		b = append(b, "S'"...)
		for _, c := range []byte(name) {
			if c < ' ' || c > '~' || c == '\'' || c == '\\' {
				b = fmt.Appendf(b, `\x%02x`, c)
			} else {
				b = append(b, c)
			}
		}
		return append(b, '\'')
	}
	b = append(b, 'V')
	for _, c := range name {
		switch {
		case c > 0xffff:
			b = fmt.Appendf(b, `\U%08x`, c)
		case c < ' ' || c > '~' || c == '\\':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, byte(c))
		}
	}
	return b
}
