package trainer

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"

	"datum/formats"
	"datum/graph"
	"datum/train/checkpoint"
)

// A Store keeps what a training makes. What is saved appears at once or not at all.
type Store interface {
	// SaveModel replaces the best model.
	SaveModel(ctx context.Context, m *graph.Model) error
	checkpoint.Store
}

// progress is how far a training has come, beside the state of the step.
type progress struct {
	Pictures  int               `json:"pictures"`
	Batch     int               `json:"batch"`
	Of        int               `json:"epochs"`
	Seed      uint64            `json:"seed"`
	Settings  map[string]string `json:"settings"`
	Best      int               `json:"best"`
	BestScore float64           `json:"best_score"`
	History   []Epoch           `json:"history"`
	// Parameters are those of the network, so that others can take its values.
	Parameters []described `json:"parameters"`
	Suspects   []kept      `json:"suspects,omitempty"`
}

// kept is an object of the suspects.
type kept struct {
	Subset     string `json:"subset"`
	ID         string `json:"id"`
	Annotation int32  `json:"annotation"`
	history
}

// Epochs is how many have been trained.
func (p *progress) Epochs() int { return len(p.History) }

const magic = "datum checkpoint 1\n"

// kind is that of its checkpoints: the progress, and behind it the state of the step.
var kind = checkpoint.Kind{Magic: magic, Of: "a training", Most: 1 << 30}

func (t *training) save(ctx context.Context) error {
	p := t.progress
	p.Pictures, p.Batch, p.Of, p.Seed, p.Settings = t.pictures, t.o.Batch, t.o.Epochs, t.o.Seed, t.settings()
	if t.suspects != nil {
		p.Suspects = t.suspects.keep()
	}
	p.History, p.Parameters = withoutNaN(p.History), describe(t.network.Parameters)
	return t.o.Store.SaveCheckpoint(ctx, func(w io.Writer) error {
		if err := kind.Write(w, &p); err != nil {
			return err
		}
		return t.program.WriteState(w)
	})
}

// unknown stands for what was not measured, such as the score of an epoch without
// validation.
const unknown = -1

// withoutNaN returns the epochs with numbers that JSON can have.
func withoutNaN(list []Epoch) []Epoch {
	number := func(v float64) float64 {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return unknown
		}
		return v
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Score, list[i].Figures = number(list[i].Score), slices.Clone(list[i].Figures)
		for k, f := range list[i].Figures {
			list[i].Figures[k].Value = number(f.Value)
		}
	}
	return list
}

// restore reads the checkpoint, which has to be one of the same training.
func (t *training) restore(ctx context.Context) error {
	r, err := t.o.Store.OpenCheckpoint(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	p, err := readProgress(r)
	if err != nil {
		return err
	}
	if err := t.same(p); err != nil {
		return err
	}
	if err := t.program.ReadState(r); err != nil {
		return checkpoint.Damaged(err)
	}
	if err := checkpoint.End(r); err != nil {
		return err
	}
	t.progress = *p
	if t.suspects != nil {
		t.suspects.restore(p.Suspects)
	}
	t.progress.Suspects = nil
	return nil
}

func readProgress(r io.Reader) (*progress, error) {
	var p progress
	if err := kind.Read(r, &p); err != nil {
		return nil, err
	}
	return &p, nil
}

// same compares what the checkpoint was written with, and what is to go on.
func (t *training) same(p *progress) error {
	switch {
	case p.Pictures != t.pictures:
		return checkpoint.Differs("pictures", p.Pictures, t.pictures)
	case p.Batch != t.o.Batch:
		return checkpoint.Differs("batch", p.Batch, t.o.Batch)
	case p.Of != t.o.Epochs:
		return checkpoint.Differs("epochs", p.Of, t.o.Epochs)
	case p.Seed != t.o.Seed:
		return checkpoint.Differs("seed", p.Seed, t.o.Seed)
	case len(p.History) > p.Of:
		return formats.Reason(formats.ErrCorrupt, "the checkpoint is of %d epochs out of %d", len(p.History), p.Of)
	case p.Best < 0 || p.Best > len(p.History):
		return formats.Reason(formats.ErrCorrupt, "the checkpoint says that epoch %d of %d was the best", p.Best, len(p.History))
	}
	return checkpoint.Same(p.Settings, t.settings())
}

// settings are what a training depends on besides, by their names, so that one that
// goes on is the same training. The number of threads is not among them.
func (t *training) settings() map[string]string {
	o := &t.o
	var rates []float64
	const looks = 8
	for i := range uint64(looks + 1) {
		rates = append(rates, t.rate(i*(t.steps-1)/looks))
	}
	return map[string]string{
		"number of steps": fmt.Sprint(t.steps),
		"input size":      fmt.Sprintf("%dx%d", o.Width, o.Height),
		"learning rate":   fmt.Sprint(rates),
		"augmentation":    fmt.Sprintf("%+v and %d plain epochs", o.Recipe, o.PlainEpochs),
		"optimiser":       fmt.Sprintf("%T%+v", o.Step.Optimizer, o.Step.Optimizer),
		"step":            fmt.Sprintf("of %d batches, clipped at %v, averaged with %v, mixed precision %v", max(1, o.Step.Accumulate), o.Step.ClipNorm, o.Step.Average, o.Step.Mixed),
	}
}

// keep returns the objects as the checkpoint has them.
func (s *suspects) keep() []kept {
	list := make([]kept, 0, len(s.objects))
	for o, h := range s.objects {
		n := s.names[o.item]
		list = append(list, kept{n.subset, n.id, o.annotation, *h})
	}
	slices.SortFunc(list, func(a, b kept) int {
		return cmp.Or(cmp.Compare(a.Subset, b.Subset), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Annotation, b.Annotation))
	})
	return list
}

func (s *suspects) restore(list []kept) {
	for _, k := range list {
		n := numberOf(k.Subset, k.ID)
		s.names[n] = named{k.Subset, k.ID}
		h := k.history
		s.objects[object{n, k.Annotation}] = &h
	}
}
