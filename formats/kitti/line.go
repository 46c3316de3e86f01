package kitti

import (
	"encoding/json"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/decimal"
)

// The numbers of a line after the type, by their places.
const (
	atTruncated = 0
	atOccluded  = 1
	atAlpha     = 2
	atBox       = 3
	atSizes     = 7
	atLocation  = 10
	atRotation  = 13
	atScore     = 14

	withoutScore = 14
	withScore    = 15
)

// line is one line of label_2: its type and the numbers after that, as they
// are spelled.
type line struct {
	label   string
	numbers []string
	values  [withScore]float64
}

// parseLine splits a line. A type of several words is one that another program
// wrote so; the numbers are what counts.
func parseLine(text string) (line, error) {
	fields := strings.Fields(text)
	n := withoutScore
	if len(fields) > withScore && formats.IsNumber(fields[len(fields)-withScore]) {
		n = withScore
	}
	words := len(fields) - n
	if words < 1 {
		return line{}, formats.Reason(formats.ErrCorrupt, "a line has 15 or 16 fields, this has %d", len(fields))
	}
	l := line{label: strings.Join(fields[:words], " "), numbers: fields[words:]}
	for i, s := range l.numbers {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || !formats.IsNumber(s) {
			return line{}, formats.Reason(formats.ErrCorrupt, "field %d is %q, want a number", words+i+1, s)
		}
		l.values[i] = v
	}
	return l, nil
}

// box returns the annotation of a line, without its label.
func (l *line) box() *dataset.Bbox {
	b := l.numbers[atBox:]
	v := l.values[atBox:]
	return &dataset.Bbox{
		Base: dataset.Base{ObjectID: dataset.NoObject, Attributes: l.attributes()},
		X:    v[0], Y: v[1],
		W: distance(b[0], b[2], v[0], v[2]),
		H: distance(b[1], b[3], v[1], v[3]),
	}
}

// attributes returns what a line says besides its label and box. Placeholders
// say nothing: those of KITTI and the -1 everywhere that Datumaro writes.
func (l *line) attributes() dataset.Attributes {
	var a dataset.Attributes
	v := &l.values
	flat := v[atSizes] == -1 && v[atSizes+1] == -1 && v[atSizes+2] == -1
	a.SetRaw("truncated", l.json(atTruncated))
	a.SetRaw("occluded", l.json(atOccluded))
	if v[atAlpha] != -10 && !(flat && v[atAlpha] == -1) {
		a.SetRaw("alpha", l.json(atAlpha))
	}
	if !flat {
		a.SetRaw("dimensions", l.triple(atSizes))
	}
	if !l.all(atLocation, -1000) && !(flat && l.all(atLocation, -1)) {
		a.SetRaw("location", l.triple(atLocation))
	}
	if v[atRotation] != -10 && !(flat && v[atRotation] == -1) {
		a.SetRaw("rotation_y", l.json(atRotation))
	}
	if len(l.numbers) == withScore {
		a.SetRaw("score", l.json(atScore))
	}
	return a
}

func (l *line) all(at int, value float64) bool {
	return l.values[at] == value && l.values[at+1] == value && l.values[at+2] == value
}

// json returns a number as JSON, spelled as it is where JSON allows that.
func (l *line) json(at int) []byte {
	if s := []byte(l.numbers[at]); json.Valid(s) {
		return s
	}
	return []byte(spell(l.values[at]))
}

func (l *line) triple(at int) []byte {
	b := []byte{'['}
	for i := range 3 {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, l.json(at+i)...)
	}
	return append(b, ']')
}

// placeholders are the numbers of a box about which nothing is known.
var placeholders = [withoutScore]string{"0", "0", "-10", "", "", "", "", "-1", "-1", "-1", "-1000", "-1000", "-1000", "-10"}

// format spells the line of a box whose label is written as label.
func format(label string, b *dataset.Bbox) string {
	fields := make([]string, 0, 1+withScore)
	fields = append(append(fields, label), placeholders[:]...)
	n := fields[1:]
	copy(n[atBox:], []string{spell(b.X), spell(b.Y), far(b.X, b.W), far(b.Y, b.H)})
	for _, x := range [...]struct {
		at   int
		name string
	}{{atTruncated, "truncated"}, {atOccluded, "occluded"}, {atAlpha, "alpha"}, {atRotation, "rotation_y"}} {
		if s, ok := number(b.Attributes, x.name); ok {
			n[x.at] = s
		}
	}
	threeNumbers(b.Attributes, "dimensions", n[atSizes:])
	threeNumbers(b.Attributes, "location", n[atLocation:])
	if s, ok := number(b.Attributes, "score"); ok {
		fields = append(fields, s)
	}
	return strings.Join(fields, " ")
}

// threeNumbers spells an attribute that is a list of three numbers.
func threeNumbers(a dataset.Attributes, name string, to []string) {
	raw, _ := a.Get(name)
	inner, open := strings.CutPrefix(string(raw), "[")
	inner, closed := strings.CutSuffix(inner, "]")
	list := strings.Split(inner, ",")
	if !open || !closed || len(list) != 3 {
		return
	}
	for i := range list {
		if list[i] = strings.TrimSpace(list[i]); !formats.IsNumber(list[i]) {
			return
		}
	}
	copy(to, list)
}

// number returns an attribute that is a number, or yes or no as one.
func number(a dataset.Attributes, name string) (string, bool) {
	raw, ok := a.Get(name)
	switch {
	case !ok:
		return "", false
	case string(raw) == "true":
		return "1", true
	case string(raw) == "false":
		return "0", true
	}
	return string(raw), formats.IsNumber(string(raw))
}

// spell returns the shortest decimals that read back as v.
func spell(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// distance returns high - low, of the numbers as they are spelled where that
// can be done exactly.
func distance(low, high string, lowValue, highValue float64) float64 {
	a, ok1 := decimal.Parse(low)
	b, ok2 := decimal.Parse(high)
	if ok1 && ok2 {
		return b.Minus(a).Float64()
	}
	return highValue - lowValue
}

// far spells low + size so that [distance] gives size back.
func far(low, size float64) string { return decimal.Of(low).Plus(decimal.Of(size)).String() }
