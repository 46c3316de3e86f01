package commands

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v3"

	"datum/dataset"
	"datum/formats"
	heads "datum/models/detection"
	"datum/models/evaluate"
	"datum/models/network"
	"datum/models/template"
	"datum/train/parameters"
	"datum/train/recipe"
	"datum/train/rundir"
	"datum/train/trainer"
	"datum/train/vision"
)

const groupTraining = "training"

func (a *app) trainCommand() *cli.Command {
	return &cli.Command{
		Name:      "train",
		Usage:     "train a model on a dataset, encrypted or not",
		UsageText: "datum train TEMPLATE|--from MODEL --train-data-roots DATASET [--val-data-roots DATASET] -o RUN [--encryption-key-file FILE]",
		Description: `TEMPLATE is a name that datum find shows, or a file. The dataset is decrypted in memory only. After each epoch
the model is validated; the best one stays in the folder RUN, sealed under the key of the dataset unless --plain-output is
given, with a checkpoint from which --resume goes on after an interruption, and curves as a page and for TensorBoard.

A training need not begin with nothing. --init-from takes the weights of an earlier one out of its checkpoint, of the same key
if it is sealed: parameters of the same name and shape are taken, so that classes, size and dataset may be others, and the rest
begins anew. The model of a training will not do, as its normalisations are folded into its filters. --from trains a classifier
that others made, an .xml of OpenVINO: it takes pictures as datum eval gives them to it, its last layer is replaced if the
dataset has another number of classes, and the normalisations that were folded into its filters stay there. The result is such
a model with the labels of the dataset. TEMPLATE then says only how it is trained, and may be left out.`,
		Flags: concat([]cli.Flag{
			&cli.StringFlag{Name: "train-data-roots", Category: groupInput, Usage: "the dataset to learn from, a `PATH` or URL"},
			&cli.StringFlag{Name: "val-data-roots", Category: groupInput, Usage: "the dataset to validate with, a `PATH` or URL; that to learn from if not given"},
			&cli.StringFlag{Name: "train-subset", Category: groupInput, Usage: "learn from the subset `NAME`; train, or the only one, if not given"},
			&cli.StringFlag{Name: "val-subset", Category: groupInput, Usage: "validate with the subset `NAME`; val, validation or test if not given"},
		}, withoutInput(inputFlags()), []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupOutput, Usage: "the folder `RUN` of this training"},
			&cli.BoolFlag{Name: "overwrite", Category: groupOutput, Usage: "replace an older training there"},
			&cli.BoolFlag{Name: "resume", Category: groupOutput, Usage: "go on with a training that was interrupted"},
			&cli.BoolFlag{Name: "plain-output", Category: groupOutput, Usage: "write model and checkpoint in plain, though the dataset is encrypted"},
			&cli.StringFlag{Name: "noisy-labels", Category: groupOutput, Usage: "write a list of annotations, the most doubtful first, to `FILE`, in JSON: wrong ones are among the first"},
			&cli.IntFlag{Name: "epochs", Category: groupTraining, Usage: "go through the dataset `N` times; what the template says if not given"},
			&cli.IntFlag{Name: "steps", Category: groupTraining, Usage: "train for `N` steps, whatever part of an epoch the last one is"},
			&cli.IntFlag{Name: "batch", Category: groupTraining, Usage: "take `N` pictures at a time; what the template says if not given"},
			&cli.FloatFlag{Name: "lr", Category: groupTraining, Usage: "the highest learning `RATE`; what the template says if not given"},
			&cli.StringFlag{Name: "input-size", Category: groupTraining, Usage: "make pictures `WxH` pixels; what the template says if not given"},
			&cli.StringFlag{Name: "precision", Category: groupTraining, Usage: "compute in `TYPE`: f32 or mixed (products in bfloat16); what the template says if not given"},
			&cli.Uint64Flag{Name: "seed", Category: groupTraining, Usage: "begin all that is random with `N`: the same gives the same model", Value: 1},
			&cli.IntFlag{Name: "threads", Category: groupTraining, Usage: "use at most `N` threads for computing"},
			&cli.BoolFlag{Name: "dry-run", Category: groupTraining, Usage: "look at the dataset and say what would be trained"},
		}, fromFlags(), formatFlags(a.registry, reads), keyFlags()),
		Commands: []*cli.Command{a.trainCtrCommand()},
		Action:   a.train,
	}
}

// withoutInput leaves out the flags that name one dataset.
func withoutInput(flags []cli.Flag) []cli.Flag {
	return slices.DeleteFunc(flags, func(f cli.Flag) bool { return f.Names()[0] == "input-path" })
}

func (a *app) train(ctx context.Context, c *cli.Command) error {
	t, err := a.beginning(c)
	if err != nil {
		return err
	}
	data, err := a.trainingData(ctx, c)
	if err != nil {
		return err
	}
	defer data.close()
	job, err := a.prepareTraining(ctx, c, t, data)
	if err != nil {
		return err
	}
	defer job.close()
	if c.Bool("dry-run") {
		return a.Result(job.result(nil))
	}
	return a.runTraining(ctx, c, job)
}

// templateOf reads the template, which is changed where change is not nil, and what
// the command line says better.
func (a *app) templateOf(c *cli.Command, name string, change func(*template.Template)) (*template.Template, error) {
	t, err := template.Load(name)
	if err != nil {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%w", err), "%s", cmp.Or(formats.Hint(err), "datum find shows the templates, and datum find NAME prints one"))
	}
	if change != nil {
		change(t)
	}
	for name, set := range map[string]*int{"epochs": &t.Schedule.Epochs, "batch": &t.Batch} {
		if !c.IsSet(name) {
			continue
		}
		if *set = c.Int(name); *set < 1 || *set > 1<<20 {
			return nil, usagef(c, "--%s is a number above 0, not %d", name, *set)
		}
	}
	if c.IsSet("steps") {
		switch n := c.Int("steps"); {
		case c.IsSet("epochs"):
			return nil, usagef(c, "--steps and --epochs exclude each other")
		case n < 1 || n > 1<<30:
			return nil, usagef(c, "--steps is a number above 0, not %d", n)
		}
	}
	if c.IsSet("lr") {
		if t.Optimizer.Rate = c.Float("lr"); !(t.Optimizer.Rate > 0 && t.Optimizer.Rate <= 100) {
			return nil, usagef(c, "--lr is a number above 0, not %v", t.Optimizer.Rate)
		}
	}
	if c.IsSet("precision") {
		if t.Optimizer.Precision = c.String("precision"); t.Optimizer.Precision != "f32" && t.Optimizer.Precision != "mixed" {
			return nil, usagef(c, "--precision is f32 or mixed, not %q", t.Optimizer.Precision)
		}
	}
	if err := within(c, "threads", 0, mostThreads); err != nil {
		return nil, err
	}
	w, h, err := inputSize(c)
	if w > 0 {
		t.Input.Width, t.Input.Height = w, h
	}
	return t, err
}

// trainingJob is a training that is ready to begin.
type trainingJob struct {
	template *template.Template
	kind     network.Task
	labels   []string
	task     trainer.Task
	// set are the parameters of a network of datum, parameters how many numbers are
	// trained, and initial those to begin with where they come from elsewhere.
	set        *parameters.Set
	parameters int
	initial    parameters.Values
	input      heads.Input // of a model of others
	survey     *trainer.Survey
	// steps is how many are trained where that was said, and epochs how often all of the
	// data is seen, which need not be a whole number then.
	steps  uint64
	epochs float64
	data   *trainingData
	dir    *rundir.Dir
	// resume says that the training goes on with the checkpoint that is in dir.
	resume  bool
	closers []func() error
}

func (j *trainingJob) close() {
	for _, f := range j.closers {
		f()
	}
}

// prepareTraining looks at the data and says what is strange about them.
func (a *app) prepareTraining(ctx context.Context, c *cli.Command, t *template.Template, d *trainingData) (_ *trainingJob, err error) {
	j := &trainingJob{template: t, data: d, dir: &rundir.Dir{Path: filepath.Clean(c.String("output"))}}
	j.resume = c.Bool("resume") && !j.dir.Abandoned()
	defer func() {
		if err != nil {
			j.close()
		}
	}()
	if d.encrypted && !c.Bool("plain-output") {
		j.dir.Key = d.key
	}
	categories := &d.train.Info().Categories
	if categories.Labels == nil || len(categories.Labels.Labels) == 0 {
		return nil, formats.Reason(formats.ErrUsage, "%s has no categories to learn", d.train.Path())
	}
	for _, l := range categories.Labels.Labels {
		j.labels = append(j.labels, l.Name)
	}
	if err = a.task(ctx, c, j, categories); err != nil {
		return nil, err
	}
	if j.survey, err = trainer.Look(ctx, j.task.Objects, trainer.Data{Dataset: d.train, Subset: d.trainSubset}, len(j.labels)); err != nil {
		return nil, err
	}
	if err := a.tellSurvey(j); err != nil {
		return nil, err
	}
	if j.survey.Pictures < t.Batch {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%s: not enough for a batch of %d", number(j.survey.Pictures, "picture", "pictures"), t.Batch), "take smaller batches with --batch")
	}
	j.plan(uint64(c.Int("steps")))
	return j, a.lookAtValidation(ctx, j)
}

// plan decides how long the training is, which may be said in steps.
func (j *trainingJob) plan(steps uint64) {
	j.steps, j.epochs = steps, recipe.Epochs(j.template, j.survey.Pictures, steps)
	j.template.Schedule.Epochs = int(math.Ceil(j.epochs))
}

// lookAtValidation refuses data that nothing can be measured with: the first epoch
// would pass for the best one, and the training end when the patience does.
func (a *app) lookAtValidation(ctx context.Context, j *trainingJob) error {
	d, categories := j.data, &j.data.val.Info().Categories
	if d.val != d.train {
		names := make(map[int]string, len(j.labels))
		for i, name := range j.labels {
			names[i] = name
		}
		matched, err := evaluate.Match(evaluate.Model{Classes: len(j.labels), Labels: names}, nil, categories)
		if err != nil {
			return err
		}
		a.matching(matched)
	}
	objects, err := vision.Objects(j.kind, j.labels, categories)
	if err != nil {
		return err
	}
	s, err := trainer.Look(ctx, objects, trainer.Data{Dataset: d.val, Subset: d.valSubset}, len(j.labels))
	if err != nil {
		return err
	}
	if s.Objects == 0 {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "there is nothing to validate with: no picture has one of the classes"), "--val-subset and --val-data-roots name other data")
	}
	return nil
}

// task decides what is trained, and what it begins with.
func (a *app) task(ctx context.Context, c *cli.Command, j *trainingJob, categories *dataset.Categories) error {
	if c.String("from") != "" {
		return a.foreignTask(ctx, c, j, categories)
	}
	if err := j.ownTask(categories); err != nil {
		return err
	}
	return a.adopt(c, j)
}

// tellSurvey says what was found, and refuses data of which nothing can be learnt.
func (a *app) tellSurvey(j *trainingJob) error {
	s := j.survey
	if s.Objects == 0 {
		what := "boxes"
		if j.kind == network.Classification {
			what = "labels of pictures"
		}
		return formats.WithHint(formats.Reason(formats.ErrUsage, "there are no %s to learn from", what), "datum info shows what the dataset has; datum find shows templates for other tasks")
	}
	a.Note("%s with %s of %s to learn from", number(s.Pictures, "picture", "pictures"), number(s.Objects, "object", "objects"), number(len(j.labels), "class", "classes"))
	var none []string
	least, most := -1, 0
	for i, n := range s.Labels {
		a.Detail("%7d  %s", n, j.labels[i])
		if n == 0 {
			none = append(none, j.labels[i])
			continue
		}
		if least < 0 || n < s.Labels[least] {
			least = i
		}
		if n > s.Labels[most] {
			most = i
		}
	}
	if len(none) > 0 {
		a.Warn("there is nothing to learn of %s: %s", number(len(none), "class", "classes"), someOf(none))
	}
	if imbalance := 20; s.Labels[most] > imbalance*s.Labels[least] {
		a.Warn("classes are uneven: %d of %s, %d of %s", s.Labels[most], j.labels[most], s.Labels[least], j.labels[least])
	}
	if s.Unusable > 0 {
		a.Warn("%s cannot be learnt from, without a label or with several", number(s.Unusable, "picture", "pictures"))
	}
	if s.Crowds > 0 {
		a.Note("%s of crowds: neither learnt nor taken for nothing", number(s.Crowds, "box", "boxes"))
	}
	if s.Outside > 0 {
		a.Warn("%s of a picture (the first: %s); what is outside is cut off", number(s.Outside, "box reaches out", "boxes reach out"), s.FirstOutside)
	}
	if s.Flat > 0 {
		a.Warn("%s no area (the first: %s), and cannot be learnt", number(s.Flat, "box has", "boxes have"), s.FirstFlat)
	}
	return nil
}

// trained is what a training came to.
type trained struct {
	Template   string          `json:"template"`
	Task       network.Task    `json:"task"`
	Parameters int             `json:"parameters"`
	Classes    int             `json:"classes"`
	Encrypted  bool            `json:"encrypted"`
	Sealed     bool            `json:"sealed"`
	Survey     *trainer.Survey `json:"survey"`
	Model      string          `json:"model,omitempty"`
	Best       *trainer.Epoch  `json:"best,omitempty"`
	Epochs     int             `json:"epochs"`
	History    []trainer.Epoch `json:"history,omitempty"`
	Steps      uint64          `json:"steps"`
	Stopped    bool            `json:"stopped_early"`
	Seconds    float64         `json:"seconds"`
	CPUSeconds float64         `json:"cpu_seconds"`
	Waited     float64         `json:"waited_seconds"`
	// Unrated are objects that the list of noisy labels says nothing about.
	Unrated int `json:"objects_unrated,omitempty"`
	text    string
}

func (*trained) Kind() string { return "training" }

func (j *trainingJob) result(r *trainer.Result) *trained {
	t := &trained{Template: j.template.Name, Task: j.kind, Parameters: j.parameters, Classes: len(j.labels),
		Encrypted: j.data.encrypted, Sealed: j.dir.Key != nil, Survey: j.survey, Epochs: j.template.Schedule.Epochs}
	if r == nil {
		t.text = fmt.Sprintf("%s of %d parameters would be trained in %s of %s", t.Template, t.Parameters, number(t.Epochs, "epoch", "epochs"), number(j.survey.Pictures, "picture", "pictures"))
		return t
	}
	t.Model, t.Epochs, t.History, t.Steps, t.Stopped = j.dir.Model(), len(r.Epochs), r.Epochs, r.Steps, r.Stopped
	t.Best = bestOf(r.Epochs)
	t.Seconds, t.Waited = spent(r.Epochs)
	return t
}
