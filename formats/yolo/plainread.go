package yolo

import (
	"bytes"

	"datum/dataset"
	"datum/internal/decimal"
)

// Most lines that are read are boxes inside of their picture, in the spelling that
// the writer has for them. They are read here without a detour; each function reports false
// for whatever is unusual, which [shaper.annotations] reads, and about which it
// alone has something to say.

// plainBoxes reads the boxes of one label file.
type plainBoxes struct {
	shaper *shaper
	labels map[int]int32
	room   []dataset.Bbox
}

// newPlainBoxes prepares to read a label file.
func (m *importer) newPlainBoxes(s *shaper, text []byte) *plainBoxes {
	p := &plainBoxes{shaper: s, labels: m.labels}
	if s.task == detect && !s.clip {
		const most = 1 << 10
		p.room = make([]dataset.Bbox, 0, min(bytes.Count(text, []byte{'\n'})+1, most))
	}
	return p
}

// read reads a line, in a dataset of boxes.
func (p *plainBoxes) read(fields [][]byte) (*dataset.Bbox, bool) {
	if cap(p.room) == 0 || len(fields) != 5 {
		return nil, false
	}
	class, ok := plainClass(fields[0])
	if !ok {
		return nil, false
	}
	label, ok := p.labels[class]
	if !ok {
		return nil, false
	}
	var v [4]decimal.Decimal
	for i := range v {
		if v[i], ok = plainPart(fields[i+1]); !ok {
			return nil, false
		}
	}
	b := dataset.Bbox{Base: newBase(), Label: label}
	b.X, b.W = span(v[0], v[2], p.shaper.width)
	b.Y, b.H = span(v[1], v[3], p.shaper.height)
	if !p.isOwn(&b, &v, fields[1:]) {
		return nil, false
	}
	if len(p.room) == cap(p.room) {
		p.room = make([]dataset.Bbox, 0, cap(p.room)) // those before stay where they are
	}
	p.room = append(p.room, b)
	return &p.room[len(p.room)-1], true
}

// plainClass reads a class number of digits only.
func plainClass(text []byte) (n int, ok bool) {
	const mostDigits = 9
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, len(text) > 0 && len(text) <= mostDigits
}

// isOwn reports whether the writer would spell the numbers of a box as they are.
// Of up to 15 decimals it would: no two such numbers are the same pixels, so that
// [shortest] finds this one and no other.
func (p *plainBoxes) isOwn(b *dataset.Bbox, v *[4]decimal.Decimal, texts [][]byte) bool {
	s := p.shaper
	none := decimal.Decimal{}
	return isShortest(texts[2], b.W/float64(s.width), none, b.W, s.width) &&
		isShortest(texts[3], b.H/float64(s.height), none, b.H, s.height) &&
		isShortest(texts[0], (b.X+b.W/2)/float64(s.width), v[2].Half(), b.X, s.width) &&
		isShortest(texts[1], (b.Y+b.H/2)/float64(s.height), v[3].Half(), b.Y, s.height)
}

// isShortest reports whether [shortest] would return a text of [plainPart].
func isShortest(text []byte, guess float64, from decimal.Decimal, v float64, dim int32) bool {
	if len(text) <= len("0.")+shortestFirst {
		return true
	}
	var buf [32]byte
	return decimal.Finite(guess) && string(shortestDecimal(guess, from, v, dim).Append(buf[:0])) == string(text)
}

// plainPart reads a number between 0 and 1 that has no digit too many.
func plainPart(text []byte) (d decimal.Decimal, ok bool) {
	const point, most, near = len("0."), len("0.") + 18, 1e-6
	if len(text) <= point || len(text) > most || text[0] != '0' || text[1] != '.' || text[len(text)-1] == '0' || !areDigits(text[point:]) {
		return d, false
	}
	if d, ok = decimal.Parse(text); !ok {
		return d, false
	}
	v := d.Float64()
	return d, v > near && v < 1-near
}

func areDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// addPlain looks at a line as [survey.add] does, if it is one of a box.
func (s *survey) addPlain(fields [][]byte) bool {
	if len(fields) != 5 {
		return false
	}
	class, ok := plainClass(fields[0])
	if !ok {
		return false
	}
	for _, text := range fields[1:] {
		const most = len("0.") + 17
		if len(text) <= len("0.") || len(text) > most || text[0] != '0' || text[1] != '.' || !areDigits(text[2:]) {
			return false
		}
	}
	s.boxes++
	s.maxClass = max(s.maxClass, class)
	return true
}
