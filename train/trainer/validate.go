package trainer

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"datum/dataset"
	"datum/graph"
	"datum/metrics"
	"datum/models/evaluate"
	"datum/models/metadata"
	"datum/models/predict"
	"datum/train/loader"
)

// validate exports the model as it is now, measures it, and keeps it where it is
// the best so far.
func (t *training) validate(ctx context.Context, e *Epoch) error {
	start := time.Now()
	m, err := t.task.Export(t.program.Averaged())
	if err != nil {
		return fmt.Errorf("the model after epoch %d: %w", e.Number, err)
	}
	p := &t.progress
	e.Best = true
	if t.o.Val.Dataset != nil {
		if e.Score, e.Figures, err = t.measure(ctx, m); err != nil {
			return err
		}
		e.Best = p.Best == 0 || e.Score > p.BestScore
	}
	e.ValidationSeconds = time.Since(start).Seconds()
	if !e.Best {
		return nil
	}
	m.SetInfo("training", t.about(e)...)
	if err := t.o.Store.SaveModel(ctx, m); err != nil {
		return err
	}
	p.Best, p.BestScore = e.Number, e.Score
	if math.IsNaN(p.BestScore) {
		p.BestScore = 0
	}
	return nil
}

// about is what a model says of its training.
func (t *training) about(e *Epoch) graph.Attrs {
	about := append(slices.Clone(t.o.About), graph.Attr{Name: "epoch", Value: fmt.Sprintf("%d of %d", e.Number, t.o.Epochs)})
	for _, f := range withoutNaN([]Epoch{*e})[0].Figures {
		about = append(about, graph.Attr{Name: f.Name, Value: fmt.Sprintf("%.4f", f.Value)})
	}
	return about
}

// measure runs a model over the pictures that it is validated with.
func (t *training) measure(ctx context.Context, m *graph.Model) (float64, []Figure, error) {
	xml := m.XML()
	model, err := t.core.Read(xml, m.Weights().Bytes())
	if err != nil {
		return 0, nil, err
	}
	defer model.Close()
	about := metadata.Parse(xml)
	p, err := predict.New(t.core, model, about, predict.Options{Score: leastScore, MultiLabel: true, IoU: about.IoU, Compile: t.o.Evaluation})
	if err != nil {
		return 0, nil, err
	}
	defer p.Close()
	categories := &t.o.Val.Dataset.Info().Categories
	matched, err := evaluate.Match(evaluate.Model{Classes: p.Classes, Labels: p.Labels}, nil, categories)
	if err != nil {
		return 0, nil, err
	}
	if p.Task == predict.Classification {
		return t.measureClassifier(ctx, p, matched, categories)
	}
	d := evaluate.NewDetector(matched, categories, metrics.Options{})
	if err := t.pass(ctx, p, d.Add); err != nil {
		return 0, nil, err
	}
	r := d.Report()
	return max(r.COCO.AP, 0), []Figure{{"AP", r.COCO.AP}, {"AP50", r.COCO.AP50}, {"AP75", r.COCO.AP75}, {"AR100", r.COCO.AR100}}, nil
}

// leastScore is that of boxes that count, as in datum eval.
const leastScore = 0.001

func (t *training) measureClassifier(ctx context.Context, p *predict.Predictor, m *evaluate.Mapping, c *dataset.Categories) (float64, []Figure, error) {
	k, err := evaluate.NewClassifier(m, p.Classes, c)
	if err != nil {
		return 0, nil, err
	}
	if err := t.pass(ctx, p, k.Add); err != nil {
		return 0, nil, err
	}
	r := k.Report()
	return max(r.Top1, 0), []Figure{{"top-1", r.Top1}, {"top-5", r.Top5}}, nil
}

func (t *training) pass(ctx context.Context, p *predict.Predictor, add func(*predict.Result) error) error {
	l := t.o.Loader
	// As an evaluation of the finished model does it, which finds the same then.
	l.Subset, l.Scaled = t.o.Val.Subset, false
	for r, err := range p.Run(ctx, loader.Samples(ctx, t.o.Val.Dataset, p.Loading(l))) {
		if err != nil {
			return err
		}
		if err := add(r); err != nil {
			return err
		}
	}
	return ctx.Err()
}
