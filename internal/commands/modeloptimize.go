package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"datum/crypto/key"
	"datum/formats"
	"datum/graph"
	"datum/models/modelfile"
	"datum/models/optimize"
	"datum/train/rundir"
)

func (a *app) modelOptimizeCommand() *cli.Command {
	return &cli.Command{
		Name: "optimize", Usage: "make the recurrent units of a model faster", UsageText: "datum model optimize IN -o OUT.xml [--time] [--encryption-key-file FILE]", Action: a.modelOptimize,
		Description: `Loops of GRU and AUGRU steps, and chains of them, become single operations (GRUSequence, AUGRUSequence), and what
attention computes over and over again is computed once. The result is run beside IN in f32, on made-up inputs of several
sizes, and is only written if no number differs by more than 1e-5. What was done is said, and what was left, and why.

  datum model optimize dien.xml -o faster.xml --time
  datum model optimize dien.sealed -o faster.sealed -k my.key

An encrypted model is written encrypted, under the same key. AUGRUSequence belongs to OpenVINO's CPU plugin: datum runs the
result, and so does a Python program that compiles it with core.compile_model(path, "CPU").`,
		Flags: append(keyFlags(),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupOutput, Usage: "write the model to `FILE`, which ends in .xml unless it is encrypted"},
			&cli.BoolFlag{Name: "overwrite", Category: groupOutput, Usage: "replace an existing model"},
			&cli.BoolFlag{Name: "check", Category: groupOutput, Usage: "only say what would be done, and whether it is right: write nothing"},
			&cli.BoolFlag{Name: "time", Category: groupModel, Usage: "also measure how much faster it is"},
			&cli.IntFlag{Name: "threads", Category: groupModel, Usage: "use at most `N` threads"},
		),
	}
}

// optimized is what was made of a model.
type optimized struct {
	In      string `json:"model"`
	Out     string `json:"output,omitempty"`
	Sealed  bool   `json:"encrypted"`
	Written bool   `json:"written"`
	*optimize.Report
}

func (*optimized) Kind() string { return "model_optimized" }

func (o *optimized) Text(w io.Writer) {
	for _, c := range o.Done {
		fmt.Fprintf(w, "rewritten    %s\n", c.At)
		switch {
		case c.Loop:
			fmt.Fprintf(w, "             a loop is %s: %d numbers to a state of %d%s\n", c.Into, c.Columns, c.Hidden, ending(c.Lengths))
		case c.Steps > 0:
			fmt.Fprintf(w, "             %d steps are %s: %d numbers to a state of %d%s\n", c.Steps, c.Into, c.Columns, c.Hidden, ending(c.Lengths))
		default:
			fmt.Fprintf(w, "             attention over %d columns: the query is computed once for each row\n", c.Columns)
		}
	}
	for _, l := range o.Left {
		fmt.Fprintf(w, "left         %s (%s%s)\n             %s\n", l.At, l.What, times(l.Count), l.Reason)
	}
	if len(o.Checks) > 0 {
		fmt.Fprintf(w, "checked      %d batches in f32: at most %.1e apart\n", len(o.Checks), o.Worst)
	}
	for _, s := range o.Speed {
		fmt.Fprintf(w, "speed        %4d rows of %d steps: %.2f ms, and %.2f ms before (%.2f times as fast)\n", s.Rows, s.Time, s.After, s.Before, s.Ratio())
	}
	if o.Written {
		fmt.Fprintf(w, "wrote %s\n", o.Out)
	}
}

func ending(lengths bool) string {
	if lengths {
		return ", taken from where each history ends"
	}
	return ""
}

func times(n int) string {
	if n > 1 {
		return fmt.Sprintf(", %d times", n)
	}
	return ""
}

func (a *app) modelOptimize(ctx context.Context, c *cli.Command) error {
	args, err := exactly(c, 1)
	if err != nil {
		return err
	}
	if c.String("output") == "" && !c.Bool("check") {
		return usagef(c, "--output is missing")
	}
	if err := within(c, "threads", 0, mostThreads); err != nil {
		return err
	}
	in := rundir.Model(args[0])
	k, err := a.modelKey(c, in)
	if err != nil {
		return err
	}
	defer k.Destroy()
	f, err := modelfile.Open(in, k)
	if err != nil {
		return err
	}
	defer f.Close()
	switch {
	case f.Kind == modelfile.Clicks:
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%s is a click-through model, which is run as fast as it can be", f.Path), "datum export ctr writes its graph as an IR, with --form sequence that of single operations")
	case f.Kind != modelfile.IR:
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%s is no IR of OpenVINO, but %s", f.Path, f.Kind), "openvino.save_model(openvino.convert_model(...), \"model.xml\") makes one")
	case k != nil && !f.Sealed:
		return formats.WithHint(formats.Reason(formats.ErrKey, "%s is not encrypted", f.Path), "leave the key out, or encrypt it first: datum model encrypt")
	}
	outputs, err := optimizedOutputs(c, f)
	if err != nil {
		return err
	}
	return a.optimize(ctx, c, f, k, outputs)
}

// optimizedOutputs are the files to write, which must not be there; none with --check. An
// IR without weights may have some afterwards.
func optimizedOutputs(c *cli.Command, f *modelfile.File) ([]modelOutput, error) {
	if c.Bool("check") {
		return nil, nil
	}
	o := modelOutput{path: c.String("output"), overwrite: c.Bool("overwrite"), replaces: isSealed}
	outputs := []modelOutput{o}
	if !f.Sealed {
		o.replaces = modelfile.Recognised
		var err error
		if outputs, err = irOutputs(o, f.Path); err != nil {
			return nil, err
		}
	}
	for i := range outputs {
		if err := outputs[i].check([]string{f.Path}); err != nil {
			return nil, err
		}
	}
	return outputs, nil
}

// optimize rewrites a model, says what was done, and writes it.
func (a *app) optimize(ctx context.Context, c *cli.Command, f *modelfile.File, k *key.Key, outputs []modelOutput) error {
	bytes, err := f.Load(ctx)
	if err != nil {
		return err
	}
	defer bytes.Close()
	core, err := a.loadRuntime()
	if err != nil {
		return err
	}
	m, r, err := optimize.Optimize(ctx, core, bytes.Model, bytes.Weights, optimize.Options{Threads: c.Int("threads"), Time: c.Bool("time")})
	o := &optimized{In: f.Path, Sealed: f.Sealed, Report: r}
	if err != nil {
		if r != nil && ctx.Err() == nil {
			if errShown := a.Result(o); errShown != nil {
				return errShown
			}
		}
		return &formats.Error{Path: f.Path, Err: noOptimum(err)}
	}
	if len(outputs) > 0 {
		if err := writeOptimized(ctx, f, k, m, outputs); err != nil {
			return err
		}
		o.Out, o.Written = outputs[0].path, true
	}
	return a.Result(o)
}

// noOptimum says what can be done where there is no result.
func noOptimum(err error) error {
	switch {
	case errors.Is(err, optimize.ErrDiffers):
		return formats.WithHint(err, "nothing was written; please report it with the model, or its .xml")
	case errors.Is(err, optimize.ErrNothing):
		return formats.WithHint(err, "it holds no loop or chain of GRU or AUGRU steps that datum recognises: use it as it is")
	}
	return err
}

// writeOptimized writes a model as it came: in two files, or encrypted.
func writeOptimized(ctx context.Context, f *modelfile.File, k *key.Key, m *graph.Model, outputs []modelOutput) error {
	inputs := []string{f.Path}
	xml, weights := m.XML(), m.Weights().Bytes()
	if !f.Sealed {
		return writeTogether(ctx, outputs, inputs, func(i int) func(io.Writer) error {
			return whole([][]byte{xml, weights}[i])
		})
	}
	name := strings.TrimSuffix(f.Parts[0].Name, filepath.Ext(f.Parts[0].Name))
	staged, err := outputs[0].stage(inputs, func(w io.Writer) error { return modelfile.SealIR(w, k, name, xml, weights) })
	if err != nil {
		return err
	}
	defer staged.abort()
	return staged.commit(ctx)
}
