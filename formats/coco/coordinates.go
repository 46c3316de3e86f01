package coco

import (
	"encoding/binary"
	"math"
	"slices"
)

// Coordinates are what most of a COCO file is made of, and most of them have
// at most two decimals. Their digits are looked up, three at a time, and stored
// with a length that is known without a branch.

// wholeDigits holds the digits of each number below a thousand in its three low
// bytes, and how many they are in the fourth; threeDigits holds them with
// leading zeros.
var wholeDigits, threeDigits = func() (short, full [1000]uint32) {
	for n := range uint32(1000) {
		a, b, c := '0'+n/100, '0'+n/10%10, '0'+n%10
		full[n] = a | b<<8 | c<<16
		switch {
		case n >= 100:
			short[n] = full[n] | 3<<24
		case n >= 10:
			short[n] = b | c<<8 | 2<<24
		default:
			short[n] = c | 1<<24
		}
	}
	return short, full
}()

// centDigits holds what is behind a whole number and so many hundredths, up to
// and with a comma, in its low half, and how long that is in the high one.
var centDigits = func() (t [100]uint64) {
	for n := range uint64(100) {
		a, b := '0'+n/10, '0'+n%10
		switch {
		case n == 0:
			t[n] = ',' | 1<<32
		case n%10 == 0:
			t[n] = '.' | a<<8 | ','<<16 | 3<<32
		default:
			t[n] = '.' | a<<8 | b<<16 | ','<<24 | 4<<32
		}
	}
	return t
}()

// most is the bound of what the tables are for. A float without a sign is
// smaller than another if its bits are.
const most = 1e6

// asHundredths returns v in hundredths, where it is that and small.
func asHundredths(v float64) (n uint32, ok bool) {
	if math.Float64bits(v) >= math.Float64bits(most) {
		return 0, false
	}
	n = uint32(int64(v*100 + 0.5))
	return n, float64(int64(n))/100 == v
}

// appendCoordinates appends a list of numbers. It makes the same text as
// appendNumbers.
func appendCoordinates(dst []byte, v []float64) []byte {
	dst = append(dst, '[')
	for _, x := range v {
		n, ok := asHundredths(x)
		if !ok {
			dst = append(appendNumber(dst, x), ',')
			continue
		}
		dst = slices.Grow(dst, 12)
		at := len(dst)
		text := dst[at : at+12]
		whole, length := n/100, uint32(0)
		if whole >= 1000 {
			thousands := wholeDigits[whole/1000]
			binary.LittleEndian.PutUint32(text, thousands)
			length = thousands >> 24
			binary.LittleEndian.PutUint32(text[length:], threeDigits[whole%1000])
			length += 3
		} else {
			digits := wholeDigits[whole]
			binary.LittleEndian.PutUint32(text, digits)
			length = digits >> 24
		}
		cents := centDigits[n%100]
		binary.LittleEndian.PutUint32(text[length:], uint32(cents))
		dst = dst[:at+int(length)+int(cents>>32)]
	}
	if len(v) == 0 {
		return append(dst, ']')
	}
	dst[len(dst)-1] = ']' // in the place of the last comma
	return dst
}
