package commands

import (
	"context"
	"fmt"
	"math"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/models/evaluate"
	"datum/models/metadata"
	"datum/models/predict"
	"datum/train/loader"
)

func (a *app) predictCommand() *cli.Command {
	return &cli.Command{
		Name:      "predict",
		Usage:     "write what a model finds in a dataset as annotations, or draw it",
		UsageText: "datum predict -m MODEL -i IN (-o OUT -f FORMAT | --draw FOLDER) [options]",
		Description: `Writes IN as FORMAT with what the model found as its annotations; the attribute score says how sure it was. The
categories are those of IN and, behind them, the classes of the model that are none of them. What is made of
an encrypted dataset is encrypted under its key, or refused unless --allow-plaintext is given.

  datum predict -m net.onnx -i photos --draw drawn
  datum predict -m net.onnx -i photos -f coco -o found --save-media
  datum predict -m net.sealed -i photos-enc -k my.key -f datumaro_binary -o found-enc --save-media

It needs the runtime: datum runtime install gets it.`,
		Flags: concat(inputFlags(), []cli.Flag{
			subsetFlag(),
		}, modelFlags(), visionFlags(), []cli.Flag{
			&cli.FloatFlag{Name: "score-threshold", Category: groupModel, Usage: "leave out what has no more than `SCORE`; what the model says, or is the custom of its family, if not given"},
			&cli.StringFlag{Name: "draw", Category: groupOutput, Usage: "draw what was found on the pictures, and write them to `FOLDER`"},
			&cli.BoolFlag{Name: "allow-plaintext", Category: groupOutput, Usage: "write in plain what was made of an encrypted dataset"},
			&cli.BoolFlag{Name: "encryption", Category: groupOutput, Usage: "encrypt the output also of a plain dataset, under the key given or a new one"},
			&cli.BoolFlag{Name: "keep-annotations", Category: groupOutput, Usage: "keep the annotations that are there, beside those of the model"},
			&cli.StringFlag{Name: "output-format", Aliases: []string{"f"}, Category: groupOutput, Usage: "the `FORMAT` to write; datum formats lists them"},
			&cli.BoolFlag{Name: "save-media", Aliases: []string{"save-images"}, Category: groupOutput, Usage: "save the media files: --media copy"},
		}, outputFlags(), formatFlags(a.registry, both), keyFlags(), cipherFlags()),
		Action: a.predict,
	}
}

func (a *app) predict(ctx context.Context, c *cli.Command) error {
	if v := c.Float("score-threshold"); !(v >= 0 && v < 1) {
		return usagef(c, "--score-threshold is from 0 to less than 1, not %v", v)
	}
	for _, name := range []string{"resume", "if-changed"} {
		if c.IsSet(name) {
			return usagef(c, "--%s is for conversions, and this is none", name)
		}
	}
	format := c.String("output-format")
	switch drawn := c.String("draw"); {
	case drawn != "" && (format != "" || c.IsSet("output-dir")):
		return usagef(c, "it is --draw, or -f and -o, not both")
	case drawn != "":
		for _, name := range []string{"encryption", "keep-annotations", "save-media", "media", "overwrite", "dry-run", "fail-on-loss"} {
			if c.IsSet(name) {
				return usagef(c, "--%s is for -f and -o; --draw writes plain pictures of what was found, into a new folder", name)
			}
		}
		return a.draw(ctx, c, drawn)
	case format == "":
		return usagef(c, "what to write is missing: -f FORMAT and -o OUT, or --draw FOLDER")
	}
	if _, err := visionOptions(c); err != nil {
		return err
	}
	j, err := a.newJob(ctx, c, format)
	if err != nil {
		return err
	}
	defer j.in.Close()
	j.options.SaveMedia = c.String("media") != mediaNone && (c.Bool("save-media") || c.IsSet("media"))
	return j.predict(ctx, c)
}

// predict runs the model and writes what it found.
func (j *job) predict(ctx context.Context, c *cli.Command) error {
	given, err := j.predictKeys(c)
	if err != nil {
		return err
	}
	f, err := j.openModel(c, given)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := j.ready(ctx, c, f, func(p *predict.Options, about *metadata.Metadata) {
		scoreOf(c, p, about)
		p.Skip = j.input.Skip
	})
	if err != nil {
		return err
	}
	defer r.Close()
	j.adjust = func(ds *datum.Dataset) {
		ds.Importer = newPredicted(ds.Importer, r, j.loading(c, j.input), c.Bool("keep-annotations"))
	}
	return j.run(ctx)
}

// predictKeys gives the key to the input and the output, and returns it for the
// model: nil where none was given for the dataset.
func (j *job) predictKeys(c *cli.Command) (given *key.Key, err error) {
	switch plain := c.Bool("allow-plaintext"); {
	case !j.in.Encrypted && c.Bool("encryption"):
		if given, err = j.givenKey(c); err == nil {
			j.encryptUnder(given)
		}
	case !j.in.Encrypted && keyGivenByFlag(c) && !isSealed(c.String("model")):
		err = formats.WithHint(formats.Reason(formats.ErrKey, "a key was given, and neither the dataset nor the model is encrypted"), "--encryption encrypts the output under it")
	case !j.in.Encrypted:
	case j.format != encryptedFormat && !plain:
		err = plaintextRefused(j.in.Path(), fmt.Sprintf("-f %s writes it encrypted", encryptedFormat))
	default:
		if given, err = j.keyOf(c, j.in); err == nil && (!plain || c.Bool("encryption")) {
			j.encryptUnder(given)
		}
		j.input.Key = given
	}
	return given, err
}

// scoreOf takes the thresholds of the model where the command line has none.
func scoreOf(c *cli.Command, p *predict.Options, about *metadata.Metadata) {
	switch p.Score = -1; {
	case c.IsSet("score-threshold"): // benchmark has none
		p.Score = c.Float("score-threshold")
	case about.Score > 0:
		p.Score = about.Score
	}
	if p.IoU == 0 {
		p.IoU = about.IoU
	}
}

// plaintextRefused is the error where an encrypted dataset would lie on the disk
// in plain.
func plaintextRefused(path, instead string) error {
	return formats.WithHint(formats.Reason(formats.ErrUsage, "%s is encrypted, and this would be written in plain", path), "--allow-plaintext permits it; %s", instead)
}

// predicted is a dataset whose annotations are what a model found.
type predicted struct {
	formats.Importer
	runner  *runner
	info    dataset.Info
	classes map[int]int32 // labels of the model's classes
	matched *evaluate.Mapping
	load    loader.Options
	keep    bool
}

func newPredicted(in formats.Importer, r *runner, load loader.Options, keep bool) *predicted {
	p := &predicted{Importer: in, runner: r, info: *in.Info(), load: load, keep: keep}
	p.info.Categories, p.classes, p.matched = withClasses(p.info.Categories, r)
	if s := p.info.Subset(p.load.Subset); s != nil {
		p.info.Subsets = []dataset.Subset{*s}
	}
	return p
}

// withClasses returns the categories of a dataset, followed by the classes of the
// model that are none of them, and the label of each class; nil for the mapping
// where classes and categories have nothing to do with each other.
func withClasses(c dataset.Categories, r *runner) (dataset.Categories, map[int]int32, *evaluate.Mapping) {
	labels := dataset.LabelCategories{}
	if c.Labels != nil {
		labels = *c.Labels
		labels.Labels = append([]dataset.LabelCategory(nil), labels.Labels...)
	}
	at := map[int]int32{}
	matched, err := evaluate.Match(r.known(), r.labels, &c)
	if err != nil {
		matched = nil
	}
	for class, name := range evaluate.ClassNames(r.known(), r.labels) {
		if matched != nil {
			if label, ok, err := matched.Category(class); err == nil && ok {
				at[class] = label
				continue
			}
		}
		at[class] = int32(len(labels.Labels))
		labels.Labels = append(labels.Labels, dataset.LabelCategory{Name: name})
	}
	c.Labels = &labels
	return c, at, matched
}

func (p *predicted) Info() *dataset.Info { return &p.info }

// Items streams the items with what the model finds in them.
func (p *predicted) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		samples := loader.Samples(ctx, p.Importer, p.runner.Loading(p.load))
		for r, err := range p.runner.Run(ctx, samples) {
			var it dataset.Item
			if err == nil {
				it, err = p.item(r)
			}
			if !yield(it, err) || err != nil {
				return
			}
		}
	}
}

// item returns the item of a result with its annotations.
func (p *predicted) item(r *predict.Result) (dataset.Item, error) {
	it := r.Item
	if img, ok := it.Media.(*dataset.Image); ok && (img.Width == 0 || img.Height == 0) {
		sized := *img // its size is known by now, and it is the one that the boxes are in
		sized.Width, sized.Height = int32(r.Width), int32(r.Height)
		it.Media = &sized
	}
	if !p.keep {
		it.Annotations = nil
	}
	group := int64(0)
	for _, a := range it.Annotations {
		group = max(group, a.Common().Group)
	}
	for _, d := range r.Detections {
		label, err := p.label(d.Class)
		if err != nil {
			return it, err
		}
		group++
		base := dataset.Base{Group: group, ObjectID: dataset.NoObject, Attributes: score(d.Score)}
		it.Annotations = append(it.Annotations, &dataset.Bbox{Base: base, Label: label, X: d.X, Y: d.Y, W: d.W, H: d.H})
		if len(d.Points) > 0 {
			marks := &dataset.Points{Base: base, Label: label, Points: d.Points, Visibility: make([]dataset.Visibility, len(d.Points)/2)}
			marks.Attributes = score(d.Score)
			for i := range marks.Visibility {
				marks.Visibility[i] = dataset.Visible
			}
			it.Annotations = append(it.Annotations, marks)
		}
	}
	if top, ok := p.runner.answer(r); ok {
		label, err := p.label(top.Class)
		if err != nil {
			return it, err
		}
		it.Annotations = append(it.Annotations, &dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject, Attributes: score(top.Probability)}, Label: label})
	}
	return it, nil
}

// label returns the label of a class of the model.
func (p *predicted) label(class int) (int32, error) {
	if label, ok := p.classes[class]; ok {
		return label, nil
	}
	if p.matched != nil {
		if label, ok, err := p.matched.Category(class); err == nil && ok {
			return label, nil
		}
	}
	return 0, formats.WithHint(formats.Reason(formats.ErrUsage, "the model found its class %d, which has no name", class), "--labels FILE names the classes, one on each line")
}

// score returns the attributes of what a model is so sure of. Scores are computed
// in float32, of which more digits would say nothing.
func score(v float64) dataset.Attributes {
	var a dataset.Attributes
	const digits = 1e7
	if err := a.Set("score", math.Round(v*digits)/digits); err != nil {
		panic(err) // it is a number
	}
	return a
}
