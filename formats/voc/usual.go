package voc

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"datum/dataset"
	"datum/formats"
)

// Nearly all XML files are of the elements that VOC, LabelImg, Datumaro and this
// package write, without references, comments and attributes. A usualReader
// reads those in one go. What it says is what [parseRecord] says, which reads all
// others: it gives up on the first byte that it does not expect.
type usualReader struct {
	reader
	pos int
	rec record
	// boxes and attrs are where those of one file are.
	boxes []dataset.Bbox
	attrs []dataset.Attribute
	notes formats.Loss
	// words are names read lately, which are likely to come again.
	words [256]string
	// again says that nobody keeps what was read beyond the next file.
	again bool
}

// maxUsual is the size of files that are read so: the bounds on elements and
// objects cannot be met in them.
const maxUsual = 1 << 20

// maxRoom bounds the objects that room is made for in advance.
const maxRoom = 1 << 10

// read reads a file. The record is valid until the next one is read.
func (u *usualReader) read(data []byte, place string, loss *formats.Loss) (*record, bool) {
	if len(data) > maxUsual || bytes.IndexByte(data, '&') >= 0 || !utf8.Valid(data) {
		return nil, false
	}
	u.data, u.pos, u.place, u.notes = data, 0, place, formats.Loss{}
	u.loss = &u.notes
	u.rec = record{objects: u.rec.objects[:0]}
	u.boxes, u.attrs = u.boxes[:0], u.attrs[:0]
	if !u.again {
		u.boxes, u.attrs = nil, nil
	}
	if !u.root() {
		return nil, false
	}
	if u.notes.Total() > 0 {
		loss.Merge(u.notes)
	}
	return &u.rec, true
}

// makeRoom makes room for the objects of the rest of the file, as many as there
// are likely to be.
func (u *usualReader) makeRoom() {
	const usual, attributes = 256, 2 // the size of an object, and what it has
	n := min(len(u.data[u.pos:])/usual+1, maxRoom)
	u.boxes, u.attrs = make([]dataset.Bbox, 0, n), slices.Grow(u.attrs, attributes*n)
}

// declarations are the first lines of files that are UTF-8.
var declarations = [][]byte{
	[]byte(`<?xml version="1.0"?>`), []byte(`<?xml version="1.0" ?>`), []byte(`<?xml version="1.0" encoding="utf-8"?>`), []byte(`<?xml version="1.0" encoding="UTF-8"?>`),
	[]byte(`<?xml version='1.0' encoding='utf-8'?>`), []byte(`<?xml version='1.0' encoding='UTF-8'?>`),
}

func (u *usualReader) root() bool {
	for _, d := range declarations {
		if bytes.HasPrefix(u.data, d) {
			u.pos = len(d)
		}
	}
	if name, kind := u.tag(); kind != opens || string(name) != "annotation" {
		return false
	}
	for {
		at := u.next()
		name, kind := u.tag()
		if kind == ends {
			return string(name) == "annotation" && u.next() == len(u.data)
		}
		if kind != opens || !u.child(at, name) {
			return false
		}
	}
}

// child reads a child of the root that begins at a place.
func (u *usualReader) child(at int, name []byte) bool {
	rec := &u.rec
	switch string(name) {
	case "object":
		return u.object(at)
	case "size":
		return u.size()
	case "attributes":
		return u.attributes(&rec.attributes)
	case "source":
		if !u.skip(name, 1) {
			return false
		}
		rec.extra = append(rec.extra, u.data[at:u.pos]...)
		return true
	}
	text, ok := u.leaf(name)
	switch string(name) {
	case "filename":
		if rec.filename == "" {
			rec.filename = decodeName(text)
		}
	case "segmented":
		value, odd, says := parseFlag(text)
		if odd {
			return false
		}
		rec.segmented, rec.hasSegmented = value, says
	case "path":
		u.note("paths of pictures on another machine left out")
	case "folder":
		if ok && string(text) != picturesDir {
			rec.extra = append(rec.extra, u.data[at:u.pos]...)
		}
	default:
		return false
	}
	return ok
}

func (u *usualReader) size() bool {
	rec := &u.rec
	for {
		name, kind := u.tag()
		if kind == ends {
			if rec.width == 0 || rec.height == 0 {
				rec.width, rec.height = 0, 0
			}
			return string(name) == "size"
		}
		text, ok := u.leaf(name)
		if kind != opens || !ok {
			return false
		}
		switch string(name) {
		case "width":
			rec.width, ok = pixelsOf(text)
		case "height":
			rec.height, ok = pixelsOf(text)
		case "depth":
			if string(text) != "3" {
				rec.depth = dataset.AppendString(nil, string(text))
			}
		default:
			return false
		}
		if !ok {
			return false
		}
	}
}

// pixelsOf reads a number of digits only.
func pixelsOf(text []byte) (n int32, ok bool) {
	const mostDigits = 9
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int32(c-'0')
	}
	return n, len(text) > 0 && len(text) <= mostDigits
}
