package text

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"

	"datum/formats"
	"datum/internal/decimal"
)

// longestNumber bounds what is taken for a number.
const longestNumber = 64

// parseValue reads a rating or a label: a decimal number, or a word for yes and no.
func parseValue(b []byte) (float64, error) {
	b = bytes.TrimSpace(b)
	if len(b) <= longestNumber {
		if d, ok := decimal.Parse(b); ok {
			return d.Float64(), nil
		}
	}
	switch {
	case bytes.EqualFold(b, []byte("true")):
		return 1, nil
	case bytes.EqualFold(b, []byte("false")):
		return 0, nil
	case len(b) == 0:
		return 0, corrupt("there is no value")
	}
	return 0, corrupt("the value %s is no number", shown(b))
}

// parseTime reads a time: a number, mostly of seconds, or a date. A fraction is cut
// off, of which exact tells.
func parseTime(b []byte) (t int64, exact bool, err error) {
	b = bytes.TrimSpace(b)
	if t, ok := shortInteger(b); ok {
		return t, true, nil
	}
	switch {
	case len(b) == 0:
		return 0, false, corrupt("there is no time")
	case len(b) > longestNumber:
	case len(b) >= len(time.DateOnly) && b[4] == '-':
		if when, ok := parseDate(string(b)); ok {
			return when.Unix(), when.Nanosecond() == 0, nil
		}
	case formats.IsNumber(string(b)):
		return timeOfNumber(string(b))
	}
	return 0, false, formats.WithHint(corrupt("the time %s is neither a number nor a date", shown(b)), "dates are written 2014-07-23 or 2014-07-23 15:04:05")
}

// shortInteger reads up to 18 digits.
func shortInteger(b []byte) (int64, bool) {
	const most = 18
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > most {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

func timeOfNumber(s string) (int64, bool, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	if t, err := strconv.ParseInt(whole, 10, 64); err == nil && strings.Trim(fraction, "0") == "" {
		return t, true, nil // a float64 would not hold all digits of nanoseconds
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(v) >= 1<<62 {
		return 0, false, corrupt("the time %s is out of range", shown([]byte(s)))
	}
	floor := math.Floor(v)
	return int64(floor), floor == v, nil
}

// parseDate reads dates as programs write them. One without a zone is taken for
// UTC.
func parseDate(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, time.DateTime, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05 UTC", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// shown is what an error shows of a field: not more than its beginning.
func shown(b []byte) string {
	const most = 40
	if len(b) > most {
		return strconv.QuoteToASCII(string(b[:most])) + "…"
	}
	return strconv.QuoteToASCII(string(b))
}

// bare is shown without quotes, for what is expected to be a word.
func bare(s string) string { return strings.Trim(shown([]byte(s)), `"`) }

// appendValue writes a number as Python writes a float, from where it is read
// again as the same.
func appendValue(b []byte, v float64) []byte {
	// Python goes over to an exponent there.
	const least, most = 1e-4, 1e16
	if a := math.Abs(v); a != 0 && (a < least || a >= most) {
		return strconv.AppendFloat(b, v, 'e', -1, 64)
	}
	start := len(b)
	b = strconv.AppendFloat(b, v, 'f', -1, 64)
	if bytes.IndexByte(b[start:], '.') < 0 {
		b = append(b, '.', '0')
	}
	return b
}

// appendShort writes a number in the shortest way.
func appendShort(b []byte, v float64) []byte {
	const most = 1 << 53
	if v == math.Trunc(v) && math.Abs(v) < most && !(v == 0 && math.Signbit(v)) {
		return strconv.AppendInt(b, int64(v), 10)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}
