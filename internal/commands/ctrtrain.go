package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"datum/models/ctr"
	"datum/train/clicks"
	"datum/train/clicktrainer"
	"datum/train/rundir"
	"datum/train/trainer"
)

func (a *app) trainCtrCommand() *cli.Command {
	return &cli.Command{
		Name:      "ctr",
		Usage:     "train a click-through model on a log of events, encrypted or not",
		UsageText: "datum train ctr -i LOG [--model dien|din|dnn] [--protocol neg|rate] -o RUN [--encryption-key-file FILE]",
		Description: `The log is decrypted in memory only. Under the protocol neg every event is a click, and for each an item is drawn that was
not clicked; the last event of a user is left for datum eval ctr, and the last but one validates the model after each epoch.
Under rate, --positive says which events are clicks; the others were shown and not clicked.

The best model stays in the folder RUN, sealed under the key of the log unless --plain-output is given: its tables have
memorised what users did. With it are a checkpoint, from which --resume goes on after an interruption, and curves as a page
and for TensorBoard. The same log, options and seed give the same model.

  datum train ctr -i log -o run
  datum train ctr -i log-enc -k my.key -o run --model din
  datum train ctr -i log -o run --protocol rate --positive 'rating>=4'

It needs the runtime: datum runtime install gets it.`,
		Flags: concat(logFlags(), []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupOutput, Usage: "the folder `RUN` of this training"},
			&cli.BoolFlag{Name: "overwrite", Category: groupOutput, Usage: "replace an older training there"},
			&cli.BoolFlag{Name: "resume", Category: groupOutput, Usage: "go on with a training that was interrupted"},
			&cli.BoolFlag{Name: "plain-output", Category: groupOutput, Usage: "write model and checkpoint in plain, though the log is encrypted"},
			&cli.StringFlag{Name: "model", Category: groupTraining, Usage: "train `ONE` of dien, din and dnn", Value: ctr.DIEN},
			&cli.StringFlag{Name: "protocol", Category: groupTraining, Usage: "`WHAT` a click is: neg or rate", Value: clicks.Neg},
			&cli.StringFlag{Name: "positive", Category: groupTraining, Usage: "events that fulfil the `CONDITION` are clicks, such as rating>=4"},
			&cli.IntFlag{Name: "negatives", Category: groupTraining, Usage: "draw `N` items for each click, under neg", Value: 1},
			&cli.FloatFlag{Name: "test-share", Category: groupTraining, Usage: "leave the last `SHARE` of each user's rows for the test, under rate", Value: 0.1},
			&cli.IntFlag{Name: "max-history", Category: groupTraining, Usage: "look at the last `N` events of a history", Value: 100},
			&cli.IntFlag{Name: "epochs", Category: groupTraining, Usage: "go through the log `N` times", Value: 3},
			&cli.IntFlag{Name: "batch", Category: groupTraining, Usage: "take `N` rows at a time", Value: 128},
			&cli.FloatFlag{Name: "lr", Category: groupTraining, Usage: "the learning `RATE` of the first epoch; that of each epoch is half of the one before", Value: 0.001},
			&cli.FloatFlag{Name: "aux", Category: groupTraining, Usage: "weigh dien's auxiliary loss with `W`; 0 is for none", Value: 1},
			&cli.IntFlag{Name: "embedding", Category: groupTraining, Usage: "let embeddings have `N` numbers", Value: 18},
			&cli.BoolFlag{Name: "reference", Category: groupTraining, Usage: "compute as the published program does, with statistics of the batch and sums over padding: what a row is predicted then depends on the rows beside it"},
			&cli.Uint64Flag{Name: "seed", Category: groupTraining, Usage: "begin all that is random with `N`: the same gives the same model", Value: 1},
			&cli.IntFlag{Name: "threads", Category: groupTraining, Usage: "use at most `N` threads for computing"},
			&cli.IntFlag{Name: "checkpoint-every", Category: groupTraining, Usage: "write a checkpoint every `N` steps, and after each epoch", Value: 2000},
		}, keyFlags()),
		Action: a.trainCtr,
	}
}

func (a *app) trainCtr(ctx context.Context, c *cli.Command) error {
	o, err := clickOptions(c)
	if err != nil {
		return err
	}
	l, err := a.openLog(ctx, c)
	if err != nil {
		return err
	}
	defer l.close()
	if err := keyIsNeeded(c, l.key != nil); err != nil {
		return err
	}
	dir := &rundir.Dir{Path: filepath.Clean(c.String("output")), Clicks: true}
	if !c.Bool("plain-output") {
		dir.Key = l.key
	}
	defer dir.Close()
	o.Resume = c.Bool("resume") && !dir.Abandoned()
	o.Data = l.data(o.Data.Protocol, o.Data.Seed)
	o.Names, o.Pseudonyms, o.Store = l.names, l.Info().Pseudonyms, dir
	if o.Survey, err = o.Data.Look(ctx, l.Info().Events); err != nil {
		return l.unfit(err)
	}
	a.tellClicks(o.Survey)
	return a.runCtr(ctx, c, l, dir, o)
}

// clickOptions reads what the command line says, and refuses what cannot be.
func clickOptions(c *cli.Command) (o clicktrainer.Options, err error) {
	if err := noArguments(c); err != nil {
		return o, err
	}
	if c.String("output") == "" {
		return o, usagef(c, "the folder to write into is missing: -o RUN")
	}
	p := clicks.Protocol{Name: c.String("protocol"), MaxHistory: c.Int("max-history")}
	elsewhere := "negatives" // an option of the other protocol
	if p.Name == clicks.Neg {
		p.Negatives, elsewhere = c.Int("negatives"), "test-share"
	} else {
		p.Share = c.Float("test-share")
	}
	if c.IsSet(elsewhere) {
		return o, usagef(c, "--%s means nothing under --protocol %s", elsewhere, p.Name)
	}
	if text := c.String("positive"); text != "" {
		if p.Positive, err = clicks.ParseCondition(text); err != nil {
			return o, usagef(c, "%w", err)
		}
	} else if p.Name == clicks.Rate {
		return o, usagef(c, "under --protocol rate, --positive says which events are clicks, such as --positive 'rating>=4'")
	}
	if err := p.Check(); err != nil {
		return o, usagef(c, "%w", err)
	}
	n := ctr.Config{Architecture: c.String("model"), Embedding: c.Int("embedding"), Reference: c.Bool("reference")}
	if n.Architecture == ctr.DIEN {
		n.Auxiliary = c.Float("aux")
	} else if c.IsSet("aux") && c.Float("aux") != 0 {
		return o, usagef(c, "only dien has an auxiliary loss")
	}
	if n.Embedding < 1 {
		return o, usagef(c, "--embedding is a number above 0, not %d", n.Embedding)
	}
	if _, err := ctr.New(n); err != nil {
		return o, usagef(c, "%w", err)
	}
	for _, name := range []string{"epochs", "batch", "checkpoint-every"} {
		if v := c.Int(name); v < 1 || v > 1<<20 {
			return o, usagef(c, "--%s is a number above 0, not %d", name, v)
		}
	}
	if err := within(c, "threads", 0, mostThreads); err != nil {
		return o, err
	}
	o = clicktrainer.Options{Network: n, Data: &clicks.Data{Protocol: p, Seed: c.Uint64("seed")}, Batch: c.Int("batch"), Epochs: c.Int("epochs"), Rate: c.Float("lr"),
		Threads: c.Int("threads"), Every: c.Int("checkpoint-every")}
	if !(o.Rate > 0 && o.Rate <= 100) {
		return o, usagef(c, "--lr is a number above 0, not %v", o.Rate)
	}
	return o, nil
}

// tellClicks says what there is to learn from, and what is not.
func (a *app) tellClicks(s *clicks.Survey) {
	a.Note("%d rows to learn from, %d to validate with, %d left for the test; %d users, %d events", s.Samples[clicks.Train], s.Samples[clicks.Validation], s.Samples[clicks.Test], s.Users, s.Events)
	a.Detail("a row to learn from knows of %.1f events", float64(s.Known)/float64(max(1, s.Samples[clicks.Train])))
	if s.Short > 0 {
		a.Warn("%s fewer than two events, of which nothing is learnt", number(int(s.Short), "user has", "users have"))
	}
	if s.Silent > 0 {
		a.Warn("%s no click before another event, and nothing is learnt of them", number(int(s.Silent), "user has", "users have"))
	}
	if s.Longer > 0 {
		a.Note("%s more events than --max-history, and only the last count", number(int(s.Longer), "row has", "rows have"))
	}
}

// runCtr trains, and writes what there is to be seen of it.
func (a *app) runCtr(ctx context.Context, c *cli.Command, l *clickLog, dir *rundir.Dir, o clicktrainer.Options) (err error) {
	core, err := a.loadRuntime()
	if err != nil {
		return err
	}
	if err := a.enter(ctx, c, dir, o.Resume); err != nil {
		return err
	}
	w, err := a.watchTraining(clicksWatched(dir, o))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	o.OnBegin, o.OnStep = w.begin, w.step
	o.OnEpoch = func(e *trainer.Epoch) { w.epoch(ctx, e) }
	r, err := clicktrainer.Run(ctx, core, o)
	w.done()
	if err != nil {
		return stays(ctx, dir, err)
	}
	t := clicksTrained(l, dir, o, r)
	return errors.Join(w.err, a.Result(t))
}

func clicksWatched(dir *rundir.Dir, o clicktrainer.Options) watched {
	w := watched{name: o.Network.Architecture, dir: dir, epochs: o.Epochs, each: o.Batch, unit: "rows"}
	w.fact("rows to learn from", grouped(int(o.Survey.Samples[clicks.Train])))
	w.fact("users", grouped(int(o.Survey.Users)))
	w.fact("events", grouped(int(o.Survey.Events)))
	w.fact("protocol", strings.TrimSpace(o.Data.Protocol.Name+" "+o.Data.Protocol.Positive.String()))
	return w
}

// ctrTrained is what a training of a click-through model came to.
type ctrTrained struct {
	Network    string         `json:"network"`
	Protocol   string         `json:"protocol"`
	Encrypted  bool           `json:"encrypted"`
	Sealed     bool           `json:"sealed"`
	Survey     *clicks.Survey `json:"survey"`
	Model      string         `json:"model"`
	Best       *trainer.Epoch `json:"best"`
	Epochs     int            `json:"epochs"`
	Steps      uint64         `json:"steps"`
	Seconds    float64        `json:"seconds"`
	CPUSeconds float64        `json:"cpu_seconds"`
	Waited     float64        `json:"waited_seconds"`
	// Rejected is how often an item was drawn that had been clicked, and another taken.
	Rejected int64 `json:"rejected_negatives"`
}

func clicksTrained(l *clickLog, dir *rundir.Dir, o clicktrainer.Options, r *clicktrainer.Result) *ctrTrained {
	t := &ctrTrained{Network: o.Network.Architecture, Protocol: o.Data.Protocol.Name, Encrypted: l.key != nil, Sealed: dir.Key != nil, Survey: o.Survey,
		Model: dir.Model(), Epochs: len(r.Epochs), Steps: r.Steps, CPUSeconds: cpuSeconds(), Rejected: r.Rejected}
	t.Best = bestOf(r.Epochs)
	t.Seconds, t.Waited = spent(r.Epochs)
	return t
}

func (*ctrTrained) Kind() string { return "ctr_training" }

func (t *ctrTrained) Text(w io.Writer) {
	fmt.Fprintln(w, effort(t.Epochs, t.Steps, t.Seconds, t.CPUSeconds, t.Waited))
	if b := t.Best; b != nil {
		fmt.Fprintf(w, "the best is that after epoch %d, with the rows for validation: %s\n", b.Number, figuresOf(b))
	}
	fmt.Fprintln(w, whereIs(t.Model))
}
