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
	"datum/internal/learningcurves"
	"datum/internal/ui"
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
	if err := beginRun(ctx, c, j); err != nil {
		return err
	}
	o := recipe.Options(j.template, j.epochs, c.Int("threads"))
	o.Steps = j.steps
	o.Train = trainer.Data{Dataset: j.data.train, Subset: j.data.trainSubset}
	o.Val = trainer.Data{Dataset: j.data.val, Subset: j.data.valSubset}
	o.Loader, o.Seed, o.Resume, o.Store = a.loading(c, j.data.options), c.Uint64("seed"), c.Bool("resume"), j.dir
	o.Loader.Scaled = true
	o.Initial = j.initial
	o.Suspicious = c.String("noisy-labels") != ""
	t := j.template
	a.Note("%s, %d parameters: %s of batches of %d at %d×%d", t.Name, j.parameters,
		number(t.Schedule.Epochs, "epoch", "epochs"), t.Batch, t.Input.Width, t.Input.Height)
	w, err := a.watchTraining(j.watched())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	o.OnStep, o.OnEpoch = w.step, w.epoch
	r, err := trainer.Run(ctx, core, j.task, j.survey.Pictures, o)
	w.done()
	if err != nil {
		return stays(ctx, j.dir, err)
	}
	done := j.result(r)
	done.CPUSeconds = cpuSeconds()
	if err := w.page(ctx, done.ending(r.Epochs)); err != nil {
		return err
	}
	if path := c.String("noisy-labels"); path != "" {
		if err := a.writeSuspects(ctx, path, c.Bool("overwrite") || c.Bool("resume"), j, r.Objects); err != nil {
			return err
		}
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
func beginRun(ctx context.Context, c *cli.Command, j *trainingJob) error {
	again := c.Bool("overwrite") || c.Bool("resume")
	if out := (modelOutput{path: c.String("noisy-labels"), overwrite: again}); out.path != "" {
		if err := out.check(nil); err != nil {
			return err
		}
	}
	if c.Bool("resume") {
		return j.dir.Continue(ctx)
	}
	return j.dir.Begin(c.Bool("overwrite"))
}

// stays says what there is after an interruption.
func stays(ctx context.Context, dir *rundir.Dir, err error) error {
	if ctx.Err() == nil {
		return err
	}
	hint := "nothing that was trained is kept; the same command with --overwrite begins anew"
	if _, missing := os.Stat(dir.Checkpoint()); missing == nil {
		hint = "what was trained until the last checkpoint is in " + dir.Path + "; the same command with --resume goes on, without --overwrite"
	}
	return formats.WithHint(formats.Reason(datum.ErrResumable, "%w", err), "%s", hint)
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
	w.fact("pictures", j.survey.Pictures)
	w.fact("classes", len(j.labels))
	w.fact("parameters", j.parameters)
	return w
}

func (w *watched) fact(name string, value any) {
	w.facts = append(w.facts, learningcurves.Fact{Name: name, Value: fmt.Sprint(value)})
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
	epochs []trainer.Epoch
	err    error // the first of writing the events
}

func (a *app) watchTraining(of watched) (*trainingWatch, error) {
	w := &trainingWatch{app: a, watched: of}
	var err error
	if w.events, w.file, err = events.Create(of.dir.Path, time.Now()); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *trainingWatch) close() error {
	w.done()
	return w.file.Close()
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
	w.write(int64(s.Step), events.Scalar{Name: "train/loss", Value: s.Loss}, events.Scalar{Name: "train/learning_rate", Value: s.Rate}, events.Scalar{Name: "train/gradient", Value: s.Norm})
}

func (w *trainingWatch) write(step int64, points ...events.Scalar) {
	if err := w.events.Scalars(time.Now(), step, points...); w.err == nil {
		w.err = err
	}
}

func (w *trainingWatch) epoch(e *trainer.Epoch) {
	w.epochs = append(w.epochs, *e)
	points := []events.Scalar{{Name: "epoch/loss", Value: e.Loss}, {Name: "epoch/" + w.unit + "_per_second", Value: float64(e.Pictures) / e.Seconds}}
	for _, f := range e.Figures {
		points = append(points, events.Scalar{Name: "val/" + strings.ReplaceAll(f.Name, " ", "_"), Value: f.Value})
	}
	w.write(int64(e.Steps), points...)
	w.app.Note("%s", w.epochLine(e))
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

// ending is what the page shows of a training that is over.
type ending struct {
	epochs  []trainer.Epoch
	best    *trainer.Epoch
	steps   uint64
	seconds float64
}

func (t *trained) ending(epochs []trainer.Epoch) ending {
	return ending{epochs, t.Best, t.Steps, t.Seconds}
}

// page writes the curves.
func (w *trainingWatch) page(ctx context.Context, end ending) error {
	w.fact("steps", end.steps)
	w.fact("seconds", fmt.Sprintf("%.0f", end.seconds))
	p := &learningcurves.Report{Title: "Training of " + w.name, Facts: w.facts}
	if b := end.best; b != nil {
		for _, f := range b.Figures {
			p.Large = append(p.Large, learningcurves.Figure{Value: fmt.Sprintf("%.3f", f.Value), Name: f.Name, Phrase: fmt.Sprintf("after epoch %d, the best", b.Number)})
		}
	}
	loss := learningcurves.Chart{Title: "Loss", Across: "steps", Lines: []learningcurves.Line{{Name: "of each step", X: w.losses.x, Y: w.losses.y}}}
	var steps, means []float64
	figures := map[string][]float64{}
	var names []string
	for _, e := range end.epochs {
		steps, means = append(steps, float64(e.Steps)), append(means, e.Loss)
		for _, f := range e.Figures {
			if _, known := figures[f.Name]; !known {
				names = append(names, f.Name)
			}
			figures[f.Name] = append(figures[f.Name], f.Value)
		}
	}
	loss.Lines = append(loss.Lines, learningcurves.Line{Name: "mean of each epoch", X: steps, Y: means})
	score := learningcurves.Chart{Title: "Validation", Across: "steps"}
	for _, name := range names {
		score.Lines = append(score.Lines, learningcurves.Line{Name: name, X: steps, Y: figures[name]})
	}
	if end.best != nil {
		score.Marks = []learningcurves.Mark{{At: float64(end.best.Steps), Name: "best"}}
	}
	rate := learningcurves.Chart{Title: "Learning rate", Across: "steps", Lines: []learningcurves.Line{{Name: "rate", X: w.rates.x, Y: w.rates.y}}}
	p.Charts = []learningcurves.Chart{loss, score, rate}
	return w.dir.WriteFile(ctx, rundir.Curves, func(out io.Writer) error { return learningcurves.WriteHTML(out, p) })
}

// thinned keeps a curve in a bounded number of points: when there are too many,
// every other one goes, and from then on only as many come.
type thinned struct {
	x, y     []float64
	every, n int
}

const mostPoints = 2000

func (t *thinned) add(x, y float64) {
	t.n++
	if t.every == 0 {
		t.every = 1
	}
	if t.n%t.every != 0 {
		return
	}
	t.x, t.y = append(t.x, x), append(t.y, y)
	if len(t.x) < mostPoints {
		return
	}
	for i := range mostPoints / 2 {
		t.x[i], t.y[i] = t.x[2*i+1], t.y[2*i+1]
	}
	t.x, t.y, t.every = t.x[:mostPoints/2], t.y[:mostPoints/2], 2*t.every
}

func (t *trained) Text(w io.Writer) { fmt.Fprintln(w, t.text) }

func summaryOf(t *trained) string {
	s := fmt.Sprintf("trained in %s, %d steps, %.0f s (%.0f s of CPU, %.1f %% of the time waiting for data)",
		number(t.Epochs, "epoch", "epochs"), t.Steps, t.Seconds, t.CPUSeconds, 100*t.Waited/max(t.Seconds, 1e-9))
	if t.Stopped {
		s += "; nothing got better any more"
	}
	if b := t.Best; b != nil {
		var figures []string
		for _, f := range b.Figures {
			figures = append(figures, fmt.Sprintf("%s %.4f", f.Name, f.Value))
		}
		s += fmt.Sprintf("\nthe best is that after epoch %d: %s", b.Number, strings.Join(figures, ", "))
	}
	return s + "\nthe model is in " + t.Model + ", the curves are in " + filepath.Join(filepath.Dir(t.Model), rundir.Curves)
}
