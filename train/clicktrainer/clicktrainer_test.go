package clicktrainer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"datum/events"
	"datum/formats"
	"datum/internal/openvinotest"
	"datum/models/ctr"
	"datum/models/ctr/bundle"
	"datum/models/ctr/measure"
	"datum/models/ctr/score"
	"datum/train/clicks"
	"datum/train/trainer"
)

// memory is a store.
type memory struct {
	model      []byte
	checkpoint []byte
	saved      int
	// stop is called when so many checkpoints were saved.
	after int
	stop  func()
}

func (m *memory) SaveClicks(_ context.Context, model *bundle.Model) error {
	var b bytes.Buffer
	err := model.Write(&b, nil)
	m.model = b.Bytes()
	return err
}

func (m *memory) SaveCheckpoint(_ context.Context, write func(io.Writer) error) error {
	var b bytes.Buffer
	err := write(&b)
	m.checkpoint = b.Bytes()
	if m.saved++; m.stop != nil && m.saved == m.after {
		m.stop()
	}
	return err
}

func (m *memory) OpenCheckpoint(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(m.checkpoint)), nil
}

// habits is a log of users who stay in one of two halves of the items.
func habits(t testing.TB, users int) *events.Log {
	t.Helper()
	b, err := events.NewBuilder(events.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	random := rand.New(rand.NewPCG(1, 2))
	for u := range users {
		half := random.IntN(2)
		for at := range 3 + random.IntN(18) {
			item := random.IntN(10)*2 + half
			r := &events.Record{User: fmt.Appendf(nil, "user %d", u), Item: fmt.Appendf(nil, "item %d", item), Category: fmt.Appendf(nil, "category %d", item%4/2),
				Time: int64(at), Value: float64(1 + random.IntN(5))}
			if err := b.Add(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if _, _, err := b.Finish(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	l, err := events.Read(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func options(t testing.TB, l *events.Log, c ctr.Config, store Store) Options {
	t.Helper()
	v, err := l.Vocabularies()
	if err != nil {
		t.Fatal(err)
	}
	c.Embedding = 4
	o := Options{Network: c, Names: v, Batch: 16, Epochs: 3, Rate: 0.01, Threads: 1, Store: store, Every: 7,
		Data: &clicks.Data{Source: l, Counts: v.Items.Counts, Seed: 3, Protocol: clicks.Protocol{Name: clicks.Neg, MaxHistory: 12, Negatives: 1}}}
	if o.Survey, err = o.Data.Look(t.Context(), l.Info().Events); err != nil {
		t.Fatal(err)
	}
	return o
}

// Each network learns what users do, and tells it of rows that it has not seen.
func TestTraining(t *testing.T) {
	core := openvinotest.Core(t)
	l := habits(t, 120)
	for _, test := range []struct {
		ctr.Config
		least float64 // what a sum of histories tells is not what users do here
	}{{ctr.Config{Architecture: ctr.DNN}, 0.4}, {ctr.Config{Architecture: ctr.DIN, Reference: true}, 0.68}, {ctr.Config{Architecture: ctr.DIEN, Auxiliary: 1}, 0.68}} {
		t.Run(test.Architecture, func(t *testing.T) {
			store := &memory{}
			o := options(t, l, test.Config, store)
			steps := 0
			o.OnStep = func(s trainer.StepReport) {
				if steps++; s.Step != uint64(steps) {
					t.Errorf("step %d is told as %d", steps, s.Step)
				}
			}
			r, err := Run(t.Context(), core, o)
			if err != nil {
				t.Fatal(err)
			}
			if steps != 3*o.Survey.Batches(o.Batch) || r.Steps != uint64(steps) || len(r.Epochs) != 3 {
				t.Errorf("%d steps and %+v", steps, r)
			}
			m, err := bundle.Parse(store.model)
			if err != nil {
				t.Fatal(err)
			}
			s, err := score.New(core, m.Network(), m.Values, score.Options{Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			var rejected int64
			got, err := measure.Run(t.Context(), s, m, o.Data.Samples(t.Context(), clicks.Test, &rejected), measure.Options{Batch: 32})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("AUC %.3f, after epochs %v", got.AUC, r.Epochs[2].Figures[0])
			if got.AUC < test.least || got.Samples != 240 || got.Users != 120 {
				t.Errorf("%+v", got)
			}
		})
	}
}

// A training that was interrupted, in an epoch or after it, comes to the same model and
// the same checkpoint, but for how long things took.
func TestResume(t *testing.T) {
	core := openvinotest.Core(t)
	l := habits(t, 40)
	config := ctr.Config{Architecture: ctr.DIEN, Auxiliary: 0.5}
	whole := &memory{}
	options := func(t testing.TB, l *events.Log, c ctr.Config, store Store) Options {
		o := options(t, l, c, store)
		o.Data.Protocol.MaxHistory, o.Epochs, o.Every = 8, 2, 11 // of two graphs
		return o
	}
	if _, err := Run(t.Context(), core, options(t, l, config, whole)); err != nil {
		t.Fatal(err)
	}
	state := func(m *memory) []byte { return m.checkpoint[len(m.checkpoint)-2000:] }
	for _, after := range []int{2, whole.saved - 1} {
		ctx, cancel := context.WithCancel(t.Context())
		store := &memory{after: after, stop: cancel}
		if _, err := Run(ctx, core, options(t, l, config, store)); !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d checkpoints: %v", after, err)
		}
		store.stop = nil
		o := options(t, l, config, store)
		o.Resume = true
		r, err := Run(t.Context(), core, o)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(store.model, whole.model) || !bytes.Equal(state(store), state(whole)) {
			t.Errorf("after %d checkpoints of %d, it comes to another model: %+v", after, whole.saved, r)
		}
	}
	for what, change := range map[string]func(o *Options){
		"seed": func(o *Options) { o.Data.Seed++ }, "batch": func(o *Options) { o.Batch = 8 }, "model": func(o *Options) { o.Network.Auxiliary = 0 },
		"epochs": func(o *Options) { o.Epochs = 4 }, "learning rate": func(o *Options) { o.Rate = 1 }, "max-history": func(o *Options) { o.Data.Protocol.MaxHistory = 7 },
		"names": func(o *Options) {
			names := *o.Names
			names.Items = &events.Vocabulary{Names: slices.Clone(o.Names.Items.Names), Counts: o.Names.Items.Counts}
			names.Items.Names[1], names.Items.Names[2] = names.Items.Names[2], names.Items.Names[1]
			o.Names = &names
		},
	} {
		o := options(t, l, config, whole)
		o.Resume = true
		change(&o)
		if _, err := Run(t.Context(), core, o); !errors.Is(err, formats.ErrUsage) {
			t.Errorf("with another %s: %v", what, err)
		}
	}
	for n := 0; n < len(whole.checkpoint); n += 1 + len(whole.checkpoint)/4 {
		o := options(t, l, config, &memory{checkpoint: whole.checkpoint[:n]})
		o.Resume = true
		if _, err := Run(t.Context(), core, o); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("with %d bytes of a checkpoint: %v", n, err)
		}
	}
}

func TestNothingToLearn(t *testing.T) {
	core := openvinotest.Core(t)
	l := habits(t, 1)
	o := options(t, l, ctr.Config{Architecture: ctr.DNN}, &memory{})
	o.Batch = 1000
	if _, err := Run(t.Context(), core, o); !errors.Is(err, formats.ErrUsage) {
		t.Error(err)
	}
	o = options(t, l, ctr.Config{Architecture: ctr.DNN}, &memory{})
	o.Batch, o.Rate = 1, 99
	if _, err := Run(t.Context(), core, o); err != nil && !errors.Is(err, trainer.ErrDiverged) {
		t.Error(err)
	}
}

func TestLengths(t *testing.T) {
	t.Parallel()
	for _, longest := range []int{1, 4, 7, 100, 101, 300, 5000, 1 << 14} {
		list := lengths(longest)
		if list[len(list)-1] != longest {
			t.Errorf("%d: %v", longest, list)
		}
		for i := range list[1:] {
			if list[i] >= list[i+1] {
				t.Errorf("%d: %v", longest, list)
			}
		}
	}
}
