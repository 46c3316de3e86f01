package coco

import (
	"encoding/binary"
	"io"
)

// windowsSize is what the runs that are being merged have in memory, all
// together.
const windowsSize = 4 << 20

// merge begins to read the records in their order.
func (l *recordList) merge() (*recordMerge, error) {
	l.sort()
	m := &recordMerge{}
	add := func(c *recordCursor) error {
		more, err := c.advance()
		if more {
			c.number = uint64(len(m.cursors))
			m.cursors = append(m.cursors, c)
		}
		return err
	}
	if len(l.runs) > 0 {
		disk, err := l.spool.disk.Reader()
		if err != nil {
			return nil, err
		}
		const least, most = 8 << 10, 256 << 10
		window := min(max(windowsSize/len(l.runs), least), most)
		for _, r := range l.runs {
			if err := add(&recordCursor{disk: disk, at: r.start, end: r.end, window: make([]byte, window)}); err != nil {
				return nil, err
			}
		}
	}
	if err := add(&recordCursor{keys: l.keys, held: l.spool.held}); err != nil {
		return nil, err
	}
	for i := len(m.cursors)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
	return m, nil
}

// recordMerge gives the records of several runs in their order. It is a heap,
// with the run whose turn it is on top.
type recordMerge struct {
	cursors []*recordCursor
	started bool
}

// next returns the next record, which is good until the next call. It reports
// false at the end.
func (m *recordMerge) next() (r spooledRecord, ok bool, err error) {
	if m.started && len(m.cursors) > 0 {
		more, err := m.cursors[0].advance()
		if err != nil {
			return r, false, err
		}
		if !more {
			last := len(m.cursors) - 1
			m.cursors[0] = m.cursors[last]
			m.cursors[last] = nil
			m.cursors = m.cursors[:last]
		}
		m.sink(0)
	}
	m.started = true
	if len(m.cursors) == 0 {
		return r, false, nil
	}
	return parseRecord(m.cursors[0].record), true, nil
}

// sink restores the heap below i.
func (m *recordMerge) sink(i int) {
	for {
		child := 2*i + 1
		if child >= len(m.cursors) {
			return
		}
		if child+1 < len(m.cursors) && m.cursors[child+1].before(m.cursors[child]) {
			child++
		}
		if !m.cursors[child].before(m.cursors[i]) {
			return
		}
		m.cursors[i], m.cursors[child] = m.cursors[child], m.cursors[i]
		i = child
	}
}

// recordCursor reads one run: from disk, or what is in memory.
type recordCursor struct {
	record []byte // the current one
	place  uint32
	number uint64 // of the run, as records of one place stay in their order

	disk    io.ReaderAt
	at, end int64
	window  []byte
	unread  []byte // the part of window that is still to be given out

	keys []uint64
	held []byte
}

func (c *recordCursor) before(d *recordCursor) bool {
	return c.place < d.place || c.place == d.place && c.number < d.number
}

// advance goes to the next record and reports whether there is one.
func (c *recordCursor) advance() (more bool, err error) {
	if c.disk == nil {
		if len(c.keys) == 0 {
			return false, nil
		}
		at := int(uint32(c.keys[0]))
		c.keys = c.keys[1:]
		c.record = c.held[at : at+recordSize(c.held[at:])]
	} else {
		if len(c.unread) == 0 && c.at == c.end {
			return false, nil
		}
		if err := c.need(recordHead); err != nil {
			return false, err
		}
		size := recordSize(c.unread)
		if err := c.need(size); err != nil {
			return false, err
		}
		c.record, c.unread = c.unread[:size], c.unread[size:]
	}
	c.place = binary.LittleEndian.Uint32(c.record)
	return true, nil
}

// need reads on until n bytes are there.
func (c *recordCursor) need(n int) error {
	if len(c.unread) >= n {
		return nil
	}
	if n > len(c.window) {
		c.window = make([]byte, n)
	}
	have := copy(c.window, c.unread)
	more := int(min(int64(len(c.window)-have), c.end-c.at))
	if have+more < n {
		return io.ErrUnexpectedEOF
	}
	if _, err := c.disk.ReadAt(c.window[have:have+more], c.at); err != nil {
		return err
	}
	c.at += int64(more)
	c.unread = c.window[:have+more]
	return nil
}
