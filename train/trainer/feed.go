package trainer

import (
	"context"
	"iter"

	"datum/dataset"
	"datum/internal/workers"
	"datum/openvino"
	"datum/train/augment"
	"datum/train/batches"
)

type batch = batches.Batch

// filled is a batch whose inputs are ready.
type filled struct {
	inputs []*openvino.Tensor
	batch  *batch
	done   func()
}

// inputSets is how many sets of inputs there are: one that the step reads, one
// that is being filled, one that waits.
const inputSets = 3

// filled streams the batches of an epoch. The inputs of the next are filled while
// the step is at work with one.
func (t *training) filled(ctx context.Context, epoch int) iter.Seq2[*filled, error] {
	return func(yield func(*filled, error) bool) {
		free := make(chan []*openvino.Tensor, inputSets)
		var all []*openvino.Tensor
		defer func() {
			for _, in := range all {
				in.Close()
			}
		}()
		for range inputSets {
			inputs, err := t.program.NewInputs()
			if err != nil {
				yield(nil, err)
				return
			}
			all = append(all, inputs...)
			free <- inputs
		}
		// Ahead ends what it has begun before it returns, and the tensors are closed
		// only then.
		workers.Ahead(ctx, 1, func(ctx context.Context) iter.Seq2[*filled, error] { return t.fill(ctx, epoch, free) })(yield)
	}
}

func (t *training) fill(ctx context.Context, epoch int, free chan []*openvino.Tensor) iter.Seq2[*filled, error] {
	return func(yield func(*filled, error) bool) {
		for b, err := range batches.Stream(ctx, t.o.Train.Dataset, t.stream(epoch)) {
			if err != nil {
				yield(nil, err)
				return
			}
			var inputs []*openvino.Tensor
			select {
			case inputs = <-free:
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			}
			if err := t.task.Fill(inputs, b); err != nil {
				yield(nil, err)
				return
			}
			b.Release() // the boxes and items stay
			if !yield(&filled{inputs: inputs, batch: b, done: func() { free <- inputs }}, nil) {
				return
			}
		}
	}
}

// stream says what the batches of an epoch are.
func (t *training) stream(epoch int) batches.Options {
	l := t.o.Loader
	l.Subset, l.Shuffle, l.Seed = t.o.Train.Subset, true, seedOf(t.o.Seed, epoch)
	recipe := t.o.Recipe
	if epoch >= t.o.Epochs-t.o.PlainEpochs {
		recipe.Mosaic, recipe.MixUp = 0, 0
	}
	return batches.Options{
		Loader: l, Recipe: recipe, Seed: t.o.Seed, Epoch: epoch,
		Width: t.o.Width, Height: t.o.Height, Size: t.o.Batch,
		Objects: func(it *dataset.Item) ([]augment.Box, bool, error) {
			boxes, usable, err := t.task.Objects(it)
			if t.suspects != nil && usable && err == nil {
				t.suspects.name(it, boxes)
			}
			return boxes, usable, err
		},
	}
}

// seedOf gives each epoch an order of its own.
func seedOf(seed uint64, epoch int) uint64 { return seed + uint64(epoch)*0x9e3779b97f4a7c15 }
