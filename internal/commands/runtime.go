package commands

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/formats"
	"datum/openvino/install"
)

func (a *app) runtimeCommand() *cli.Command {
	return &cli.Command{
		Name:      "runtime",
		Usage:     "install, show and remove OpenVINO, on which models run",
		UsageText: "datum runtime COMMAND [options]",
		Commands: []*cli.Command{
			{
				Name: "install", Usage: "put the runtime into your data folder", UsageText: "datum runtime install [--find-links PATH | --index-url URL] [--with FRONTENDS]",
				Action: a.runtimeInstall, Flags: installFlags(),
				Description: `Takes the libraries of OpenVINO ` + install.Version + ` that models need out of its Python wheel, and their licences, and libturbojpeg out
of the wheel turbojpeg (on x86-64), with which JPEG files are decoded three times as fast. The wheels are looked for where pip
would look, by pip's own settings (pip.conf, PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS, PIP_NO_INDEX, PIP_CERT,
PIP_TRUSTED_HOST, PIP_PROXY, .netrc); where no index is configured, pip itself downloads them. Every file is compared with a
SHA-256 that datum knows, wherever it comes from. What is there already is kept, and what is damaged is replaced. After an
interruption the same command goes on where it stopped. Where libturbojpeg cannot be had, the rest is installed without it.`,
			},
			{
				Name: "status", Usage: "say where the runtime is, and whether it is sound", UsageText: "datum runtime status [--check]", Action: a.runtimeStatus,
				Description: "Exit code 1: it is not installed; 13: files are damaged or missing.",
				Flags:       []cli.Flag{&cli.BoolFlag{Name: "check", Usage: "read all files and compare their SHA-256, not only their sizes"}},
			},
			{
				Name: "remove", Usage: "take away what datum runtime install made", UsageText: "datum runtime remove", Action: a.runtimeRemove,
			},
		},
	}
}

func installFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "index-url", Usage: "the package index at `URL`, in place of those that pip is set up with"},
		&cli.StringFlag{Name: "find-links", Aliases: []string{"from"}, Usage: "no index, but `PATH`: a wheel, a folder with one, or where the Python package openvino is installed (site-packages or a virtual environment)"},
		&cli.StringFlag{Name: "with", Usage: "also the libraries that read models of other `FRONTENDS`, separated by commas: tensorflow, tensorflow-lite, paddle. OpenVINO's own models and ONNX are always read"},
	}
}

// noArguments refuses what nothing could be done with.
func noArguments(c *cli.Command) error {
	_, err := arguments(c, 0)
	return err
}

func (a *app) runtimeInstall(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	o := install.Options{Getenv: a.getenv, Index: c.String("index-url"), Note: a.Note, Meter: a.byteMeter}
	if from := c.String("find-links"); from != "" {
		o.FindLinks = []string{from}
	}
	if o.Index != "" && o.FindLinks != nil {
		return usagef(c, "it is --index-url or --find-links, not both")
	}
	o.Frontends = strings.FieldsFunc(c.String("with"), func(r rune) bool { return r == ',' || r == ' ' })
	r, err := install.Install(ctx, o)
	if err != nil {
		return a.keptDownload(ctx, err)
	}
	if r.NoTurbo != "" {
		a.Warn("libturbojpeg is not installed, so JPEG files may be decoded by Go, which takes three times as long: %s", r.NoTurbo)
	}
	if named := a.getenv(install.Env); named != "" {
		a.Warn("%s is set: commands use the runtime in %s, not this one", install.Env, named)
	}
	return a.Result(runtimeInstalled{r})
}

// keptDownload says, after an interruption, what the next run goes on with.
func (a *app) keptDownload(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	s, errLook := install.Look(context.WithoutCancel(ctx), a.getenv, false)
	if errLook != nil || s.Kept == 0 {
		return err
	}
	return formats.WithHint(formats.Reason(datum.ErrResumable, "%w", err), "the same command goes on with the %s that were downloaded", megabytes(s.Kept))
}

// byteMeter shows how far a download is.
func (a *app) byteMeter(what string, total int64) (func(int64), func()) {
	m := a.ByteMeter(what, int(total))
	return func(n int64) { m.Set(int(n)) }, m.Done
}

// runtimeInstalled is what is there after an installation.
type runtimeInstalled struct{ *install.Report }

func (runtimeInstalled) Kind() string { return "runtime_installed" }

func (r runtimeInstalled) Text(w io.Writer) {
	if r.New == 0 {
		fmt.Fprintf(w, "OpenVINO %s is installed already, in %s (%s, every file as it must be)\n", r.Version, r.Path, megabytes(r.Bytes))
		return
	}
	fmt.Fprintf(w, "installed OpenVINO %s in %s: %d files, %s", r.Version, r.Path, r.Files, megabytes(r.Bytes))
	if r.Files > r.New {
		fmt.Fprintf(w, ", %d of them new", r.New)
	}
	if r.Downloaded > 0 {
		fmt.Fprintf(w, "; downloaded %s", megabytes(r.Downloaded))
	}
	fmt.Fprintln(w)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func (a *app) runtimeStatus(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	s, err := install.Look(ctx, a.getenv, c.Bool("check"))
	if err != nil {
		return err
	}
	if err := a.Result(runtimeStatus{s}); err != nil {
		return err
	}
	return s.Err()
}

// runtimeStatus is what there is of the runtime.
type runtimeStatus struct{ *install.Status }

func (runtimeStatus) Kind() string { return "runtime" }

func (s runtimeStatus) Text(w io.Writer) {
	state := "not installed"
	if s.Installed {
		state = "OpenVINO " + s.Version
	}
	fmt.Fprintf(w, "runtime      %s\npath         %s", state, s.Path)
	if s.Named {
		fmt.Fprintf(w, " (%s)", install.Env)
	}
	fmt.Fprintln(w)
	if s.Installed {
		fmt.Fprintf(w, "size         %s in %d files\nreads        %s\nchecked      %s\n", megabytes(s.Bytes), s.Files, strings.Join(append([]string{"openvino", "onnx"}, s.Frontends...), ", "), s.outcome())
	}
	if s.Turbo != nil {
		fmt.Fprintf(w, "jpeg         libturbojpeg %s, out of %s\n", s.Turbo.Version, s.Turbo.Package)
	} else {
		fmt.Fprintln(w, "jpeg         libturbojpeg is not installed: the system's is used if there is one, or else Go's decoder")
	}
	if s.Kept > 0 {
		fmt.Fprintf(w, "interrupted  %s are there of an earlier download\n", megabytes(s.Kept))
	}
	if s.CPU.Model != "" {
		fmt.Fprintf(w, "cpu          %s\n", s.CPU.Model)
	}
	if len(s.CPU.Features) > 0 {
		fmt.Fprintf(w, "features     %s\n", strings.Join(s.CPU.Features, ", "))
	}
}

// outcome says what was compared, and how it went.
func (s runtimeStatus) outcome() string {
	what := "sizes"
	if s.Checked {
		what = "SHA-256 of every file"
	}
	if n := len(s.Damaged); n > 0 {
		return fmt.Sprintf("%s: %d files are not as they must be", what, n)
	}
	return what + ": all as they must be"
}

func (a *app) runtimeRemove(_ context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	r, err := install.Remove(a.getenv)
	if err != nil {
		return err
	}
	if len(r.Left) > 0 {
		a.Warn("%s stays: there is something in it that datum did not make: %s", r.Path, strings.Join(r.Left, ", "))
	}
	return a.Result(runtimeRemoved{r})
}

// runtimeRemoved is what was taken away.
type runtimeRemoved struct{ *install.Removed }

func (runtimeRemoved) Kind() string { return "runtime_removed" }

func (r runtimeRemoved) Text(w io.Writer) {
	fmt.Fprintf(w, "removed %d files, %s, from %s\n", r.Files, megabytes(r.Bytes), r.Path)
}
