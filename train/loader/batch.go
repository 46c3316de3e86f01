package loader

import (
	"context"
	"iter"

	"datum/formats"
	"datum/internal/workers"
)

// Batch is several samples whose pixels lie one behind the other.
type Batch struct {
	// Samples have the pixels of the batch as theirs. They are not to be
	// released.
	Samples []*Sample
	// Pixels are len(Samples) × Height × Width × 3 bytes.
	Pixels        []byte
	Width, Height int

	home *recycler
}

// Release gives the memory of the pixels back, as that of a sample.
func (b *Batch) Release() {
	for _, s := range b.Samples {
		s.Pixels = nil
	}
	b.home.put(b.Pixels)
	b.Pixels, b.home = nil, nil
}

// Batches streams the samples in batches of size; the last one may have fewer.
// The options have to make all pictures of one size.
func Batches(ctx context.Context, ds Dataset, size int, o Options) iter.Seq2[*Batch, error] {
	ahead := o.Prefetch
	if ahead <= 0 {
		ahead = 2
	}
	return workers.Ahead(ctx, ahead, func(ctx context.Context) iter.Seq2[*Batch, error] {
		return batches(ctx, ds, size, o)
	})
}

func batches(ctx context.Context, ds Dataset, size int, o Options) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		if size < 1 || o.Fit == Original {
			yield(nil, formats.Reason(formats.ErrUsage, "a batch has at least one picture, and all of one size"))
			return
		}
		ofSamples, ofBatches := new(recycler), new(recycler)
		var b *Batch
		for s, err := range decoded(ctx, ds, o, ofSamples) {
			if err != nil {
				yield(nil, err)
				return
			}
			if b == nil {
				b = &Batch{Pixels: ofBatches.get(size * len(s.Pixels)), Width: s.Width, Height: s.Height, home: ofBatches}
			}
			b.add(s)
			if len(b.Samples) == size {
				if !yield(b, nil) {
					return
				}
				b = nil
			}
		}
		if b != nil {
			yield(b, nil)
		}
	}
}

// add copies the pixels of a sample: only now is it known that none before it
// was skipped.
func (b *Batch) add(s *Sample) {
	from := len(b.Pixels)
	b.Pixels = append(b.Pixels, s.Pixels...)
	s.Release()
	s.Pixels = b.Pixels[from:len(b.Pixels):len(b.Pixels)]
	b.Samples = append(b.Samples, s)
}
