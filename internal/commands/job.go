package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"time"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// job is one conversion: what convert, encrypt, decrypt and rekey have in
// common.
type job struct {
	*app
	in      *datum.Found
	out     string
	format  string
	input   datum.Options
	options datum.ExportOptions
	// adjust changes the open dataset before it is written, where not nil.
	adjust func(*datum.Dataset)
	// skipMissing leaves out media files that are not there; missing counts
	// them.
	skipMissing bool
	missing     int
	// resume and ifChanged are the flags of that name; conversion is what they
	// need to know.
	resume, ifChanged bool
	// events are the options for logs of events.
	events     *eventOptions
	conversion *datum.Conversion
}

// newJob reads the options that all conversions have and finds the input.
func (a *app) newJob(ctx context.Context, c *cli.Command, format string) (*job, error) {
	in, args := pick(c.String("input-path"), c.Args().Slice())
	out, args := pick(c.String("output-dir"), args)
	if len(args) > 0 {
		return nil, usagef(c, "too many arguments: %q", args)
	}
	if in == "" {
		in = "."
	}
	input, err := a.readOptions(c)
	if err != nil {
		return nil, err
	}
	if input.Workers == 0 && files.IsURL(in) {
		input.Workers = remoteWorkers
	}
	if _, err = a.registry.Lookup(format); err != nil {
		return nil, err
	}
	j := &job{app: a, out: out, format: format, input: input, skipMissing: c.Bool("skip-missing-media"),
		resume: c.Bool("resume"), ifChanged: c.Bool("if-changed")}
	if j.options, err = a.writeOptions(c, input); err != nil {
		return nil, err
	}
	if out == datum.Stdin { // what is said goes elsewhere
		speaking := *a
		speaking.stdout = a.stderr
		if err := speaking.speak(c); err != nil {
			return nil, err
		}
		j.app = &speaking
	}
	if j.in, err = findInput(ctx, c, in, input); err != nil {
		return nil, err
	}
	if err := j.settle(c); err != nil {
		j.in.Close()
		return nil, err
	}
	if j.out == "" {
		if j.out, err = defaultOutput(in, j.format); err != nil {
			j.in.Close()
			return nil, err
		}
	}
	if !c.IsSet("input-format") {
		a.Detail("%s: the format is %s", j.in.Path(), j.in.Format.Name)
	}
	return j, nil
}

// settle makes sure that the options have a meaning for what was found.
func (j *job) settle(c *cli.Command) error {
	j.format = eventsTarget(c, j.in.Format.Name, j.format)
	target, err := j.registry.Lookup(j.format)
	if err != nil {
		return err
	}
	if err := checkMeaning(j.input.Values, c, j.in.Format, target); err != nil {
		return err
	}
	if err := sameKind(j.in.Format, target, j.in.Path()); err != nil {
		return err
	}
	if j.events, err = readEventOptions(c); err != nil {
		return err
	}
	return j.events.check(c, j.in.Format.Name, target.Name)
}

// remoteWorkers is how much is under way at once where the input is a URL: what
// is waited for there is the line, not this machine.
const remoteWorkers = 16

// mediaNone is what --media calls saving none.
const mediaNone = "none"

// writeOptions returns what outputFlags and cipherFlags say. Media are saved
// unless that is denied.
func (a *app) writeOptions(c *cli.Command, input datum.Options) (o datum.ExportOptions, err error) {
	o = datum.ExportOptions{
		ExportOptions: formats.ExportOptions{
			SaveMedia:  !c.Bool("no-media"),
			PlainMedia: c.Bool("no-media-encryption"), EncryptAllMedia: c.Bool("encrypt-all-media"),
			NoSidecar: c.Bool("no-sidecar"), Cuboid2DBefore112: c.Bool("cuboid2d-before-1.12"), Workers: input.Workers,
			Limits: input.Limits, Values: input.Values,
		},
		Overwrite: c.Bool("overwrite"), FailOnLoss: c.Bool("fail-on-loss"), DryRun: c.Bool("dry-run"),
		KeyOut: c.String("key-out"), Registry: a.registry, ImageExt: c.String("image-ext"), Output: a.stdout, Store: a.store,
	}
	if o.OnCollision, err = formats.ParseCollision(c.String("on-collision")); err != nil {
		return o, err
	}
	switch how := c.String("media"); how {
	case "", "copy":
	case "hardlink":
		o.Media = formats.MediaHardlink
	case "symlink":
		o.Media = formats.MediaSymlink
	case mediaNone:
		o.SaveMedia = false
	default:
		return o, usagef(c, "--media is copy, hardlink, symlink or none, not %q", how)
	}
	return o, nil
}

// encryptUnder encrypts the output under k, or where that is nil under a new
// key.
func (j *job) encryptUnder(k *key.Key) { j.options.Key, j.options.Encrypt = k, true }

// run reads and writes.
func (j *job) run(ctx context.Context) error {
	if j.options.KeyOut != "" && (!j.options.Encrypt || j.options.Key != nil) {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "--key-out is for a new key, and none is made here"), "leave it out")
	}
	if j.isEvents() && j.resume {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "a log of events is written in one piece, so there is nothing to resume"), "leave out --resume")
	}
	done, err := j.compare()
	if err != nil {
		return err
	}
	if done {
		return j.Result(unchanged{j.in.Path(), j.out})
	}
	if j.isEvents() {
		return j.runEvents(ctx)
	}
	ds, err := j.in.Open(ctx, j.input.ImportOptions)
	if err != nil {
		return err
	}
	defer ds.Close()
	tidyMore(ds.Info())
	if j.adjust != nil {
		j.adjust(ds)
	}
	if j.skipMissing && j.options.SaveMedia {
		j.skipMissingMedia(ds)
	}
	res, err := j.export(ctx, ds)
	if err != nil {
		return j.withMissingHint(err)
	}
	if err := j.report(ds, res); err != nil {
		return err
	}
	if err := j.skipped(j.input.Skip); err != nil {
		return err
	}
	if err := missing(j.missing); err != nil {
		return err
	}
	j.remember(ds)
	return nil
}

// manyItems is how many items make what is remembered of each count.
const manyItems = 100_000

// tidyMore lets the garbage collector run earlier where a dataset has very many
// items: what is remembered of each then is most of the memory, and waiting for
// as much garbage again would double it. There is little garbage, so it costs
// next to nothing.
func tidyMore(info *dataset.Info) {
	items := 0
	for _, s := range info.Subsets {
		items += s.Items
	}
	if items > manyItems && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(40)
	}
}

// withMissingHint adds what can be done where media files are not there.
func (j *job) withMissingHint(err error) error {
	if errors.Is(err, fs.ErrNotExist) && j.options.SaveMedia {
		return formats.WithHint(err, "--skip-missing-media leaves out the files that are not there")
	}
	return err
}

func (j *job) export(ctx context.Context, ds *datum.Dataset) (datum.Result, error) {
	meter := j.Meter("writing "+j.format, ds.Info().Total())
	defer meter.Done()
	j.options.Progress = meter.Set
	res, err := datum.Export(ctx, ds, j.out, j.format, j.options)
	meter.Done()
	if errors.Is(err, formats.ErrLoss) {
		j.Loss(j.format+" cannot hold", res.Loss)
	}
	return res, err
}

// conversion is what a conversion did, or would do.
type conversion struct {
	Input        string              `json:"input"`
	InputFormat  string              `json:"input_format"`
	Output       string              `json:"output"`
	OutputFormat string              `json:"output_format"`
	Items        int                 `json:"items"`
	Media        bool                `json:"media"`
	Encrypted    bool                `json:"encrypted"`
	Key          string              `json:"key_fingerprint,omitempty"`
	KeyFile      string              `json:"key_file,omitempty"`
	DryRun       bool                `json:"dry_run"`
	Flush        float64             `json:"flush_seconds"`
	Resumed      int                 `json:"resumed_media"`
	Missing      int                 `json:"missing_media"`
	Skipped      int                 `json:"skipped_records"`
	Tolerated    []formats.LossEntry `json:"tolerated"`
	Lost         []formats.LossEntry `json:"lost"`
}

func (conversion) Kind() string { return "conversion" }

func (v conversion) Text(w io.Writer) {
	verb, how := wording(v.DryRun, v.Encrypted)
	if !v.Media {
		how += ", without media"
	}
	fmt.Fprintf(w, "%s %d items as %s to %s%s\n", verb, v.Items, v.OutputFormat, v.Output, how)
}

// wording says what was done, or would be, and how.
func wording(dryRun, encrypted bool) (verb, how string) {
	verb = "wrote"
	if dryRun {
		verb = "would write"
	}
	if encrypted {
		how = ", encrypted"
	}
	return verb, how
}

// flushed tells how long it took until the output was on the disk.
func (a *app) flushed(d time.Duration) {
	if d > 0 {
		a.Detail("the disk took %s to take everything", d.Round(time.Millisecond))
	}
}

// newKey tells where a new key is.
func (j *job) newKey(res datum.Result) {
	if res.KeyFile != "" && !j.options.DryRun {
		j.Warn("the key is in %s: without it the dataset can never be read again, and whoever has it can read the dataset; move it to a safe place", res.KeyFile)
	}
}

func (j *job) report(ds *datum.Dataset, res datum.Result) error {
	notes := ds.Notes()
	j.flushed(res.Flush)
	switch {
	case res.Anew != "":
		j.Warn("what an interrupted run has left was not taken over: %s", res.Anew)
	case res.Resumed > 0:
		j.Note("%d media files were taken over from the run that was interrupted", res.Resumed)
	}
	j.Loss("tolerated in the input", notes)
	j.Loss("lost, "+j.format+" cannot hold", res.Loss)
	j.newKey(res)
	return j.Result(conversion{
		Input: ds.Path(), InputFormat: ds.Format().Name, Output: files.URLName(j.out), OutputFormat: j.format, Items: res.Items,
		Media: j.options.SaveMedia, Encrypted: j.options.Encrypt, Key: res.Fingerprint, KeyFile: res.KeyFile, DryRun: j.options.DryRun,
		Flush: res.Flush.Seconds(), Resumed: res.Resumed,
		Missing: j.missing, Skipped: countOf(j.input.Skip),
		Tolerated: notes.Entries(), Lost: res.Loss.Entries(),
	})
}
