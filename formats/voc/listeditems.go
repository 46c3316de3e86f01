package voc

import (
	"encoding/binary"
	"iter"
)

// listedItems remembers what the lists say of the items of a subset until the
// lists are written, in some thirty bytes each: there may be millions.
type listedItems struct {
	full []string // pieces of whole records
	last []byte
}

// listedPiece is the size of a piece.
const listedPiece = 64 << 10

// add remembers an item.
func (l *listedItems) add(n *outName) {
	b := binary.AppendUvarint(l.last, uint64(len(n.name)))
	b = append(append(b, n.name...), n.tasks)
	b = binary.AppendUvarint(b, uint64(len(n.flags)))
	for _, f := range n.flags {
		b = binary.AppendVarint(b, int64(f.label))
		b = append(b, 0)
		if f.hard {
			b[len(b)-1] = 1
		}
	}
	for _, numbers := range [][]int32{n.layout, n.action} {
		b = binary.AppendUvarint(b, uint64(len(numbers)))
		for _, k := range numbers {
			b = binary.AppendVarint(b, int64(k))
		}
	}
	if l.last = b; len(b) >= listedPiece {
		l.full, l.last = append(l.full, string(b)), b[:0]
	}
}

// all returns the items in their order. What is yielded is good until the next.
func (l *listedItems) all() iter.Seq[*outName] {
	return func(yield func(*outName) bool) {
		var n outName
		pieces := append(l.full[:len(l.full):len(l.full)], string(l.last))
		for _, p := range pieces {
			for r := (listedReader{p}); len(r.rest) > 0; {
				r.read(&n)
				if !yield(&n) {
					return
				}
			}
		}
	}
}

// listedReader reads what add wrote.
type listedReader struct{ rest string }

func (r *listedReader) read(n *outName) {
	size := int(r.unsigned())
	n.name, r.rest = r.rest[:size], r.rest[size:]
	n.tasks = r.byte()
	n.flags = n.flags[:0]
	for range r.unsigned() {
		label := int32(r.signed())
		n.flags = append(n.flags, flag{label, r.byte() == 1})
	}
	n.layout, n.action = r.numbers(n.layout[:0]), r.numbers(n.action[:0])
}

func (r *listedReader) numbers(list []int32) []int32 {
	for range r.unsigned() {
		list = append(list, int32(r.signed()))
	}
	return list
}

func (r *listedReader) byte() byte {
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *listedReader) unsigned() (v uint64) {
	for shift := 0; ; shift += 7 {
		b := r.byte()
		if v |= uint64(b&0x7f) << shift; b < 0x80 {
			return v
		}
	}
}

// signed undoes the zigzag of [binary.AppendVarint].
func (r *listedReader) signed() int64 {
	v := r.unsigned()
	return int64(v>>1) ^ -int64(v&1)
}
