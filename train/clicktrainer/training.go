package clicktrainer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"time"

	"datum/formats"
	"datum/internal/workers"
	"datum/models/ctr"
	"datum/openvino"
	"datum/train/clicks"
	"datum/train/trainer"
)

// A training is one that is under way.
type training struct {
	*Learner
	o        Options
	perEpoch int // batches
	progress progress
	rejected int64
}

// begin builds what is trained, or takes it up where it was.
func (t *training) begin(ctx context.Context, core *openvino.Core) (err error) {
	n, err := ctr.New(t.o.Network)
	if err != nil {
		return formats.Reason(formats.ErrUsage, "%w", err)
	}
	var from io.ReadCloser
	if t.o.Resume { // what is no checkpoint of this training is told before the work begins
		if from, err = t.resumed(ctx, n); err != nil {
			return err
		}
		defer from.Close()
	}
	if t.Learner, err = NewLearner(core, n, t.o.Names, LearnerOptions{Batch: t.o.Batch, MaxHistory: t.o.Data.Protocol.MaxHistory, Threads: t.o.Threads, Seed: t.o.Data.Seed}); err != nil {
		return err
	}
	if t.o.Resume {
		return t.restore(from)
	}
	return nil
}

func (t *training) close() {
	if t.Learner != nil {
		t.Learner.Close()
	}
}

// rate is the learning rate of an epoch, counted from 0.
func (t *training) rate(epoch int) float64 { return t.o.Rate * math.Pow(0.5, float64(epoch)) }

// epoch trains with all rows once, or with those that an interruption left over, and
// validates.
func (t *training) epoch(ctx context.Context) error {
	number := len(t.progress.History)
	started := time.Now()
	e := &trainer.Epoch{Number: number + 1, Score: -1, Rate: t.rate(number)}
	asked := time.Now()
	for b, err := range t.batches(ctx, number) {
		if err != nil {
			return err
		}
		e.Waited += time.Since(asked).Seconds()
		if err := t.step(ctx, b, e); err != nil {
			return err
		}
		if at := &t.progress.Now; at.Batches%t.every() == 0 && at.Batches < t.perEpoch {
			if err := t.save(ctx); err != nil {
				return err
			}
		}
		asked = time.Now()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	at := &t.progress.Now
	if at.Batches != t.perEpoch {
		return formats.Reason(formats.ErrCorrupt, "epoch %d had %d batches in place of %d: the log has changed", e.Number, at.Batches, t.perEpoch)
	}
	e.Loss, e.Steps, e.Pictures = at.Loss/float64(at.Batches), t.owner.Steps(), at.Batches*t.o.Batch
	e.Seconds = time.Since(started).Seconds()
	return t.endEpoch(ctx, e)
}

// endEpoch validates, and notes that the epoch is over.
func (t *training) endEpoch(ctx context.Context, e *trainer.Epoch) error {
	if err := t.validate(ctx, e); err != nil {
		return err
	}
	t.progress.History, t.progress.Now = append(t.progress.History, *e), place{}
	if err := t.save(ctx); err != nil {
		return err
	}
	if t.o.OnEpoch != nil {
		t.o.OnEpoch(e)
	}
	return nil
}

func (t *training) every() int {
	if t.o.Every > 0 {
		return t.o.Every
	}
	return usualEvery
}

// batches streams those of an epoch that are left, a few ahead.
func (t *training) batches(ctx context.Context, epoch int) iter.Seq2[*clicks.Batch, error] {
	o := clicks.BatchOptions{Size: t.o.Batch, Epoch: epoch, Lengths: t.Lengths(), Negatives: t.network.Auxiliary > 0, From: t.progress.Now.Batches}
	const ahead = 2
	return workers.Ahead(ctx, ahead, func(ctx context.Context) iter.Seq2[*clicks.Batch, error] { return t.o.Data.Batches(ctx, t.o.Survey, o) })
}

// step learns from a batch.
func (t *training) step(ctx context.Context, b *clicks.Batch, e *trainer.Epoch) error {
	at := &t.progress.Now
	r, err := t.Learn(ctx, b, e.Rate)
	if errors.Is(err, trainer.ErrDiverged) {
		return t.diverged(e.Number, at.Batches+1)
	}
	if err != nil {
		return err
	}
	at.Batches++
	at.Loss += float64(r.Loss)
	at.Click += r.Click
	at.Auxiliary += r.Auxiliary
	t.rejected += b.Rejected
	if t.o.OnStep != nil {
		t.o.OnStep(trainer.StepReport{Step: t.owner.Steps(), Steps: uint64(t.o.Epochs * t.perEpoch), Loss: float64(r.Loss), Rate: e.Rate, Norm: float64(r.Norm)})
	}
	return nil
}

// diverged says where nothing is a number any more.
func (t *training) diverged(epoch, batch int) error {
	hint := "lower the learning rate with --lr"
	if n := len(t.progress.History); n > 0 {
		hint += fmt.Sprintf("; the checkpoint is that after epoch %d, or later, and --resume goes on from there", n)
	}
	return formats.WithHint(formats.Reason(formats.ErrUsage, "epoch %d, batch %d: %w", epoch, batch, trainer.ErrDiverged), "%s", hint)
}
