package coco

import (
	"math"
	"slices"

	"datum/dataset"
)

// quickRecord reads the records that nearly all annotations have: every member
// there that the writer makes, of the type that it makes. What it makes of them
// is the same as what [parser] makes, without the detours; what it does not
// take is left to that.
type quickRecord struct {
	quickMembers
	source *source

	id, category int64
	crowd        bool
	area         float64
	box          [4]float64
	keyCount     int64
	caption      []byte
	score        []byte
	user         dataset.Attributes
	json         []byte // of them, as the writer makes it
	// coords are the corners of the outlines, one after the other, then the
	// keypoints; outlines has the ends of the outlines in it.
	coords   []float64
	outlines []int
	keyAt    int
}

func newQuickRecord(f *source, s *recordStore) *quickRecord {
	q := &quickRecord{source: f, quickMembers: quickMembers{keys: memberKeys[recordMember]{kind: annotationMember}, store: s}}
	q.value = q.readValue
	return q
}

const (
	// boxMembers are what the record of an object has.
	boxMembers = 1<<memberID | 1<<memberImageID | 1<<memberCategory | 1<<memberOutlines | 1<<memberArea | 1<<memberBox | 1<<memberCrowd
	// pointMembers are what it has if there are keypoints.
	pointMembers = boxMembers | 1<<memberKeypoints | 1<<memberKeyCount
	// captionMembers are what the record of a caption has.
	captionMembers = 1<<memberID | 1<<memberImageID | 1<<memberCaption
	// userMembers are what the record of an object may have besides.
	userMembers = 1<<memberScore | 1<<memberAttributes
)

func annotationMember(name []byte) recordMember {
	switch string(name) {
	case "id":
		return memberID
	case "image_id":
		return memberImageID
	case "category_id":
		return memberCategory
	case "segmentation":
		return memberOutlines
	case "area":
		return memberArea
	case "bbox":
		return memberBox
	case "iscrowd":
		return memberCrowd
	case "keypoints":
		return memberKeypoints
	case "num_keypoints":
		return memberKeyCount
	case "caption":
		return memberCaption
	case attrScore:
		return memberScore
	case "attributes":
		return memberAttributes
	case "segments_info":
		return memberOdd
	}
	return otherMember(name)
}

// annotations appends what the record in b from i to end says. ok is false
// where the record is for another parser; nothing is appended then.
func (q *quickRecord) annotations(dst []dataset.Annotation, b []byte, i, end int, order int32) (out []dataset.Annotation, ok bool) {
	q.coords, q.outlines, q.score, q.user = q.store.floats.room((end-i)/2), q.outlines[:0], nil, nil
	if !q.read(b, i, end) {
		return dst, false
	}
	if _, twice := q.source.index.twice[q.id]; twice || q.id == 0 {
		return dst, false
	}
	if q.seen == captionMembers {
		return q.makeCaption(dst, order), true
	}
	return q.makeObject(dst, order)
}

// readValue reads the value of a member.
func (q *quickRecord) readValue(b []byte, i int, kind recordMember) (end int) {
	switch kind {
	case memberID:
		q.id, end = quickInteger(b, i)
	case memberImageID:
		_, end = quickInteger(b, i)
	case memberCategory:
		q.category, end = quickInteger(b, i)
	case memberCrowd:
		var n int64
		if n, end = quickInteger(b, i); n > 1 {
			return -1
		}
		q.crowd = n == 1
	case memberKeyCount:
		q.keyCount, end = quickInteger(b, i)
	case memberArea:
		if q.area, end = quickNumber(b, i); b[i] == '-' || math.Abs(q.area) >= 1<<53 {
			return -1
		}
	case memberBox:
		var box []float64
		if box, end = quickNumbers(q.box[:0], b, i); len(box) != len(q.box) {
			return -1
		}
	case memberOutlines:
		end = q.readOutlines(b, i)
	case memberScore:
		if end = strictNumber(b, i); end >= 0 {
			q.score = b[i:end]
		}
	case memberAttributes:
		end = q.readAttributes(b, i)
	case memberKeypoints:
		end = q.readKeypoints(b, i)
	case memberCaption:
		q.caption, end = plainString(b, i)
	default:
		end = strictValue(b, i, deepest)
	}
	return end
}

// readOutlines reads lists of corners, all of them good.
func (q *quickRecord) readOutlines(b []byte, i int) int {
	if len(q.coords) > 0 || b[i] != '[' { // the keypoints came first
		return -1
	}
	if i = strictSpace(b, i+1); b[i] == ']' {
		return i + 1
	}
	for {
		before := len(q.coords)
		if q.coords, i = quickNumbers(q.coords, b, i); i < 0 {
			return -1
		}
		if n := len(q.coords) - before; n < 6 || n%2 != 0 {
			return -1
		}
		q.outlines = append(q.outlines, len(q.coords))
		switch i = strictSpace(b, i); b[i] {
		case ',':
			i = strictSpace(b, i+1)
		case ']':
			return i + 1
		default:
			return -1
		}
	}
}

func (q *quickRecord) readKeypoints(b []byte, i int) int {
	q.keyAt = len(q.coords)
	if q.seen&(1<<memberOutlines) == 0 {
		return -1
	}
	q.coords, i = quickNumbers(q.coords, b, i)
	keys := q.coords[q.keyAt:]
	if i < 0 || len(keys) == 0 || len(keys)%3 != 0 {
		return -1
	}
	for k := 2; k < len(keys); k += 3 {
		if v := keys[k]; v != 0 && v != 1 && v != 2 || v == 0 && math.Signbit(v) {
			return -1
		}
	}
	return i
}

// readAttributes reads the user's attributes, where they come back as they are.
func (q *quickRecord) readAttributes(b []byte, i int) int {
	end := strictValue(b, i, deepest)
	if end < 0 || b[i] != '{' {
		return -1
	}
	user, err := dataset.ParseAttributes(b[i:end])
	if err != nil || len(user) == 0 || user.Has(attrCrowd) || user.Has(attrScore) {
		return -1
	}
	for _, a := range user {
		if dataset.IsCarried(a.Name) {
			return -1
		}
	}
	q.json = user.AppendJSON(q.json[:0])
	if !sameJSON(b[i:end], q.json) {
		return -1
	}
	q.user = user
	return end
}

func (q *quickRecord) makeCaption(dst []dataset.Annotation, order int32) []dataset.Annotation {
	c := &dataset.Caption{Caption: string(q.caption)}
	c.ID, c.Group, c.ObjectID = q.id, q.id, dataset.NoObject
	q.carry(&c.Base, true, q.patch(0), order, q.source.usual.caption)
	return append(dst, c)
}

// makeObject makes the annotations of a record with a box.
func (q *quickRecord) makeObject(dst []dataset.Annotation, order int32) (out []dataset.Annotation, ok bool) {
	label, ok := q.source.byNumber[q.category]
	members := q.seen &^ userMembers
	if !ok || members != boxMembers && members != pointMembers || q.source.task == taskLabels {
		return dst, false
	}
	if len(q.outlines) == 0 && math.Signbit(q.box[2]*q.box[3]) {
		return dst, false // -0 is another area than 0
	}
	if members == boxMembers {
		q.keyAt = len(q.coords)
	}
	corners, start, first := q.store.floats.take(q.keyAt), 0, len(dst)
	if members == pointMembers {
		dst = append(dst, q.makePoints(label))
	}
	area := 0.0
	for _, end := range q.outlines {
		p := q.store.polygons.one()
		p.Label, p.Points = label, corners[start:end:end]
		area += polygonArea(p.Points)
		start = end
		dst = append(dst, p)
	}
	x := q.store.boxes.one()
	x.Label, x.X, x.Y, x.W, x.H = label, q.box[0], q.box[1], q.box[2], q.box[3]
	if len(q.outlines) == 0 {
		area = x.W * x.H
	}
	patch := q.patch(area)
	for i, a := range append(dst[first:], x) {
		b := a.Common()
		b.ID, b.Group, b.ObjectID = q.id, q.id, dataset.NoObject
		usual := q.source.usual.object
		if _, points := a.(*dataset.Points); points {
			usual = q.source.usual.keypoints
		}
		if i > 0 {
			patch = nil
		}
		q.carry(b, false, patch, order, usual)
		order = -1
	}
	return append(dst, x), true
}

// makePoints makes keypoints of the end of the coordinates, in their place.
func (q *quickRecord) makePoints(label int32) *dataset.Points {
	keys := q.coords[q.keyAt:]
	n := len(keys) / 3
	k := q.store.points.one()
	q.store.visible.room(n)
	k.Label, k.Points, k.Visibility = label, q.store.floats.take(2*n), q.store.visible.take(n)
	seen := int64(0)
	for i := range n {
		k.Points[2*i], k.Points[2*i+1] = keys[3*i], keys[3*i+1]
		if k.Visibility[i] = dataset.Visibility(keys[3*i+2]); k.Visibility[i] > 0 {
			seen++
		}
	}
	q.keyCount -= seen // 0 where the record says the same
	return k
}

var (
	textTrue  = []byte("true")
	textFalse = []byte("false")
)

// carry gives an annotation its attributes: the user's, unless it is a caption,
// and what is carried.
func (q *quickRecord) carry(b *dataset.Base, caption bool, patch []byte, order int32, usual int) {
	const most = 5 // besides the user's own
	a := q.store.attributes.room(len(q.user) + most)
	if !caption {
		a = q.appendUser(a)
	}
	if patch != nil {
		a = append(a, dataset.Attribute{Name: carryRecord, Value: patch})
	}
	if order >= 0 && !q.source.annotationsInOrder {
		a = append(a, dataset.Attribute{Name: carryOrder, Value: q.number(int64(order))})
	}
	if usual != q.source.number {
		a = append(a, dataset.Attribute{Name: carryFile, Value: q.number(int64(q.source.number))})
	}
	if len(a) > 0 {
		b.Attributes = q.store.attributes.take(len(a))
	}
}

func (q *quickRecord) appendUser(a []dataset.Attribute) []dataset.Attribute {
	a = append(a, q.user...)
	if q.score != nil {
		a = append(a, dataset.Attribute{Name: attrScore, Value: q.store.text.copyOf(q.score)})
	}
	value := textFalse
	if q.crowd {
		value = textTrue
	}
	return append(a, dataset.Attribute{Name: attrCrowd, Value: value})
}

// patch says what the record has that the writer would not make. area is what
// it would.
func (q *quickRecord) patch(area float64) []byte {
	q.rest = slices.DeleteFunc(q.rest, func(r restMember) bool {
		return r.kind == memberArea && q.area == area || r.kind == memberKeyCount && q.keyCount == 0
	})
	return q.carried()
}
