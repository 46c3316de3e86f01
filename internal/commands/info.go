package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/formats"
	"datum/formats/binary"
	"datum/train/rundir"
)

func (a *app) infoCommand() *cli.Command {
	return &cli.Command{
		Name:      "info",
		Aliases:   []string{"dinfo"},
		Usage:     "say what a dataset holds",
		UsageText: "datum info DATASET [--encryption-key-file FILE] | datum info --noisy-labels REPORT",
		Description: `Of an encrypted dataset, without the key, what anybody can see is said. DATASET may be PATH:FORMAT,
as in Datumaro.`,
		Flags: append(concat(inputFlags(), formatFlags(a.registry, reads), keyFlags()),
			&cli.BoolFlag{Name: "all", Usage: "everything, not only the first twenty categories or labels"},
			&cli.StringFlag{Name: "noisy-labels", Usage: "instead of a dataset, the top of the `REPORT` that datum train --noisy-labels wrote: annotations that are likely wrong"}),
		Action: a.info,
	}
}

func (a *app) info(ctx context.Context, c *cli.Command) error {
	if report := c.String("noisy-labels"); report != "" {
		if c.Args().Present() || c.IsSet("input-path") {
			return usagef(c, "a dataset and --noisy-labels exclude each other")
		}
		return a.infoNoisyLabels(report, c.Bool("all"))
	}
	m, o, err := a.findWithKey(ctx, c, a.keyAtHand)
	if err != nil {
		return noRun(c, err)
	}
	defer m.Close()
	if eventFormats()[m.Format.Name] != nil {
		return a.eventsInfo(ctx, m, o)
	}
	if m.Encrypted && o.Key == nil {
		return a.infoFromOutside(m)
	}
	ds, err := m.Open(ctx, o.ImportOptions)
	if err != nil {
		return err
	}
	defer ds.Close()
	s, err := a.summarize(ctx, ds)
	if err != nil {
		return err
	}
	s.Encrypted, s.everything = m.Encrypted, c.Bool("all")
	a.Loss("tolerated", ds.Notes())
	if err := a.Result(s); err != nil {
		return err
	}
	return a.skipped(o.Skip)
}

// noRun says where a training is described that was taken for a dataset.
func noRun(c *cli.Command, err error) error {
	path := cmp.Or(c.String("input-path"), c.Args().First())
	if !errors.Is(err, formats.ErrUnknownFormat) || path == "" || rundir.Model(path) == path {
		return err
	}
	return formats.WithHint(err, "it is the folder of a training: datum model info %s", path)
}

// splitFormat takes PATH:FORMAT apart, as Datumaro wrote it, where FORMAT is
// one and PATH:FORMAT is no path.
func (a *app) splitFormat(in string) (path, format string) {
	i := strings.LastIndexByte(in, ':')
	if i <= 0 || exists(in) {
		return in, ""
	}
	if _, err := a.registry.Lookup(in[i+1:]); err != nil {
		return in, ""
	}
	return in[:i], in[i+1:]
}

// outside is what anybody can see of an encrypted dataset.
type outside struct {
	Path   string `json:"path"`
	Format string `json:"format"`
	binary.Storage
}

func (outside) Kind() string { return "encrypted_dataset" }

func (v outside) Text(w io.Writer) {
	fmt.Fprintf(w, "path         %s\nformat       %s, encrypted\n", v.Path, v.Format)
	media := "not saved"
	switch {
	case v.MediaSaved && v.MediaEncrypted:
		media = "saved, encrypted"
	case v.MediaSaved:
		media = "saved in plain"
	}
	manifest := "no"
	if v.Sidecars {
		manifest = "yes"
	}
	fmt.Fprintf(w, "media        %s\nsidecars     %s\n", media, manifest)
	for _, s := range v.Subsets {
		fmt.Fprintf(w, "subset       %-20s %d bytes of annotations\n", s.Name, s.Bytes)
	}
}

func (a *app) infoFromOutside(m *datum.Found) error {
	s, err := binary.Inspect(m.Folder)
	if err != nil {
		return err
	}
	if err := a.Result(outside{m.Path(), m.Format.Name, s}); err != nil {
		return err
	}
	a.Note("this is what anybody can see; there is more with the key: --encryption-key-file FILE")
	return nil
}
