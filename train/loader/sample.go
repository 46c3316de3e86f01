package loader

import (
	"context"
	"iter"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
)

// Sample is a picture and what is said about it.
type Sample struct {
	Item dataset.Item
	// Pixels are rows of RGB bytes without gaps: Height × Width × 3, which
	// OpenVINO calls NHWC.
	Pixels        []byte
	Width, Height int
	// Source is the size of the picture in the dataset, turned as it was. Its
	// point x, y is at x × ScaleX + OffsetX, y × ScaleY + OffsetY in Pixels.
	SourceWidth, SourceHeight int
	ScaleX, ScaleY            float64
	OffsetX, OffsetY          float64

	home *recycler
}

// Release gives the memory of the pixels back, to be used for another sample.
// They must not be looked at afterwards. What is not released is garbage like
// any other.
func (s *Sample) Release() {
	s.home.put(s.Pixels)
	s.Pixels, s.home = nil, nil
}

// ToSource returns the point of the picture in the dataset that is at x, y in
// Pixels.
func (s *Sample) ToSource(x, y float64) (float64, float64) {
	return (x - s.OffsetX) / s.ScaleX, (y - s.OffsetY) / s.ScaleY
}

// Samples streams the samples in the order that the options say, decoded on
// all cores and ready ahead of whoever takes them. Errors name the item; those of pictures
// match [formats.ErrCorrupt], [errors.ErrUnsupported], [files.ErrLimit],
// [fs.ErrNotExist] or [dataset.ErrNoMedia].
func Samples(ctx context.Context, ds Dataset, o Options) iter.Seq2[*Sample, error] {
	ahead := o.Prefetch
	if ahead <= 0 {
		ahead = workers.Count(o.Workers)
	}
	return workers.Ahead(ctx, ahead, func(ctx context.Context) iter.Seq2[*Sample, error] {
		return decoded(ctx, ds, o, new(recycler))
	})
}

// decoded streams the samples as they are decoded.
func decoded(ctx context.Context, ds Dataset, o Options, pixels *recycler) iter.Seq2[*Sample, error] {
	return func(yield func(*Sample, error) bool) {
		d := decoding{o: o, decoder: o.decoder(), pixels: pixels, memory: newAllowance(workers.Count(o.Workers))}
		for s, err := range workers.Map(ctx, workers.Count(o.Workers), iter.Seq2[dataset.Item, error](Items(ctx, ds, o)), d.sample) {
			if s == nil && err == nil {
				continue // it was skipped
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// Unusable decides about an item whose media is no use: it returns nil where the item is to be left out and was counted,
// and otherwise the error, with the item's name.
func (o *Options) Unusable(it *dataset.Item, err error) error {
	named := &formats.Error{Path: nameOf(it), Item: it.ID, Err: err}
	if o.Skip == nil || !skippable(err) {
		return named
	}
	named.Err = formats.Reason(formats.ErrCorrupt, "%w", err)
	reading := formats.ImportOptions{Skip: o.Skip}
	return reading.Bad(named)
}

func nameOf(it *dataset.Item) string {
	if it.Media == nil {
		return it.Subset
	}
	return it.Subset + "/" + it.Media.Main().Name
}
