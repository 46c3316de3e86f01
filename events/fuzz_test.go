package events

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"testing"
)

// Whatever a file says, reading ends in an error or in a log that holds what it
// says.
func FuzzRead(f *testing.F) {
	for _, list := range [][]made{nil, invent(20, 20, 3, 3), invent(21, 300, 30, 30)} {
		text, _, _ := finished(f, builderOf(f, Options{}, list))
		f.Add(crafted(f, text, func([][]byte, *index) {}))
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := Read(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return
		}
		defer l.Close()
		var events int64
		for h, err := range l.Histories(t.Context()) {
			if err != nil {
				return
			}
			if len(h.Items) == 0 || len(h.Items) != len(h.Times) || len(h.Items) != len(h.Values) || !slices.IsSorted(h.Times) || int(h.User) > l.Info().Users {
				t.Fatalf("%+v", h)
			}
			events += int64(len(h.Items))
		}
		if events != l.Info().Events {
			t.Fatalf("%d events of %d", events, l.Info().Events)
		}
		if v, err := l.Vocabularies(); err == nil && (v.Users.Len() != l.Info().Users || len(v.Category) != len(v.Items.Names)) {
			t.Fatal("other names than it says")
		}
	})
}

// The index with a checksum that is right, so that what is in it is looked at.
func FuzzIndex(f *testing.F) {
	text, _, _ := finished(f, builderOf(f, Options{}, invent(22, 300, 30, 30)))
	l := logOf(f, text)
	blocks := text[:len(text)-trailerSize-len(l.index.appendTo(nil))]
	f.Add(l.index.appendTo(nil))
	f.Add((&index{}).appendTo(nil))
	f.Fuzz(func(t *testing.T, end []byte) {
		file := append(slices.Clone(blocks), end...)
		file = binary.LittleEndian.AppendUint32(file, uint32(len(end)))
		file = binary.LittleEndian.AppendUint32(file, crc32.Checksum(end, checksums))
		file = append(file, magic...)
		l, err := Read(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return
		}
		defer l.Close()
		for range l.Histories(t.Context()) {
		}
		if _, err := parseIndex(l.index.appendTo(nil), int64(len(blocks))); err != nil {
			t.Fatalf("written again it is refused: %v", err)
		}
	})
}

// A chunk that is read is written again as one that is read as the same.
func FuzzChunk(f *testing.F) {
	var c Chunk
	c.reset()
	for i := range 100 {
		c.add(&row{user: uint32(1 + i/7), item: uint32(1 + i%9), time: int64(i * i), value: float64(i % 5)})
	}
	f.Add(c.appendTo(nil), uint16(100), uint32(100), uint32(100))
	f.Fuzz(func(t *testing.T, b []byte, n uint16, users, items uint32) {
		var c, again Chunk
		if n == 0 || c.decode(b, int(n), uint64(users), uint64(items)) != nil {
			return
		}
		if err := again.decode(c.appendTo(nil), int(n), uint64(users), uint64(items)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(c.Users, again.Users) || !slices.Equal(c.Starts, again.Starts) || !slices.Equal(c.Items, again.Items) ||
			!slices.Equal(c.Times, again.Times) || !slices.Equal(c.Values, again.Values) {
			t.Fatalf("%+v\n%+v", c, again)
		}
	})
}
