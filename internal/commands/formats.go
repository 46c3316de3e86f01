package commands

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"datum/formats"
)

func (a *app) formatsCommand() *cli.Command {
	return &cli.Command{
		Name:      "formats",
		Aliases:   []string{"format"},
		Usage:     "list the formats",
		UsageText: "datum formats [--list-import | --list-export] [--delimiter D]",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "list-import", Aliases: []string{"li"}, Usage: "only the names of what can be read, aliases included"},
			&cli.BoolFlag{Name: "list-export", Aliases: []string{"le"}, Usage: "only the names of what can be written, aliases included"},
			&cli.StringFlag{Name: "delimiter", Aliases: []string{"d"}, Usage: "put `D` between names", Value: "\n"},
		},
		Action: a.formats,
	}
}

func (a *app) formats(_ context.Context, c *cli.Command) error {
	read, write := c.Bool("list-import"), c.Bool("list-export")
	if read && write {
		return usagef(c, "--list-import and --list-export exclude each other")
	}
	if !read && !write {
		return a.Result(a.formatTable())
	}
	names := a.formatNames(func(f *formats.Format) bool { return read && f.Import != nil || write && f.Export != nil })
	return a.Result(nameList{names, c.String("delimiter")})
}

// nameList is a list of names for scripts.
type nameList struct {
	Names     []string `json:"names"`
	delimiter string
}

func (nameList) Kind() string { return "format_names" }

func (l nameList) Text(w io.Writer) { fmt.Fprintln(w, strings.Join(l.Names, l.delimiter)) }

// formatTable is the list of formats for people.
type formatTable struct {
	Formats []formatRow `json:"formats"`
}

type formatRow struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	Reads   bool     `json:"reads"`
	Writes  bool     `json:"writes"`
	Summary string   `json:"summary"`
}

func (a *app) formatTable() formatTable {
	t := formatTable{Formats: []formatRow{}}
	for _, f := range a.registry.All() {
		t.Formats = append(t.Formats, formatRow{f.Name, f.Aliases, f.Import != nil, f.Export != nil, f.Summary})
	}
	return t
}

func (formatTable) Kind() string { return "formats" }

func (t formatTable) Text(w io.Writer) {
	width := 0
	for _, f := range t.Formats {
		width = max(width, len(f.Name))
	}
	for _, f := range t.Formats {
		fmt.Fprintf(w, "%-*s  %-12s %s\n", width, f.Name, f.abilities(), f.Summary)
		if len(f.Aliases) > 0 {
			fmt.Fprintf(w, "%-*s  %-12s also called %s\n", width, "", "", strings.Join(f.Aliases, ", "))
		}
	}
}

func (f formatRow) abilities() string {
	switch {
	case !f.Reads:
		return "write"
	case !f.Writes:
		return "read"
	}
	return "read, write"
}

// formatNames are all names of all formats that satisfy can.
func (a *app) formatNames(can func(*formats.Format) bool) []string {
	names := []string{}
	for _, f := range a.registry.All() {
		if can(f) {
			names = append(append(names, f.Name), f.Aliases...)
		}
	}
	return names
}
