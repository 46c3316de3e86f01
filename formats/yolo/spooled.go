package yolo

import (
	"encoding/binary"
	"errors"
	"math"

	"datum/dataset"
)

// What lies in the spool of a picture is what [texter] needs of it and no more:
// shapes, and of attributes those that say how numbers are spelled.

// errSpool says that what was spooled does not come back.
var errSpool = errors.New("the temporary file of the export has changed")

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendFloats(b []byte, list ...float64) []byte {
	for _, v := range list {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

func appendPoints(b []byte, list []float64) []byte {
	return appendFloats(binary.AppendUvarint(b, uint64(len(list))), list...)
}

// appendSpelling appends the attributes that say how numbers are spelled.
func appendSpelling(b []byte, base *dataset.Base) []byte {
	n := len(b)
	b = append(b, 0)
	for _, a := range base.Attributes {
		if a.Name == carryDecimals || a.Name == carryNumbers {
			b[n]++
			b = appendText(appendText(b, a.Name), string(a.Value))
		}
	}
	return b
}

// appendRecord appends a record.
func appendRecord(b []byte, r *record) []byte {
	b = appendText(appendText(appendText(b, r.Item), r.Subset), r.Name)
	b = binary.AppendVarint(binary.AppendVarint(b, int64(r.Width)), int64(r.Height))
	b = binary.AppendUvarint(b, uint64(len(r.Objects)))
	for i := range r.Objects {
		b = appendObject(b, &r.Objects[i])
	}
	return b
}

// Which shapes an object has.
const (
	hasBox = 1 << iota
	hasRotated
	hasPoints
)

func appendObject(b []byte, o *object) []byte {
	b = appendText(binary.AppendVarint(b, int64(o.Label)), o.Score)
	at := len(b)
	b = append(b, 0)
	if o.Box != nil {
		b[at] |= hasBox
		b = appendFloats(appendSpelling(b, &o.Box.Base), o.Box.X, o.Box.Y, o.Box.W, o.Box.H)
	}
	if r := o.Rotated; r != nil {
		b[at] |= hasRotated
		b = appendFloats(appendSpelling(b, &r.Base), r.CX, r.CY, r.W, r.H, r.Angle)
	}
	if p := o.Points; p != nil {
		b[at] |= hasPoints
		b = appendPoints(appendSpelling(b, &p.Base), p.Points)
		b = binary.AppendUvarint(b, uint64(len(p.Visibility)))
		for _, v := range p.Visibility {
			b = binary.AppendVarint(b, int64(v))
		}
	}
	b = binary.AppendUvarint(b, uint64(len(o.Polygons)))
	for _, p := range o.Polygons {
		b = appendPoints(appendSpelling(b, &p.Base), p.Points)
	}
	b = binary.AppendUvarint(b, uint64(len(o.Masks)))
	for _, m := range o.Masks {
		b = binary.AppendVarint(binary.AppendVarint(b, int64(m.RLE.Height)), int64(m.RLE.Width))
		b = appendText(b, string(m.RLE.Counts))
	}
	return b
}

// spooled reads what was appended.
type spooled struct {
	b    []byte
	room []float64
	bad  bool
}

func (s *spooled) number() int64 {
	v, n := binary.Varint(s.b)
	return s.took(v, n)
}

// count reads how many of something follow, each of at least size bytes.
func (s *spooled) count(size int) int {
	v, n := binary.Uvarint(s.b)
	left := int64(len(s.b)-max(n, 0)) / int64(size)
	if v > uint64(left) {
		n = 0
	}
	return int(s.took(int64(v), n))
}

// took goes behind n bytes that were read as v.
func (s *spooled) took(v int64, n int) int64 {
	if n <= 0 {
		s.bad, s.b = true, nil
		return 0
	}
	s.b = s.b[n:]
	return v
}

func (s *spooled) text() string {
	n := s.count(1)
	text := string(s.b[:n])
	s.b = s.b[n:]
	return text
}

func (s *spooled) flags() byte {
	if len(s.b) == 0 {
		s.bad = true
		return 0
	}
	v := s.b[0]
	s.b = s.b[1:]
	return v
}

// floats reads n numbers, in the room that those of many shapes share.
func (s *spooled) floats(n int) []float64 {
	const many = 1 << 12
	if len(s.b) < 8*n {
		s.bad, s.b = true, nil
		return make([]float64, min(n, 8))
	}
	if len(s.room) < n {
		s.room = make([]float64, max(n, many))
	}
	list := s.room[:n:n]
	s.room = s.room[n:]
	for i := range list {
		list[i] = math.Float64frombits(binary.LittleEndian.Uint64(s.b[8*i:]))
	}
	s.b = s.b[8*n:]
	return list
}

func (s *spooled) points() []float64 { return s.floats(s.count(8)) }

func (s *spooled) spelling() (base dataset.Base) {
	for range s.flags() {
		name := s.text()
		base.Attributes.SetRaw(name, []byte(s.text()))
	}
	return base
}

// records reads all records.
func (s *spooled) records() ([]sheet, error) {
	var list []sheet
	for len(s.b) > 0 && !s.bad {
		r := record{Item: s.text(), Subset: s.text(), Name: s.text(), Width: int32(s.number()), Height: int32(s.number())}
		if n := s.count(1); n > 0 {
			r.Objects = make([]object, n)
		}
		for i := range r.Objects {
			s.object(&r.Objects[i])
		}
		list = append(list, sheet{record: r})
	}
	if s.bad {
		return nil, errSpool
	}
	return list, nil
}

func (s *spooled) object(o *object) {
	o.Label, o.Score = int32(s.number()), s.text()
	has := s.flags()
	if has&hasBox != 0 {
		o.Box = &dataset.Bbox{Base: s.spelling(), Label: o.Label}
		v := s.floats(4)
		o.Box.X, o.Box.Y, o.Box.W, o.Box.H = v[0], v[1], v[2], v[3]
	}
	if has&hasRotated != 0 {
		r := &dataset.RotatedBbox{Base: s.spelling(), Label: o.Label}
		v := s.floats(5)
		r.CX, r.CY, r.W, r.H, r.Angle = v[0], v[1], v[2], v[3], v[4]
		o.Rotated = r
	}
	if has&hasPoints != 0 {
		o.Points = &dataset.Points{Base: s.spelling(), Label: o.Label, Points: s.points()}
		for range s.count(1) {
			o.Points.Visibility = append(o.Points.Visibility, dataset.Visibility(s.number()))
		}
	}
	for range s.count(1) {
		o.Polygons = append(o.Polygons, &dataset.Polygon{Base: s.spelling(), Label: o.Label, Points: s.points()})
	}
	for range s.count(1) {
		m := &dataset.Mask{Label: o.Label}
		m.RLE.Height, m.RLE.Width = int32(s.number()), int32(s.number())
		m.RLE.Counts = []byte(s.text())
		o.Masks = append(o.Masks, m)
	}
}
