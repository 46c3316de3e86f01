package coco

import (
	"encoding/binary"
	"os"
	"slices"

	"datum/internal/scratch"
)

// recordSpool holds the records of all annotation files of a dataset until
// these are written: COCO wants all images before all annotations, and ids and
// order are known when all records are. In memory there are a few at a time;
// these go to disk as runs, in which the records of a file are in order, and
// the runs are merged when the file is written. So the bytes that are kept in
// memory of a record are none.
type recordSpool struct {
	root  *os.Root
	name  string
	disk  *scratch.File // nil until memory does not do
	held  []byte        // the records that are in memory, one behind the other
	lists []*recordList
}

// recordList is the records of one annotation file.
type recordList struct {
	spool *recordSpool
	n     int
	keys  []uint64 // of what is held: the place in the file, and that in held
	runs  []recordRun
}

// recordRun is a part of the disk in which the records of one list are in
// order, up to the place last.
type recordRun struct {
	start, end int64
	last       uint32
}

// spooledRecord is a record without its ids.
type spooledRecord struct {
	order int32
	image int32 // the item
	kind  idKind
	id    int64 // by kind: the id, or an index into outFile.forced
	text  []byte
}

const (
	// heldSize bounds what is in memory: of all files, for there may be many.
	heldSize = 2 << 20
	// recordHead is the size of what is before a text: place, size, image and
	// kind in four bytes each, and the id.
	recordHead = 24
)

// list begins another list.
func (s *recordSpool) list() *recordList {
	l := &recordList{spool: s}
	s.lists = append(s.lists, l)
	return l
}

// add takes a record. Its text is copied.
func (l *recordList) add(r spooledRecord) error {
	s := l.spool
	if len(s.held) > 0 && len(s.held)+recordHead+len(r.text) > heldSize {
		if err := s.flush(); err != nil {
			return err
		}
	}
	place := placeOf(r.order)
	l.keys = append(l.keys, uint64(place)<<32|uint64(len(s.held)))
	l.n++
	var head [recordHead]byte
	binary.LittleEndian.PutUint32(head[0:], place)
	binary.LittleEndian.PutUint32(head[4:], uint32(len(r.text)))
	binary.LittleEndian.PutUint32(head[8:], uint32(r.image))
	binary.LittleEndian.PutUint32(head[12:], uint32(r.kind))
	binary.LittleEndian.PutUint64(head[16:], uint64(r.id))
	s.held = append(append(s.held, head[:]...), r.text...)
	return nil
}

// placeOf turns an order into a number by which records are sorted. Those
// without one come last.
func placeOf(order int32) uint32 {
	const sign = 1 << 31
	if order == noOrder {
		order = sign - 1
	}
	return uint32(order) ^ sign
}

// recordSize is the size of the record that b begins with.
func recordSize(b []byte) int { return recordHead + int(binary.LittleEndian.Uint32(b[4:])) }

// parseRecord undoes add, but for the order.
func parseRecord(b []byte) spooledRecord {
	return spooledRecord{
		image: int32(binary.LittleEndian.Uint32(b[8:])),
		kind:  idKind(binary.LittleEndian.Uint32(b[12:])),
		id:    int64(binary.LittleEndian.Uint64(b[16:])),
		text:  b[recordHead:],
	}
}

// flush writes what is held to disk.
func (s *recordSpool) flush() (err error) {
	if s.disk == nil {
		if s.disk, err = scratch.Create(s.root, s.name); err != nil {
			return err
		}
	}
	for _, l := range s.lists {
		if err := l.flush(); err != nil {
			return err
		}
	}
	s.held = s.held[:0]
	if cap(s.held) > 2*heldSize { // which was for a very large record
		s.held = nil
	}
	return nil
}

// sort puts what is held of the list in order. Equal places stay in the order
// in which the records came, since those lie in that order.
func (l *recordList) sort() {
	if !slices.IsSorted(l.keys) {
		slices.Sort(l.keys)
	}
}

func (l *recordList) flush() error {
	if len(l.keys) == 0 {
		return nil
	}
	l.sort()
	held := l.spool.held
	run := recordRun{start: -1, last: uint32(l.keys[len(l.keys)-1] >> 32)}
	begin, end := 0, 0 // of neighbours, which are written at once
	write := func() error {
		at, err := l.spool.disk.Add(held[begin:end])
		if run.start < 0 {
			run.start = at
		}
		run.end = at + int64(end-begin)
		return err
	}
	for _, k := range l.keys {
		at := int(uint32(k))
		if at != end && end > begin {
			if err := write(); err != nil {
				return err
			}
		}
		if at != end {
			begin = at
		}
		end = at + recordSize(held[at:])
	}
	if err := write(); err != nil {
		return err
	}
	l.addRun(run, uint32(l.keys[0]>>32))
	l.keys = l.keys[:0]
	return nil
}

// addRun adds a run, which goes on with the one before where nothing lies
// between them and the order is right: all of a dataset that comes in order is
// one run.
func (l *recordList) addRun(r recordRun, first uint32) {
	if n := len(l.runs); n > 0 && l.runs[n-1].end == r.start && l.runs[n-1].last <= first {
		l.runs[n-1].end, l.runs[n-1].last = r.end, r.last
		return
	}
	l.runs = append(l.runs, r)
}

// close removes the file.
func (s *recordSpool) close() error {
	s.held = nil
	return s.disk.Remove()
}
