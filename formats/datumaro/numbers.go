package datumaro

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// whole is a whole number that may be missing or null. A number such as 3.0 is
// one, too.
type whole[T int32 | int64 | uint32] struct {
	value T
	set   bool
}

// or returns the number, or other where there is none.
func (w whole[T]) or(other T) T {
	if w.set {
		return w.value
	}
	return other
}

// UnmarshalJSONFrom reads a number or null.
func (w *whole[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	switch v.Kind() {
	case jsontext.KindNull:
		*w = whole[T]{}
		return nil
	case jsontext.KindNumber:
		n, err := wholeNumber(string(v))
		if err != nil {
			return err
		}
		w.value, w.set = T(n), true
		if int64(w.value) != n {
			return fmt.Errorf("%s is out of range", v)
		}
		return nil
	}
	return fmt.Errorf("want a whole number, found %s", kindName(v.Kind()))
}

func wholeNumber(s string) (int64, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v != math.Trunc(v) || math.Abs(v) >= 1<<53 {
		return 0, fmt.Errorf("%.40s is no whole number, or out of range", s)
	}
	return int64(v), nil
}

// numbers is a list of coordinates. In the text, null stands for a number that
// JSON does not know; it becomes NaN.
type numbers []float64

// UnmarshalJSONFrom reads a list or null.
func (n *numbers) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var p points
	if err := p.UnmarshalJSONFrom(dec); err != nil {
		return err
	}
	if p.pairs {
		return errors.New("want a list of numbers, found a list in it")
	}
	*n = p.list
	return nil
}

// points is a list of coordinates, or of pairs of them.
type points struct {
	list  []float64
	pairs bool
}

// UnmarshalJSONFrom reads a list or null.
func (p *points) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*p = points{}
	if dec.PeekKind() == jsontext.KindNull {
		return dec.SkipValue()
	}
	return p.readList(dec, true)
}

var errMixed = errors.New("want numbers or pairs of them, found both")

func (p *points) readList(dec *jsontext.Decoder, outer bool) error {
	if k := dec.PeekKind(); k != jsontext.KindBeginArray && k != jsontext.KindInvalid {
		return fmt.Errorf("want a list of numbers, found %s", kindName(k))
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != jsontext.KindEndArray {
		if outer && dec.PeekKind() == jsontext.KindBeginArray {
			if err := p.readPair(dec); err != nil {
				return err
			}
			continue
		}
		if outer && p.pairs {
			return errMixed
		}
		v, err := dec.ReadValue()
		if err != nil {
			return err
		}
		x, err := coordinate(v)
		if err != nil {
			return err
		}
		p.list = append(p.list, x)
	}
	_, err := dec.ReadToken()
	return err
}

func (p *points) readPair(dec *jsontext.Decoder) error {
	if len(p.list) > 0 && !p.pairs {
		return errMixed
	}
	p.pairs = true
	before := len(p.list)
	if err := p.readList(dec, false); err != nil {
		return err
	}
	if n := len(p.list) - before; n != 2 {
		return fmt.Errorf("want a pair of numbers, found %d", n)
	}
	return nil
}

func coordinate(v jsontext.Value) (float64, error) {
	switch v.Kind() {
	case jsontext.KindNull:
		return math.NaN(), nil
	case jsontext.KindNumber:
		x, err := strconv.ParseFloat(string(v), 64)
		if err != nil {
			return 0, fmt.Errorf("%.40s is out of range", v)
		}
		return x, nil
	}
	return 0, fmt.Errorf("want a number, found %s", kindName(v.Kind()))
}

// appendNumber appends v with the fewest digits that give it back, always with
// a point or an exponent, as Datumaro's writer spells floats; null where JSON
// has no number for it.
func appendNumber(b []byte, v float64) []byte {
	size := math.Abs(v)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return append(b, "null"...)
	case size == 0 || size >= 1e-5 && size < 1e16:
		at := len(b)
		b = strconv.AppendFloat(b, v, 'f', -1, 64)
		for _, c := range b[at:] {
			if c == '.' {
				return b
			}
		}
		return append(b, ".0"...)
	}
	b = strconv.AppendFloat(b, v, 'e', -1, 64)
	if n := len(b); b[n-2] == '0' && (b[n-3] == '-' || b[n-3] == '+') { // e-09
		b[n-2] = b[n-1]
		b = b[:n-1]
	}
	return b
}

func appendNumbers(b []byte, list []float64) []byte { return appendList(b, list, appendNumber) }

func appendList[T any](b []byte, list []T, each func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, x := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = each(b, x)
	}
	return append(b, ']')
}
