package coco

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"datum/dataset"
)

// quickMembers takes records apart in one go, without lists of their members.
type quickMembers struct {
	keys  memberKeys[recordMember]
	value func(b []byte, i int, kind recordMember) (end int)
	store *recordStore
	seen  uint32 // bits of the members there are
	// rest are the members that the writer may not make, or make otherwise.
	rest []restMember
}

// restMember is a member of which the record has to say something.
type restMember struct {
	kind        recordMember
	name, value []byte
}

// recordMember is a member of a record that the reader knows.
type recordMember uint8

const (
	memberOther recordMember = iota
	memberOdd                // known, but not here
	memberID
	memberImageID
	memberCategory
	memberOutlines
	memberArea
	memberBox
	memberCrowd
	memberKeypoints
	memberKeyCount
	memberCaption
	memberScore
	memberAttributes
	memberFileName
	memberHeight
	memberWidth
)

// otherMember is one that is carried as it is, unless its name has a meaning in
// a patch.
func otherMember(name []byte) recordMember {
	if len(name) == 0 || name[0] == patchAbsent[0] || !utf8.Valid(name) {
		return memberOdd
	}
	return memberOther
}

// read takes the record apart.
func (q *quickMembers) read(b []byte, i, end int) bool {
	q.seen, q.rest = 0, q.rest[:0]
	if b[i] != '{' {
		return false
	}
	i = strictSpace(b, i+1)
	for n, last := 0, false; !last; n++ {
		name := i
		value, kind := q.keys.next(b, i, n)
		if value < 0 || kind == memberOdd {
			return false
		}
		if i = q.value(b, value, kind); i < 0 || i >= end {
			return false
		}
		switch kind {
		case memberOther, memberArea, memberKeyCount:
			if !q.note(kind, nameIn(b[name:value]), b[value:i]) {
				return false
			}
		}
		if bit := uint32(1) << kind; kind != memberOther {
			if q.seen&bit != 0 {
				return false
			}
			q.seen |= bit
		}
		if i, last = nextMember(b, i); i < 0 {
			return false
		}
	}
	return i == end
}

// note keeps a member for the patch.
func (q *quickMembers) note(kind recordMember, name, value []byte) bool {
	const most = 16 // looking for a name twice takes time
	if len(q.rest) == most {
		return false
	}
	for _, r := range q.rest {
		if kind == memberOther && bytes.Equal(r.name, name) {
			return false
		}
	}
	q.rest = append(q.rest, restMember{kind, name, value})
	return true
}

// carried is the patch that adds the rest of the members to a record, nil where
// there is none.
func (q *quickMembers) carried() []byte {
	if len(q.rest) == 0 {
		return nil
	}
	size := 2
	for _, r := range q.rest {
		size += len(r.name) + len(r.value) + 4
	}
	p := append(q.store.text.room(size), '{')
	for i, r := range q.rest {
		if i > 0 {
			p = append(p, ',')
		}
		p = append(append(append(p, '"'), r.name...), '"', ':')
		if c := r.value[0]; c == '{' || c == '[' {
			p = append(p, compact(r.value)...)
		} else {
			p = append(p, r.value...)
		}
	}
	return q.store.text.take(len(append(p, '}')))
}

// number returns the text of a number.
func (q *quickMembers) number(n int64) []byte {
	return q.store.text.take(len(strconv.AppendInt(q.store.text.room(20), n, 10)))
}

// recordStore has the memory of annotations.
type recordStore struct {
	floats      slab[float64]
	polygons    slab[dataset.Polygon]
	boxes       slab[dataset.Bbox]
	points      slab[dataset.Points]
	visible     slab[dataset.Visibility]
	annotations slab[dataset.Annotation]
	attributes  slab[dataset.Attribute]
	text        slab[byte]
	images      slab[dataset.Image]
}

func newRecordStore() *recordStore {
	s := &recordStore{}
	s.floats.size, s.text.size = 4<<10, 8<<10
	s.polygons.size, s.boxes.size, s.annotations.size, s.attributes.size = 256, 256, 512, 512
	s.points.size, s.visible.size, s.images.size = 64, 1<<10, 64
	return s
}
