package commands

import (
	"context"

	"github.com/urfave/cli/v3"

	"datum/crypto/key"
	"datum/formats"
	"datum/models/ctr/bundle"
	clickscore "datum/models/ctr/score"
)

// The model of the commands about click-through models.

// clickModelFlag names a click-through model.
func clickModelFlag() cli.Flag {
	return &cli.StringFlag{Name: "model", Aliases: []string{"m"}, Category: groupModel, Usage: "the model, a `FILE` that datum train ctr has made, or the folder of the training"}
}

// clickModelFlags name a click-through model, and how it runs.
func clickModelFlags() []cli.Flag {
	return []cli.Flag{
		clickModelFlag(),
		&cli.StringFlag{Name: "precision", Category: groupModel, Usage: "compute in `TYPE`: f32 or bf16, where that is right", Value: "f32"},
		&cli.StringFlag{Name: "form", Category: groupModel, Usage: "run the `GRAPH` of a dien: sequence, loop (the portable one), or auto, the fastest that is right", Value: "auto"},
		&cli.IntFlag{Name: "threads", Category: groupModel, Usage: "use at most `N` threads"},
	}
}

// clickPrecision refuses types that a click-through model cannot compute in.
func clickPrecision(c *cli.Command) error {
	if p := c.String("precision"); p != "f32" && p != "bf16" {
		return usagef(c, "--precision is f32 or bf16, not %q", p)
	}
	return nil
}

// scoring reads how a click-through model is to run.
func scoring(c *cli.Command) (clickscore.Options, error) {
	o := clickscore.Options{Precision: c.String("precision"), Threads: c.Int("threads")}
	if err := clickPrecision(c); err != nil {
		return o, err
	}
	switch form := c.String("form"); form {
	case "auto", "sequence":
	case "loop":
		o.Portable = true
	default:
		return o, usagef(c, "--form is sequence, loop or auto, not %q", form)
	}
	return o, within(c, "threads", 0, mostThreads)
}

// openClicks reads the model that is meant, with the key of the log, or its own; l is
// nil where there is no log. It reports whether the model is sealed. A key that opens
// nothing is refused: whoever gives one takes the model for a sealed one.
func (a *app) openClicks(ctx context.Context, c *cli.Command, l *clickLog) (*bundle.Model, bool, error) {
	var k *key.Key
	if l != nil {
		k = l.key
	}
	f, err := a.openModel(c, k)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	if k == nil {
		defer f.key.Destroy() // that of the log belongs to the log
	}
	if k == nil && !f.Sealed && keyGivenByFlag(c) {
		return nil, false, formats.WithHint(formats.Reason(formats.ErrKey, "a key was given, but nothing is encrypted"), "leave the key out")
	}
	m, err := bundle.Open(ctx, f.File)
	return m, f.Sealed, err
}
