package coco

import (
	"bytes"
	"io"
)

// quickScan makes the index of a file in the form in which tools write it: an
// object with lists of objects, all of it proper JSON and nothing wrong with
// any record. It returns nil where it finds something else, however small;
// [thoroughScan] has to read the file then.
func quickScan(f io.Reader, external bool) *index { return quickScanIn(firstRoom, f, external) }

// quickScanIn does so in memory that has room for so many bytes at first.
func quickScanIn(room int, f io.Reader, external bool) *index {
	q := quickScanner{gathering: newGathering(external), f: f, room: room}
	if !q.file() {
		return nil
	}
	if q.finish(func(err error) error { return err }) != nil {
		return nil
	}
	q.x.quick = true
	return q.x
}

// quickScanner holds a piece of the file, which begins with whatever is to be
// read next.
type quickScanner struct {
	*gathering
	f    io.Reader
	text []byte // with the padding behind it
	next int    // in text: what is read already
	base int64  // of text in the file
	room int
	eof  bool
	odd  bool // what comes is for the other scanner: no more text will help
	keys memberKeys[keyKind]
	// What was read last: the member of the top-level object, the record and
	// two values of it by their places in text.
	name          string
	isList        bool
	recordAt      int
	size          int
	first, second [2]int
	last          bool // it was the last of its list or object
}

// keyKind says which of the values that the index needs a member has.
type keyKind uint8

const (
	keyOther  keyKind = iota
	keyFirst          // the id of an image, the image_id of an annotation
	keySecond         // the file_name of an image, the id of an annotation
)

const (
	firstRoom = 256 << 10
	mostRoom  = 16 << 20 // for one record
)

// step reads one thing, whole. read returns the place behind it, -1 where that
// is not in the text or something is odd.
func (q *quickScanner) step(read func(b []byte, i int) int) bool {
	for {
		// What touches the end may go on behind it.
		if end := -1; len(q.text) > 0 {
			if end = read(q.text, q.next); end >= 0 && (q.eof || end < len(q.text)-padding) {
				q.next = end
				return true
			}
		}
		if q.odd || !q.more() {
			return false
		}
	}
}

// more reads on, and reports whether there was more.
func (q *quickScanner) more() bool {
	if q.eof {
		return false
	}
	var rest []byte
	if len(q.text) > 0 {
		rest = q.text[q.next : len(q.text)-padding]
	}
	if len(rest) > q.room/2 {
		q.room *= 2
	}
	if q.room > mostRoom {
		return false
	}
	buf := q.text[:cap(q.text)]
	if len(buf) < q.room+padding {
		buf = make([]byte, q.room+padding)
	}
	n := copy(buf, rest)
	m, err := io.ReadFull(q.f, buf[n:q.room])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		q.odd = true
		return false
	}
	q.eof = err != nil
	q.base += int64(q.next)
	q.next = 0
	q.text = buf[:n+m+padding]
	clear(q.text[n+m:])
	return true
}

// file reads the whole file.
func (q *quickScanner) file() bool {
	if !q.step(func(b []byte, i int) int { return q.one(b, i, '{') }) {
		return false
	}
	for !q.last {
		if !q.step(q.memberName) {
			return false
		}
		ok := false
		switch {
		case q.isList && q.startList(0, q.name) != nil:
		case q.isList && q.name == "images":
			ok = q.list(imageKey, q.image)
		case q.isList:
			ok = q.list(annotationKey, q.annotation)
		default:
			ok = q.plainMember()
		}
		if !ok || !q.step(func(b []byte, i int) int { return q.comma(b, i, '}') }) {
			return false
		}
	}
	return q.step(func(b []byte, i int) int {
		if i = strictSpace(b, i); i < len(b)-padding {
			return -1
		}
		return i
	}) && q.eof
}

// one steps over a byte with spaces around it.
func (q *quickScanner) one(b []byte, i int, want byte) int {
	if i = strictSpace(b, i); b[i] != want {
		q.odd = b[i] != 0
		return -1
	}
	return i + 1
}

// comma steps over what is behind a value: a comma, or the end of what the
// value is in.
func (q *quickScanner) comma(b []byte, i int, end byte) int {
	i = strictSpace(b, i)
	q.last = b[i] == end
	if b[i] != ',' && b[i] != end {
		return -1
	}
	return i + 1
}

// memberName reads the name of a member of the top-level object.
func (q *quickScanner) memberName(b []byte, i int) int {
	i = strictSpace(b, i)
	end := strictName(b, i)
	if end < 0 || b[end] == 0 {
		return -1
	}
	name := nameIn(b[i:end])
	q.name = string(name)
	records := q.name == "images" || q.name == "annotations"
	q.isList = records && b[end] == '['
	// An object without members ends the list of them in another place, which
	// is rare enough to be left to the other scanner, as are names with
	// escapes in them and lists that are none.
	q.odd = records && !q.isList || bytes.IndexByte(name, '\\') >= 0
	if q.odd {
		return -1
	}
	return end
}

// plainMember reads a value of the top-level object.
func (q *quickScanner) plainMember() bool {
	if !q.step(func(b []byte, i int) int {
		end := strictValue(b, i, deepest)
		q.size = end - i
		return end
	}) {
		return false
	}
	q.member(q.name, span{q.base + int64(q.next-q.size), int32(q.size)})
	return true
}

// list reads a list of records.
func (q *quickScanner) list(kind func(name []byte) keyKind, note func(s span, first, second []byte) error) bool {
	q.keys = memberKeys[keyKind]{kind: kind}
	if !q.step(func(b []byte, i int) int { return q.one(b, i, '[') }) {
		return false
	}
	if empty := false; q.step(func(b []byte, i int) int {
		i = strictSpace(b, i)
		if empty = b[i] == ']'; empty {
			return i + 1
		}
		return i
	}) && empty {
		q.last = true
		return true
	}
	for q.last = false; !q.last; {
		if !q.step(q.record) {
			return false
		}
		first, second := q.text[q.first[0]:q.first[1]], q.text[q.second[0]:q.second[1]]
		if note(span{q.base + int64(q.recordAt), int32(q.size)}, first, second) != nil {
			return false
		}
	}
	return true
}

// record reads a record and what is behind it.
func (q *quickScanner) record(b []byte, i int) int {
	i = strictSpace(b, i)
	if b[i] != '{' {
		return -1
	}
	q.recordAt, q.first, q.second = i, [2]int{}, [2]int{}
	if i = strictSpace(b, i+1); b[i] == '}' {
		return -1 // no record without members is right
	}
	for n, last := 0, false; !last; n++ {
		value, kind := q.keys.next(b, i, n)
		if value < 0 {
			return -1
		}
		end := strictValue(b, value, deepest)
		if end < 0 {
			return -1
		}
		switch kind {
		case keyFirst:
			q.first = [2]int{value, end}
		case keySecond:
			q.second = [2]int{value, end}
		}
		if i, last = nextMember(b, end); i < 0 {
			return -1
		}
	}
	q.size = i - q.recordAt
	return q.comma(b, i, ']')
}

func imageKey(name []byte) keyKind {
	switch string(name) {
	case "id":
		return keyFirst
	case "file_name":
		return keySecond
	}
	return keyOther
}

func annotationKey(name []byte) keyKind {
	switch string(name) {
	case "image_id":
		return keyFirst
	case "id":
		return keySecond
	}
	return keyOther
}
