package coco

import (
	"bytes"
	"math"

	"datum/dataset"
)

// quickImage reads the records that nearly all images have: with the members
// that the writer makes, and others that are carried as they are.
type quickImage struct {
	quickMembers
	id            []byte
	height, width int64
	name          []byte
}

func newQuickImage(s *recordStore) *quickImage {
	q := &quickImage{quickMembers: quickMembers{keys: memberKeys[recordMember]{kind: imageMember}, store: s}}
	q.value = q.readValue
	return q
}

// imageMembersAll are the members that the writer makes.
const imageMembersAll = 1<<memberID | 1<<memberFileName | 1<<memberHeight | 1<<memberWidth

func imageMember(name []byte) recordMember {
	switch string(name) {
	case "id":
		return memberID
	case "file_name":
		return memberFileName
	case "height":
		return memberHeight
	case "width":
		return memberWidth
	case "attributes":
		return memberOdd
	}
	return otherMember(name)
}

// readValue reads the value of a member.
func (q *quickImage) readValue(b []byte, i int, kind recordMember) (end int) {
	switch kind {
	case memberID:
		_, end = quickInteger(b, i)
		if end >= 0 {
			q.id = b[i:end]
		}
	case memberHeight:
		q.height, end = quickInteger(b, i)
	case memberWidth:
		q.width, end = quickInteger(b, i)
	case memberFileName:
		q.name, end = plainString(b, i)
	default:
		end = strictValue(b, i, deepest)
	}
	return end
}

// plainString reads a text without escapes.
func plainString(b []byte, i int) (content []byte, end int) {
	if b[i] != '"' {
		return nil, -1
	}
	end = strictString(b, i)
	if end < 0 || bytes.IndexByte(b[i:end], '\\') >= 0 {
		return nil, -1
	}
	return b[i+1 : end-1], end
}

// image reads the record in b from i to end. ok is false where the record is
// for the other reader.
func (q *quickImage) image(b []byte, i, end int, external bool) (img *dataset.Image, ok bool) {
	if !q.read(b, i, end) || q.seen != imageMembersAll || q.height < 1 || q.width < 1 || max(q.height, q.width) > math.MaxInt32 {
		return nil, false
	}
	name := string(q.name)
	if clean, ok := cleanName(name, external); !ok || clean != name {
		return nil, false
	}
	img = q.store.images.one()
	img.Name, img.Height, img.Width = name, int32(q.height), int32(q.width)
	return img, true
}

// attributes are those of the item, with room for some more.
func (q *quickImage) attributes() dataset.Attributes {
	a := q.store.attributes.room(2)
	id := q.store.text.copyOf(q.id)
	a = append(a, dataset.Attribute{Name: attrID, Value: id})
	if patch := q.carried(); patch != nil {
		a = append(a, dataset.Attribute{Name: carryImage, Value: patch})
	}
	return q.store.attributes.take(len(a))
}
