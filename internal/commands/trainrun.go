package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/formats"
	"datum/graph"
	"datum/internal/learningcurves"
	"datum/internal/ui"
	heads "datum/models/detection"
	"datum/train/events"
	"datum/train/recipe"
	"datum/train/rundir"
	"datum/train/trainer"
)

// runTraining trains, and writes what there is to be seen of it.
func (a *app) runTraining(ctx context.Context, c *cli.Command, j *trainingJob) (err error) {
	core, err := a.loadRuntime()
	if err != nil {
		return err
	}
	if err := a.tellPrecision(core, j.template.Optimizer.Precision); err != nil {
		return err
	}
	if err := a.beginRun(ctx, c, j); err != nil {
		return err
	}
	o := recipe.Options(j.template, j.epochs, c.Int("threads"))
	o.Steps = j.steps
	o.Train = trainer.Data{Dataset: j.data.train, Subset: j.data.trainSubset}
	o.Val = trainer.Data{Dataset: j.data.val, Subset: j.data.valSubset}
	o.Loader, o.Seed, o.Resume, o.Store = a.loading(c, j.data.options), c.Uint64("seed"), j.resume, j.dir
	o.Loader.Scaled = true
	o.Initial = j.initial
	o.About = graph.Attrs{{Name: "template", Value: j.template.Name}, {Name: "precision", Value: j.template.Optimizer.Precision},
		{Name: "pictures", Value: fmt.Sprint(j.survey.Pictures)}, {Name: "seed", Value: fmt.Sprint(o.Seed)}}
	if how := j.input.Resize; how == heads.Letterbox || how == heads.LetterboxCorner {
		o.Recipe.Stretch, o.Recipe.Fill = false, [3]byte{j.input.Pad, j.input.Pad, j.input.Pad}
	}
	o.Suspicious = c.String("noisy-labels") != ""
	t := j.template
	a.Note("%s, %d parameters: %s of batches of %d at %d×%d", t.Name, j.parameters,
		number(t.Schedule.Epochs, "epoch", "epochs"), t.Batch, t.Input.Width, t.Input.Height)
	w, err := a.watchTraining(j.watched())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	o.OnBegin, o.OnStep = w.begin, w.step
	o.OnEpoch = func(e *trainer.Epoch) { w.epoch(ctx, e) }
	r, err := trainer.Run(ctx, core, j.task, j.survey.Pictures, o)
	w.done()
	if path := c.String("noisy-labels"); err == nil && path != "" {
		err = a.writeSuspects(ctx, path, c.Bool("overwrite") || c.Bool("resume"), j, r.Objects)
	}
	if err != nil {
		return stays(ctx, j.dir, withoutGradient(err))
	}
	done := j.result(r)
	done.CPUSeconds = cpuSeconds()
	if o.Suspicious {
		done.Unrated = a.unrated(j, r)
	}
	done.text = summaryOf(done)
	if err := errors.Join(w.err, a.Result(done)); err != nil {
		return err
	}
	return a.skipped(j.data.options.Skip)
}

// beginRun makes the folder, or looks for the checkpoint of the training that is to
// go on: where there is none, nothing is written. What would be an error only
// after hours of training is one here.
func (a *app) beginRun(ctx context.Context, c *cli.Command, j *trainingJob) error {
	again := c.Bool("overwrite") || c.Bool("resume")
	if out := (modelOutput{path: c.String("noisy-labels"), overwrite: again}); out.path != "" {
		if err := out.check(nil); err != nil {
			return err
		}
	}
	j.closers = append(j.closers, j.dir.Close)
	return a.enter(ctx, c, j.dir, j.resume)
}

// enter makes the folder of a training or, where one goes on, finds its checkpoint.
func (a *app) enter(ctx context.Context, c *cli.Command, dir *rundir.Dir, resume bool) error {
	if resume {
		return dir.Continue(ctx)
	}
	if c.Bool("resume") {
		a.Note("the training in %s was killed in its first epoch; it begins anew", dir.Path)
	}
	return dir.Begin(c.Bool("overwrite"))
}

// stays says what there is after an interruption, or another error. What came to
// nothing is taken back.
func stays(ctx context.Context, dir *rundir.Dir, err error) error {
	if dir.Withdraw() || ctx.Err() == nil {
		return err
	}
	what := " holds the best model and a checkpoint after the last whole epoch"
	switch model, checkpoint := dir.Holds(); {
	case !checkpoint: // between model and checkpoint
		return &leftover{dir.Path + " holds the model after the first epoch, and no checkpoint to go on from", err}
	case !model: // there are checkpoints within an epoch
		what = " holds a checkpoint, and no model of this training yet"
	case dir.Clicks:
		what = " holds the best model and the last checkpoint"
	}
	return &leftover{dir.Path + what, formats.WithHint(formats.Reason(datum.ErrResumable, "%w", err), "the same command with --resume goes on, without --overwrite")}
}

// cpuSeconds is what this process has taken so far.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// watched is a training that is shown while it goes on.
type watched struct {
	name   string // of what is trained
	dir    *rundir.Dir
	epochs int
	// each is how many pictures, or whatever unit says, a step learns from.
	each  int
	unit  string
	facts []learningcurves.Fact
}

func (j *trainingJob) watched() watched {
	t := j.template
	w := watched{name: t.Name, dir: j.dir, epochs: t.Schedule.Epochs, each: t.Batch * max(1, t.Accumulate), unit: "pictures"}
	w.fact("pictures", grouped(j.survey.Pictures))
	w.fact("classes", grouped(len(j.labels)))
	w.fact("parameters", grouped(j.parameters))
	return w
}

func (w *watched) fact(name, value string) {
	w.facts = append(w.facts, learningcurves.Fact{Name: name, Value: value})
}

// trainingWatch shows how a training goes, and keeps its curves.
type trainingWatch struct {
	watched
	app    *app
	meter  *ui.Meter // of pictures; nil before the first step
	before int       // steps of an earlier run
	events *events.Writer
	file   *os.File
	losses thinned
	rates  thinned
	norms  thinned // of the gradient
	epochs []trainer.Epoch
	err    error // the first of writing events or curves
	// written says that there are events, and not only the head of their file.
	written bool
}

func (a *app) watchTraining(of watched) (*trainingWatch, error) {
	w := &trainingWatch{app: a, watched: of}
	var err error
	if w.events, w.file, err = events.Create(of.dir.Path, time.Now()); err != nil {
		return nil, err
	}
	return w, nil
}

// close leaves no events of a run without a step, such as one that could not go on.
func (w *trainingWatch) close() error {
	w.done()
	err := w.file.Close()
	if !w.written {
		os.Remove(w.file.Name()) // it may have been taken back already
	}
	return err
}

// done takes the meter off the screen.
func (w *trainingWatch) done() {
	if w.meter != nil {
		w.meter.Done()
	}
}

// count shows how many pictures have been seen. The meter begins with the first step:
// before it the network is compiled, and a training that goes on has done a part before.
func (w *trainingWatch) count(s trainer.StepReport) {
	if w.meter == nil {
		w.before = int(s.Step) - 1
		w.meter = w.app.Meter("training", (int(s.Steps)-w.before)*w.each)
	}
	w.meter.Set((int(s.Step) - w.before) * w.each)
}

func (w *trainingWatch) step(s trainer.StepReport) {
	w.count(s)
	w.losses.add(float64(s.Step), s.Loss)
	w.rates.add(float64(s.Step), s.Rate)
	w.norms.add(float64(s.Step), s.Norm)
	w.write(int64(s.Step), events.Scalar{Name: "train/loss", Value: s.Loss}, events.Scalar{Name: "train/learning_rate", Value: s.Rate}, events.Scalar{Name: "train/gradient", Value: s.Norm})
}

func (w *trainingWatch) write(step int64, points ...events.Scalar) {
	w.written = true
	if err := w.events.Scalars(time.Now(), step, points...); w.err == nil {
		w.err = err
	}
}

// begin takes up what was trained before, where a training goes on.
func (w *trainingWatch) begin(history []trainer.Epoch) {
	if w.epochs = history; len(history) == 0 {
		w.dir.NoModelYet()
		return
	}
	w.app.Note("it goes on after epoch %d", len(history))
}

func (w *trainingWatch) epoch(ctx context.Context, e *trainer.Epoch) {
	w.epochs = append(w.epochs, *e)
	points := []events.Scalar{{Name: "epoch/loss", Value: e.Loss}, {Name: "epoch/" + w.unit + "_per_second", Value: float64(e.Pictures) / e.Seconds}}
	for _, f := range e.Figures {
		points = append(points, events.Scalar{Name: "val/" + strings.ReplaceAll(f.Name, " ", "_"), Value: f.Value})
	}
	w.write(int64(e.Steps), points...)
	w.app.Note("%s", w.epochLine(e))
	if err := w.page(ctx); w.err == nil {
		w.err = err
	}
}

// epochLine says in a line of a terminal how an epoch went: of the figures only the
// first two, as the others are on the page of curves.
func (w *watched) epochLine(e *trainer.Epoch) string {
	all := fmt.Sprint(w.epochs)
	line := fmt.Sprintf("epoch %*d of %s: loss %.4f", len(all), e.Number, all, e.Loss)
	for _, f := range e.Figures[:min(2, len(e.Figures))] {
		line += fmt.Sprintf(", %s %.3f", f.Name, f.Value)
	}
	line += fmt.Sprintf(", %.0f %s/s", float64(e.Pictures)/e.Seconds, w.unit)
	if e.Best {
		line += ", best"
	}
	return line
}

func (t *trained) Text(w io.Writer) { fmt.Fprintln(w, t.text) }

func summaryOf(t *trained) string {
	s := effort(t.Epochs, t.Steps, t.Seconds, t.CPUSeconds, t.Waited)
	if t.Stopped {
		s += "; nothing got better any more"
	}
	if b := t.Best; b != nil {
		s += fmt.Sprintf("\nthe best is that after epoch %d: %s", b.Number, figuresOf(b))
	}
	return s + "\n" + whereIs(t.Model)
}

// effort says what a training took.
func effort(epochs int, steps uint64, seconds, cpu, waited float64) string {
	return fmt.Sprintf("trained in %s, %d steps, %.0f s (%.0f s of CPU, %.1f %% of the time waiting for data)",
		number(epochs, "epoch", "epochs"), steps, seconds, cpu, 100*waited/max(seconds, 1e-9))
}

// figuresOf says how good an epoch was.
func figuresOf(e *trainer.Epoch) string {
	var list []string
	for _, f := range e.Figures {
		list = append(list, fmt.Sprintf("%s %.4f", f.Name, f.Value))
	}
	return strings.Join(list, ", ")
}

// whereIs says where a model is, and the curves of its training.
func whereIs(model string) string {
	return "the model is in " + model + ", the curves are in " + filepath.Join(filepath.Dir(model), rundir.Curves)
}
