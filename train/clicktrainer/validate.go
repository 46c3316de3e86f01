package clicktrainer

import (
	"context"
	"fmt"
	"time"

	"datum/models/ctr/bundle"
	"datum/models/ctr/measure"
	"datum/models/ctr/score"
	"datum/train/clicks"
	"datum/train/trainer"
)

// validate measures the model as it is now, and keeps it where it is the best so far.
func (t *training) validate(ctx context.Context, e *trainer.Epoch) error {
	start := time.Now()
	m, err := t.model(e)
	if err != nil {
		return err
	}
	r, err := t.measure(ctx, m)
	if err != nil {
		return fmt.Errorf("the model after epoch %d: %w", e.Number, err)
	}
	at := &t.progress.Now
	e.Score = max(r.AUC, 0)
	e.Figures = []trainer.Figure{{Name: "AUC", Value: r.AUC}, {Name: "GAUC", Value: r.GAUC}, {Name: "log loss", Value: r.LogLoss}, {Name: "accuracy", Value: r.Accuracy},
		{Name: "calibration", Value: r.Calibration}, {Name: "click loss", Value: at.Click / float64(at.Batches)}}
	if t.network.Auxiliary > 0 {
		e.Figures = append(e.Figures, trainer.Figure{Name: "auxiliary loss", Value: at.Auxiliary / float64(at.Batches)})
	}
	p := &t.progress
	e.Best = p.Best == 0 || e.Score > p.BestScore
	e.ValidationSeconds = time.Since(start).Seconds()
	if !e.Best {
		return nil
	}
	p.Best, p.BestScore = e.Number, e.Score
	m.Training.Figures = map[string]float64{}
	for _, f := range e.Figures {
		m.Training.Figures[f.Name] = f.Value
	}
	return t.o.Store.SaveClicks(ctx, m)
}

// model is what has been learnt.
func (t *training) model(e *trainer.Epoch) (*bundle.Model, error) {
	p := &t.o.Data.Protocol
	m, err := t.Model(bundle.Protocol{Name: p.Name, Positive: p.Positive.String(), MaxHistory: p.MaxHistory, Negatives: p.Negatives, Share: p.Share})
	if err != nil {
		return nil, err
	}
	m.Training = bundle.Training{Seed: t.o.Data.Seed, Epoch: e.Number, Steps: t.owner.Steps(), Events: t.o.Survey.Events}
	m.Pseudonyms = t.o.Pseudonyms
	return m, nil
}

// measure runs the model over the rows that it is validated with, as the portable graph:
// what comes out depends on nothing but the model.
func (t *training) measure(ctx context.Context, m *bundle.Model) (*measure.Result, error) {
	s, err := score.New(t.core, m.Network(), m.Values, score.Options{Portable: true, Threads: t.o.Threads})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var rejected int64
	return measure.Run(ctx, s, m, t.o.Data.Samples(ctx, clicks.Validation, &rejected), measure.Options{})
}
