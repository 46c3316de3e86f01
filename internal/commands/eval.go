package commands

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/formats"
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
		UsageText: "datum eval -m MODEL -i DATASET [--subset NAME] [--labels FILE] [--encryption-key-file FILE]",
		Description: `Pictures, annotations and the model are decrypted in memory only. Detectors are measured by the numbers of
COCO and VOC, classifiers by top-1 and top-5. The classes of the model are the categories of the dataset of
the same name, where the model or --labels names them, and otherwise those of the same number.`,
		Flags: concat(modelFlags(), visionFlags(), []cli.Flag{
			&cli.StringFlag{Name: "subset", Category: groupInput, Usage: "only the subset `NAME`"},
			&cli.FloatFlag{Name: "score-threshold", Category: groupModel, Usage: "leave out boxes with no more than `SCORE`; low ones are part of the precision at high recalls", Value: 0.001},
			&cli.FloatFlag{Name: "confusion-score", Category: groupModel, Usage: "boxes count in the confusion matrix from `SCORE` on", Value: 0.25},
		}, inputFlags(), formatFlags(a.registry, reads), keyFlags()),
		Action: a.eval,
	}
}

func (a *app) eval(ctx context.Context, c *cli.Command) error {
	for _, name := range []string{"score-threshold", "confusion-score"} {
		if v := c.Float(name); !(v >= 0 && v < 1) {
			return usagef(c, "--%s is from 0 to less than 1, not %v", name, v)
		}
	}
	m, o, f, err := a.modelInput(ctx, c)
	if err != nil {
		return err
	}
	defer m.Close()
	defer f.Close()
	ds, err := m.Open(ctx, o.ImportOptions)
	if err != nil {
		return err
	}
	defer ds.Close()
	r, err := a.ready(ctx, c, f, func(p *predict.Options, about *metadata.Metadata) {
		p.Score, p.MultiLabel = c.Float("score-threshold"), true
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
	a.Loss("tolerated", ds.Notes())
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
	var add func(*predict.Result) error
	detector := evaluate.NewDetector(matched, categories, metrics.Options{ConfusionScore: c.Float("confusion-score")})
	classifier := (*evaluate.Classifier)(nil)
	if add = detector.Add; r.Task == predict.Classification {
		if classifier, err = evaluate.NewClassifier(matched, r.Classes, categories); err != nil {
			return err
		}
		add = classifier.Add
	}
	if err := a.pass(ctx, ds, r, o, e, add); err != nil {
		return err
	}
	if classifier != nil {
		e.Classification = classifier.Report()
	} else {
		e.Detection = detector.Report()
	}
	return nil
}

// pass runs the model over all pictures.
func (a *app) pass(ctx context.Context, ds *datum.Dataset, r *runner, o datum.Options, e *evaluation, add func(*predict.Result) error) error {
	total := ds.Info().Total()
	if s := ds.Info().Subset(e.Subset); s != nil {
		total = s.Items
	}
	meter := a.Meter("evaluating", total)
	defer meter.Done()
	start := time.Now()
	samples := loader.Samples(ctx, ds, r.Loading(loader.Options{Subset: e.Subset, Workers: o.Workers, Limits: o.Limits, Skip: o.Skip}))
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
		return formats.Reason(formats.ErrUsage, "there is no picture to evaluate the model on")
	}
	e.PerSecond = float64(e.Images) / e.Seconds
	return nil
}

// matching tells which classes and categories have no counterpart.
func (a *app) matching(m *evaluate.Mapping) {
	a.Detail("the classes of the model were matched with the categories by %s", m.By)
	if n := len(m.Unseen); n > 0 {
		a.Warn("the model knows nothing of %d of the categories: %s", n, someOf(m.Unseen))
	}
	if n := len(m.Unused); n > 0 {
		a.Note("%d classes of the model are no category of the dataset, and count neither for nor against it: %s", n, someOf(m.Unused))
	}
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
	Seconds        float64                        `json:"seconds"`
	PerSecond      float64                        `json:"images_per_second"`
	Detection      *evaluate.DetectionReport      `json:"detection,omitempty"`
	Classification *evaluate.ClassificationReport `json:"classification,omitempty"`
}

func (*evaluation) Kind() string { return "evaluation" }

func (e *evaluation) Text(w io.Writer) {
	what := e.Path
	if e.Subset != "" {
		what += ", subset " + e.Subset
	}
	fmt.Fprintf(w, "%s on %s\n%.1f images a second\n", e.Model, what, e.PerSecond)
	if e.Detection != nil {
		e.Detection.Text(w)
	} else {
		e.Classification.Text(w)
	}
}
