package record

import (
	"encoding/binary"

	"datum/dataset"
)

// slabs is memory for the annotations of one item, so that each kind of thing
// costs one allocation instead of one for each annotation. What is asked of a
// slab that is used up is allocated by itself.
type slabs struct {
	floats   []float64
	polygons []dataset.Polygon
	boxes    []dataset.Bbox
}

// prepare makes the slabs for n annotations whose records come next.
func (c *Cursor) prepare(n uint32, layout Layout) {
	floats, polygons, boxes := measure(c.data[c.off:], n, layout)
	c.slabs = slabs{make([]float64, floats), make([]dataset.Polygon, polygons), make([]dataset.Bbox, boxes)}
}

// measure counts what n records hold. It ends, without an error, at the first
// that is damaged or of a rare kind. It counts nothing that is not there, so
// that the slabs are at most a few times as large as the records.
func measure(b []byte, n uint32, layout Layout) (floats, polygons, boxes int) {
	for range n {
		front := int(layout) + 4
		if len(b) < front {
			return
		}
		code := b[0]
		size := uint64(front) + uint64(binary.LittleEndian.Uint32(b[layout:]))
		count, ok := uint64(0), true
		switch code {
		case codeLabel:
			size += 4
		case codeCaption:
			count, size, ok = countAt(b, size)
			size += count
		case codePolygon, codePolyLine, codeBbox, codePoints:
			count, size, ok = countAt(b, size+8)
			size += 4 * count
		case codeMask:
			var length uint64
			length, size, ok = countAt(b, size+16)
			size += length
		default:
			return
		}
		if code == codePoints && ok {
			var ints uint64
			ints, size, ok = countAt(b, size)
			size += 4 * ints
		}
		if !ok || size > uint64(len(b)) {
			return
		}
		switch code {
		case codePolygon:
			floats += int(count)
			polygons++
		case codePolyLine, codePoints:
			floats += int(count)
		case codeBbox:
			boxes++
		}
		b = b[size:]
	}
	return
}

// countAt returns the count at a place in b and the place behind it.
func countAt(b []byte, at uint64) (count, behind uint64, ok bool) {
	if at+4 > uint64(len(b)) {
		return 0, 0, false
	}
	return uint64(binary.LittleEndian.Uint32(b[at:])), at + 4, true
}

func (s *slabs) newFloats(n int) []float64 {
	if n > len(s.floats) {
		return make([]float64, n)
	}
	v := s.floats[:n:n]
	s.floats = s.floats[n:]
	return v
}

func (s *slabs) newPolygon() *dataset.Polygon {
	if len(s.polygons) == 0 {
		return new(dataset.Polygon)
	}
	p := &s.polygons[0]
	s.polygons = s.polygons[1:]
	return p
}

func (s *slabs) newBox() *dataset.Bbox {
	if len(s.boxes) == 0 {
		return new(dataset.Bbox)
	}
	p := &s.boxes[0]
	s.boxes = s.boxes[1:]
	return p
}
