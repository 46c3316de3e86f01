package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/internal/rgb"
	"datum/models/classification"
	"datum/models/compiler"
	heads "datum/models/detection"
	"datum/models/evaluate"
	"datum/models/metadata"
	"datum/models/modelfile"
	"datum/models/predict"
	"datum/openvino"
	"datum/openvino/install"
	"datum/train/loader"
	"datum/train/rundir"
)

// groupModel is the heading of the options about a model.
const groupModel = "model"

// modelFlags say which model is run, and how.
func modelFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "model", Aliases: []string{"m"}, Category: groupModel, Usage: "the model, a `FILE`: OpenVINO's .xml, .onnx, a frozen TensorFlow .pb, one of these encrypted by datum model encrypt, or the folder of a training"},
		&cli.StringFlag{Name: "precision", Category: groupModel, Usage: "compute in `TYPE`: f32, bf16 or f16", Value: "f32"},
		&cli.IntFlag{Name: "requests", Category: groupModel, Usage: "run `N` inferences at a time; 0 is what OpenVINO finds best"},
		&cli.IntFlag{Name: "streams", Category: groupModel, Usage: "spread the cores over `N` streams of inferences; 0 is what OpenVINO finds best"},
		&cli.IntFlag{Name: "threads", Category: groupModel, Usage: "use at most `N` threads for inferences"},
		&cli.StringFlag{Name: "input-size", Category: groupModel, Usage: "make pictures `WxH` pixels, for a model that takes any"},
	}
}

// visionFlags say what is not known of a model that looks at pictures.
func visionFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "task", Category: groupModel, Usage: "`WHAT` the model does, detection or classification; found out if not given"},
		&cli.StringFlag{Name: "head", Category: groupModel, Usage: "`HOW` a detector's outputs are read; found out if not given: " + strings.Join(heads.Names(), ", ")},
		&cli.StringFlag{Name: "labels", Category: groupModel, Usage: "`FILE` with the names of the model's classes: one on each line, numbers and names, name = name of the dataset, a label map, YAML or JSON"},
		&cli.StringFlag{Name: "resize", Category: groupModel, Usage: "`HOW` pictures come to the size of the model: stretch, letterbox, letterbox-corner or keep"},
		&cli.StringFlag{Name: "input-color", Category: groupModel, Usage: "`ORDER` of the colours that the model wants: rgb or bgr"},
		&cli.StringFlag{Name: "mean", Category: groupModel, Usage: "subtract `M` from the values of pixels, one number or three"},
		&cli.StringFlag{Name: "scale", Category: groupModel, Usage: "divide the values of pixels by `S`, one number or three"},
		&cli.FloatFlag{Name: "iou-threshold", Category: groupModel, Usage: "boxes of one class overlap by at most `IOU`; 0 is the custom of the model's family"},
		&cli.IntFlag{Name: "max-detections", Category: groupModel, Usage: "keep the best `N` boxes of a picture", Value: 300},
	}
}

// subsetFlag chooses a part of the input.
func subsetFlag() cli.Flag {
	return &cli.StringFlag{Name: "subset", Category: groupInput, Usage: "only the subset `NAME`"}
}

// itemsOf is how many items there are in a subset, or in all where it is "".
func itemsOf(info *dataset.Info, subset string) int {
	if s := info.Subset(subset); subset != "" && s != nil {
		return s.Items
	}
	return info.Total()
}

// loadRuntime loads OpenVINO.
func (a *app) loadRuntime() (*openvino.Core, error) {
	dir, err := install.Find(a.getenv)
	if err != nil {
		return nil, err
	}
	if err := openvino.Load(dir); err != nil {
		return nil, runtimeError(err)
	}
	a.Detail("OpenVINO %s, out of %s", openvino.Version(), dir)
	return openvino.Default()
}

// runtimeError says what can be done about a runtime that does not load.
func runtimeError(err error) error {
	switch {
	case errors.Is(err, openvino.ErrUnavailable):
		return formats.WithHint(err, "this datum was built without cgo, or for a machine that OpenVINO is not for")
	case errors.Is(err, openvino.ErrNotInstalled), errors.Is(err, openvino.ErrVersion), errors.Is(err, openvino.ErrDamaged):
		return formats.WithHint(err, "%s puts the right one into your data folder; %s names another folder", install.Command, install.Env)
	}
	return err
}

// modelOptions returns what modelFlags say of compiling.
func modelOptions(c *cli.Command) (o openvino.CompileOptions, err error) {
	o = openvino.CompileOptions{Hint: openvino.Throughput, Precision: c.String("precision"), Streams: c.Int("streams"), Threads: c.Int("threads")}
	if !slices.Contains([]string{"f32", "bf16", "f16"}, o.Precision) {
		return o, usagef(c, "--precision is f32, bf16 or f16, not %q", o.Precision)
	}
	for _, name := range []string{"requests", "streams", "threads"} {
		if err := within(c, name, 0, mostThreads); err != nil {
			return o, err
		}
	}
	return o, nil
}

// visionOptions returns what modelFlags and visionFlags say.
func visionOptions(c *cli.Command) (o predict.Options, err error) {
	if o.Compile, err = modelOptions(c); err != nil {
		return o, err
	}
	o.Requests, o.Head, o.Max, o.IoU = c.Int("requests"), c.String("head"), c.Int("max-detections"), c.Float("iou-threshold")
	if o.Width, o.Height, err = inputSize(c); err != nil {
		return o, err
	}
	o.Task = predict.Task(c.String("task"))
	if !slices.Contains([]predict.Task{"", predict.Detection, predict.Classification}, o.Task) {
		return o, usagef(c, "--task is detection or classification, not %q", o.Task)
	}
	if o.Head != "" && !slices.Contains(heads.Names(), o.Head) {
		return o, usagef(c, "--head is one of %s, not %q", strings.Join(heads.Names(), ", "), o.Head)
	}
	if o.Head != "" && o.Task == predict.Classification {
		return o, usagef(c, "--head is how a detector is read, and --task says that it is none")
	}
	o.Resize = heads.Resize(c.String("resize"))
	if !slices.Contains([]heads.Resize{"", heads.Stretch, heads.Letterbox, heads.LetterboxCorner, heads.Keep}, o.Resize) {
		return o, usagef(c, "--resize is stretch, letterbox, letterbox-corner or keep, not %q", o.Resize)
	}
	if o.Color, err = inputColor(c); err != nil {
		return o, err
	}
	if o.Mean, err = channelValues(c, "mean"); err != nil {
		return o, err
	}
	if o.Scale, err = channelValues(c, "scale"); err != nil {
		return o, err
	}
	return o, checkThresholds(c, &o)
}

// inputColor reads --input-color, which may be left out.
func inputColor(c *cli.Command) (openvino.Color, error) {
	switch color := c.String("input-color"); color {
	case "":
		return 0, nil
	case "rgb":
		return openvino.RGB, nil
	case "bgr":
		return openvino.BGR, nil
	default:
		return 0, usagef(c, "--input-color is rgb or bgr, not %q", color)
	}
}

func checkThresholds(c *cli.Command, o *predict.Options) error {
	const most = 100_000
	if !(o.IoU >= 0 && o.IoU <= 1) {
		return usagef(c, "--iou-threshold is from 0 to 1, not %v", o.IoU)
	}
	if o.Max < 1 || o.Max > most {
		return usagef(c, "--max-detections is from 1 to %d, not %d", most, o.Max)
	}
	return nil
}

// inputSize reads --input-size.
func inputSize(c *cli.Command) (width, height int, err error) {
	text := c.String("input-size")
	if text == "" {
		return 0, 0, nil
	}
	w, h, _ := strings.Cut(text, "x")
	const largest = 1 << 14
	width, err1 := strconv.Atoi(w)
	height, err2 := strconv.Atoi(h)
	if err1 != nil || err2 != nil || min(width, height) < 1 || max(width, height) > largest {
		return 0, 0, usagef(c, "--input-size is a width and a height such as 640x480, not %q", text)
	}
	return width, height, nil
}

// channelValues reads one number, or one for each channel.
func channelValues(c *cli.Command, name string) ([]float32, error) {
	text := c.String(name)
	if text == "" {
		return nil, nil
	}
	fields := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	var list []float32
	for _, f := range fields {
		v, err := strconv.ParseFloat(f, 32)
		if err != nil || v != v || v-v != 0 {
			return nil, usagef(c, "--%s has %q, which is no number", name, f)
		}
		list = append(list, float32(v))
	}
	switch len(list) {
	case 1:
		return []float32{list[0], list[0], list[0]}, nil
	case 3:
		return list, nil
	}
	return nil, usagef(c, "--%s is one number or three, not %q", name, text)
}

// runner is a model that is ready for the pictures of a dataset.
type runner struct {
	*predict.Predictor
	labels *metadata.LabelFile // nil where there is no file
	path   string
	sealed bool
	least  float64 // score of a classifier's answer
}

// answer returns what a classifier says of a picture; false for a detector, and
// where it is not surer than --score-threshold. The threshold that a model names
// itself is for answers of several labels.
func (r *runner) answer(result *predict.Result) (classification.Scored, bool) {
	if len(result.Classes) == 0 || result.Classes[0].Probability <= r.least {
		return classification.Scored{}, false
	}
	return result.Classes[0], true
}

// opened is a model that lies open, and the key under which what is made of it is
// kept: its own, or that of the dataset; nil where nothing is encrypted.
type opened struct {
	*modelfile.File
	key *key.Key
}

// names returns the names of the model's classes.
func (r *runner) names() map[int]string { return evaluate.Names(r.known(), r.labels) }

// known is what is known of the model's classes.
func (r *runner) known() evaluate.Model {
	m := evaluate.Model{Classes: r.Classes, Labels: r.Labels}
	if r.Head != nil {
		m.Background = r.Head.Traits().Background
	}
	return m
}

// openModel opens the model of --model under k, which may be nil. Whether its key
// is right is known before anything else is done with it. The folder of a training
// stands for its model.
func (a *app) openModel(c *cli.Command, k *key.Key) (*opened, error) {
	path := c.String("model")
	if path == "" {
		return nil, usagef(c, "the model is missing: -m MODEL")
	}
	path = rundir.Model(path)
	if k == nil && isSealed(path) {
		var err error
		if k, err = a.modelKey(c, path); err != nil {
			return nil, err
		}
	}
	f, err := modelfile.Open(path, k)
	if err != nil {
		return nil, err
	}
	return &opened{f, k}, nil
}

// ready reads a model that was opened, and makes it ready.
func (a *app) ready(ctx context.Context, c *cli.Command, f *opened, adjust func(*predict.Options, *metadata.Metadata)) (*runner, error) {
	o, err := visionOptions(c)
	if err != nil {
		return nil, err
	}
	labels, err := readLabels(c)
	if err != nil {
		return nil, err
	}
	core, err := a.loadRuntime()
	if err != nil {
		return nil, err
	}
	bytes, model, err := a.readModel(ctx, core, f.File)
	if err != nil {
		return nil, err
	}
	defer bytes.Close()
	defer model.Close()
	about := metadata.Parse(bytes.Model)
	adjust(&o, &about)
	o.Compiler = compiler.For(bytes, f.key, a.Detail)
	p, err := predict.New(core, model, about, o)
	if err != nil {
		return nil, &formats.Error{Path: f.Path, Err: err}
	}
	r := &runner{Predictor: p, labels: labels, path: f.Path, sealed: f.Sealed, least: -1}
	if c.IsSet("score-threshold") { // benchmark has none
		r.least = c.Float("score-threshold")
	}
	a.describe(r)
	if class, beyond := evaluate.Beyond(r.known(), labels); beyond {
		a.Warn("the labels name class %d, and the model has %d classes, counted from 0: if they begin with a background, leave it out", class, r.Classes)
	}
	return r, nil
}

// loading returns how the pictures of a dataset come to a model. A libturbojpeg
// of the system goes first: whoever looks after the system repairs it.
func (a *app) loading(c *cli.Command, o datum.Options) loader.Options {
	load := loader.Options{Subset: c.String("subset"), Workers: o.Workers, Limits: o.Limits, Skip: o.Skip}
	if rgb.Turbo() == nil {
		load.Turbo = install.FindTurbo(a.getenv)
	}
	if l := rgb.Turbo(load.Turbo); l != nil {
		a.Detail("JPEG files are decoded by %s", l)
	} else {
		a.Detail("JPEG files are decoded by Go: there is no libturbojpeg, which is faster")
	}
	return load
}
