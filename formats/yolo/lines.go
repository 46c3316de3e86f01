package yolo

import (
	"bytes"
	"fmt"
	"iter"
	"math"
	"strconv"

	"datum/formats"
)

// maxClass bounds class numbers: a label is an int32.
const maxClass = math.MaxInt32 - 1

// line is one line of a label file: a class number and what follows it.
type line struct {
	class  int
	values []float64
	texts  [][]byte // of values, as they were written
	// decimalClass says that the class number was written as in 3.0.
	decimalClass bool
}

var byteOrderMark = []byte("\ufeff")

// eachLine yields the fields of the lines of a text that are not empty, with
// their 1-based numbers. Fields are parted by blanks or tabs. The list of
// fields is used again for the next line.
func eachLine(text []byte) iter.Seq2[int, [][]byte] {
	return func(yield func(int, [][]byte) bool) {
		text = bytes.TrimPrefix(text, byteOrderMark)
		var fields [][]byte
		for n := 1; len(text) > 0; n++ {
			var one []byte
			one, text = cutLine(text)
			if fields = appendFields(fields[:0], one); len(fields) > 0 && !yield(n, fields) {
				return
			}
		}
	}
}

// cutLine cuts a text behind its first line; lines end in any of the three
// ways.
func cutLine(text []byte) (one, rest []byte) {
	i := bytes.IndexAny(text, "\r\n")
	if i < 0 {
		return text, nil
	}
	if text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
		return text[:i], text[i+2:]
	}
	return text[:i], text[i+1:]
}

func appendFields(fields [][]byte, one []byte) [][]byte {
	for i := 0; i < len(one); {
		for i < len(one) && isBlank(one[i]) {
			i++
		}
		from := i
		for i < len(one) && !isBlank(one[i]) {
			i++
		}
		if i > from {
			fields = append(fields, one[from:i])
		}
	}
	return fields
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\v' || c == '\f' }

// parse reads the fields of a line into l. The errors match
// [formats.ErrCorrupt].
func (l *line) parse(fields [][]byte) error {
	if len(fields) < 5 {
		return formats.Reason(formats.ErrCorrupt, "%s; the shortest line is: class, x, y, width, height", countFields(len(fields)))
	}
	class, err := number(fields[0])
	if err != nil {
		return err
	}
	if class != math.Trunc(class) || class < 0 || class > maxClass {
		return formats.Reason(formats.ErrCorrupt, "%q is no class number", short(fields[0]))
	}
	l.class, l.decimalClass = int(class), bytes.ContainsAny(fields[0], ".eE")
	l.texts, l.values = fields[1:], l.values[:0]
	for _, text := range l.texts {
		v, err := number(text)
		if err != nil {
			return err
		}
		l.values = append(l.values, v)
	}
	return nil
}

func countFields(n int) string {
	if n == 1 {
		return "one field"
	}
	return fmt.Sprintf("%d fields", n)
}

// largest bounds what a number may be: far beyond any picture, and such that
// pixels of it are numbers as well.
const largest = 1e15

// number reads a decimal number, which is finite.
func number(text []byte) (float64, error) {
	for _, c := range text {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, formats.Reason(formats.ErrCorrupt, "%q is no number", short(text))
		}
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.Abs(v) > largest {
		return 0, formats.Reason(formats.ErrCorrupt, "%q is no number, or too large for one", short(text))
	}
	return v, nil
}

// short is the beginning of a text, for messages.
func short(text []byte) string {
	if len(text) > 40 {
		return string(text[:40]) + "…"
	}
	return string(text)
}

// outside reports whether a value lies outside of 0 to 1.
func outside(values []float64) bool {
	for _, v := range values {
		if v < 0 || v > 1 {
			return true
		}
	}
	return false
}
