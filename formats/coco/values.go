package coco

import (
	"bytes"
	"io"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
)

// members splits a valid JSON object into its members, in order, with compact
// values. Of a repeated name the last value counts.
func members(object []byte) (dataset.Attributes, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(object), jsontext.AllowDuplicateNames(true))
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	var out dataset.Attributes
	for dec.PeekKind() == '"' {
		t, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		name := t.String()
		v, err := dec.ReadValue()
		if err != nil {
			return nil, err
		}
		v = v.Clone()
		if err := v.Compact(); err != nil {
			return nil, err
		}
		out.SetRaw(name, v)
	}
	return out, nil
}

// idText returns the canonical text of an id, by which ids are compared: 7 and
// 7.0 are the same, 7 and "7" are not. It is empty for what can be no id.
func idText(raw []byte) string {
	switch jsontext.Value(raw).Kind() {
	case '"':
		if len(raw) > 2 {
			return string(raw)
		}
	case '0':
		if _, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
			return string(raw)
		}
		if f, err := strconv.ParseFloat(string(raw), 64); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return strconv.FormatInt(int64(f), 10)
		}
		return string(raw)
	}
	return ""
}

// integer reads a whole number.
func integer(raw []byte) (int64, bool) {
	n, err := strconv.ParseInt(idText(raw), 10, 64)
	return n, err == nil && len(raw) > 0
}

// number reads a number.
func number(raw []byte) (float64, bool) {
	if jsontext.Value(raw).Kind() != '0' {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	return f, err == nil
}

// list splits a JSON array, nil and false where raw is none.
func list(raw []byte) (values [][]byte, ok bool) {
	if jsontext.Value(raw).Kind() != '[' {
		return nil, false
	}
	dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true))
	if _, err := dec.ReadToken(); err != nil {
		return nil, false
	}
	for dec.PeekKind() != ']' {
		v, err := dec.ReadValue()
		if err != nil {
			return nil, false
		}
		values = append(values, bytes.Clone(v))
	}
	return values, true
}

// numbers reads a compact JSON array of numbers.
func numbers(raw []byte) ([]float64, bool) {
	if len(raw) < 2 || raw[0] != '[' || raw[len(raw)-1] != ']' {
		return nil, false
	}
	raw = raw[1 : len(raw)-1]
	if len(raw) == 0 {
		return nil, true
	}
	out := make([]float64, 0, bytes.Count(raw, []byte{','})+1)
	for part := range bytes.SplitSeq(raw, []byte{','}) {
		f, ok := number(part)
		if !ok {
			return nil, false
		}
		out = append(out, f)
	}
	return out, true
}

// appendNumber appends the shortest text that reads back as v; what is no
// number becomes null.
func appendNumber(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		return strconv.AppendFloat(dst, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
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

// sameJSON reports whether two JSON texts have the same value, with members in
// the same order.
func sameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	x := jsontext.NewDecoder(bytes.NewReader(a), jsontext.AllowDuplicateNames(true))
	y := jsontext.NewDecoder(bytes.NewReader(b), jsontext.AllowDuplicateNames(true))
	for {
		s, err1 := x.ReadToken()
		t, err2 := y.ReadToken()
		if err1 == io.EOF && err2 == io.EOF {
			return true
		}
		if err1 != nil || err2 != nil || s.Kind() != t.Kind() {
			return false
		}
		switch s.Kind() {
		case '0':
			if !sameNumber(s.String(), t.String()) {
				return false
			}
		case '"':
			if s.String() != t.String() {
				return false
			}
		}
	}
}

func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	_, err1 := strconv.ParseInt(a, 10, 64)
	_, err2 := strconv.ParseInt(b, 10, 64)
	if err1 == nil && err2 == nil {
		return false
	}
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && x == y
}

// difference says how to get from the members made to those wanted: members to
// set, and under the empty name a list of those to leave out. It is nil where
// they are the same.
func difference(wanted, made dataset.Attributes) dataset.Attributes {
	var diff dataset.Attributes
	for _, w := range wanted {
		if m, ok := made.Get(w.Name); !ok || !sameJSON(w.Value, m) {
			diff = append(diff, w)
		}
	}
	gone := []byte{'['}
	for _, m := range made {
		if !wanted.Has(m.Name) {
			if len(gone) > 1 {
				gone = append(gone, ',')
			}
			gone = dataset.AppendString(gone, m.Name)
		}
	}
	if len(gone) > 1 {
		diff = append(diff, dataset.Attribute{Name: "", Value: append(gone, ']')})
	}
	return diff
}

// applyDifference undoes difference. A text that is none is ignored: carried
// attributes may come from a file that somebody wrote by hand.
func applyDifference(made dataset.Attributes, diff []byte) dataset.Attributes {
	changes, err := dataset.ParseAttributes(diff)
	if err != nil {
		return made
	}
	for _, c := range changes {
		if c.Name != "" {
			made.SetRaw(c.Name, c.Value)
			continue
		}
		names, _ := list(c.Value)
		for _, n := range names {
			if name, err := jsontext.AppendUnquote(nil, n); err == nil {
				made.Delete(string(name))
			}
		}
	}
	return made
}
