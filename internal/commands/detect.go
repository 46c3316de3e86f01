package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/detect"
	"datum/files"
)

func (a *app) detectCommand() *cli.Command {
	return &cli.Command{
		Name:        "detect",
		Usage:       "find out the format of a dataset",
		UsageText:   "datum detect [--show-rejections] [--depth N] PATH",
		Description: "Exit code 0: one format fits; 10: none; 14: several.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "input-path", Aliases: []string{"i"}, Usage: "the `PATH`"},
			&cli.BoolFlag{Name: "show-rejections", Usage: "say what each other format needs, the nearest miss first"},
			&cli.IntFlag{Name: "depth", Usage: "go through `N` folders with nothing but a folder in them", Value: detect.Depth},
			&cli.StringFlag{Name: "json-report", Usage: "write the answer to `FILE`, as Datumaro did"},
		},
		Action: a.detect,
	}
}

func (a *app) detect(ctx context.Context, c *cli.Command) error {
	in, err := inputPath(c)
	if err != nil {
		return err
	}
	depth := c.Int("depth")
	if depth < 0 {
		return usagef(c, "--depth cannot be negative")
	}
	// A listing is bounded, and is all that is kept: collecting what is left of
	// it would take longer than the rest.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	o := datum.Options{Registry: a.registry, Stdin: a.stdin, Store: a.store}
	folder, err := o.Folder(ctx, in)
	if err != nil {
		return err
	}
	defer folder.Close()
	in = files.URLName(in)
	res, err := detect.Run(ctx, a.registry, folder, depth)
	if err != nil {
		return err
	}
	if path := c.String("json-report"); path != "" {
		if err := writeReport(path, res); err != nil {
			return err
		}
	}
	if err := a.Result(newDetection(in, res, c.Bool("show-rejections"))); err != nil {
		return err
	}
	_, err = detect.Choose(in, res)
	return err
}

// detection is what was found out, in Datumaro's words where it has some.
type detection struct {
	asked     string
	Path      string      `json:"path"`
	Detected  []string    `json:"detected_formats"`
	Encrypted bool        `json:"encrypted"`
	Rejected  []rejection `json:"rejected_formats,omitempty"`
}

// rejection is why a format is not the one.
type rejection struct {
	Format string   `json:"format"`
	Path   string   `json:"path"`
	Met    []string `json:"met,omitempty"`
	Unmet  []string `json:"unmet,omitempty"`
}

func newDetection(in string, res detect.Result, rejections bool) detection {
	d := detection{asked: in, Path: in, Detected: []string{}}
	for _, m := range res.Matches {
		d.Path, d.Encrypted = m.Path(), d.Encrypted || m.Encrypted
		d.Detected = append(d.Detected, m.Format.Name)
	}
	for _, m := range res.Rejected {
		if rejections {
			d.Rejected = append(d.Rejected, rejection{m.Format.Name, m.Path(), m.Met, m.Unmet})
		}
	}
	return d
}

func (detection) Kind() string { return "detection" }

func (d detection) Text(w io.Writer) {
	switch len(d.Detected) {
	case 0:
		fmt.Fprintln(w, "Unable to detect the format")
	case 1:
		fmt.Fprintf(w, "Detected format: %s\n", d.Detected[0])
		if d.Encrypted {
			fmt.Fprintln(w, "It is encrypted")
		}
		if filepath.Clean(d.asked) != filepath.Clean(d.Path) {
			fmt.Fprintf(w, "Found in: %s\n", d.Path)
		}
	default:
		fmt.Fprint(w, "Ambiguous dataset; detected the following formats:\n\n")
		for _, name := range d.Detected {
			fmt.Fprintf(w, "- %s\n", name)
		}
	}
	if len(d.Rejected) > 0 {
		fmt.Fprintf(w, "\nThe following formats were rejected, the nearest miss first (looked in %s):\n", d.Rejected[0].Path)
	}
	for _, r := range d.Rejected {
		fmt.Fprintf(w, "\n%s:\n", r.Format)
		for _, x := range r.Met {
			fmt.Fprintf(w, "  has %s\n", x)
		}
		for _, x := range r.Unmet {
			fmt.Fprintf(w, "  needs %s\n", x)
		}
		if len(r.Unmet) == 0 {
			fmt.Fprintln(w, "  another format was matched with more confidence")
		}
	}
}

// writeReport writes the report of Datumaro's --json-report.
func writeReport(path string, res detect.Result) error {
	type reason struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	}
	report := struct {
		Rejected map[string]reason `json:"rejected_formats"`
		Detected []string          `json:"detected_formats"`
	}{map[string]reason{}, []string{}}
	for _, m := range res.Matches {
		report.Detected = append(report.Detected, m.Format.Name)
	}
	for _, m := range res.Rejected {
		r := reason{"insufficient_confidence", "Another format was matched with more confidence"}
		if len(m.Unmet) > 0 {
			r = reason{"unmet_requirements", fmt.Sprintf("needs %s", detect.Needs(m.Unmet))}
		}
		report.Rejected[m.Format.Name] = r
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o666)
}
