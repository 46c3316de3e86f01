package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v3"

	"datum/formats"
	"datum/internal/atomicdir"
	"datum/models/ctr"
)

func (a *app) exportCommand() *cli.Command {
	return &cli.Command{
		Name:      "export",
		Usage:     "write what was trained in a form for other programs",
		UsageText: "datum export COMMAND [options]",
		Commands: []*cli.Command{{
			Name:      "ctr",
			Usage:     "write a click-through model as an IR of OpenVINO, and its tables",
			UsageText: "datum export ctr -m MODEL -o FOLDER [-f openvino_ir] [--form loop|sequence] [--encryption-key-file FILE]",
			Description: `Writes the graph as model.xml and model.bin, in ordinary operations that every OpenVINO runs, and the tables of embeddings
beside it: users.bin, items.bin and categories.bin, rows of little-endian float32 from number 0, which is what is not
known, on, with the names in users.jsonl, items.jsonl and categories.jsonl, from number 1 on, and the category of each item in
item-categories.txt. All of it is in plain: of a sealed model --plain-output has to ask for that, and only you can read what is
written (mode 0600).

A row of an item is that of the item and that of its category behind it. Inputs are user, item, history (padded at its
end), mask (1 where a history is) and lengths; the output probability is that of a click.`,
			Flags: concat([]cli.Flag{
				clickModelFlag(),
				&cli.StringFlag{Name: "form", Category: groupModel, Usage: "write the `GRAPH` loop, which is portable, or sequence, which is for OpenVINO's CPU plugin alone", Value: string(ctr.Loop)},
				&cli.StringFlag{Name: "output-dir", Aliases: []string{"o"}, Category: groupOutput, Usage: "the `FOLDER` to write, which must not exist"},
				&cli.StringFlag{Name: "output-format", Aliases: []string{"f"}, Category: groupOutput, Usage: "the `FORMAT`: openvino_ir", Value: "openvino_ir"},
				&cli.BoolFlag{Name: "plain-output", Category: groupOutput, Usage: "write in plain what is sealed"},
			}, keyFlags()),
			Action: a.exportCtr,
		}},
	}
}

func (a *app) exportCtr(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	form, out := ctr.Form(c.String("form")), c.String("output-dir")
	switch {
	case form != ctr.Loop && form != ctr.Sequence:
		return usagef(c, "--form is loop or sequence, not %q", form)
	case c.String("output-format") != "openvino_ir":
		return usagef(c, "a click-through model is exported as openvino_ir, not as %q", c.String("output-format"))
	case out == "":
		return usagef(c, "the folder to write is missing: -o FOLDER")
	}
	m, sealed, err := a.openClicks(ctx, c, nil)
	if err != nil {
		return err
	}
	if sealed && !c.Bool("plain-output") {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%s is sealed, and what is exported is in plain: tables have memorised what users did", c.String("model")), "--plain-output permits it")
	}
	if form == ctr.Sequence { // whoever runs it may choose bfloat16, and compares nothing
		form = ctr.PreciseSequence
	}
	graph, err := m.Network().Model(form, m.Values)
	if err != nil {
		return err
	}
	dir, err := atomicdir.Stage(out, false)
	if errors.Is(err, atomicdir.ErrExists) {
		return formats.WithHint(locked(err), "name another folder, or delete this one yourself")
	}
	if err != nil {
		return locked(err)
	}
	defer dir.Abort()
	mode := os.FileMode(0o666)
	if sealed { // as datum model decrypt does
		mode = 0o600
	}
	content := m.Export()
	content["model.xml"], content["model.bin"] = whole(graph.XML()), whole(graph.Weights().Bytes())
	for name, write := range content {
		if err := writeTo(filepath.Join(dir.Path(), name), mode, write); err != nil {
			return formats.DiskHint(err)
		}
	}
	if err := dir.Commit(ctx); err != nil {
		return formats.DiskHint(err)
	}
	return a.Result(&ctrExport{Model: c.String("model"), Sealed: sealed, Output: out, Form: c.String("form"), Users: m.Users.Len() - 1, Items: m.Items.Len() - 1})
}

// ctrExport is what was written.
type ctrExport struct {
	Model  string `json:"model"`
	Sealed bool   `json:"sealed"`
	Output string `json:"output"`
	Form   string `json:"form"`
	Users  int    `json:"users"`
	Items  int    `json:"items"`
}

func (*ctrExport) Kind() string { return "ctr_export" }

func (e *ctrExport) Text(w io.Writer) {
	fmt.Fprintf(w, "wrote the %s graph of %s, and the tables of %s and %s, to %s\n", e.Form, e.Model, number(e.Users, "user", "users"), number(e.Items, "item", "items"), e.Output)
}
