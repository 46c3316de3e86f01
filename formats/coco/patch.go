package coco

import (
	"bytes"
	"io"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
)

// A patch says how a record differs from what the writer makes of the same
// annotations: a JSON object of the members to set, and under "-" a list of
// the members to leave out. A member whose own name begins with a dash has one
// more of them in the patch.

const patchAbsent = "-"

// diff returns the patch from made to wanted, nil where they say the same. A
// member of made without value is one that is known to be the same. The
// members called forced are set or left out in any case.
func diff(wanted, made dataset.Attributes, forced ...string) []byte {
	b := []byte{'{'}
	add := func(name string, value []byte) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(dataset.AppendString(b, name), ':'), value...)
	}
	for _, w := range wanted {
		m, ok := made.Get(w.Name)
		if ok && !slices.Contains(forced, w.Name) && (m == nil || sameJSON(w.Value, m)) {
			continue
		}
		name := w.Name
		if strings.HasPrefix(name, patchAbsent) {
			name = patchAbsent + name
		}
		add(name, compact(w.Value))
	}
	gone := []byte{'['}
	leave := func(name string) {
		if len(gone) > 1 {
			gone = append(gone, ',')
		}
		gone = dataset.AppendString(gone, name)
	}
	for _, m := range made {
		if !wanted.Has(m.Name) {
			leave(m.Name)
		}
	}
	for _, name := range forced {
		if !wanted.Has(name) && !made.Has(name) {
			leave(name)
		}
	}
	if len(gone) > 1 {
		add(patchAbsent, append(gone, ']'))
	}
	if len(b) == 1 {
		return nil
	}
	return append(b, '}')
}

// apply undoes diff. A text that is no patch changes nothing: carried
// attributes may come from a file that somebody wrote by hand.
func apply(made dataset.Attributes, patch []byte) dataset.Attributes {
	if patch == nil {
		return made
	}
	changes, err := dataset.ParseAttributes(patch)
	if err != nil {
		return made
	}
	for _, c := range changes {
		if c.Name == patchAbsent {
			eachElement(c.Value, func(name []byte) error {
				if n, ok := text(name); ok {
					made.Delete(n)
				}
				return nil
			})
			continue
		}
		made.SetRaw(unpatched(c.Name), c.Value)
	}
	return made
}

func unpatched(name string) string {
	if strings.HasPrefix(name, patchAbsent) {
		return name[len(patchAbsent):]
	}
	return name
}

// compact returns a copy of a valid JSON text without the spaces in it.
func compact(raw []byte) []byte {
	v := jsontext.Value(bytes.Clone(raw))
	if v.Compact() != nil {
		return []byte("null")
	}
	return v
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
	if isNumber(a[0]) && isNumber(b[0]) {
		return sameNumber(string(a), string(b))
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

func isNumber(c byte) bool { return c == '-' || c >= '0' && c <= '9' }

// sameNumber compares whole numbers by all their digits and others as floats.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	if isWhole(a) && isWhole(b) {
		return false
	}
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	if err1 != nil || err2 != nil || x != y {
		return false
	}
	if isWhole(a) == isWhole(b) || x < 1<<53 && x > -1<<53 {
		return true
	}
	// 9007199254740993 and 9007199254740992.0 are one float, yet two numbers.
	const most = 400 // digits of the largest float, and some
	if len(a) > most || len(b) > most {
		return false
	}
	p, ok1 := new(big.Rat).SetString(a)
	q, ok2 := new(big.Rat).SetString(b)
	return ok1 && ok2 && p.Cmp(q) == 0
}

func isWhole(s string) bool { return !strings.ContainsAny(s, ".eE") }
