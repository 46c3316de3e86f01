package commands

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"datum/formats"
	"datum/models/network"
	"datum/models/template"
)

func (a *app) completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the completion script for a shell",
		UsageText: "datum completion bash|zsh|fish",
		Description: `  bash: source <(datum completion bash)
  zsh:  source <(datum completion zsh)
  fish: datum completion fish | source`,
		Action: a.completion,
	}
}

func (a *app) completion(_ context.Context, c *cli.Command) error {
	args, err := exactly(c, 1)
	if err != nil {
		return err
	}
	script, ok := completionScripts[args[0]]
	if !ok {
		return usagef(c, "there is a script for bash, zsh and fish, not for %q", args[0])
	}
	return a.Result(completionScript{args[0], script})
}

type completionScript struct {
	Shell  string `json:"shell"`
	Script string `json:"script"`
}

func (completionScript) Kind() string { return "completion" }

func (s completionScript) Text(w io.Writer) { io.WriteString(w, s.Script) }

// The scripts ask the program itself, so that they never go stale: "datum
// completion words" and the words up to the cursor. Where it prints nothing,
// the shell completes file names.
var completionScripts = map[string]string{
	"bash": `_datum() {
  local IFS=$'\n'
  COMPREPLY=($(datum completion words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _datum datum
`,
	"zsh": `#compdef datum
_datum() {
  local -a found
  found=(${(f)"$(datum completion words "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( ${#found} )); then compadd -a found; else _files; fi
}
compdef _datum datum
`,
	"fish": `function _datum
  set -l words (commandline -opc) (commandline -ct)
  set -l found (datum completion words $words[2..-1] 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c datum -f -a '(_datum)'
`,
}

// completeWords prints what may stand in the place of the last word, which may
// be empty or incomplete.
func (a *app) completeWords(words []string) error {
	last := ""
	if n := len(words); n > 0 {
		last, words = words[n-1], words[:n-1]
	}
	for _, w := range a.candidates(words, last) {
		if strings.HasPrefix(w, last) {
			if _, err := fmt.Fprintln(a.stdout, w); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *app) candidates(words []string, last string) []string {
	p := &parser{rest: words}
	p.enter(a.root())
	for len(p.rest) > 0 {
		w := p.rest[0]
		if err := p.next(); err != nil {
			if f := p.lookup(strings.TrimLeft(w, "-")); f != nil && len(p.rest) == 0 {
				return a.values(f.Names()[0])
			}
			return nil
		}
	}
	if strings.HasPrefix(last, "-") {
		return flagNames(p.known())
	}
	switch p.command.Name {
	case "completion":
		return []string{"bash", "zsh", "fish"}
	case "find", "train":
		if len(p.args) == 0 {
			return template.Names()
		}
		return nil
	}
	var out []string
	for _, sub := range p.command.Commands {
		out = append(out, sub.Name)
	}
	return out
}

// values are what may follow a flag; none where anything may.
func (a *app) values(flag string) []string {
	switch flag {
	case "input-format":
		return a.formatNames(func(f *formats.Format) bool { return f.Import != nil })
	case "output-format":
		return a.formatNames(func(f *formats.Format) bool { return f.Export != nil })
	case "color":
		return []string{"auto", "always", "never"}
	case "progress":
		return []string{"auto", "bar", "plain", "none"}
	case "task":
		return []string{string(network.Detection), string(network.Classification)}
	case "precision":
		return []string{"f32", "mixed"}
	case "media":
		return []string{"copy", "hardlink", "symlink", mediaNone}
	case "on-collision":
		return []string{"error", "rename", "subset-prefix"}
	}
	for _, f := range a.registry.All() {
		for _, o := range f.Options {
			if o.Name == flag {
				return o.Values
			}
		}
	}
	return nil
}

func flagNames(flags []cli.Flag) []string {
	var out []string
	for _, f := range flags {
		if !f.(cli.VisibleFlag).IsVisible() {
			continue
		}
		for _, n := range f.Names() {
			if len(n) > 2 {
				out = append(out, "--"+n)
			}
		}
	}
	return append(out, "--help")
}
