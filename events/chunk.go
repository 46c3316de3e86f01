package events

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

const (
	// chunkEvents is the most events of a chunk.
	chunkEvents = 64 << 10
	// fewValues is up to how many different values a chunk has a table of them.
	fewValues = 256
)

// Chunk is some events as columns. Those of Users[i] are the ones from Starts[i]
// to Starts[i+1], the oldest first. A user with very many events goes on in the
// next chunk. Numbers of users and items are within what [Log.Info] says.
type Chunk struct {
	Users  []uint32
	Starts []int
	Items  []uint32
	Times  []int64
	Values []float64
}

func (c *Chunk) reset() {
	c.Users, c.Starts = c.Users[:0], append(c.Starts[:0], 0)
	c.Items, c.Times, c.Values = c.Items[:0], c.Times[:0], c.Values[:0]
}

func (c *Chunk) add(r *row) {
	if n := len(c.Users); n == 0 || c.Users[n-1] != r.user {
		c.Users = append(c.Users, r.user)
		c.Starts = append(c.Starts, len(c.Items))
	}
	c.Items = append(c.Items, r.item)
	c.Times = append(c.Times, r.time)
	c.Values = append(c.Values, r.value)
	c.Starts[len(c.Starts)-1] = len(c.Items)
}

// appendTo encodes the chunk, which is not empty; docs/events.md says how.
func (c *Chunk) appendTo(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(c.Users)))
	last := uint32(0)
	for _, u := range c.Users {
		b = binary.AppendUvarint(b, uint64(u-last))
		last = u
	}
	for i := range c.Users {
		b = binary.AppendUvarint(b, uint64(c.Starts[i+1]-c.Starts[i]))
	}
	for _, item := range c.Items {
		b = binary.AppendUvarint(b, uint64(item))
	}
	return appendValues(c.appendTimes(b), c.Values)
}

// appendTimes writes the first time of each user as a difference to the smallest
// of the chunk, and each other one as a difference to the one before.
func (c *Chunk) appendTimes(b []byte) []byte {
	base := slices.Min(c.Times)
	b = binary.AppendVarint(b, base)
	for i := range c.Users {
		before := base
		for _, t := range c.Times[c.Starts[i]:c.Starts[i+1]] {
			b = binary.AppendUvarint(b, uint64(t)-uint64(before))
			before = t
		}
	}
	return b
}

// appendValues writes ratings, of which there are few different ones, as a table
// of these and a byte for each event, and anything else as it is.
func appendValues(b []byte, values []float64) []byte {
	table := tableOf(values)
	b = binary.AppendUvarint(b, uint64(len(table)))
	for _, v := range table {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	switch len(table) {
	case 0:
		for _, v := range values {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
	case 1:
	default:
		for _, v := range values {
			n, _ := slices.BinarySearch(table, v)
			b = append(b, byte(n))
		}
	}
	return b
}

// tableOf returns the different values in their order, none where there are too
// many.
func tableOf(values []float64) []float64 {
	var table []float64
	last := math.NaN()
	for _, v := range values {
		if v == last {
			continue
		}
		last = v
		i, found := slices.BinarySearch(table, v)
		if found {
			continue
		}
		if len(table) == fewValues {
			return nil
		}
		table = slices.Insert(table, i, v)
	}
	return table
}

// decode fills the chunk with the n events of b. Users and items are compared
// with how many there are, so that they can be used as indexes.
func (c *Chunk) decode(b []byte, n int, users, items uint64) error {
	c.reset()
	f := &fields{b: b}
	c.decodeUsers(f, uint64(n), users)
	for range n {
		item := f.upTo(items)
		if item == 0 {
			f.fail(errors.New("an event has no item"))
		}
		if f.err != nil {
			return f.err
		}
		c.Items = append(c.Items, uint32(item))
	}
	c.decodeTimes(f)
	c.decodeValues(f, n)
	return f.end()
}

func (c *Chunk) decodeUsers(f *fields, n, users uint64) {
	count, last := f.upTo(n), uint64(0)
	for range count {
		delta := f.upTo(users - last)
		if delta == 0 {
			f.fail(errors.New("a user comes twice, or is none"))
		}
		if f.err != nil {
			return
		}
		last += delta
		c.Users = append(c.Users, uint32(last))
	}
	at := uint64(0)
	for range count {
		events := f.upTo(n - at)
		if events == 0 {
			f.fail(errors.New("a user has no event"))
		}
		if f.err != nil {
			return
		}
		at += events
		c.Starts = append(c.Starts, int(at))
	}
	if at != n {
		f.fail(errors.New("its users have another number of events"))
	}
}

func (c *Chunk) decodeTimes(f *fields) {
	base := f.varint()
	for i := range c.Users {
		t := base
		for range c.Starts[i+1] - c.Starts[i] {
			// What is left up to the greatest time, in two's complement.
			t += int64(f.upTo(uint64(math.MaxInt64) - uint64(t)))
			if f.err != nil {
				return
			}
			c.Times = append(c.Times, t)
		}
	}
}

func (c *Chunk) decodeValues(f *fields, n int) {
	var table [fewValues]float64
	count := f.upTo(fewValues)
	for i := range count {
		table[i] = f.value()
	}
	if f.err != nil {
		return
	}
	switch count {
	case 0:
		for range n {
			c.Values = append(c.Values, f.value())
			if f.err != nil {
				return
			}
		}
	case 1:
		for range n {
			c.Values = append(c.Values, table[0])
		}
	default:
		for _, i := range f.bytes(uint64(n)) {
			if uint64(i) >= count {
				f.fail(errors.New("a value in it is none"))
				return
			}
			c.Values = append(c.Values, table[i])
		}
	}
}

func (f *fields) value() float64 {
	v := math.Float64frombits(f.uint64())
	if math.IsNaN(v) || math.IsInf(v, 0) {
		f.fail(errors.New("a value in it is no number"))
	}
	return v
}
