package trainer_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/internal/openvinotest"
	"datum/train/augment"
	"datum/train/schedule"
	"datum/train/step"
	"datum/train/trainer"
)

// stateOf is the state of the step in a checkpoint: what comes before it has times.
func stateOf(checkpoint []byte) []byte {
	const magic = len("datum checkpoint 1\n")
	return checkpoint[magic+8+int(binary.LittleEndian.Uint64(checkpoint[magic:])):]
}

func TestLearns(t *testing.T) {
	core := openvinotest.Core(t)
	s := &store{}
	o := options(s)
	o.Epochs = 12
	r := run(t, core, o)
	best := r.Epochs[r.Best-1]
	if best.Score < 0.99 || !best.Best || len(r.Epochs) != 12 || r.Steps != 60 || s.checkpoints != 12 || r.Stopped {
		t.Errorf("the best is %+v after %d epochs, %d steps and %d checkpoints", best, len(r.Epochs), r.Steps, s.checkpoints)
	}
	for _, e := range r.Epochs {
		if e.Pictures != 20 || e.Steps != 5*uint64(e.Number) {
			t.Errorf("an epoch of %d pictures and %d steps", e.Pictures, e.Steps)
		}
	}
}

// A training of so many steps ends with the last of them, in the middle of an epoch.
func TestSteps(t *testing.T) {
	core := openvinotest.Core(t)
	s := &store{}
	o := options(s)
	o.Steps, o.Epochs = 7, 0
	planned := uint64(0)
	o.Schedule = func(steps uint64, each float64) schedule.Schedule {
		if planned = steps; each != 5 {
			t.Errorf("an epoch is said to have %v steps", each)
		}
		return schedule.Constant(0.01)
	}
	last := trainer.StepReport{}
	o.OnStep = func(r trainer.StepReport) { last = r }
	r := run(t, core, o)
	if r.Steps != 7 || planned != 7 || len(r.Epochs) != 2 || r.Epochs[1].Pictures != 8 || r.Epochs[1].Steps != 7 || s.checkpoints != 2 {
		t.Errorf("%d steps of %d, %d epochs, the last is %+v", r.Steps, planned, len(r.Epochs), r.Epochs[len(r.Epochs)-1])
	}
	if last.Step != 7 || last.Steps != 7 {
		t.Errorf("the last report is %+v", last)
	}
}

// A training that is interrupted in the middle of each of its epochs comes to the
// same model as one that is not, to the last bit; so does one on other numbers of cores.
func TestResumesToTheBit(t *testing.T) {
	core := openvinotest.Core(t)
	whole := &store{}
	want := run(t, core, options(whole))

	s := &store{}
	var got *trainer.Result
	for stop := uint64(7); ; stop += 5 {
		o := options(s)
		o.Resume, o.Loader.Workers = s.checkpoint != nil, int(stop%3)
		ctx, cancel := context.WithCancel(t.Context())
		o.OnStep = func(r trainer.StepReport) {
			if r.Step == stop {
				cancel()
			}
		}
		r, err := trainer.Run(ctx, core, &colourTask{}, pictures, o)
		cancel()
		if err == nil {
			got = r
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if s.checkpoints != 4 {
		t.Fatalf("%d epochs were trained, and some of them twice", s.checkpoints)
	}
	if !bytes.Equal(stateOf(whole.checkpoint), stateOf(s.checkpoint)) || !bytes.Equal(whole.model, s.model) {
		t.Error("a training that was interrupted comes to something else")
	}
	if !reflect.DeepEqual(want.Objects, got.Objects) || want.Best != got.Best || want.Steps != got.Steps {
		t.Error("it tells of other suspects, or of another best epoch")
	}

	other := &store{}
	o := options(other)
	o.Seed++
	run(t, core, o)
	if bytes.Equal(stateOf(whole.checkpoint), stateOf(other.checkpoint)) {
		t.Error("another seed gives the same weights")
	}
}

// When the loss is no number any more the training ends, says with which batch,
// and the checkpoint is that after the epoch before.
func TestDiverged(t *testing.T) {
	core := openvinotest.Core(t)
	s := &store{}
	o := options(s)
	// Batches are filled ahead, but in order: the third of the second epoch.
	task := &colourTask{spoil: func(fill int) bool { return fill == 7 }}
	var after []byte
	o.OnEpoch = func(*trainer.Epoch) { after = bytes.Clone(s.checkpoint) }
	_, err := trainer.Run(t.Context(), core, task, pictures, o)
	if !errors.Is(err, trainer.ErrDiverged) || !errors.Is(err, formats.ErrUsage) {
		t.Fatalf("%v", err)
	}
	if said := err.Error(); !strings.Contains(said, "epoch 2, batch 3") || !strings.Contains(said, "train") {
		t.Errorf("it does not name the batch: %s", said)
	}
	if s.checkpoints != 1 || !bytes.Equal(s.checkpoint, after) || s.model == nil {
		t.Error("the checkpoint is not that after the first epoch")
	}
	o.Resume = true
	run(t, core, o)
}

// Nothing gets better with a learning rate of nearly nothing.
func TestStopsEarly(t *testing.T) {
	core := openvinotest.Core(t)
	o := options(&store{})
	o.Epochs, o.Patience = 9, 2
	o.Schedule = func(uint64, float64) schedule.Schedule { return schedule.Constant(1e-12) }
	r := run(t, core, o)
	if len(r.Epochs) != 3 || r.Best != 1 || !r.Stopped || r.Epochs[1].Best || !r.Epochs[0].Best {
		t.Errorf("%d epochs, the best %d, stopped %v", len(r.Epochs), r.Best, r.Stopped)
	}
	o.Resume = true
	if again := run(t, core, o); len(again.Epochs) != 3 || !again.Stopped {
		t.Errorf("what had stopped went on to %d epochs", len(again.Epochs))
	}
}

// A checkpoint of another training is refused: going on would make neither.
func TestResumesOnlyTheSame(t *testing.T) {
	core := openvinotest.Core(t)
	s := &store{}
	first := options(s)
	first.Epochs = 2
	first.Val = trainer.Data{}
	run(t, core, first)
	for name, change := range map[string]func(*trainer.Options){
		"epochs": func(o *trainer.Options) { o.Epochs++ },
		"batch":  func(o *trainer.Options) { o.Batch-- },
		"seed":   func(o *trainer.Options) { o.Seed++ },
		"learning rate": func(o *trainer.Options) {
			o.Schedule = func(uint64, float64) schedule.Schedule { return schedule.Constant(0.05) }
		},
		"augmentation": func(o *trainer.Options) { o.Recipe.Brightness = 0.1 },
		"input size":   func(o *trainer.Options) { o.Width++ },
		"optimiser":    func(o *trainer.Options) { o.Step.Optimizer = step.SGD{Momentum: 0.9} },
		"clipping":     func(o *trainer.Options) { o.Step.ClipNorm = 2 },
	} {
		o := first
		o.Resume = true
		change(&o)
		if _, err := trainer.Run(t.Context(), core, &colourTask{}, pictures, o); !errors.Is(err, formats.ErrUsage) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := trainer.Run(t.Context(), core, &colourTask{}, pictures-1, func() trainer.Options { o := first; o.Resume = true; return o }()); !errors.Is(err, formats.ErrUsage) {
		t.Errorf("other pictures: %v", err)
	}
}

// A damaged checkpoint is an error, wherever the damage is, and not a training from
// half a state.
func TestDamagedCheckpoint(t *testing.T) {
	core := openvinotest.Core(t)
	s := &store{}
	o := options(s)
	o.Epochs = 1
	run(t, core, o)
	good := s.checkpoint
	o.Resume = true
	for name, bad := range map[string][]byte{
		"empty": {}, "short": good[:len(good)-1], "only progress": good[:len(good)-len(stateOf(good))], "magic": append([]byte("x"), good[1:]...),
		"a number too much": append(bytes.Clone(good), 0, 0, 0, 0),
		"length":            append(append(bytes.Clone(good[:19]), 255, 255, 255, 255, 255, 255, 255, 255), good[27:]...),
	} {
		s.checkpoint = bad
		if _, err := trainer.Run(t.Context(), core, &colourTask{}, pictures, o); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.checkpoint = nil
	if _, err := trainer.Run(t.Context(), core, &colourTask{}, pictures, o); !errors.Is(err, errNone) {
		t.Errorf("without one: %v", err)
	}
}

type broken struct{}

func (broken) Open() (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("\x89PNG and no more")), nil
}

// A broken picture ends the training, or is left out where that is wanted.
func TestBrokenPicture(t *testing.T) {
	core := openvinotest.Core(t)
	list := items(pictures)
	list[4].Media.(*dataset.Image).Source = broken{}
	o := options(&store{})
	o.Train.Dataset, o.Epochs = open(list), 2
	if _, err := trainer.Run(t.Context(), core, &colourTask{}, pictures, o); err == nil || !strings.Contains(err.Error(), "train4") {
		t.Errorf("%v", err)
	}
	o.Loader.Skip = &formats.Skipped{}
	if r := run(t, core, o); r.Epochs[0].Pictures != 20 {
		t.Errorf("%d pictures", r.Epochs[0].Pictures)
	}
	if o.Loader.Skip.Count() == 0 {
		t.Error("what was left out is not counted")
	}
}

// A label that is wrong is at the top of the suspects.
func TestSuspects(t *testing.T) {
	core := openvinotest.Core(t)
	list := items(pictures)
	list[8].Annotations = []dataset.Annotation{&dataset.Label{Label: 0}} // it is blue
	o := options(&store{})
	o.Train.Dataset, o.Epochs = open(list), 10
	o.Recipe.Mosaic, o.Recipe.MixUp = 0, 0
	if r := run(t, core, o); r.Objects[0].ID != "train8" || r.Objects[0].Subset != "train" || len(r.Objects) != pictures {
		t.Errorf("%d suspects, the first is %+v", len(r.Objects), r.Objects[0])
	}
}

func TestLook(t *testing.T) {
	t.Parallel()
	list := items(8)
	list[0].Annotations = nil
	list[1].Media.(*dataset.Image).Width = 4
	task := &colourTask{}
	objects := func(it *dataset.Item) ([]augment.Box, bool, error) {
		boxes, usable, err := task.Objects(it)
		switch it.ID {
		case "train2":
			boxes = append(boxes, augment.Box{Label: 1, X2: side}, augment.Box{Label: 1, X2: side, Y2: 1})
		case "train3":
			boxes[0].Ignore = true
		}
		return boxes, usable, err
	}
	s, err := trainer.Look(t.Context(), objects, trainer.Data{Dataset: open(list), Subset: "train"}, 3)
	if err != nil {
		t.Fatal(err)
	}
	want := &trainer.Survey{Pictures: 7, Empty: 1, Unusable: 1, Objects: 7, Labels: []int{1, 4, 2}, Crowds: 1, Outside: 1, FirstOutside: "train/train1", Flat: 1, FirstFlat: "train/train2"}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("%+v", s)
	}
	if _, err := trainer.Look(t.Context(), task.Objects, trainer.Data{Dataset: open(list)}, 2); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("a label too many: %v", err)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*trainer.Options){
		"no epochs":  func(o *trainer.Options) { o.Epochs = 0 },
		"no store":   func(o *trainer.Options) { o.Store = nil },
		"no data":    func(o *trainer.Options) { o.Train.Dataset = nil },
		"patience":   func(o *trainer.Options) { o.Patience = -1 },
		"recipe":     func(o *trainer.Options) { o.Recipe.Mosaic = 2 },
		"too few":    func(o *trainer.Options) { o.Batch = pictures + 1 },
		"all steps":  func(o *trainer.Options) { o.Steps = math.MaxUint64 },
		"all epochs": func(o *trainer.Options) { o.Epochs = math.MaxInt },
		"no schedul": func(o *trainer.Options) { o.Schedule = nil },
	} {
		o := options(&store{})
		change(&o)
		if _, err := trainer.Run(t.Context(), nil, &colourTask{}, pictures, o); !errors.Is(err, formats.ErrUsage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
