package commands

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"datum"
	"datum/formats"
	"datum/internal/exitcode"
	"datum/internal/ui"
)

// app is one run of the program and its surroundings.
type app struct {
	ui.Printer     // set by speak
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	registry       *formats.Registry
	store          datum.Store // nil where URLs are not opened
}

// run runs the command line, without the name of the program, and returns the
// exit code.
func (a *app) run(ctx context.Context, args []string) int {
	if slices.Contains(args, "--json") { // also errors of the command line itself
		a.Printer = ui.NewJSON(ui.Options{Stdout: a.stdout, Stderr: a.stderr})
	}
	err := a.dispatch(ctx, args)
	if errors.Is(err, syscall.EPIPE) {
		return exitcode.OK // whoever read the output has had enough
	}
	if err != nil && ctx.Err() != nil {
		err = interrupted(err)
	}
	code := exitcode.Of(err)
	if err != nil {
		a.Error(err, code, formats.Hint(err))
	}
	return code
}

// interrupted says what an interruption left behind.
func interrupted(err error) error {
	if errors.Is(err, datum.ErrIncomplete) {
		return err
	}
	left := "the output is as it was before"
	if l := (*leftover)(nil); errors.As(err, &l) {
		left = l.what
	}
	plain := formats.Reason(context.Canceled, "interrupted, %s", left)
	if errors.Is(err, datum.ErrResumable) {
		return formats.WithHint(plain, "%s", formats.Hint(err))
	}
	return plain
}

// A leftover is an error after which the output is not as it was before: what says how
// it is, if this was an interruption.
type leftover struct {
	what string
	err  error
}

func (l *leftover) Error() string { return l.err.Error() }
func (l *leftover) Unwrap() error { return l.err }

func (a *app) dispatch(ctx context.Context, args []string) error {
	if len(args) > 1 && args[0] == "completion" && args[1] == "words" {
		return a.completeWords(args[2:])
	}
	root := a.root()
	line, err := parse(root, args)
	if err != nil {
		return err
	}
	if line.help || len(line.command.Commands) > 0 && (len(line.path) == 1 || line.command.Action == nil) && !line.has("version") {
		return a.help(line)
	}
	return root.Run(ctx, line.canonical())
}

func (a *app) root() *cli.Command {
	root := &cli.Command{
		Name:      "datum",
		Usage:     "convert, encrypt, decrypt, check and describe annotated datasets",
		UsageText: "datum COMMAND [options] [arguments]",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "results as JSON, one object a line; errors as JSON on standard error"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no notes and no progress"},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "more details"},
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "`WHEN` to use colour: auto, always or never (also: NO_COLOR)"},
			&cli.StringFlag{Name: "progress", Value: "auto", Usage: "`HOW` to show progress: auto, bar, plain or none"},
			&cli.StringFlag{Name: "loglevel", Usage: "as in Datumaro: debug, info, warning, error or critical", Hidden: true},
			&cli.BoolFlag{Name: "version", Usage: "print the version", Local: true},
		},
		Commands: []*cli.Command{
			a.convertCommand(), a.mergeShardsCommand(), a.encryptCommand(), a.decryptCommand(), a.keyCommand(), a.rekeyCommand(), a.verifyCommand(),
			a.findCommand(), a.trainCommand(), a.evalCommand(), a.predictCommand(), a.benchmarkCommand(), a.serveCommand(), a.exportCommand(), a.streamCommand(), a.modelCommand(),
			a.infoCommand(), a.detectCommand(), a.formatsCommand(), a.runtimeCommand(), a.completionCommand(), a.versionCommand(),
		},
		Action:         a.version,
		Writer:         a.stderr, // ours is all that goes to standard output
		ErrWriter:      a.stderr,
		ExitErrHandler: func(context.Context, *cli.Command, error) {}, // exit codes are ours
		HideVersion:    true,
		HideHelp:       true, // so is help
	}
	a.prepare(root)
	return root
}

// prepare makes every command answer usage errors as we do and choose its way
// of speaking before it begins.
func (a *app) prepare(c *cli.Command) {
	c.OnUsageError = func(_ context.Context, c *cli.Command, err error, _ bool) error {
		return badValue(c, err)
	}
	if action := c.Action; action != nil {
		c.Action = func(ctx context.Context, c *cli.Command) error {
			if err := a.speak(c); err != nil {
				return err
			}
			return action(ctx, c)
		}
	}
	for _, sub := range c.Commands {
		a.prepare(sub)
	}
}

func usagef(c *cli.Command, format string, args ...any) error {
	return formats.WithHint(formats.Reason(formats.ErrUsage, format, args...), "%s --help shows how it is used", c.FullName())
}

// speak chooses how to print.
func (a *app) speak(c *cli.Command) error {
	o := ui.Options{Stdout: a.stdout, Stderr: a.stderr, Quiet: c.Bool("quiet"), Verbose: c.Bool("verbose")}
	switch c.String("loglevel") {
	case "debug":
		o.Verbose = true
	case "warning", "error", "critical":
		o.Quiet = true
	}
	terminal := isTerminal(a.stderr) && a.getenv("TERM") != "dumb"
	switch when := c.String("color"); when {
	case "auto":
		o.Color = terminal && a.getenv("NO_COLOR") == ""
	case "always":
		o.Color = true
	case "never":
	default:
		return usagef(c, "--color is auto, always or never, not %q", when)
	}
	switch how := c.String("progress"); {
	case how == "bar", how == "auto" && terminal:
		o.Progress = ui.BarProgress
	case how == "plain":
		o.Progress = ui.PlainProgress
	case how == "auto", how == "none":
	default:
		return usagef(c, "--progress is auto, bar, plain or none, not %q", how)
	}
	if c.Bool("json") {
		a.Printer = ui.NewJSON(o)
	} else {
		a.Printer = ui.NewText(o)
	}
	return nil
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// arguments returns the positional arguments, which must be at most n.
func arguments(c *cli.Command, n int) ([]string, error) {
	args := c.Args().Slice()
	if len(args) > n {
		return nil, usagef(c, "too many arguments: %s", strings.Join(args[n:], " "))
	}
	return args, nil
}
