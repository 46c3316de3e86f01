package commands

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/formats"
	"datum/internal/evalreport"
	"datum/metrics"
	"datum/models/evaluate"
	"datum/models/metadata"
	"datum/models/predict"
	"datum/train/loader"
)

func (a *app) evalCommand() *cli.Command {
	return &cli.Command{
		Name:      "eval",
		Usage:     "run a model on a dataset and say how good it is",
		UsageText: "datum eval -m MODEL -i DATASET [--subset NAME] [--labels FILE] [--report PAGE] [--encryption-key-file FILE]",
		Description: `Runs a detector or a classifier on the pictures of a dataset and compares what it finds with the annotations
there. Detectors are measured by the numbers of COCO and VOC, classifiers by top-1 and top-5. The classes of
the model are the categories of the dataset of the same name, where the model or --labels names them, and
otherwise those of the same number. Dataset and model may be encrypted: they are decrypted in memory only.

  datum eval -m net.onnx -i photos
  datum eval -m net.onnx -i photos --labels names.txt --subset val --report page.html
  datum eval -m net.sealed -i photos-enc -k my.key --json

It needs the runtime: datum runtime install gets it.`,
		Flags: concat(inputFlags(), []cli.Flag{
			subsetFlag(),
		}, modelFlags(), visionFlags(), []cli.Flag{
			&cli.FloatFlag{Name: "score-threshold", Category: groupModel, Usage: "leave out boxes with no more than `SCORE`; low ones are part of the precision at high recalls", Value: 0.001},
			&cli.FloatFlag{Name: "confusion-score", Category: groupModel, Usage: "boxes count in the confusion matrix from `SCORE` on", Value: 0.25},
			&cli.StringFlag{Name: "report", Category: groupOutput, Usage: "write a page with curves, the confusion matrix and the worst pictures to `FILE`, in HTML"},
			&cli.BoolFlag{Name: "allow-plaintext-report", Category: groupOutput, Usage: "write it also of an encrypted dataset; it is not encrypted"},
			&cli.BoolFlag{Name: "overwrite", Category: groupOutput, Usage: "replace an existing report"},
		}, formatFlags(a.registry, reads), keyFlags()),
		Commands: []*cli.Command{a.evalCtrCommand()},
		Action:   a.eval,
	}
}

func (a *app) eval(ctx context.Context, c *cli.Command) error {
	for _, name := range []string{"score-threshold", "confusion-score"} {
		if v := c.Float(name); !(v >= 0 && v < 1) {
			return usagef(c, "--%s is from 0 to less than 1, not %v", name, v)
		}
	}
	page := modelOutput{path: c.String("report"), overwrite: c.Bool("overwrite")}
	m, o, f, err := a.modelInput(ctx, c)
	if err != nil {
		return err
	}
	defer m.Close()
	defer f.Close()
	if page.path != "" {
		if m.Encrypted && !c.Bool("allow-plaintext-report") {
			return formats.WithHint(formats.Reason(formats.ErrUsage, "%s is encrypted, and the report would be written in plain, with pictures", m.Path()), "--allow-plaintext-report permits it")
		}
		if err := page.check(nil); err != nil {
			return err
		}
	}
	ds, err := m.Open(ctx, o.ImportOptions)
	if err != nil {
		return err
	}
	defer ds.Close()
	r, err := a.ready(ctx, c, f, func(p *predict.Options, about *metadata.Metadata) {
		p.Score, p.MultiLabel, p.Skip = c.Float("score-threshold"), true, o.Skip
		if p.IoU == 0 {
			p.IoU = about.IoU
		}
	})
	if err != nil {
		return err
	}
	defer r.Close()
	e := &evaluation{Path: ds.Path(), Format: ds.Format().Name, Encrypted: m.Encrypted, Subset: c.String("subset"), Model: r.path, ModelEncrypted: r.sealed, Task: r.Task}
	if r.Head != nil {
		e.Head = r.Head.Name()
	}
	if err := a.evaluate(ctx, c, ds, r, o, e); err != nil {
		return err
	}
	return a.reportEvaluation(ctx, ds, o, e, &page)
}

// reportEvaluation writes the page, where one is wanted, and prints the result.
func (a *app) reportEvaluation(ctx context.Context, ds *datum.Dataset, o datum.Options, e *evaluation, page *modelOutput) error {
	a.Loss("tolerated", ds.Notes())
	if page.path != "" {
		staged, err := page.stage(nil, func(w io.Writer) error { return evalreport.WriteHTML(w, e.report) })
		if err != nil {
			return err
		}
		defer staged.abort()
		if err := staged.commit(ctx); err != nil {
			return err
		}
		e.Report = page.path
	}
	if err := a.Result(e); err != nil {
		return err
	}
	return a.skipped(o.Skip)
}

// evaluate runs the model over the dataset, and fills e.
func (a *app) evaluate(ctx context.Context, c *cli.Command, ds *datum.Dataset, r *runner, o datum.Options, e *evaluation) error {
	categories := &ds.Info().Categories
	matched, err := evaluate.Match(r.known(), r.labels, categories)
	if err != nil {
		return err
	}
	a.matching(matched)
	e.MatchedBy, e.Unseen = matched.By, matched.Unseen
	e.report = &evalreport.Report{Title: "Evaluation of " + filepath.Base(r.path)}
	if r.Task == predict.Classification {
		k, err := evaluate.NewClassifier(matched, r.Classes, categories)
		if err != nil {
			return err
		}
		if err := a.pass(ctx, ds, r, a.loading(c, o), e, k.Add); err != nil {
			return err
		}
		e.Classification, e.report.Classification = k.Report(), evalreport.Classified(k.Counts, k.Names())
	} else {
		d := evaluate.NewDetector(matched, categories, metrics.Options{ConfusionScore: c.Float("confusion-score")})
		if c.String("report") != "" {
			d.KeepWorst(shownPictures)
		}
		if err := a.pass(ctx, ds, r, a.loading(c, o), e, d.Add); err != nil {
			return err
		}
		e.Detection, e.report.Detection, e.report.Pictures = d.Report(), evalreport.Detected(d.Accumulator, d.Names()), d.Worst()
	}
	if e.measured() == 0 {
		a.Warn("there was nothing to measure: %s", map[predict.Task]string{
			predict.Detection: "no picture has a box, an outline or a mask with a label", predict.Classification: "no picture has one label",
		}[r.Task])
	}
	e.describe()
	return nil
}

// measured is how many objects or pictures the numbers are made of.
func (e *evaluation) measured() int {
	if e.Detection != nil {
		return e.Detection.Truths
	}
	return e.Classification.Images
}

// shownPictures is how many of the worst pictures a report shows.
const shownPictures = 12

// pass runs the model over all pictures.
func (a *app) pass(ctx context.Context, ds *datum.Dataset, r *runner, load loader.Options, e *evaluation, add func(*predict.Result) error) error {
	meter := a.Meter("evaluating", itemsOf(ds.Info(), load.Subset))
	defer meter.Done()
	start := time.Now()
	samples := loader.Samples(ctx, ds, r.Loading(load))
	for result, err := range r.Run(ctx, samples) {
		if err != nil {
			return err
		}
		if err := add(result); err != nil {
			return err
		}
		e.Images++
		meter.Set(e.Images)
	}
	e.Seconds = time.Since(start).Seconds()
	if e.Images == 0 {
		return a.noPicture(load.Skip, "there is no picture to evaluate the model on")
	}
	e.PerSecond, e.Skipped = float64(e.Images)/e.Seconds, countOf(load.Skip)
	return nil
}

// matching tells which classes and categories have no counterpart.
func (a *app) matching(m *evaluate.Mapping) {
	a.Detail("the classes of the model were matched with the categories by %s", m.By)
	if n := len(m.Unseen); n > 0 {
		a.Warn("the model knows nothing of %d of the categories: %s", n, someOf(m.Unseen))
	}
	if n := len(m.Unused); n > 0 {
		a.Note("%s neither for nor against it: %s", number(n, "class of the model is no category of the dataset, and counts",
			"classes of the model are no category of the dataset, and count"), someOf(m.Unused))
	}
}

// number is how many there are of something, in the words for one or for several.
func number(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// someOf shows the first names of a list.
func someOf(names []string) string {
	const most = 10
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// evaluation is how good a model is on a dataset.
type evaluation struct {
	Path           string       `json:"path"`
	Format         string       `json:"format"`
	Encrypted      bool         `json:"encrypted"`
	Subset         string       `json:"subset,omitempty"`
	Model          string       `json:"model"`
	ModelEncrypted bool         `json:"model_encrypted"`
	Task           predict.Task `json:"task"`
	Head           string       `json:"head,omitempty"`
	// MatchedBy says how classes and categories were matched, Unseen which
	// categories the model knows nothing of.
	MatchedBy      string                         `json:"matched_by"`
	Unseen         []string                       `json:"unknown_categories,omitempty"`
	Images         int                            `json:"images"`
	Skipped        int                            `json:"skipped_records,omitempty"`
	Seconds        float64                        `json:"seconds"`
	PerSecond      float64                        `json:"images_per_second"`
	Report         string                         `json:"report,omitempty"`
	Detection      *evaluate.DetectionReport      `json:"detection,omitempty"`
	Classification *evaluate.ClassificationReport `json:"classification,omitempty"`
	report         *evalreport.Report
}

func (*evaluation) Kind() string { return "evaluation" }

// describe says in the report what was evaluated.
func (e *evaluation) describe() {
	what := e.Path
	if e.Subset != "" {
		what += ", subset " + e.Subset
	}
	add := func(name, value string) {
		e.report.Facts = append(e.report.Facts, evalreport.Fact{Name: name, Value: value})
	}
	add("model", e.Model)
	add("dataset", what)
	add("images", fmt.Sprintf("%d, %.1f a second", e.Images, e.PerSecond))
	note := func(n int, one, several string) {
		if n > 0 {
			e.report.Notes = append(e.report.Notes, number(n, one, several))
		}
	}
	note(e.Skipped, "bad record was left out", "bad records were left out")
	if n := len(e.Unseen); n > 0 {
		note(n, "category has no class in the model: "+someOf(e.Unseen), "categories have no class in the model: "+someOf(e.Unseen))
	}
	if d := e.Detection; d != nil {
		add("objects", fmt.Sprintf("%d, and %s", d.Truths, number(d.Detections, "detection", "detections")))
		note(d.Ignored, "detection of a class that is no category of the dataset was left out", "detections of classes that are no category of the dataset were left out")
		note(d.Unlabelled, "box, outline or mask without a label was left out, and what was found there counts as a mistake",
			"boxes, outlines and masks without a label were left out, and what was found there counts as a mistake")
	} else {
		note(e.Classification.Unlabelled, "image without a label was left out", "images without a label were left out")
		note(e.Classification.Multiple, "image of several labels was left out", "images of several labels were left out")
	}
}

// shownClasses is how many classes the terminal shows.
const shownClasses = 100

func (e *evaluation) Text(w io.Writer) {
	evalreport.WriteText(w, e.report, shownClasses) // an error comes again at the next write
	if e.Detection != nil {
		evaluate.WriteMistakes(w, e.Detection.Confusion)
	} else {
		evaluate.WriteMistakes(w, e.Classification.Confusion)
	}
	if e.Report != "" {
		fmt.Fprintf(w, "\nthe report is in %s\n", e.Report)
	}
}
