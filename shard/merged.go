package shard

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"

	"datum"
	"datum/dataset"
	"datum/formats"
)

// merged is an importer of the items of all parts, in the order of the input.
type merged struct {
	set  *Set
	all  []*manifest
	opts MergeOptions
	info dataset.Info
	// opened are the datasets of all streams. They stay open to the end, since
	// media are saved some time after their items were yielded.
	opened []*datum.Dataset
}

// openMerged opens every part once, which checks the heads of its files, and sees
// that none of its files was cut short or is gone.
func openMerged(ctx context.Context, s *Set, all []*manifest, o MergeOptions) (*merged, error) {
	m := &merged{set: s, all: all, opts: o}
	for i := range all {
		if now, err := measure(s.part(i)); err != nil {
			return nil, err
		} else if now != all[i].Stored {
			return nil, formats.WithHint(formats.Reason(formats.ErrCorrupt, "%s: it has %d files of %d bytes, when it was complete it had %d of %d bytes",
				s.part(i), now.Files, now.Bytes, all[i].Stored.Files, all[i].Stored.Bytes), "remove this folder and run its shard again")
		}
		ds, err := m.open(ctx, i, ".")
		if err != nil {
			return nil, err
		}
		if i == 0 {
			m.info = *ds.Info()
		}
		items := ds.Info().Total()
		if err := ds.Close(); err != nil {
			return nil, err
		}
		if int64(items) != all[i].Items {
			return nil, formats.Reason(formats.ErrCorrupt, "%s: it holds %d items, its manifest speaks of %d", s.part(i), items, all[i].Items)
		}
	}
	var err error
	if m.info.Subsets, err = all[0].subsets(); err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "%s: %w", s.part(0), err)
	}
	return m, nil
}

// open opens the dataset of a part, or a file of it.
func (m *merged) open(ctx context.Context, part int, name string) (*datum.Dataset, error) {
	o := datum.Options{Format: partFormat, Registry: m.opts.Registry}
	o.Key, o.Workers = m.opts.Key, 1
	return datum.Open(ctx, filepath.Join(m.set.part(part), datasetDir, name), o)
}

// Info is that of the input.
func (m *merged) Info() *dataset.Info { return &m.info }

// Notes is empty: those of the input are in the manifests.
func (m *merged) Notes() formats.Loss { return formats.Loss{} }

// Close closes the parts.
func (m *merged) Close() (err error) {
	for _, ds := range m.opened {
		err = errors.Join(err, ds.Close())
	}
	m.opened = nil
	return err
}

// stream is the items of one subset of one part. Their ordinals rise, also where
// the subsets of the input are mixed.
type stream struct {
	part   int
	subset string
	next   func() (dataset.Item, error, bool) // nil before its first item is wanted
}

// Items streams the items. The streams wait under the ordinals of their next
// items, so that a gap is an ordinal under which nothing waits, and what comes
// twice is found when it is put where another waits.
func (m *merged) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		w := &waiting{m: m, ctx: ctx, streams: map[int64]*held{}}
		defer w.close()
		d := newDigester(m.all[0].Plan.ImageExt != "")
		d.info(&m.info)
		err := w.begin()
		for ordinal := int64(0); err == nil && ordinal < m.all[0].Total; ordinal++ {
			var it dataset.Item
			if it, err = w.take(ordinal); err != nil {
				break
			}
			d.item(&it)
			if !yield(it, nil) {
				return
			}
		}
		if err == nil {
			err = m.finish(w, d)
		}
		if err != nil {
			yield(dataset.Item{}, err)
		}
	}
}

// finish checks that nothing is left and that the items were those of the input.
func (m *merged) finish(w *waiting, d *digester) error {
	for at, h := range w.streams {
		return formats.Reason(formats.ErrCorrupt, "%s: it has an item with the ordinal %d, the input had %d items", m.set.part(h.s.part), at, m.all[0].Total)
	}
	if d.text() != m.all[0].Input {
		return formats.WithHint(formats.Reason(formats.ErrCorrupt, "%s: the items are not those that were read from the input", m.set.Folder), "run the shards again in an empty folder")
	}
	return nil
}

// waiting holds the streams under the ordinals of their next items.
type waiting struct {
	m       *merged
	ctx     context.Context
	streams map[int64]*held
	stops   []func()
}

// held is a stream with its next item, unless it was not opened yet.
type held struct {
	s    *stream
	item dataset.Item
}

func (w *waiting) begin() error {
	for i, m := range w.m.all {
		for _, name := range m.begun() {
			if err := w.put(m.First[name], &held{s: &stream{part: i, subset: name}}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *waiting) put(at int64, h *held) error {
	if other := w.streams[at]; other != nil {
		return formats.Reason(formats.ErrCorrupt, "%s and %s both have an item with the ordinal %d", w.m.set.part(h.s.part), w.m.set.part(other.s.part), at)
	}
	w.streams[at] = h
	return nil
}

// take returns the item with an ordinal and lets its stream go on.
func (w *waiting) take(ordinal int64) (it dataset.Item, err error) {
	h := w.streams[ordinal]
	if h == nil {
		return it, formats.Reason(formats.ErrCorrupt, "%s: no shard has the item with the ordinal %d", w.m.set.Folder, ordinal)
	}
	if h.s.next == nil {
		if err := w.open(h, ordinal); err != nil {
			return it, err
		}
	}
	it = h.item
	delete(w.streams, ordinal)
	return it, w.advance(h, ordinal)
}

// open begins a stream, whose first item must have the ordinal that the manifest
// says.
func (w *waiting) open(h *held, ordinal int64) error {
	s := h.s
	ds, err := w.m.open(w.ctx, s.part, filepath.Join("annotations", s.subset+".datum"))
	if err != nil {
		return err
	}
	w.m.opened = append(w.m.opened, ds)
	next, stop := iter.Pull2(ds.Items(w.ctx))
	s.next, w.stops = next, append(w.stops, stop)
	at, more, err := w.read(h)
	if err == nil && (!more || at != ordinal) {
		err = w.bad(s, fmt.Errorf("the first item of subset %s is not the one of the manifest", s.subset))
	}
	return err
}

// advance reads the next item of a stream, which comes later than the one before.
func (w *waiting) advance(h *held, before int64) error {
	at, more, err := w.read(h)
	switch {
	case err != nil:
		return err
	case !more:
		return nil
	case at <= before:
		return w.bad(h.s, fmt.Errorf("the item %q comes after one that it precedes in the input", h.item.ID))
	}
	return w.put(at, h)
}

// read reads the next item of a stream and takes its mark off.
func (w *waiting) read(h *held) (at int64, more bool, err error) {
	it, err, more := h.s.next()
	if err != nil || !more {
		return 0, false, err
	}
	var said []int64
	if !it.Attributes.Decode(mark, &said) || len(said) != 1 && len(said) != 3 || said[0] < 0 {
		return 0, false, w.bad(h.s, fmt.Errorf("the item %q does not say where it belongs", it.ID))
	}
	it.Attributes.Delete(mark)
	if len(it.Attributes) == 0 {
		it.Attributes = nil
	}
	if img, ok := it.Media.(*dataset.Image); ok && len(said) == 3 && img.Source == nil {
		img.Source = pictureOf(said[1], said[2])
	}
	h.item = it
	return said[0], true, nil
}

func (w *waiting) bad(s *stream, err error) error {
	return formats.Reason(formats.ErrCorrupt, "%s: %w", w.m.set.part(s.part), err)
}

func (w *waiting) close() {
	for _, stop := range w.stops {
		stop()
	}
}
