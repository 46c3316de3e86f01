package voc

import (
	"path"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
)

// batch are items whose files are made together on another goroutine.
type batch struct {
	items  []*itemWriter
	weight int
	files  *formats.SmallFiles
	loss   formats.Loss
}

const (
	// maxItems bounds the items of a batch, maxWeight what they hold.
	maxItems  = 128
	maxWeight = 1 << 14
)

func (b *batch) add(w *itemWriter) {
	b.items = append(b.items, w)
	b.weight += len(w.it.Annotations)
	for _, a := range w.it.Annotations {
		switch a := a.(type) {
		case *dataset.Polygon:
			b.weight += len(a.Points) / 16
		case *dataset.Mask:
			b.weight += len(a.RLE.Counts) / 16
		}
	}
	if pixels := int64(w.size[0]) * int64(w.size[1]); len(w.it.Annotations) > 0 {
		b.weight += int(min(pixels>>12, maxWeight))
	}
}

// hand takes an item whose files are to be made.
func (e *exporter) hand(w *itemWriter) error {
	e.waiting.add(w)
	if len(e.waiting.items) < maxItems && e.waiting.weight < maxWeight {
		return nil
	}
	return e.begin()
}

// begin begins to make the files of the items that wait for it.
func (e *exporter) begin() error {
	b := e.waiting
	if len(b.items) == 0 {
		return nil
	}
	e.waiting = &batch{}
	if err := e.drain(2*workers.Count(e.opts.Workers) - 1); err != nil {
		return err
	}
	e.pending = append(e.pending, workers.Go(e.pool, func() (*batch, error) { return b, b.make() }))
	return nil
}

// make makes the files of the items, in their order.
func (b *batch) make() error {
	b.files = formats.NewSmallFiles()
	for _, w := range b.items {
		w.losses = &b.loss
		if err := w.write(b.files); err != nil {
			return w.errorf(w.it.ID, err)
		}
	}
	return nil
}

// write makes the files of the item.
func (w *itemWriter) write(files *formats.SmallFiles) error {
	w.assemble()
	if err := w.paint(files); err != nil {
		return err
	}
	files.Text = w.appendXML(files.Text)
	files.End(path.Join(annotationsDir, w.name+".xml"))
	if w.sum != nil {
		*w.sum = w.digest()
	}
	w.listed = w.entry()
	return nil
}

// drain saves what was made, in order, until no more than most batches are
// being made.
func (e *exporter) drain(most int) error {
	for len(e.pending) > most {
		b, err := e.pending[0].Wait()
		e.pending = e.pending[1:]
		if err != nil {
			return err
		}
		e.loss.Merge(b.loss)
		for _, w := range b.items {
			e.painted = e.painted || w.pngs
			w.subset.items.add(&w.listed)
		}
		if err := e.media.SaveFiles(b.files); err != nil {
			return err
		}
	}
	return nil
}

// finishPending makes and saves all that waits for it.
func (e *exporter) finishPending() error {
	if err := e.begin(); err != nil {
		return err
	}
	return e.drain(0)
}
