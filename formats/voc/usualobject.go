package voc

import (
	"bytes"
	"math"

	"datum/dataset"
	"datum/internal/decimal"
)

// usualObject is what an object is made of when all is read.
type usualObject struct {
	seen       uint
	pose       []byte
	flags      [3]string
	attributes int // where they begin, 0 where there are none
}

// The elements of an object, each of which comes once.
const (
	seenName = 1 << iota
	seenPose
	seenBox
	seenAttributes
	seenFlag // and those of the two other flags
)

var flagNames = [3]string{attrTruncated, attrOccluded, attrDifficult}

func (u *usualReader) object(at int) bool {
	u.rec.objects = append(u.rec.objects, object{at: at})
	o := &u.rec.objects[len(u.rec.objects)-1]
	var parts usualObject
	for {
		name, kind := u.tag()
		if kind == ends {
			return string(name) == "object" && parts.seen&seenName != 0 && parts.seen&seenBox != 0 && u.describe(o, &parts)
		}
		if kind == none || !u.member(o, &parts, name, kind) {
			return false
		}
	}
}

// member reads an element of an object.
func (u *usualReader) member(o *object, parts *usualObject, name []byte, kind tagKind) bool {
	what := uint(0)
	switch string(name) {
	case "bndbox":
		what, o.outline = seenBox, kind == implied
		if !u.box(o) {
			return false
		}
	case "attributes":
		what, parts.attributes = seenAttributes, u.pos
		if kind == implied || !u.skip(name, 1) {
			return false
		}
	default:
		text, ok := u.leaf(name)
		if !ok {
			return false
		}
		if what = u.word(o, parts, name, text, kind); what == 0 {
			return false
		}
	}
	again := parts.seen&what != 0
	parts.seen |= what
	return !again
}

// word takes an element of an object that is text only, and returns which it is.
func (u *usualReader) word(o *object, parts *usualObject, name, text []byte, kind tagKind) uint {
	switch string(name) {
	case "name":
		o.name, o.hasName = u.nameOf(text), true
		if kind == opens {
			return seenName
		}
		return 0
	case attrPose:
		if kind == opens {
			parts.pose = text
		}
		return seenPose
	}
	for i, f := range flagNames {
		if f != string(name) {
			continue
		}
		switch {
		case kind == implied:
		case string(text) == "1":
			parts.flags[i] = "true"
		case string(text) == "0":
			parts.flags[i] = "false"
		default:
			return 0
		}
		return seenFlag << i
	}
	return 0
}

// describe gives an object its attributes.
func (u *usualReader) describe(o *object, parts *usualObject) bool {
	from := len(u.attrs)
	if len(parts.pose) > 0 {
		u.attrs = append(u.attrs, dataset.Attribute{Name: attrPose, Value: dataset.AppendString(nil, decodeName(parts.pose))})
	}
	for i, f := range parts.flags {
		if f != "" {
			u.attrs = append(u.attrs, boolAttribute(flagNames[i], f == "true"))
		}
	}
	if n := len(u.attrs); n > from {
		o.attributes = u.attrs[from:n:n]
	}
	if parts.attributes == 0 {
		return true
	}
	end := u.pos
	u.pos = parts.attributes
	ok := u.attributes(&o.attributes)
	u.pos = end
	return ok
}

// attributes reads the block of attributes behind its start tag.
func (u *usualReader) attributes(to *dataset.Attributes) bool {
	list := *to
	u.attrs = append(u.attrs, list...)
	from := len(u.attrs) - len(list)
	for {
		name, kind := u.tag()
		if kind == ends {
			if n := len(u.attrs); n > from {
				*to = u.attrs[from:n:n]
			}
			return string(name) == "attributes"
		}
		if kind != opens || string(name) != "attribute" {
			return false
		}
		a, ok := u.attribute()
		if !ok || dataset.IsCarried(a.Name) || dataset.Attributes(u.attrs[from:]).Has(a.Name) {
			return false
		}
		u.attrs = append(u.attrs, a)
	}
}

// attribute reads a name and a value.
func (u *usualReader) attribute() (a dataset.Attribute, ok bool) {
	name, kind := u.tag()
	if kind != opens || string(name) != "name" {
		return a, false
	}
	text, ok := u.leaf(name)
	if !ok {
		return a, false
	}
	a.Name = u.nameOf(text)
	if name, kind = u.tag(); kind != opens || string(name) != "value" {
		return a, false
	}
	if text, ok = u.leaf(name); !ok {
		return a, false
	}
	if isJSONWord(text) {
		a.Value = bytes.Clone(text)
	} else {
		a.Value = decodeValue(text)
	}
	name, kind = u.tag()
	return a, kind == ends && string(name) == "attribute"
}

// isJSONWord reports whether a text is JSON as it stands: true, false or a
// number of a few digits.
func isJSONWord(text []byte) bool {
	switch string(text) {
	case "true", "false":
		return true
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(text) > 0 && (text[0] != '0' || len(text) == 1)
}

// corners are the elements of a box, in the order in which they count.
var corners = [4]string{"xmin", "ymin", "xmax", "ymax"}

// box reads two corners, in the right order.
func (u *usualReader) box(o *object) bool {
	var v [4]decimal.Decimal
	seen := 0
	for {
		name, kind := u.tag()
		if kind == ends {
			return string(name) == "bndbox" && seen == 1<<len(corners)-1 && u.setBox(o, &v)
		}
		if kind != opens || len(name) != 4 {
			return false
		}
		i := cornerOf(name)
		text, ok := u.leaf(name)
		if i < 0 || !ok || seen&(1<<i) != 0 {
			return false
		}
		seen |= 1 << i
		if v[i], ok = decimal.Parse(text); !ok {
			return false
		}
	}
}

func cornerOf(name []byte) int {
	for i, c := range corners {
		if c == string(name) {
			return i
		}
	}
	return -1
}

func (u *usualReader) setBox(o *object, v *[4]decimal.Decimal) bool {
	b := dataset.Bbox{Label: dataset.NoLabel}
	b.X, b.W = u.side(v[0], v[2])
	b.Y, b.H = u.side(v[1], v[3])
	if !(b.W >= 0 && b.H >= 0) || math.IsInf(b.W, 0) || math.IsInf(b.H, 0) {
		return false
	}
	if len(u.boxes) == cap(u.boxes) { // those before stay where they are
		u.makeRoom()
	}
	u.boxes = append(u.boxes, b)
	o.box = &u.boxes[len(u.boxes)-1]
	return true
}

// nameOf is [decodeName], which makes a string of a name that comes again once.
func (u *usualReader) nameOf(text []byte) string {
	n := len(text)
	if n == 0 || n > 64 || text[0] == '"' {
		return decodeName(text)
	}
	place := &u.words[(n*5+int(text[0])*5+int(text[n/2])*7+int(text[n-1])*37)%len(u.words)]
	if *place != string(text) {
		*place = string(text)
	}
	return *place
}
