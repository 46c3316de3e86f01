package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/crypto/key"
	"datum/events"
	"datum/files"
	"datum/formats"
)

// eventsTarget returns the format that a command writes. Where it did not name one,
// the one that can be encrypted is meant, of which there are two.
func eventsTarget(c *cli.Command, in, format string) string {
	if format == encryptedFormat && !c.IsSet("output-format") && eventFormats()[in] != nil {
		return eventsFormat
	}
	return format
}

// sameKind refuses to make items of events, and events of items.
func sameKind(in, out *formats.Format, path string) error {
	all := eventFormats()
	from, to := all[in.Name], all[out.Name]
	switch {
	case (from == nil) == (to == nil):
		return nil
	case from == nil:
		return formats.Reason(formats.ErrUsage, "%s holds items (%s) and no log of events, which %s is for", path, in.Name, out.Name)
	}
	return formats.WithHint(formats.Reason(formats.ErrUsage, "%s holds a log of events (%s), and %s is for items with annotations", path, in.Name, out.Name),
		"logs are written as events, which can be encrypted, dien_text, recbole or events_csv")
}

// isEvents reports whether the job is about a log.
func (j *job) isEvents() bool { return eventFormats()[j.in.Format.Name] != nil }

// eventsRun is the conversion of a log.
type eventsRun struct {
	*job
	info   events.Info
	found  found
	output *events.Format
}

// runEvents is run for logs.
func (j *job) runEvents(ctx context.Context) error {
	target, err := j.registry.Lookup(j.format)
	if err != nil {
		return err
	}
	r := &eventsRun{job: j, output: eventFormats()[target.Name]}
	defer j.events.close()
	if r.output.Export == nil {
		return formats.Reason(formats.ErrUsage, "the format %s can be read, not written", r.output.Name)
	}
	if j.options.Encrypt && r.output.Name != eventsFormat {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "the format %s cannot be encrypted", r.output.Name), "the format events can")
	}
	res, err := datum.ExportFiles(ctx, j.in.Path(), j.out, j.format, j.options, r.write)
	if err != nil {
		if errors.Is(err, formats.ErrLoss) {
			j.Loss(j.format+" cannot hold", res.Loss)
		}
		return err
	}
	if err := r.report(res); err != nil {
		return err
	}
	if err := j.skipped(j.input.Skip); err != nil {
		return err
	}
	j.remember(nil)
	return nil
}

// write fills the folder of the output.
func (r *eventsRun) write(ctx context.Context, dir string, k *key.Key) (formats.Loss, error) {
	given := k
	if given == nil {
		given = r.input.Key
	}
	if err := r.events.prepare(r.output.Name, given); err != nil {
		return r.found.lost, err
	}
	if r.output.Name == eventsFormat {
		err := r.writeLog(ctx, dir, k)
		return r.found.lost, err
	}
	l, err := r.openEvents(ctx, r.in, r.input.ImportOptions, r.events, dir, &r.found)
	if err != nil {
		return r.found.lost, err
	}
	defer l.Close()
	r.info = l.Info()
	o := events.ExportOptions{Seed: r.events.seed}
	if r.output.Name == samplesFormat {
		o.Positive = r.events.positive
	}
	lost, err := r.output.Export(ctx, l, dir, o)
	r.found.lost.Merge(lost)
	return r.found.lost, err
}

// writeLog writes our format: the very log, where nothing of it is to be changed.
func (r *eventsRun) writeLog(ctx context.Context, dir string, k *key.Key) error {
	if r.in.Format.Name == eventsFormat && !r.events.rewrites() {
		l, err := events.OpenIn(r.in.Folder, r.input.Key)
		if err != nil {
			return err
		}
		defer l.Close()
		r.info = l.Info()
		return newLogFile(dir, func(f *os.File) error { return l.Seal(f, k) })
	}
	b, err := r.readEvents(ctx, r.in, r.input.ImportOptions, r.events, events.Options{Scratch: dir, Key: k}, &r.found)
	if err != nil {
		return err
	}
	defer b.Close()
	return newLogFile(dir, func(f *os.File) error {
		info, report, err := b.Finish(ctx, f)
		r.info = info
		r.found.add(&report)
		return err
	})
}

func (r *eventsRun) report(res datum.Result) error {
	r.flushed(res.Flush)
	r.Loss("tolerated in the input", r.found.tolerated)
	r.Loss("lost, "+r.format+" cannot hold", res.Loss)
	r.newKey(res)
	return r.Result(eventsConversion{
		Input: r.in.Path(), InputFormat: r.in.Format.Name, Output: files.URLName(r.out), OutputFormat: r.output.Name, Info: r.info,
		Encrypted: r.options.Encrypt, Key: res.Fingerprint, KeyFile: res.KeyFile, DryRun: r.options.DryRun, Flush: res.Flush.Seconds(),
		Skipped: countOf(r.input.Skip), Tolerated: r.found.tolerated.Entries(), Lost: res.Loss.Entries(),
	})
}

// eventsConversion is what the conversion of a log did, or would do.
type eventsConversion struct {
	Input        string `json:"input"`
	InputFormat  string `json:"input_format"`
	Output       string `json:"output"`
	OutputFormat string `json:"output_format"`
	events.Info
	Encrypted bool                `json:"encrypted"`
	Key       string              `json:"key_fingerprint,omitempty"`
	KeyFile   string              `json:"key_file,omitempty"`
	DryRun    bool                `json:"dry_run"`
	Flush     float64             `json:"flush_seconds"`
	Skipped   int                 `json:"skipped_records"`
	Tolerated []formats.LossEntry `json:"tolerated"`
	Lost      []formats.LossEntry `json:"lost"`
}

func (eventsConversion) Kind() string { return "events_conversion" }

func (v eventsConversion) Text(w io.Writer) {
	verb, how := wording(v.DryRun, v.Encrypted)
	if v.Pseudonyms {
		how += ", under pseudonyms"
	}
	fmt.Fprintf(w, "%s %d events of %d users and %d items as %s to %s%s\n", verb, v.Events, v.Users, v.Items, v.OutputFormat, v.Output, how)
}
