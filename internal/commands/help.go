package commands

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"
)

// helpPage is the help of a command. It is a result: whoever asks for it gets
// it on standard output.
type helpPage struct {
	Name     string       `json:"name"`
	Usage    string       `json:"usage"`
	About    string       `json:"about"`
	More     string       `json:"description,omitempty"`
	Commands []helpEntry  `json:"commands,omitempty"`
	Options  []optionHelp `json:"options,omitempty"`
	Global   []optionHelp `json:"global_options,omitempty"`
}

type helpEntry struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

type optionHelp struct {
	Names   []string `json:"names"`
	Value   string   `json:"value,omitempty"`
	Default string   `json:"default,omitempty"`
	Group   string   `json:"group,omitempty"`
	About   string   `json:"about"`
}

func (a *app) help(l *commandLine) error {
	c := l.command
	page := helpPage{Name: strings.Join(l.path, " "), Usage: c.UsageText, About: c.Usage, More: c.Description}
	for _, sub := range c.Commands {
		if !sub.Hidden {
			page.Commands = append(page.Commands, helpEntry{sub.Name, sub.Usage})
		}
	}
	page.Options = describe(c.Flags)
	if root := a.root(); len(l.path) > 1 {
		page.Global = describe(root.Flags[:len(root.Flags)-1]) // not --version
	}
	return a.Result(page)
}

func describe(flags []cli.Flag) []optionHelp {
	var out []optionHelp
	for _, f := range flags {
		if !f.(cli.VisibleFlag).IsVisible() {
			continue
		}
		doc := f.(cli.DocGenerationFlag)
		h := optionHelp{About: strings.ReplaceAll(doc.GetUsage(), "`", ""), Group: f.(cli.CategorizableFlag).GetCategory()}
		for _, n := range f.Names() {
			h.Names = append(h.Names, dashed(n))
		}
		if doc.TakesValue() {
			h.Value = "VALUE"
			if _, rest, ok := strings.Cut(doc.GetUsage(), "`"); ok {
				h.Value, _, _ = strings.Cut(rest, "`")
			}
			if v := strings.Trim(doc.GetValue(), `"`); v != "0" && v != `\n` && v != "" {
				h.Default = v
			}
		}
		out = append(out, h)
	}
	return out
}

func dashed(name string) string {
	if len(name) <= 2 {
		return "-" + name
	}
	return "--" + name
}

func (helpPage) Kind() string { return "help" }

func (p helpPage) Text(w io.Writer) {
	fmt.Fprintf(w, "%s: %s\n\nusage: %s\n", p.Name, p.About, p.Usage)
	if p.More != "" {
		fmt.Fprintf(w, "\n%s\n", p.More)
	}
	if len(p.Commands) > 0 {
		fmt.Fprint(w, "\ncommands:\n")
		for _, c := range p.Commands {
			fmt.Fprintf(w, "  %-12s %s\n", c.Name, c.About)
		}
	}
	printOptions(w, "options", p.Options)
	printOptions(w, "global options", p.Global)
}

// printOptions prints options under the headings of their groups.
func printOptions(w io.Writer, title string, options []optionHelp) {
	heading := ""
	for i, o := range options {
		h := title
		if o.Group != "" {
			h = o.Group
		}
		if i == 0 || h != heading {
			fmt.Fprintf(w, "\n%s:\n", h)
			heading = h
		}
		names := strings.Join(o.Names, ", ")
		if o.Value != "" {
			names += " " + o.Value
		}
		about := o.About
		if o.Default != "" {
			about += " (default: " + o.Default + ")"
		}
		printHanging(w, "  "+names, about)
	}
}

const (
	helpIndent = 32
	helpWidth  = 100
)

// printHanging prints a term with its explanation beside or below it.
func printHanging(w io.Writer, term, about string) {
	if len(term) > helpIndent-2 {
		fmt.Fprintln(w, term)
		term = ""
	}
	line := fmt.Sprintf("%-*s", helpIndent, term)
	used := helpIndent
	for i, word := range strings.Fields(about) {
		if used+len(word) >= helpWidth && i > 0 {
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line, used = strings.Repeat(" ", helpIndent), helpIndent
		}
		line += word + " "
		used += len(word) + 1
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}
