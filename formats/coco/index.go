package coco

import (
	"io"
	"math"
)

// index is what the first reading of a file notes. It keeps 12 bytes of an
// annotation, and 12 of an image.
type index struct {
	members []topMember
	images  []place     // in file order
	records list[place] // of the annotations, in file order
	orders  []int32     // the annotations by their images, each by its place in records
	starts  []int32     // annotations of image i are orders[starts[i]:starts[i+1]]
	maxID   int64       // the largest annotation id
	// twice holds the annotation ids that more than one record has.
	twice map[int64]struct{}
	// large has the sizes of the records for which a place has no room.
	large map[int64]int32
	// unclean counts the literals in the text that are no JSON; marked says
	// that it begins with a byte order mark.
	unclean int
	marked  bool
	// quick says that the quick scanner was enough.
	quick bool
	// listed is what bringing several files together needs of each image; it
	// is dropped afterwards.
	listed *listedImages
}

// topMember is a member of the top-level object. The lists of images and
// annotations have no value here.
type topMember struct {
	name string
	list bool
	span
}

// span is the place of a record in a file.
type span struct {
	at   int64
	size int32
}

// annotationAt is the place of an annotation's record.
type annotationAt struct {
	span
	order int32 // its place among all annotations of the file
}

// place is a span in eight bytes: the offset, and below it the size. The
// largest size stands for one that is in index.large.
type place uint64

const (
	sizeBits  = 22
	largeSize = 1<<sizeBits - 1
	maxOffset = 1<<(64-sizeBits) - 1
)

// pack makes a place of a span.
func (x *index) pack(s span) (place, error) {
	if s.at > maxOffset {
		return 0, atRecord(s.at, "a file of more than %d bytes", int64(maxOffset))
	}
	if s.size < largeSize {
		return place(s.at)<<sizeBits | place(s.size), nil
	}
	if x.large == nil {
		x.large = map[int64]int32{}
	}
	x.large[s.at] = s.size
	return place(s.at)<<sizeBits | largeSize, nil
}

// span undoes pack.
func (x *index) span(p place) span {
	at, size := int64(p>>sizeBits), int32(p&largeSize)
	if size == largeSize {
		size = x.large[at]
	}
	return span{at, size}
}

// of returns the annotations of an image, in file order, by their places in
// the list of records.
func (x *index) of(image int32) []int32 {
	return x.orders[x.starts[image]:x.starts[image+1]]
}

// annotation returns where the record at a place in the list is.
func (x *index) annotation(order int32) annotationAt {
	return annotationAt{x.span(*x.records.at(int(order))), order}
}

// freeID returns a number that no annotation of the file has as its id, for
// the record at place order.
func (x *index) freeID(order int32) int64 {
	if x.maxID > math.MaxInt64-math.MaxInt32-1 {
		return -1 - int64(order)
	}
	return max(x.maxID, 0) + 1 + int64(order)
}

// record reads a record again.
func (x *index) record(f io.ReaderAt, s span) ([]byte, error) {
	b := make([]byte, s.size)
	if err := readAt(f, b, s.at); err != nil {
		return nil, err
	}
	return x.sanitized(b), nil
}

// readAt fills b.
func readAt(f io.ReaderAt, b []byte, at int64) error {
	if n, err := f.ReadAt(b, at); n < len(b) {
		return atRecord(at, "the file changed while it was read: %w", err)
	}
	return nil
}

// sanitized returns the text with its bad literals replaced by null.
func (x *index) sanitized(b []byte) []byte {
	if x.unclean == 0 {
		return b
	}
	return nullLiterals(b)
}

// list is a slice in pieces: it grows without copying what it has, and so
// without needing the memory twice.
type list[T any] struct {
	pieces [][]T
	n      int
}

const pieceBits = 15

func (l *list[T]) add(v T) {
	i := l.n >> pieceBits
	if i == len(l.pieces) {
		var piece []T
		if i > 0 { // the first one may stay small
			piece = make([]T, 0, 1<<pieceBits)
		}
		l.pieces = append(l.pieces, piece)
	}
	l.pieces[i] = append(l.pieces[i], v)
	l.n++
}

// at returns the value at place i.
func (l *list[T]) at(i int) *T { return &l.pieces[i>>pieceBits][i&(1<<pieceBits-1)] }
