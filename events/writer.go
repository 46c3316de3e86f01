package events

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// writer writes a log whose rows come in their order, and whose names are ranked.
type writer struct {
	w      io.Writer
	zstd   *zstd.Encoder
	index  index
	chunk  Chunk
	raw    []byte
	packed []byte
}

func newWriter(w io.Writer) (*writer, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithWindowSize(mostInBlock))
	if err != nil {
		return nil, err
	}
	out := &writer{w: w, zstd: z}
	out.chunk.reset()
	_, err = w.Write(append([]byte(magic), version))
	return out, err
}

// event takes the next row.
func (w *writer) event(r *row) error {
	n := &w.index.info
	if n.Events == 0 {
		n.First, n.Last = r.time, r.time
	}
	n.First, n.Last = min(n.First, r.time), max(n.Last, r.time)
	n.Events++
	if len(w.chunk.Items) == chunkEvents {
		if err := w.flushUsers(r.user); err != nil {
			return err
		}
	}
	w.chunk.add(r)
	return nil
}

// flushUsers writes the chunk, which is full. Where its last user goes on, that
// one is left for the next chunk, unless there is no other.
func (w *writer) flushUsers(next uint32) error {
	c := &w.chunk
	last := len(c.Users) - 1
	if last == 0 || c.Users[last] != next {
		return w.flush()
	}
	cut := c.Starts[last]
	whole := Chunk{c.Users[:last], c.Starts[:last+1], c.Items[:cut], c.Times[:cut], c.Values[:cut]}
	if err := w.write(&whole); err != nil {
		return err
	}
	c.Items, c.Times, c.Values = slices.Delete(c.Items, 0, cut), slices.Delete(c.Times, 0, cut), slices.Delete(c.Values, 0, cut)
	c.Users, c.Starts = append(c.Users[:0], next), append(c.Starts[:0], 0, len(c.Items))
	return nil
}

// flush writes all of the chunk.
func (w *writer) flush() error {
	if len(w.chunk.Items) == 0 {
		return nil
	}
	err := w.write(&w.chunk)
	w.chunk.reset()
	return err
}

func (w *writer) write(c *Chunk) error {
	w.raw = c.appendTo(w.raw[:0])
	return w.block(kindEvents, len(c.Items))
}

// block writes what is in w.raw.
func (w *writer) block(kind, count int) error {
	w.packed = w.zstd.EncodeAll(w.raw, w.packed[:0])
	k := block{kind: kind, raw: len(w.raw), count: count}
	stored := w.raw
	if len(w.packed) < len(w.raw) {
		stored, k.compressed = w.packed, true
	}
	k.stored, k.checksum = len(stored), crc32.Checksum(stored, checksums)
	w.index.blocks = append(w.index.blocks, k)
	_, err := w.w.Write(stored)
	return err
}

// names writes those of one kind. Of items, categories has the category of each.
func (w *writer) names(kind int, v *numbering, categories []uint32) error {
	w.raw = w.raw[:0]
	count := 0
	for i, name := range v.names {
		w.raw = binary.AppendUvarint(w.raw, v.counts[i])
		if kind == kindItems {
			w.raw = binary.AppendUvarint(w.raw, uint64(categories[i]))
		}
		w.raw = binary.AppendUvarint(w.raw, uint64(len(name)))
		w.raw = append(w.raw, name...)
		if count++; count == blockNames || len(w.raw) > blockNameBytes {
			if err := w.block(kind, count); err != nil {
				return err
			}
			w.raw, count = w.raw[:0], 0
		}
	}
	if count == 0 {
		return nil
	}
	return w.block(kind, count)
}

// close writes the end of the file.
func (w *writer) close() error {
	b := w.index.appendTo(w.raw[:0])
	size, sum := len(b), crc32.Checksum(b, checksums)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, sum)
	_, err := w.w.Write(append(b, magic...))
	return err
}
