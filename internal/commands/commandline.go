package commands

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"datum/formats"
	"datum/internal/suggest"
)

// commandLine is a command line taken apart. The flag parser of the library
// wants more order than people and old scripts keep: this takes flags in any
// position, "--" before the options of an exporter as in Datumaro, values
// attached to short flags, grouped short flags and beginnings of long ones, and
// gives the library what it takes.
type commandLine struct {
	path    []string // names of the commands, from "datum" on
	command *cli.Command
	flags   []flagValue
	args    []string
	help    bool
}

type flagValue struct{ name, value string }

func (l *commandLine) has(name string) bool {
	return slices.ContainsFunc(l.flags, func(f flagValue) bool { return f.name == name })
}

// canonical is the same command line in a form without ambiguities.
func (l *commandLine) canonical() []string {
	out := slices.Clone(l.path)
	for _, f := range l.flags {
		out = append(out, "--"+f.name+"="+f.value)
	}
	return append(append(out, "--"), l.args...)
}

// parser takes the words of a command line one by one.
type parser struct {
	commandLine
	lineage []*cli.Command
	rest    []string
}

func parse(root *cli.Command, words []string) (*commandLine, error) {
	p := &parser{rest: words}
	p.enter(root)
	for len(p.rest) > 0 {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	return &p.commandLine, nil
}

func (p *parser) enter(c *cli.Command) {
	p.command = c
	p.lineage = append(p.lineage, c)
	p.path = append(p.path, c.Name)
}

func (p *parser) take() string {
	w := p.rest[0]
	p.rest = p.rest[1:]
	return w
}

func (p *parser) next() error {
	switch w := p.take(); {
	case w == "--":
		p.dashes()
	case w == "-h" || w == "--help":
		p.help = true
	case len(w) > 1 && w[0] == '-':
		return p.flag(w)
	case len(p.command.Commands) > 0 && len(p.args) == 0:
		return p.verb(w)
	default:
		p.args = append(p.args, w)
	}
	return nil
}

// dashes ends the flags, unless flags follow: Datumaro wanted it before those
// of an exporter.
func (p *parser) dashes() {
	if len(p.rest) > 0 {
		name, _, _ := strings.Cut(p.rest[0], "=")
		if len(name) > 1 && name[0] == '-' && p.lookup(strings.TrimLeft(name, "-")) != nil {
			return
		}
	}
	p.args = append(p.args, p.rest...)
	p.rest = nil
}

func (p *parser) verb(w string) error {
	if w == "help" && len(p.lineage) == 1 {
		p.help = true
		return nil
	}
	if sub := p.command.Command(w); sub != nil {
		p.enter(sub)
		return nil
	}
	if len(p.lineage) > 1 && p.command.Action != nil { // datum train has a command, and arguments of its own
		p.args = append(p.args, w)
		return nil
	}
	err := formats.Reason(formats.ErrUsage, "%s has no command %q", strings.Join(p.path, " "), w)
	if slices.Contains(notYet, w) && len(p.lineage) == 1 {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "the command %q of Datumaro is not there yet", w), "datum --help lists the commands")
	}
	var names []string
	for _, c := range p.command.Commands {
		names = append(append(names, c.Name), c.Aliases...)
	}
	if best := suggest.Nearest(w, names); best != "" {
		return formats.WithHint(err, "did you mean %s %s?", strings.Join(p.path, " "), best)
	}
	return formats.WithHint(err, "%s --help lists the commands", strings.Join(p.path, " "))
}

// notYet are the commands of Datumaro, old and new, that have no counterpart.
var notYet = []string{
	"compare", "download", "explain", "explore", "filter", "generate", "merge", "model", "patch", "project", "prune",
	"source", "stats", "transform", "util", "validate",
}

// flag takes a word that begins with a dash, and its value from the next one.
func (p *parser) flag(w string) error {
	name, value, attached := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(w, "-"), "-"), "=")
	f := p.lookup(name)
	if f == nil && !strings.HasPrefix(w, "--") && len(name) > 1 {
		return p.shortFlags(w)
	}
	if f == nil {
		f = p.abbreviated(name)
	}
	if f == nil {
		return p.unknownFlag(w)
	}
	if !takesValue(f) {
		if !attached {
			value = "true"
		}
		p.set(f, value)
		return nil
	}
	if !attached {
		if len(p.rest) == 0 {
			return p.usage("%s needs a value", w)
		}
		value = p.take()
	}
	p.set(f, value)
	return nil
}

// shortFlags takes -qv for -q -v, and -fcoco or -j4 for -f coco or -j 4.
func (p *parser) shortFlags(w string) error {
	for i := 1; i < len(w); i++ {
		f := p.lookup(w[i : i+1])
		switch {
		case f == nil:
			return p.unknownFlag(w)
		case takesValue(f):
			if i+1 == len(w) {
				return p.flag("-" + w[i:])
			}
			p.set(f, strings.TrimPrefix(w[i+1:], "="))
			return nil
		default:
			p.set(f, "true")
		}
	}
	return nil
}

func (p *parser) set(f cli.Flag, value string) {
	p.flags = append(p.flags, flagValue{f.Names()[0], value})
}

func (p *parser) usage(format string, args ...any) error {
	return formats.WithHint(formats.Reason(formats.ErrUsage, format, args...), "%s --help lists the options", strings.Join(p.path, " "))
}

func (p *parser) unknownFlag(w string) error {
	name, _, _ := strings.Cut(w, "=")
	var names []string
	for _, f := range p.known() {
		if f.(cli.VisibleFlag).IsVisible() {
			names = append(names, f.Names()[0])
		}
	}
	if best := suggest.Nearest(strings.TrimLeft(name, "-"), names); best != "" {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "there is no option %s", name), "did you mean --%s?", best)
	}
	return p.usage("there is no option %s", name)
}

// known are the flags that may stand here. Before a verb those of the verb to
// come count too, so that flags may stand in front of it.
func (p *parser) known() []cli.Flag {
	var out []cli.Flag
	for _, c := range p.lineage {
		out = append(out, c.Flags...)
	}
	at := p.command
	for _, w := range p.rest {
		if sub := at.Command(w); sub != nil {
			out = append(out, sub.Flags...)
			at = sub
		}
	}
	return out
}

func (p *parser) lookup(name string) cli.Flag {
	for _, f := range p.known() {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

// abbreviated finds the flag that alone begins with name, as Python's argparse
// does.
func (p *parser) abbreviated(name string) (found cli.Flag) {
	const shortest = 3
	if len(name) < shortest {
		return nil
	}
	for _, f := range p.known() {
		if slices.ContainsFunc(f.Names(), func(n string) bool { return strings.HasPrefix(n, name) }) {
			if found != nil {
				return nil
			}
			found = f
		}
	}
	return found
}

func takesValue(f cli.Flag) bool { return f.(cli.DocGenerationFlag).TakesValue() }
