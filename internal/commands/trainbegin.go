package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/urfave/cli/v3"

	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/graph"
	"datum/graph/grad"
	heads "datum/models/detection"
	"datum/models/metadata"
	"datum/models/modelfile"
	"datum/models/network"
	"datum/models/predict"
	"datum/models/template"
	"datum/openvino"
	"datum/train/parameters"
	"datum/train/rundir"
	"datum/train/trainer"
	"datum/train/vision"
)

// What a training begins with, if that is not nothing: the weights of an earlier one
// (--init-from), or a model that others made (--from).

// fromFlags say where a training begins.
func fromFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "init-from", Category: groupTraining, Usage: "begin with the weights of an earlier training, a folder `RUN` or its checkpoint"},
		&cli.StringFlag{Name: "from", Category: groupModel, Usage: "train a classifier that others made, a `FILE` .xml of OpenVINO, plain or encrypted; no template is needed"},
		&cli.StringFlag{Name: "freeze", Category: groupModel, Usage: "leave weights of the model of --from as they are: those of its first `N` layers, or backbone, all but the last one"},
	}, slices.DeleteFunc(visionFlags(), func(f cli.Flag) bool {
		return !slices.Contains([]string{"resize", "input-color", "mean", "scale"}, f.Names()[0])
	})...)
}

// fineTuning is how a model of others is trained where no template says it.
const fineTuning = "classification-small"

func fineTuned(t *template.Template) {
	t.Name, t.Architecture = "fine-tuning", ""
	t.Schedule.Epochs, t.Schedule.Patience, t.Schedule.Warmup = 20, 6, 0.5
	t.Optimizer.Rate, t.Optimizer.Average = 2e-4, 0.99
	t.Augmentation.MixUp, t.Smoothing = 0, 0.05
}

// beginning returns the template that is meant, with what the command line says.
func (a *app) beginning(c *cli.Command) (*template.Template, error) {
	from := c.String("from")
	if from == "" {
		for _, name := range []string{"freeze", "resize", "input-color", "mean", "scale"} {
			if c.IsSet(name) {
				return nil, usagef(c, "--%s is for a model of --from", name)
			}
		}
		args, err := exactly(c, 1)
		if err != nil {
			return nil, err
		}
		return a.templateOf(c, args[0], nil)
	}
	if c.IsSet("init-from") {
		return nil, usagef(c, "--from and --init-from exclude each other")
	}
	if c.Args().Len() == 0 {
		return a.templateOf(c, fineTuning, fineTuned)
	}
	args, err := exactly(c, 1)
	if err != nil {
		return nil, err
	}
	return a.templateOf(c, args[0], nil)
}

// ownTask is that of a network of datum.
func (j *trainingJob) ownTask(categories *dataset.Categories) error {
	n, err := network.New(j.template.Network(len(j.labels)))
	if err != nil {
		return formats.Reason(formats.ErrUsage, "%w", err)
	}
	j.kind, j.set, j.parameters = n.Task, n.Parameters(), parametersOf(n)
	j.task, err = vision.New(n, j.labels, categories)
	return err
}

// parametersOf is how many numbers are trained.
func parametersOf(n *network.Network) (sum int) {
	for _, p := range n.Parameters().All() {
		if !p.Statistic {
			sum += p.Size()
		}
	}
	return sum
}

// foreignTask is that of a model that others made.
func (a *app) foreignTask(ctx context.Context, c *cli.Command, j *trainingJob, categories *dataset.Categories) (err error) {
	path := rundir.Model(c.String("from"))
	k, err := a.keyFor(c, j, path, isSealed(path))
	if err != nil {
		return err
	}
	o, err := foreignOptions(c)
	if err != nil {
		return err
	}
	file, err := modelfile.Open(path, k)
	if err != nil {
		return err
	}
	defer file.Close()
	if file.Kind != modelfile.IR {
		return formats.WithHint(&formats.Error{Path: path, Err: formats.Reason(predict.ErrModel, "only OpenVINO's own models, of an .xml and a .bin, can be trained")}, "OpenVINO's ovc makes others into one")
	}
	core, err := a.loadRuntime()
	if err != nil {
		return err
	}
	bytes, model, err := a.readModel(ctx, core, file)
	if err != nil {
		return err
	}
	j.closers = append(j.closers, bytes.Close)
	defer model.Close()
	about := metadata.Parse(bytes.Model)
	p, err := predict.New(core, model, about, o)
	if err != nil {
		return &formats.Error{Path: path, Err: err}
	}
	defer p.Close()
	if p.Task != predict.Classification {
		return formats.WithHint(&formats.Error{Path: path, Err: formats.Reason(predict.ErrModel, "it is a detector: how one that others made was trained, and what it is to make small, is not known")},
			"datum find --task detection shows detectors that can be trained")
	}
	m, err := graph.Parse(bytes.Model, bytes.Weights)
	if err != nil {
		return &formats.Error{Path: path, Err: formats.Reason(formats.ErrCorrupt, "%w", err)}
	}
	j.template.Input.Width, j.template.Input.Height = p.Width, p.Height
	j.labels, j.input = inOrderOf(about.Labels, p.Classes, j.labels), p.Input
	foreign := vision.Foreign{Model: m, Input: p.Input, Width: p.Width, Height: p.Height, Labels: j.labels, Smoothing: j.template.Smoothing}
	if foreign.Freeze, foreign.Last, err = freeze(c); err != nil {
		return err
	}
	f, err := vision.NewForeign(foreign, categories)
	if err != nil {
		return &formats.Error{Path: path, Err: err}
	}
	j.task, j.kind, j.parameters = f, network.Classification, f.Numbers
	a.tellForeign(path, f, p.Classes, len(j.labels))
	return nil
}

// foreignOptions say how the model takes its pictures, as they do for datum eval.
func foreignOptions(c *cli.Command) (o predict.Options, err error) {
	if o.Width, o.Height, err = inputSize(c); err != nil {
		return o, err
	}
	if o.Mean, err = channelValues(c, "mean"); err != nil {
		return o, err
	}
	if o.Scale, err = channelValues(c, "scale"); err != nil {
		return o, err
	}
	if o.Color, err = inputColor(c); err != nil {
		return o, err
	}
	switch o.Resize = heads.Resize(c.String("resize")); o.Resize {
	case "", heads.Stretch, heads.Letterbox, heads.LetterboxCorner:
	default:
		return o, usagef(c, "--resize is stretch, letterbox or letterbox-corner in a training, not %q", o.Resize)
	}
	o.Requests, o.Compile = 1, openvino.CompileOptions{Precision: "f32", Threads: c.Int("threads")}
	return o, nil
}

// freeze says which layers stay what they are.
func freeze(c *cli.Command) (layers int, allButLast bool, err error) {
	switch what := c.String("freeze"); what {
	case "":
		return 0, false, nil
	case "backbone":
		return 0, true, nil
	default:
		layers, err = strconv.Atoi(what)
		if err != nil || layers < 0 {
			err = usagef(c, "--freeze is a number of layers or backbone, not %q", what)
		}
		return layers, false, err
	}
}

// withoutGradient says what can be done about an operation that has no gradient.
func withoutGradient(err error) error {
	if !errors.Is(err, grad.ErrNoGradient) {
		return err
	}
	return formats.WithHint(err, "--freeze backbone trains the last layer alone, and --freeze N those behind the first N: what is in front of them needs no gradient")
}

func (a *app) tellForeign(path string, f *vision.ForeignTask, was, is int) {
	a.Note("%s: %d of the %d weights of its %d layers are trained; normalisations that are folded into filters stay there", path, f.Numbers, f.Numbers+f.Fixed, f.Layers)
	if f.Replaced {
		a.Note("its last layer, for %d classes, is replaced by a new one for %d", was, is)
	}
}

// inOrderOf returns labels in the order in which a model has them, if it has these and
// no others.
func inOrderOf(of map[int]string, classes int, labels []string) []string {
	list := make([]string, classes)
	for i := range list {
		list[i] = of[i]
	}
	if len(list) == len(labels) && slices.Equal(slices.Sorted(slices.Values(list)), slices.Sorted(slices.Values(labels))) {
		return list
	}
	return labels
}

// keyFor returns the key of what a training begins with, nil where it is plain: that
// of the dataset, or the one that was given. What comes of something sealed is sealed.
func (a *app) keyFor(c *cli.Command, j *trainingJob, path string, sealed bool) (*key.Key, error) {
	if !sealed {
		return nil, nil
	}
	if j.data.key == nil {
		k, err := a.modelKey(c, path)
		if err != nil {
			return nil, err
		}
		if k == nil {
			return nil, formats.WithHint(formats.Reason(formats.ErrKey, "%s is encrypted and no key was given", path), "name the file that holds the key with --encryption-key-file")
		}
		j.data.key = k
	}
	if !c.Bool("plain-output") {
		j.dir.Key = j.data.key
	}
	return j.data.key, nil
}

// adopt reads the weights that an earlier training came to.
func (a *app) adopt(c *cli.Command, j *trainingJob) error {
	path := c.String("init-from")
	if path == "" {
		return nil
	}
	file, sealed, err := rundir.Checkpoint(path)
	if err != nil {
		return err
	}
	k, err := a.keyFor(c, j, file, sealed)
	if err != nil || j.resume { // all of it is in the checkpoint of this training
		return err
	}
	e, err := readEarlier(file, k)
	if errors.Is(err, formats.ErrCorrupt) {
		err = formats.WithHint(err, "--init-from takes the folder of a training, or the checkpoint in it; classifiers that lie there as models are trained further with --from")
	}
	if err != nil {
		return err
	}
	j.initial = j.set.Initial(c.Uint64("seed"))
	return a.tellAdopted(j, file, e, j.set.Adopt(j.initial, e.Parameters, e.Values))
}

func readEarlier(file string, k *key.Key) (*trainer.Earlier, error) {
	r, err := rundir.OpenCheckpoint(file, k)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	e, err := trainer.ReadEarlier(r)
	if err != nil {
		return nil, &formats.Error{Path: file, Err: err}
	}
	return e, nil
}

func (a *app) tellAdopted(j *trainingJob, file string, e *trainer.Earlier, left []string) error {
	all := len(j.set.All())
	if len(left) == all {
		return formats.Reason(formats.ErrUsage, "%s: it has no parameters like those of %s", file, j.template.Name)
	}
	a.Note("%d of %d parameters are those of %s, after %s", all-len(left), all, file, number(e.Epochs, "epoch", "epochs"))
	if len(left) > 0 {
		a.Note("%s: %s", beginsAnew(j.set, left), someOf(left))
	}
	return nil
}

// beginsAnew says how much begins anew.
func beginsAnew(set *parameters.Set, left []string) string {
	n := 0
	for _, name := range left {
		if p, ok := set.Lookup(name); ok {
			n += p.Size()
		}
	}
	return fmt.Sprintf("%s with %d numbers are not there, or of another shape, and begin anew", number(len(left), "parameter", "parameters"), n)
}
