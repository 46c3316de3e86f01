package text

import (
	"bytes"
	"context"
	"iter"
	"maps"
	"slices"
	"sync"

	"datum/events"
	"datum/formats"
	"datum/internal/workers"
)

// batch is what a block says: slices of its text.
type batch struct {
	records []events.Record
	items   []itemCategory
	loss    formats.Loss
	// dropped counts fields that a log has no place for.
	dropped map[string]int
	// err ends the reading behind what is here.
	err error
	// fields is for whoever cuts lines.
	fields [][]byte
	block  *block
}

// batches are those that are done with.
var batches = sync.Pool{New: func() any { return new(batch) }}

// newBatch returns an empty batch of a block.
func newBatch(b *block) *batch {
	out := batches.Get().(*batch)
	*out = batch{records: out.records[:0], items: out.items[:0], fields: out.fields[:0], block: b}
	return out
}

// release gives the batch and its block back.
func (b *batch) release() {
	b.block.release()
	batches.Put(b)
}

// itemCategory says of which category an item is.
type itemCategory struct {
	item, category []byte
	number         int64 // of the line
}

// line is what the parser of a format is given.
type line struct {
	text   []byte
	number int64
}

// record takes an event. Its place is the number of the line until the sink is
// asked what it calls that.
func (b *batch) record(l line, user, item, category []byte, time int64, value float64) {
	b.records = append(b.records, events.Record{User: user, Item: item, Category: category, Time: time, Value: value, Place: events.Place(l.number)})
}

// item takes what is known of an item.
func (b *batch) item(l line, item, category []byte) {
	b.items = append(b.items, itemCategory{item, category, l.number})
}

// mostDropped bounds the fields that are counted by their names, otherFields stands
// for those beyond.
const (
	mostDropped = 100
	otherFields = "others"
)

// drop counts a field.
func (b *batch) drop(field []byte) {
	const shownOfIt = 64
	field = field[:min(len(field), shownOfIt)]
	if n, ok := b.dropped[string(field)]; ok {
		b.dropped[string(field)] = n + 1
		return
	}
	if b.dropped == nil {
		b.dropped = map[string]int{}
	}
	if len(b.dropped) >= mostDropped {
		field = []byte(otherFields)
	}
	b.dropped[string(field)]++
}

// parser reads one line.
type parser func(l line, b *batch) error

// each parses a file on several goroutines, and hands on what is in it in order.
func (r *reader) each(name string, q *quoting, parse parser) error {
	file := r.to.File(name)
	blocks := workers.Ahead(r.ctx, 2, func(context.Context) iter.Seq2[*block, error] { return r.blocks(name, q) })
	work := func(b *block) (*batch, error) {
		out := newBatch(b)
		out.err = r.lines(name, b, q, func(l line) error { return parse(l, out) })
		return out, nil
	}
	for b, err := range workers.Map(r.ctx, workers.Count(r.o.Workers), blocks, work) {
		if err == nil {
			err = r.take(name, file, b)
			b.release()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inOrder parses a file line by line, for formats whose lines hang together.
func (r *reader) inOrder(name string, use func(l line) error) error {
	for b, err := range workers.Ahead(r.ctx, 2, func(context.Context) iter.Seq2[*block, error] { return r.blocks(name, nil) }) {
		if err == nil {
			err = r.lines(name, b, nil, use)
			b.release()
		}
		if err != nil {
			return err
		}
	}
	return r.ctx.Err()
}

// lines calls use with the lines of a block that are not empty, or with its
// records, and ends at the first error that nobody wants to go on after.
func (r *reader) lines(name string, b *block, q *quoting, use func(l line) error) error {
	text, number := b.text, b.first
	for len(text) > 0 {
		end := q.end(text)
		one := bytes.TrimSuffix(bytes.TrimSuffix(text[:end], []byte{'\n'}), []byte{'\r'})
		if len(one) > 0 {
			if err := use(line{one[:len(one):len(one)], number}); err != nil {
				if err = r.bad(name, number, err); err != nil {
					return err
				}
			}
		}
		number += int64(bytes.Count(text[:end], []byte{'\n'}))
		text = text[end:]
	}
	return nil
}

// take hands a batch on. The sink refuses names that are empty or too long.
func (r *reader) take(name string, file int, b *batch) error {
	for i := range b.items {
		x := &b.items[i]
		if err := r.to.Item(x.item, x.category); err != nil {
			if err = r.bad(name, x.number, err); err != nil {
				return err
			}
		}
	}
	for i := range b.records {
		event := &b.records[i]
		number := int64(event.Place)
		event.Place = r.to.Place(file, number)
		if err := r.to.Add(event); err != nil {
			if err = r.bad(name, number, err); err != nil {
				return err
			}
		}
	}
	r.loss.Merge(b.loss)
	r.drop(name, b.dropped)
	return b.err
}

// drop counts the fields of a batch.
func (r *reader) drop(name string, fields map[string]int) {
	if r.dropped == nil {
		r.dropped = map[string]bool{}
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		n := fields[field]
		if !r.dropped[field] && len(r.dropped) >= mostDropped {
			field = otherFields
		}
		r.dropped[field] = true
		r.loss.Add("fields called "+bare(field)+" dropped", name, n)
	}
}
