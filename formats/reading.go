package formats

import (
	"context"
	"iter"

	"datum/dataset"
	"datum/internal/workers"
)

// Reading is the part of an [Importer] that most formats have in common:
// importers embed it, and fill it in when they open a dataset. Their items come
// from [Stream].
type Reading struct {
	// Meta is what Info returns.
	Meta dataset.Info
	// Opening holds the notes made before the items are read.
	Opening Loss
	// Latest holds the notes of the latest reading of the items.
	Latest Loss
}

// Info returns what is known before the items are read.
func (r *Reading) Info() *dataset.Info { return &r.Meta }

// Notes says what was tolerated, on opening and in the latest reading.
func (r *Reading) Notes() Loss {
	var all Loss
	all.Merge(r.Opening)
	all.Merge(r.Latest)
	return all
}

// Record is an item as it was read, and what was tolerated in it.
type Record struct {
	Item  dataset.Item
	Notes Loss
}

// attempt is what came of a job.
type attempt struct {
	Record
	err error
}

// Stream returns the items that read makes of jobs, in their order. It runs
// read on several goroutines; jobs runs on that of the caller. Of an error of
// read, o.Bad is told: where the record is to be left out, the stream goes on
// without its item. An error of jobs ends it, since what would have followed is
// not known. The notes on the records are counted in r, anew each time that the
// items are read.
func Stream[Job any](ctx context.Context, r *Reading, o *ImportOptions, jobs iter.Seq2[Job, error], read func(Job) (Record, error)) dataset.Items {
	try := func(j Job) (attempt, error) {
		record, err := read(j)
		return attempt{record, err}, nil // Map would end at an error
	}
	return func(yield func(dataset.Item, error) bool) {
		r.Latest = Loss{}
		for a, err := range workers.Map(ctx, workers.Count(o.Workers), jobs, try) {
			if err == nil {
				err = o.Bad(a.err)
			}
			if err != nil {
				yield(dataset.Item{}, err)
				return
			}
			r.Latest.Merge(a.Notes)
			if a.err == nil && !yield(a.Item, nil) {
				return
			}
		}
	}
}
