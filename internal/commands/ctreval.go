package commands

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"datum/formats"
	"datum/models/ctr/bundle"
	"datum/models/ctr/measure"
	clickscore "datum/models/ctr/score"
	"datum/train/clicks"
)

func (a *app) evalCtrCommand() *cli.Command {
	return &cli.Command{
		Name:      "ctr",
		Usage:     "say how well a click-through model predicts a log of events, encrypted or not",
		UsageText: "datum eval ctr -m MODEL -i LOG [--split test|validation|train] [--precision f32|bf16] [--encryption-key-file FILE]",
		Description: `Predicts rows of the log under the protocol that the model was trained with, and compares. Rows for the test were
not looked at in the training. What is drawn under the protocol neg is the same for all models. Users and items are known by
their names, so the log may be another one than that of the training. Log and model are decrypted in memory only.

  datum eval ctr -m run/model.sealed -i log-enc -k my.key
  datum eval ctr -m run/model.datumctr -i log --precision bf16 --json

It needs the runtime: datum runtime install gets it.`,
		Flags: concat(logFlags(), clickModelFlags(), []cli.Flag{
			&cli.StringFlag{Name: "split", Category: groupInput, Usage: "predict the `ROWS` that were left for the test, or validation, or train", Value: clicks.Test.String()},
			&cli.IntFlag{Name: "batch", Category: groupModel, Usage: "predict `N` rows at a time", Value: 256},
		}, keyFlags()),
		Action: a.evalCtr,
	}
}

// mostClickRows is how many rows may be predicted at a time.
const mostClickRows = 1 << 16

// evalPatience is from how many batches of a size on it pays to look for the fastest graph.
const evalPatience = 12

func (a *app) evalCtr(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	o, err := scoring(c)
	if err != nil {
		return err
	}
	if o.Precision == "f32" && c.String("form") == "auto" {
		o.Patience = evalPatience // most sizes do not come more often
	}
	names := []string{clicks.Train.String(), clicks.Validation.String(), clicks.Test.String()}
	split := slices.Index(names, c.String("split"))
	if split < 0 {
		return usagef(c, "--split is test, validation or train, not %q", c.String("split"))
	}
	if err := within(c, "batch", 1, mostClickRows); err != nil {
		return err
	}
	l, err := a.openLog(ctx, c)
	if err != nil {
		return err
	}
	defer l.close()
	m, sealed, err := a.openClicks(ctx, c, l)
	if err != nil {
		return err
	}
	e := &ctrEvaluation{Log: l.path, Encrypted: l.key != nil, Model: c.String("model"), ModelEncrypted: sealed, Network: m.Config.Architecture, Protocol: m.Protocol, Split: names[split],
		Batch: c.Int("batch"), Precision: o.Precision}
	return a.measureClicks(ctx, l, m, clicks.Split(split), o, e)
}

// measureClicks runs the model over the rows, and prints what was found.
func (a *app) measureClicks(ctx context.Context, l *clickLog, m *bundle.Model, split clicks.Split, o clickscore.Options, e *ctrEvaluation) error {
	p, err := protocolOf(m)
	if err != nil {
		return err
	}
	core, err := a.loadRuntime()
	if err != nil {
		return err
	}
	s, err := clickscore.New(core, m.Network(), m.Values, o)
	if err != nil {
		return err
	}
	defer s.Close()
	meter := a.Meter("evaluating", 0)
	start, cpu := time.Now(), cpuSeconds()
	options := measure.Options{Batch: e.Batch, OnRows: meter.Set, Numbers: numbersOf(l, m)}
	r, err := measure.Run(ctx, s, m, l.data(p, 0).Samples(ctx, split, &e.Rejected), options)
	meter.Done()
	if err != nil {
		return l.unfit(err)
	}
	e.Result, e.Seconds, e.CPUSeconds = r, time.Since(start).Seconds(), cpuSeconds()-cpu
	e.Forms = s.Used()
	for _, note := range s.Notes() {
		a.Detail("%s", note)
	}
	if r.Samples == 0 {
		return noRows(l)
	}
	switch hidden := l.Info().Pseudonyms; {
	case hidden && !m.Pseudonyms:
		a.Warn("the log has pseudonyms, and the model names: nobody is the same")
	case m.Pseudonyms && !hidden:
		a.Warn("the model has pseudonyms, and the log names: nobody is the same")
	}
	if n := r.UnknownItems; n > 0 {
		a.Warn("%s an item that the model does not know", number(n, "row has", "rows have"))
	}
	if n := r.UnknownUsers; n > 0 {
		a.Note("%s a user that the model does not know", number(n, "row has", "rows have"))
	}
	return a.Result(e)
}

// noRows says that a log has nothing to predict.
func noRows(l *clickLog) error {
	return formats.WithHint(formats.Reason(formats.ErrUsage, "%s: no user has a row for this", l.path), "a user needs two events for the test, three for the validation")
}

// protocolOf is that of the training.
func protocolOf(m *bundle.Model) (clicks.Protocol, error) {
	p := clicks.Protocol{Name: m.Protocol.Name, MaxHistory: m.Protocol.MaxHistory, Negatives: m.Protocol.Negatives, Share: m.Protocol.Share}
	var err error
	if text := m.Protocol.Positive; text != "" {
		p.Positive, err = clicks.ParseCondition(text)
	}
	if err == nil {
		err = p.Check()
	}
	if err != nil {
		err = formats.Reason(formats.ErrCorrupt, "the model: %w", err)
	}
	return p, err
}

// numbersOf finds the users and items of a log in a model, by their names.
func numbersOf(l *clickLog, m *bundle.Model) *measure.Numbers {
	of := func(log []string, model *bundle.Names) []uint32 {
		list := make([]uint32, len(log))
		for i, name := range log {
			list[i] = model.Number(name)
		}
		return list
	}
	return &measure.Numbers{Users: of(l.names.Users.Names, m.Users), Items: of(l.names.Items.Names, m.Items)}
}

// ctrEvaluation is how well a click-through model predicts.
type ctrEvaluation struct {
	Log            string          `json:"log"`
	Encrypted      bool            `json:"encrypted"`
	Model          string          `json:"model"`
	ModelEncrypted bool            `json:"model_encrypted"`
	Network        string          `json:"network"`
	Protocol       bundle.Protocol `json:"protocol"`
	Split          string          `json:"split"`
	Precision      string          `json:"precision"`
	Batch          int             `json:"batch"`
	// Forms are the graphs that ran, with how many sizes of batches each had.
	Forms      map[string]int  `json:"forms"`
	Rejected   int64           `json:"rejected_negatives"`
	Seconds    float64         `json:"seconds"`
	CPUSeconds float64         `json:"cpu_seconds"`
	Result     *measure.Result `json:"result"`
}

func (*ctrEvaluation) Kind() string { return "ctr_evaluation" }

func (e *ctrEvaluation) Text(w io.Writer) {
	r := e.Result
	rows := float64(max(1, r.Samples))
	fmt.Fprintf(w, "rows %d   users %d   clicked %.1f %%   %d events of a history on average\n", r.Samples, r.Users, 100*float64(r.Positives)/rows, int(float64(r.Events)/rows+0.5))
	fmt.Fprintf(w, "AUC %.4f ±%.4f   GAUC %.4f (%d users, %d without both)   log loss %.4f   accuracy %.4f   calibration %.3f\n",
		r.AUC, r.AUCError, r.GAUC, r.Groups, r.Users-r.Groups, r.LogLoss, r.Accuracy, r.Calibration)
	if e.Protocol.Name == clicks.Neg {
		fmt.Fprintln(w, "what was not clicked was drawn at random, so the calibration says nothing of real traffic")
	}
	fmt.Fprintf(w, "%.0f rows/s, %.2f s of CPU (%s in %s, batches of %d)\n", rows/max(e.Seconds, 1e-9), e.CPUSeconds, e.Network, e.Precision, e.Batch)
}
