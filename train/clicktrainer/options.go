package clicktrainer

import (
	"context"
	"slices"

	"datum/events"
	"datum/formats"
	"datum/models/ctr"
	"datum/models/ctr/bundle"
	"datum/openvino"
	"datum/train/checkpoint"
	"datum/train/clicks"
	"datum/train/trainer"
)

// A Store keeps what a training makes. What is saved appears at once or not at all.
type Store interface {
	// SaveClicks replaces the best model.
	SaveClicks(ctx context.Context, m *bundle.Model) error
	checkpoint.Store
}

// Options say what is trained on what.
type Options struct {
	Network ctr.Config
	// Data are the rows, Survey is what [clicks.Data.Look] has found there, and Names
	// what the numbers in it stand for.
	Data       *clicks.Data
	Survey     *clicks.Survey
	Names      *events.Vocabularies
	Pseudonyms bool // instead of the names
	// Batch is how many rows a step learns from, Epochs how often all are seen.
	Batch, Epochs int
	// Rate is the learning rate of the first epoch; that of each epoch is half of the
	// one before.
	Rate    float64
	Threads int
	// Resume goes on where the store's checkpoint was written.
	Resume bool
	Store  Store
	// Every is how many steps there are between checkpoints in an epoch, 2000 if 0.
	Every int

	// OnBegin, where it is not nil, is told of the epochs that were trained before, and
	// OnStep and OnEpoch how it goes. The pictures of an epoch are rows here.
	OnBegin func(history []trainer.Epoch)
	OnStep  func(trainer.StepReport)
	OnEpoch func(*trainer.Epoch)
}

const usualEvery = 2000

func (o *Options) check() error {
	switch {
	case o.Epochs < 1 || o.Batch < 1 || o.Every < 0:
		return formats.Reason(formats.ErrUsage, "nothing is trained in %d epochs with batches of %d", o.Epochs, o.Batch)
	case o.Data == nil || o.Survey == nil || o.Names == nil || o.Store == nil:
		return formats.Reason(formats.ErrUsage, "a training needs data and a store")
	case !(o.Rate > 0 && o.Rate <= 100):
		return formats.Reason(formats.ErrUsage, "the learning rate is a number above 0, not %v", o.Rate)
	}
	if err := o.Survey.Enough(o.Batch); err != nil {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%w", err), "a user needs at least four events, or with --positive clicks, for all of training, validation and test, and --batch may be smaller")
	}
	return nil
}

// lengths are those that histories are padded to: there is a graph for each.
func lengths(longest int) []int {
	var list []int
	for _, n := range []int{4, 8, 16, 24, 32, 48, 64, 80, 100, 128, 160, 200, 256} {
		if n < longest {
			list = append(list, n)
		}
	}
	for n := 512; n < longest; n *= 2 {
		list = append(list, n)
	}
	return append(list, longest)
}

// Result is what a training came to.
type Result struct {
	Epochs []trainer.Epoch
	// Best is the number of the epoch whose model was kept, counted from 1.
	Best  int
	Steps uint64
	// Rejected is how often an item was drawn that had been clicked, in the steps of
	// this run.
	Rejected int64
}

// Run trains. When ctx is done the last checkpoint stays, and so does the best model so
// far.
func Run(ctx context.Context, core *openvino.Core, o Options) (*Result, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	t := &training{o: o, perEpoch: o.Survey.Batches(o.Batch)}
	defer t.close()
	if err := t.begin(ctx, core); err != nil {
		return nil, err
	}
	if o.OnBegin != nil {
		o.OnBegin(slices.Clone(t.progress.History))
	}
	for len(t.progress.History) < o.Epochs {
		if err := t.epoch(ctx); err != nil {
			return nil, err
		}
	}
	return &Result{Epochs: t.progress.History, Best: t.progress.Best, Steps: t.owner.Steps(), Rejected: t.rejected}, nil
}
