package coco

import (
	"datum/dataset"
	"datum/internal/workers"
)

// Items are taken in batches. Workers make the texts of records, which is most
// of the work; what depends on the order of items, that is ids, the files that
// are needed, what is lost and what is refused, is done by the goroutine that
// calls Write, batch after batch. What a worker does not know how to make it
// leaves to that goroutine, which knows everything.

// A batch has at most so many items, and hardly more bytes: memory is bounded by
// the largest item, not by many of them.
const (
	batchItems = 64
	batchBytes = 256 << 10
)

// batch is a few items and the records made of them. It is used again.
type batch struct {
	items   []batchItem
	bytes   int
	records []madeRecord
	text    []byte
	maker   recordMaker
}

// batchItem is an item of a batch. made says that the rest is there.
type batchItem struct {
	it    dataset.Item
	s     *outSubset
	files *knownFiles // nil where the files are not known yet
	made  bool
	name  string // of the media
	id    int64
	kind  idKind
	image textPart // of the image's record
	first int      // of its records
	last  int      // and the one behind the last
}

// textPart is a part of the text of a batch.
type textPart struct{ start, end int }

// madeRecord is a record but for its ids.
type madeRecord struct {
	file  *outFile
	order int32
	kind  idKind
	id    int64
	text  textPart
}

// take puts an item into the batch, and hands the batch to the workers when it
// is full.
func (e *exporter) take(it dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	s, err := e.subset(it.Subset)
	if err != nil {
		if before := e.settle(); before != nil {
			return before
		}
		return err
	}
	b := e.batch
	if b == nil {
		b = e.newBatch()
		e.batch = b
	}
	b.items = append(b.items, batchItem{it: it, s: s, files: s.known()})
	b.bytes += roughSize(&it)
	if len(b.items) < batchItems && b.bytes < batchBytes {
		return nil
	}
	e.handOut()
	if len(e.pending) > 2*workers.Count(e.opts.Workers) {
		return e.settleFirst()
	}
	return nil
}

// roughSize is about what an item takes in memory.
func roughSize(it *dataset.Item) int {
	size := attributesSize(it.Attributes)
	for _, a := range it.Annotations {
		const base = 150
		size += base + attributesSize(a.Common().Attributes)
		switch a := a.(type) {
		case *dataset.Polygon:
			size += 8 * len(a.Points)
		case *dataset.PolyLine:
			size += 8 * len(a.Points)
		case *dataset.Points:
			size += 8*len(a.Points) + 4*len(a.Visibility)
		case *dataset.Mask:
			size += len(a.RLE.Counts)
		case *dataset.Caption:
			size += len(a.Caption)
		case *dataset.Tabular:
			size += attributesSize(a.Values)
		}
	}
	return size
}

func attributesSize(attributes dataset.Attributes) (size int) {
	for _, a := range attributes {
		const base = 40
		size += base + len(a.Name) + len(a.Value)
	}
	return size
}

func (e *exporter) newBatch() *batch {
	if n := len(e.spare); n > 0 {
		b := e.spare[n-1]
		e.spare = e.spare[:n-1]
		return b
	}
	return &batch{}
}

// handOut gives the batch to the workers.
func (e *exporter) handOut() {
	b := e.batch
	if b == nil {
		return
	}
	e.batch = nil
	e.pending = append(e.pending, workers.Go(e.pool, func() (*batch, error) {
		b.make()
		return b, nil
	}))
}

// settle writes all items that were taken.
func (e *exporter) settle() error {
	e.handOut()
	for len(e.pending) > 0 {
		if err := e.settleFirst(); err != nil {
			return err
		}
	}
	return nil
}

// settleFirst writes the items of the batch that was handed out first.
func (e *exporter) settleFirst() error {
	b, err := e.pending[0].Wait()
	e.pending = e.pending[1:]
	if err != nil {
		return err
	}
	for i := range b.items {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		if err := b.write(&b.items[i]); err != nil {
			return err
		}
	}
	b.reset()
	e.spare = append(e.spare, b)
	return nil
}

// reset empties the batch and keeps its memory, unless that was for something
// very large.
func (b *batch) reset() {
	const usual = 1 << 20
	clear(b.items)
	clear(b.records)
	b.items, b.records, b.bytes = b.items[:0], b.records[:0], 0
	b.text = b.text[:0]
	if cap(b.text) > usual {
		b.text = nil
	}
	b.maker.forget()
}

// make makes the records of the items that are nothing unusual.
func (b *batch) make() {
	for i := range b.items {
		x := &b.items[i]
		if x.files == nil {
			continue
		}
		text, records := len(b.text), len(b.records)
		if x.made = b.makeItem(x); !x.made {
			b.text, b.records = b.text[:text], b.records[:records]
		}
	}
}

// write writes an item, as it was made or in the general way.
func (b *batch) write(x *batchItem) error {
	s := x.s
	if !x.made {
		return s.write(&x.it)
	}
	if err := s.checkName(&x.it, x.name); err != nil {
		return err
	}
	if s.e.opts.SaveMedia {
		if err := s.saveAs(&x.it, x.name); err != nil {
			return err
		}
	}
	ordinal := s.images.n
	if err := s.addImage(imageEntry{id: x.id, kind: x.kind}, b.text[x.image.start:x.image.end]); err != nil {
		return err
	}
	for _, r := range b.records[x.first:x.last] {
		if err := r.file.spool(spooledRecord{order: r.order, image: ordinal, kind: r.kind, id: r.id, text: b.text[r.text.start:r.text.end]}); err != nil {
			return err
		}
	}
	s.e.quick++
	return nil
}
