package graph

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Shape has the size of each dimension, -1 where it is known only when the
// model runs. The empty shape is that of a single number. [Unranked] is the
// shape of which not even the number of dimensions is known.
type Shape []int64

const unranked = -2

// Unranked returns the shape of which nothing is known.
func Unranked() Shape { return Shape{unranked} }

// Ranked reports whether the number of dimensions is known.
func (s Shape) Ranked() bool { return len(s) != 1 || s[0] != unranked }

// Static reports whether every dimension is known.
func (s Shape) Static() bool { return !slices.ContainsFunc(s, func(d int64) bool { return d < 0 }) }

// Equal reports whether two shapes are the same.
func (s Shape) Equal(t Shape) bool { return slices.Equal(s, t) }

// Clone returns a copy, which is never nil.
func (s Shape) Clone() Shape { return append(make(Shape, 0, len(s)), s...) }

// Agrees reports whether a tensor may have both shapes.
func (s Shape) Agrees(t Shape) bool {
	if !s.Ranked() || !t.Ranked() {
		return true
	}
	if len(s) != len(t) {
		return false
	}
	for i, d := range s {
		if d >= 0 && t[i] >= 0 && d != t[i] {
			return false
		}
	}
	return true
}

// Elements returns how many elements a tensor of the shape has. It is false
// where a dimension is not known, and where the number is beyond all memory.
func (s Shape) Elements() (int64, bool) {
	n := int64(1)
	for _, d := range s {
		if d == 0 {
			return 0, s.Static()
		}
		if d < 0 || n > math.MaxInt64/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}

// String writes the shape as models do: "1,3,?,?", and "..." for Unranked.
func (s Shape) String() string { return s.join(",") }

func (s Shape) join(separator string) string {
	if !s.Ranked() {
		return "..."
	}
	var b []byte
	for i, d := range s {
		if i > 0 {
			b = append(b, separator...)
		}
		if d < 0 {
			b = append(b, '?')
		} else {
			b = strconv.AppendInt(b, d, 10)
		}
	}
	return string(b)
}

// ParseShape reads what an attribute of a model says of a shape. A dimension
// with bounds ("1..16") counts as unknown.
func ParseShape(text string) (Shape, bool) {
	text = strings.Trim(text, "[] ")
	switch text {
	case "":
		return Shape{}, true
	case "...":
		return Unranked(), true
	}
	s := make(Shape, 0, 1+strings.Count(text, ","))
	for d := range strings.SplitSeq(text, ",") {
		d = strings.TrimSpace(d)
		n, err := strconv.ParseInt(d, 10, 64)
		switch {
		case d == "?" || d == "-1" || strings.Contains(d, ".."):
			n = -1
		case err != nil || n < 0:
			return nil, false
		}
		s = append(s, n)
	}
	return s, true
}
