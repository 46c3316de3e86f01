package shard

import (
	"context"
	"encoding/json"

	"datum"
	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
)

// mark is the carried attribute that an item of a part has besides its own: a
// list of its ordinal in the input and, where its media is not saved, of what can
// only be learnt from the media.
var mark = dataset.CarriedName("datum", "shard")

// selection is the items of a part, ready to be written. The whole input passes
// through it once, which makes the digest.
type selection struct {
	formats.Importer
	w *writer
}

// Items streams the items of the part.
func (s *selection) Items(ctx context.Context) dataset.Items {
	w := s.w
	return func(yield func(dataset.Item, error) bool) {
		w.begin()
		var lost formats.Loss
		picked := *w.ds
		picked.Importer = &pick{w.ds.Importer, w}
		for it, err := range datum.Reencode(ctx, &picked, w.opts.ExportOptions, &lost) {
			if err == nil && w.plan.ImageExt != "" {
				w.noteLosses(&lost)
			}
			if !yield(it, err) || err != nil {
				return
			}
		}
		w.countLosses(&lost)
	}
}

func (w *writer) begin() {
	w.digest = newDigester(w.plan.ImageExt != "")
	w.digest.info(w.ds.Info())
	w.total, w.picked, w.missing, w.lost, w.first = 0, 0, 0, nil, map[string]int64{}
}

// noteLosses keeps of each kind of loss which item was the first.
func (w *writer) noteLosses(l *formats.Loss) {
	entries := l.Entries()
	if len(entries) == len(w.lost) {
		return
	}
	known := map[string]bool{}
	for _, x := range w.lost {
		known[x.What] = true
	}
	for _, e := range entries {
		if !known[e.What] {
			w.lost = append(w.lost, loss{e, w.ordinal})
		}
	}
}

func (w *writer) countLosses(l *formats.Loss) {
	for _, e := range l.Entries() {
		for i := range w.lost {
			if w.lost[i].What == e.What {
				w.lost[i].Count = e.Count
			}
		}
	}
}

// pick is the items of a part, marked.
type pick struct {
	formats.Importer
	w *writer
}

// Items streams them.
func (p *pick) Items(ctx context.Context) dataset.Items {
	w := p.w
	return func(yield func(dataset.Item, error) bool) {
		for it, err := range w.ds.Items(ctx) {
			if err != nil {
				yield(it, err)
				return
			}
			w.digest.item(&it)
			ordinal := w.total
			w.total++
			if !w.part.Has(it.Subset, it.ID) {
				continue
			}
			if err = w.prepare(&it, ordinal); !yield(it, err) || err != nil {
				return
			}
		}
	}
}

// prepare makes of an item of the input one of the part.
func (w *writer) prepare(it *dataset.Item, ordinal int64) error {
	if it.Attributes.Has(mark) {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "item %q of %s has the attribute %s: the input is a shard itself", it.ID, it.Subset, mark), "datum merge-shards makes a dataset of shards")
	}
	w.skipMissing(it)
	said := []int64{ordinal}
	if !w.plan.SaveMedia {
		said = append(said, headOf(it.Media)...)
	}
	value, err := json.Marshal(said)
	if err != nil {
		return err
	}
	it.Attributes.SetRaw(mark, value)
	subset, err := formats.SubsetFileName(it.Subset)
	if err != nil {
		return err
	}
	if _, begun := w.first[subset]; !begun {
		w.first[subset] = ordinal
	}
	w.ordinal = ordinal
	w.picked++
	return nil
}

// headOf returns width and height of a picture that is not saved and whose size
// only its file tells: exporters look there. It is empty of every other.
func headOf(m dataset.Media) []int64 {
	img, ok := m.(*dataset.Image)
	if !ok || img.Source == nil || img.Width > 0 && img.Height > 0 {
		return nil
	}
	size, err := imagesize.Of(&img.File)
	if err != nil {
		return nil
	}
	w, h := size.Shown()
	return []int64{int64(w), int64(h)}
}
