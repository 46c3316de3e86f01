package commands

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/internal/rgb"
	"datum/models/network"
	"datum/models/template"
	"datum/openvino/install"
	"datum/train/loader"
	"datum/train/parameters"
	"datum/train/rundir"
	"datum/train/trainer"
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
			&cli.StringFlag{Name: "noisy-labels", Category: groupOutput, Usage: "write a list of annotations, the hardest to learn first, to `FILE`, in JSON: wrong ones are among the first"},
			&cli.IntFlag{Name: "epochs", Category: groupTraining, Usage: "go through the dataset `N` times; what the template says if not given"},
			&cli.IntFlag{Name: "batch", Category: groupTraining, Usage: "take `N` pictures at a time; what the template says if not given"},
			&cli.FloatFlag{Name: "lr", Category: groupTraining, Usage: "the highest learning `RATE`; what the template says if not given"},
			&cli.StringFlag{Name: "input-size", Category: groupTraining, Usage: "make pictures `WxH` pixels; what the template says if not given"},
			&cli.StringFlag{Name: "precision", Category: groupTraining, Usage: "compute in `TYPE`: f32 or mixed (products in bfloat16); what the template says if not given"},
			&cli.Uint64Flag{Name: "seed", Category: groupTraining, Usage: "begin all that is random with `N`: the same gives the same model", Value: 1},
			&cli.IntFlag{Name: "threads", Category: groupTraining, Usage: "use at most `N` threads for computing"},
			&cli.BoolFlag{Name: "dry-run", Category: groupTraining, Usage: "look at the dataset and say what would be trained"},
		}, fromFlags(), formatFlags(a.registry, reads), keyFlags()),
		Action: a.train,
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
	if n := c.Int("threads"); n < 0 || n > 1024 {
		return nil, usagef(c, "--threads is from 0 to 1024, not %d", n)
	}
	w, h, err := inputSize(c)
	if w > 0 {
		t.Input.Width, t.Input.Height = w, h
	}
	return t, err
}

// trainingData are the datasets of a training. Val may be the same as Train.
type trainingData struct {
	train, val             *datum.Dataset
	found                  []*datum.Found
	trainSubset, valSubset string
	encrypted              bool
	key                    *key.Key
	options                datum.Options
}

func (d *trainingData) close() {
	if d.val != nil && d.val != d.train {
		d.val.Close()
	}
	if d.train != nil {
		d.train.Close()
	}
	for _, m := range d.found {
		m.Close()
	}
	if d.key != nil {
		d.key.Destroy()
	}
}

// trainingData opens what is to be learnt from, and validated with. A wrong key is
// found here, before anything else is done.
func (a *app) trainingData(ctx context.Context, c *cli.Command) (_ *trainingData, err error) {
	root := c.String("train-data-roots")
	if root == "" {
		return nil, usagef(c, "the dataset is missing: --train-data-roots DATASET")
	}
	if c.String("output") == "" && !c.Bool("dry-run") {
		return nil, usagef(c, "the folder to write into is missing: -o RUN")
	}
	d := &trainingData{}
	if d.options, err = a.readOptions(c); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if d.train, err = a.openRoot(ctx, c, d, root); err != nil {
		return nil, err
	}
	d.val = d.train
	if val := c.String("val-data-roots"); val != "" && !sameFile(val, root) {
		if d.val, err = a.openRoot(ctx, c, d, val); err != nil {
			return nil, err
		}
	}
	return d, d.subsets(c)
}

func (a *app) openRoot(ctx context.Context, c *cli.Command, d *trainingData, path string) (*datum.Dataset, error) {
	o := d.options
	m, err := findDataset(ctx, path, o)
	if err != nil {
		return nil, err
	}
	d.found = append(d.found, m)
	if m.Encrypted && d.key == nil {
		if d.key, err = a.keyOf(c, m); err != nil {
			return nil, err
		}
	}
	o.Key = d.key
	d.encrypted = d.encrypted || m.Encrypted
	return m.Open(ctx, o.ImportOptions)
}

// subsets finds out which subsets are meant.
func (d *trainingData) subsets(c *cli.Command) error {
	d.trainSubset, d.valSubset = c.String("train-subset"), c.String("val-subset")
	names := func(ds *datum.Dataset) (list []string) {
		for _, s := range ds.Info().Subsets {
			list = append(list, s.Name)
		}
		return list
	}
	have := names(d.train)
	switch {
	case d.trainSubset != "":
	case slices.Contains(have, "train"):
		d.trainSubset = "train"
	case len(have) > 1:
		return formats.WithHint(formats.Reason(formats.ErrUsage, "there is no subset train; there are: %s", strings.Join(have, ", ")), "--train-subset names the one to learn from")
	case len(have) == 1:
		d.trainSubset = have[0]
	}
	have = names(d.val)
	if name := d.valSubset; name != "" {
		if len(have) > 0 && !slices.Contains(have, name) {
			return formats.Reason(formats.ErrUsage, "there is no subset %q to validate with; there are: %s", name, strings.Join(have, ", "))
		}
		return nil
	}
	for _, name := range []string{"val", "validation", "valid", "test"} {
		if slices.Contains(have, name) && (d.val != d.train || name != d.trainSubset) {
			d.valSubset = name
			return nil
		}
	}
	if d.val != d.train && len(have) == 1 {
		return nil
	}
	return formats.WithHint(formats.Reason(formats.ErrUsage, "there is no subset to validate with; there are: %s", strings.Join(have, ", ")),
		"--val-subset names one; without any, validating with what is learnt from (--val-subset %s) says little", d.trainSubset)
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
	survey     *trainer.Survey
	data       *trainingData
	dir        *rundir.Dir
	closers    []func() error
}

func (j *trainingJob) close() {
	for _, f := range j.closers {
		f()
	}
}

// prepareTraining looks at the data and says what is strange about them.
func (a *app) prepareTraining(ctx context.Context, c *cli.Command, t *template.Template, d *trainingData) (_ *trainingJob, err error) {
	j := &trainingJob{template: t, data: d, dir: &rundir.Dir{Path: filepath.Clean(c.String("output"))}}
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
	if j.survey, err = trainer.Look(ctx, j.task, trainer.Data{Dataset: d.train, Subset: d.trainSubset}, len(j.labels)); err != nil {
		return nil, err
	}
	return j, a.tellSurvey(j)
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
	if s.Outside > 0 {
		a.Warn("%s of a picture (the first: %s); what is outside is cut off", number(s.Outside, "box reaches out", "boxes reach out"), s.FirstOutside)
	}
	if s.Flat > 0 {
		a.Warn("%s no area (the first: %s), and cannot be learnt", number(s.Flat, "box has", "boxes have"), s.FirstFlat)
	}
	return nil
}

// trainLoading returns how pictures are read.
func (a *app) trainLoading(c *cli.Command, o datum.Options) loader.Options {
	load := loader.Options{Workers: o.Workers, Limits: o.Limits, Skip: o.Skip, Scaled: true}
	if rgb.Turbo() == nil {
		load.Turbo = install.FindTurbo(a.getenv)
	}
	return load
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
	Steps      uint64          `json:"steps"`
	Stopped    bool            `json:"stopped_early"`
	Seconds    float64         `json:"seconds"`
	CPUSeconds float64         `json:"cpu_seconds"`
	Waited     float64         `json:"waited_seconds"`
	text       string
}

func (*trained) Kind() string { return "training" }

func (j *trainingJob) result(r *trainer.Result) *trained {
	t := &trained{Template: j.template.Name, Task: j.kind, Parameters: j.parameters, Classes: len(j.labels),
		Encrypted: j.data.encrypted, Sealed: j.dir.Key != nil, Survey: j.survey, Epochs: j.template.Schedule.Epochs}
	if r == nil {
		t.text = fmt.Sprintf("%s of %d parameters would be trained in %s of %s", t.Template, t.Parameters, number(t.Epochs, "epoch", "epochs"), number(j.survey.Pictures, "picture", "pictures"))
		return t
	}
	t.Model, t.Epochs, t.Steps, t.Stopped = j.dir.Model(), len(r.Epochs), r.Steps, r.Stopped
	for i := range r.Epochs {
		e := &r.Epochs[i]
		t.Seconds += e.Seconds + e.ValidationSeconds
		t.Waited += e.Waited
		if e.Number == r.Best {
			t.Best = e
		}
	}
	return t
}
