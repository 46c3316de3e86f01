package coco

import (
	"context"
	"sync"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
)

// job is a few images to be read one after the other: handing over one at a
// time would take longer than reading it.
type job struct {
	s        *subset
	from, to int
}

// A job ends where it has this many images or this much text of annotations.
const (
	jobImages = 32
	jobText   = 64 << 10
)

// readItem is an item with the notes made on it.
type readItem struct {
	item  dataset.Item
	notes formats.Loss
	bad   bool // left out, as the user wants it
}

// Items streams the images, subset after subset, in file order.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		m.notes = formats.Loss{}
		for read, err := range workers.Map(ctx, workers.Count(m.opts.Workers), m.jobs, m.read) {
			for _, d := range read {
				m.notes.Merge(d.notes)
				if !d.bad && !yield(d.item, nil) {
					return
				}
			}
			if err != nil {
				yield(dataset.Item{}, err)
				return
			}
		}
	}
}

func (m *importer) jobs(yield func(job, error) bool) {
	for _, s := range m.subsets {
		from, text := 0, 0
		for i := range s.len() {
			text += s.textOf(i)
			if i+1-from == jobImages || text >= jobText || i+1 == s.len() {
				if !yield(job{s, from, i + 1}, nil) {
					return
				}
				from, text = i+1, 0
			}
		}
	}
}

// textOf is how much text the annotations of an image are.
func (s *subset) textOf(image int) (n int) {
	for k, place := range s.of(image) {
		if place < 0 {
			continue
		}
		x := s.files[k].index
		for _, order := range x.of(place) {
			n += int(x.annotation(order).size)
		}
	}
	return n
}

// read runs on the pool. Before an error there are the items before it.
func (m *importer) read(j job) (read []readItem, err error) {
	r := m.readers.take(m, j.s)
	defer m.readers.giveBack(r)
	read = make([]readItem, j.to-j.from)
	for n := range read {
		if err := r.read(&read[n], j.from+n); err != nil {
			return read[:n], err
		}
	}
	return read, nil
}

// itemReaders are readers that wait for their next job.
type itemReaders struct {
	mu   sync.Mutex
	idle []*itemReader
}

// take returns a reader of a subset.
func (p *itemReaders) take(m *importer, s *subset) *itemReader {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		r := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if r.s == s { // those of subsets that are read already are dropped
			return r
		}
	}
	return newItemReader(m, s)
}

func (p *itemReaders) giveBack(r *itemReader) {
	r.item, r.notes = nil, nil
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, r)
}
