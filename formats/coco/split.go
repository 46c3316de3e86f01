package coco

import (
	"bytes"
	"errors"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
)

// The functions here take apart text that the first reading has found to be
// valid JSON. They check what they step over only as far as they need to stay
// inside it, which is several times faster than reading token by token.

var errSplit = errors.New("this is not the JSON text it was before")

// skipSpace returns the place of the first byte from i on that is no space.
func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the place behind the string that begins at i, -1 where
// there is no end.
func skipString(b []byte, i int) int {
	for i++; i < len(b); {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		end, slashes := i+n, 0
		for k := end - 1; k >= i && b[k] == '\\'; k-- {
			slashes++
		}
		i = end + 1
		if slashes%2 == 0 {
			return i
		}
	}
	return -1
}

// skipValue returns the place behind the value that begins at i, -1 where
// there is none.
func skipValue(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	if b[i] == '"' {
		return skipString(b, i)
	}
	if b[i] != '{' && b[i] != '[' {
		for i < len(b) && b[i] > ' ' && b[i] != ',' && b[i] != ']' && b[i] != '}' {
			i++
		}
		return i
	}
	for depth := 0; i < len(b); {
		switch b[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			if i = skipString(b, i); i < 0 {
				return -1
			}
			continue
		}
		i++
	}
	return -1
}

// eachElement calls f with the text of each element of an array.
func eachElement(array []byte, f func(value []byte) error) error {
	i := skipSpace(array, 0)
	if i >= len(array) || array[i] != '[' {
		return errSplit
	}
	i = skipSpace(array, i+1)
	if i < len(array) && array[i] == ']' {
		return nil
	}
	for {
		end := skipValue(array, i)
		if end <= i {
			return errSplit
		}
		if err := f(array[i:end]); err != nil {
			return err
		}
		if i = skipSpace(array, end); i >= len(array) {
			return errSplit
		}
		if array[i] == ']' {
			return nil
		}
		i = skipSpace(array, i+1)
	}
}

// eachMember calls f with the name and the text of each member of an object.
func eachMember(object []byte, f func(name, value []byte) error) error {
	i := skipSpace(object, 0)
	if i >= len(object) || object[i] != '{' {
		return errSplit
	}
	i = skipSpace(object, i+1)
	if i < len(object) && object[i] == '}' {
		return nil
	}
	for i < len(object) && object[i] == '"' {
		end := skipString(object, i)
		if end < 0 {
			return errSplit
		}
		name := object[i+1 : end-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			plain, err := jsontext.AppendUnquote(nil, object[i:end])
			if err != nil {
				return err
			}
			name = plain
		}
		i = skipSpace(object, skipSpace(object, end)+1)
		if end = skipValue(object, i); end <= i {
			return errSplit
		}
		if err := f(name, object[i:end]); err != nil {
			return err
		}
		if i = skipSpace(object, end); i < len(object) && object[i] == '}' {
			return nil
		}
		i = skipSpace(object, i+1)
	}
	return errSplit
}

// known gives the names that records are made of without making them anew.
var known = func() map[string]string {
	m := map[string]string{}
	for _, n := range []string{
		"id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd", "keypoints", "num_keypoints", "caption",
		"attributes", "score", "file_name", "height", "width", "license", "coco_url", "flickr_url", "date_captured",
		"counts", "size", "name", "supercategory", "skeleton", "segments_info", "isthing", "color",
	} {
		m[n] = n
	}
	return m
}()

// members splits an object into its members, in order. Of a repeated name the
// last value counts, as in Python's reader. The values lie in object.
func members(object []byte) (dataset.Attributes, error) {
	out := make(dataset.Attributes, 0, 10)
	err := eachMember(object, func(name, value []byte) error {
		n, ok := known[string(name)]
		if !ok {
			n = string(name)
		}
		out.SetRaw(n, value)
		return nil
	})
	return out, err
}

// member returns the text of one member of an object, nil where it has none.
func member(object []byte, want string) (found []byte) {
	eachMember(object, func(name, value []byte) error {
		if string(name) == want {
			found = value
		}
		return nil
	})
	return found
}

// text returns the content of a JSON string.
func text(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), true
	}
	b, err := jsontext.AppendUnquote(nil, raw)
	return string(b), err == nil
}

// number reads a number. exact says that appendNumber gives a text of the same
// value, which it does not for whole numbers of more than 53 bits.
func number(raw []byte) (f float64, exact, ok bool) {
	if f, ok := shortNumber(raw); ok {
		return f, true, true
	}
	if len(raw) == 0 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return 0, false, false
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		return 0, false, false
	}
	return f, len(raw) < 16 || sameNumber(string(raw), string(appendNumber(nil, f))), true
}

var powersOf10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// shortNumber reads a decimal of up to 15 digits. Its digits and the power of
// ten are exact as floats, so that one division rounds correctly (Clinger,
// How to Read Floating Point Numbers Accurately, 1990).
func shortNumber(raw []byte) (f float64, ok bool) {
	if len(raw) > 16 {
		return 0, false
	}
	digits, fraction, mantissa := 0, -1, uint64(0)
	for i, c := range raw {
		switch {
		case c >= '0' && c <= '9':
			mantissa = mantissa*10 + uint64(c-'0')
			digits++
			if fraction >= 0 {
				fraction++
			}
		case c == '.' && fraction < 0 && digits > 0:
			fraction = 0
		case c == '-' && i == 0:
		default:
			return 0, false
		}
	}
	if digits == 0 || digits > 15 || fraction == 0 {
		return 0, false
	}
	f = float64(mantissa)
	if fraction > 0 {
		f /= powersOf10[fraction]
	}
	if raw[0] == '-' {
		f = -f
	}
	return f, true
}

// numbers appends the numbers of an array of them to dst.
func numbers(dst []float64, raw []byte) (out []float64, exact, ok bool) {
	if len(raw) < 2 || raw[0] != '[' {
		return dst, false, false
	}
	exact = true
	for i := skipSpace(raw, 1); i < len(raw) && raw[i] != ']'; {
		end := skipValue(raw, i)
		if end <= i {
			return dst, false, false
		}
		f, same, ok := number(raw[i:end])
		if !ok {
			return dst, false, false
		}
		exact = exact && same
		dst = append(dst, f)
		if i = skipSpace(raw, end); i < len(raw) && raw[i] == ',' {
			i = skipSpace(raw, i+1)
		}
	}
	return dst, exact, true
}

// integer reads a whole number, also one written as 7.0.
func integer(raw []byte) (int64, bool) {
	if n, ok := digits(raw); ok {
		return n, true
	}
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return n, true
	}
	f, _, ok := number(raw)
	if !ok || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// digits reads up to 18 digits, which most whole numbers are.
func digits(raw []byte) (n int64, ok bool) {
	if len(raw) == 0 || len(raw) > 18 {
		return 0, false
	}
	for _, c := range raw {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// idText returns the text of an id by which ids are compared: 7 and 7.0 are
// the same, 7 and "7" are not. It is empty for what can be no id.
func idText(raw []byte) string {
	if n, ok := integer(raw); ok {
		return strconv.FormatInt(n, 10)
	}
	if s, ok := text(raw); ok && s != "" {
		return string(dataset.AppendString(nil, s))
	}
	if _, _, ok := number(raw); ok {
		return string(raw)
	}
	return ""
}

// appendNumber appends the shortest text that reads back as v; what is no
// number becomes null.
func appendNumber(dst []byte, v float64) []byte {
	if n := math.Round(v * 100); math.Abs(n) < 1e15 && n/100 == v && !(v == 0 && math.Signbit(v)) {
		return appendHundredths(dst, int64(n))
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		return strconv.AppendFloat(dst, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// appendHundredths appends n/100. It is the shortest text of that float: two
// decimals of up to 15 digits are never the same float, so that no shorter one
// can be.
func appendHundredths(dst []byte, n int64) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	dst = strconv.AppendInt(dst, n/100, 10)
	switch cents := byte(n % 100); {
	case cents == 0:
	case cents%10 == 0:
		dst = append(dst, '.', '0'+cents/10)
	default:
		dst = append(dst, '.', '0'+cents/10, '0'+cents%10)
	}
	return dst
}

func appendNumbers(dst []byte, v []float64) []byte {
	dst = append(dst, '[')
	for i, x := range v {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendNumber(dst, x)
	}
	return append(dst, ']')
}
