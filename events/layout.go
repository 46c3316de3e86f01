package events

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"datum/formats"
)

// A log is blocks one behind the other: chunks of events, then names of users, of
// items, of categories; then the index and a trailer that says how long that is.
const (
	magic   = "datum events"
	version = 1
	// headerSize is the magic and the version.
	headerSize = len(magic) + 1
	// trailerSize is the length of the index, its checksum and the magic.
	trailerSize = 4 + 4 + len(magic)

	// mostInBlock is how long a block is at most, before it is compressed and
	// after.
	mostInBlock = 4 << 20
	// mostIndex is how long the index may be: enough for a million million events.
	mostIndex = 256 << 20
	// blockNames and blockNameBytes are when a block of names is full.
	blockNames     = 16 << 10
	blockNameBytes = 1 << 20
)

// The kinds of blocks, in the order in which they lie in the file.
const (
	kindEvents = iota
	kindUsers
	kindItems
	kindCategories
	kinds
)

var checksums = crc32.MakeTable(crc32.Castagnoli)

// block is what the index says of a block.
type block struct {
	kind       int
	compressed bool
	offset     int64 // not written: they lie one behind the other
	stored     int
	raw        int
	count      int    // events or names
	checksum   uint32 // of what is stored
}

// smallestEntry is how long the entry of a block in the index is at least.
const smallestEntry = 8

// index is the end of a file.
type index struct {
	info   Info
	blocks []block
}

// Info is what a log says about itself.
type Info struct {
	Events     int64 `json:"events"`
	Users      int   `json:"users"`
	Items      int   `json:"items"`
	Categories int   `json:"categories"`
	// First and Last are the first and the last time; 0 where there is no event.
	First int64 `json:"first_time"`
	Last  int64 `json:"last_time"`
	// Pseudonyms says that the names of users and items are not the real ones.
	Pseudonyms bool `json:"pseudonyms"`
}

// pseudonymsFlag is the one bit of the flags that means something.
const pseudonymsFlag = 1

func (x *index) appendTo(b []byte) []byte {
	n := &x.info
	for _, v := range []int64{n.Events, int64(n.Users), int64(n.Items), int64(n.Categories)} {
		b = binary.AppendUvarint(b, uint64(v))
	}
	b = binary.AppendVarint(b, n.First)
	b = binary.AppendVarint(b, n.Last)
	flags := uint64(0)
	if n.Pseudonyms {
		flags |= pseudonymsFlag
	}
	b = binary.AppendUvarint(b, flags)
	b = binary.AppendUvarint(b, uint64(len(x.blocks)))
	for _, k := range x.blocks {
		kind := uint64(k.kind) << 1
		if k.compressed {
			kind |= 1
		}
		for _, v := range []uint64{kind, uint64(k.stored), uint64(k.raw), uint64(k.count)} {
			b = binary.AppendUvarint(b, v)
		}
		b = binary.LittleEndian.AppendUint32(b, k.checksum)
	}
	return b
}

// parseIndex reads the index of a file whose blocks end at offset end.
func parseIndex(b []byte, end int64) (*index, error) {
	f := &fields{b: b}
	x := &index{}
	n := &x.info
	n.Events = int64(f.upTo(1 << 62))
	n.Users, n.Items, n.Categories = int(f.upTo(most)), int(f.upTo(most)), int(f.upTo(most))
	n.First, n.Last = f.varint(), f.varint()
	flags := f.uvarint()
	n.Pseudonyms = flags&pseudonymsFlag != 0
	if flags&^pseudonymsFlag != 0 {
		return nil, formats.Reason(formats.ErrUnknownFormat, "it has something that this program does not know")
	}
	count := f.upTo(uint64(len(f.b)) / smallestEntry)
	x.blocks = make([]block, 0, count)
	at := int64(headerSize)
	for range count {
		k := block{offset: at}
		k.read(f)
		at += int64(k.stored)
		x.blocks = append(x.blocks, k)
	}
	if err := f.end(); err != nil {
		return nil, err
	}
	if at != end {
		return nil, errors.New("its blocks do not fill it")
	}
	return x, x.check()
}

func (k *block) read(f *fields) {
	kind := f.upTo(kinds<<1 - 1)
	k.kind, k.compressed = int(kind>>1), kind&1 != 0
	k.stored, k.raw, k.count = int(f.upTo(mostInBlock)), int(f.upTo(mostInBlock)), int(f.upTo(chunkEvents))
	k.checksum = f.uint32()
}

// check compares the blocks with the numbers of what is in them.
func (x *index) check() error {
	var sums [kinds]int64
	kind := 0
	for i, k := range x.blocks {
		if k.kind < kind || k.count == 0 || k.stored == 0 || !k.compressed && k.stored != k.raw {
			return fmt.Errorf("block %d is none", i)
		}
		kind = k.kind
		sums[kind] += int64(k.count)
	}
	n := &x.info
	if sums != [kinds]int64{n.Events, int64(n.Users), int64(n.Items), int64(n.Categories)} {
		return errors.New("its blocks hold another number of events or names than it says")
	}
	if int64(n.Users) > n.Events || n.First > n.Last || n.Events == 0 && (n.First != 0 || n.Last != 0) {
		return errors.New("its numbers do not go together")
	}
	return nil
}
