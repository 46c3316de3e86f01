package dota

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/raster"
)

// quad is a line: four corners, the name of a class, and whether it is
// difficult, empty where the line does not say.
type quad struct {
	points    [8]float64
	label     string
	difficult string
}

// parseLine splits a line. A class of several words is one that another program
// wrote so.
func parseLine(text string) (quad, error) {
	fields := strings.Fields(text)
	if len(fields) < 9 {
		return quad{}, formats.Reason(formats.ErrCorrupt, "a line has eight coordinates, a class and 0, 1 or 2; this has %d fields", len(fields))
	}
	var q quad
	for i := range q.points {
		v, err := strconv.ParseFloat(fields[i], 64)
		if err != nil || !formats.IsNumber(fields[i]) {
			return quad{}, formats.Reason(formats.ErrCorrupt, "field %d is %q, want a number", i+1, fields[i])
		}
		q.points[i] = v
	}
	words := fields[8:]
	if last := words[len(words)-1]; len(words) > 1 {
		if !formats.IsNumber(last) {
			return quad{}, formats.Reason(formats.ErrCorrupt, "the last field is %q, want 0, 1 or 2", last)
		}
		q.difficult, words = last, words[:len(words)-1]
	}
	q.label = strings.Join(words, " ")
	return q, nil
}

// annotation returns what a line stands for, with the coordinates multiplied by
// the size of the picture.
func (q *quad) annotation(label int32, width, height float64) dataset.Annotation {
	p := q.points
	for i := range p {
		p[i] *= [2]float64{width, height}[i%2]
	}
	base := dataset.Base{ObjectID: dataset.NoObject}
	if q.difficult != "" {
		base.Attributes.SetRaw("difficult", jsonNumber(q.difficult))
	}
	if b, ok := rectangle(p); ok {
		b.Base, b.Label = base, label
		return b
	}
	return &dataset.Polygon{Base: base, Label: label, Points: slices.Clone(p[:])}
}

// jsonNumber keeps the spelling of a number where JSON allows it.
func jsonNumber(s string) []byte {
	if json.Valid([]byte(s)) {
		return []byte(s)
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil { // too large, or no number after all
		return dataset.AppendString(nil, s)
	}
	return []byte(spell(v))
}

// spell returns the shortest decimals that read back as v.
func spell(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// tolerance is how much, as a part of its size, a rectangle may be off.
const tolerance = 1e-6

// rectangle returns the rotated box with four corners, if they are those of
// one.
func rectangle(p [8]float64) (*dataset.RotatedBbox, bool) {
	ax, ay := p[2]-p[0], p[3]-p[1] // from the first corner to the second
	bx, by := p[6]-p[0], p[7]-p[1] // from the first corner to the last
	if ax*by-ay*bx < 0 {
		ax, ay, bx, by = bx, by, ax, ay
	}
	w, h := math.Hypot(ax, ay), math.Hypot(bx, by)
	off := math.Hypot(p[0]+p[4]-p[2]-p[6], p[1]+p[5]-p[3]-p[7])
	// Comparisons with NaN, from infinite coordinates, fail.
	if !(w > 0 && h > 0 && off <= tolerance*min(w, h) && math.Abs(ax*bx+ay*by) <= tolerance*w*h) {
		return nil, false
	}
	angle := math.Atan2(ay, ax) * 180 / math.Pi
	if angle < 0 {
		angle += 360
	}
	b := &dataset.RotatedBbox{CX: (p[0] + p[2] + p[4] + p[6]) / 4, CY: (p[1] + p[3] + p[5] + p[7]) / 4, W: w, H: h, Angle: angle}
	return b, !math.IsInf(b.CX, 0) && !math.IsInf(b.CY, 0) && !math.IsInf(w, 0) && !math.IsInf(h, 0)
}

// cornersOf returns the four corners that are written for an annotation; ok is
// false where its kind has none or they are no numbers.
func cornersOf(a dataset.Annotation) (p [8]float64, ok bool) {
	switch a := a.(type) {
	case *dataset.RotatedBbox:
		p = raster.Corners(a)
	case *dataset.Bbox:
		p = [8]float64{a.X, a.Y, a.X + a.W, a.Y, a.X + a.W, a.Y + a.H, a.X, a.Y + a.H}
	case *dataset.Polygon:
		if len(a.Points) == len(p) {
			p = [8]float64(a.Points)
			break
		}
		if slices.ContainsFunc(a.Points, isOff) || len(a.Points) < 2 {
			return p, false
		}
		var b dataset.RotatedBbox
		b.CX, b.CY, b.W, b.H, b.Angle = raster.MinRect(a.Points)
		p = raster.Corners(&b)
	default:
		return p, false
	}
	return p, !slices.ContainsFunc(p[:], isOff)
}

func isOff(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// format spells a line.
func format(p [8]float64, label string, a dataset.Attributes) string {
	var b strings.Builder
	for _, v := range p {
		b.WriteString(spell(v) + " ")
	}
	return b.String() + label + " " + difficultOf(a)
}

// difficultOf returns the last field of a line: the attribute difficult, or
// difficulty as Datumaro calls it, else 0.
func difficultOf(a dataset.Attributes) string {
	for _, name := range []string{"difficult", "difficulty"} {
		switch raw, _ := a.Get(name); {
		case string(raw) == "true":
			return "1"
		case formats.IsNumber(string(raw)):
			return string(raw)
		}
	}
	return "0"
}
