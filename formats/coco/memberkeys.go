package coco

import "bytes"

// memberKeys reads the names of the members of records that mostly have the
// same ones in the same order: what the record before had at a place is tried
// first.
type memberKeys[K comparable] struct {
	kind  func(name []byte) K // what a member is
	known []memberKey[K]
}

// memberKey is the text of a member's name with the colon behind it.
type memberKey[K comparable] struct {
	text []byte
	kind K
}

// mostKeys is how many are remembered.
const mostKeys = 32

// next steps over the name of the nth member of a record, up to its value. The
// place is -1 where there is none, or one with escapes in it.
func (m *memberKeys[K]) next(b []byte, i, n int) (value int, kind K) {
	if n < len(m.known) {
		if k := &m.known[n]; len(b)-i >= len(k.text) && string(b[i:i+len(k.text)]) == string(k.text) {
			return strictSpace(b, i+len(k.text)), k.kind
		}
	}
	value = strictName(b, i)
	if value < 0 {
		return -1, kind
	}
	name := nameIn(b[i:value])
	if bytes.IndexByte(name, '\\') >= 0 {
		return -1, kind
	}
	k := memberKey[K]{bytes.Clone(b[i:value]), m.kind(name)}
	switch {
	case n < len(m.known):
		m.known[n] = k
	case n < mostKeys:
		m.known = append(m.known, k)
	}
	return value, k.kind
}

// nameIn returns the name in a text of a name and a colon.
func nameIn(text []byte) []byte { return text[1:bytes.LastIndexByte(text, '"')] }

// nextMember steps over what is behind the value of a member: to the next one,
// or behind the object. The place is -1 where there is something else.
func nextMember(b []byte, i int) (next int, last bool) {
	if b[i] != ',' {
		i = strictSpace(b, i)
	}
	switch b[i] {
	case ',':
		return strictSpace(b, i+1), false
	case '}':
		return i + 1, true
	}
	return -1, false
}
