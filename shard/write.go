package shard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/atomicdir"
)

// partFormat is the format of a part.
const partFormat = "datumaro_binary"

// Suffix is what the folder of all parts has after the name of the output.
const Suffix = ".shards"

// Options say how the dataset is to be written that the parts become.
type Options struct {
	// ExportOptions are those of the output. Its Key encrypts the output.
	datum.ExportOptions
	// Input says how the input was opened. Its Key encrypts the parts where the
	// output has none.
	Input formats.ImportOptions
	// SkipMissing is called with each item of the part. It makes files that are
	// not there known by name only, and returns their number. It may be nil.
	SkipMissing func(*dataset.Item) int
	// Tool is the version of the program, which is to be one for all parts.
	Tool string
}

// key is that of the parts.
func (o *Options) key() *key.Key {
	if o.ExportOptions.Key != nil {
		return o.ExportOptions.Key
	}
	return o.Input.Key
}

// Result is what was done for a part.
type Result struct {
	// Folder is where the part is.
	Folder string
	// Items counts those of the part, Total those of the whole input.
	Items, Total int64
	// Done says that it was there already, and nothing had to be written.
	Done bool
	// Missing counts media files of the part that were not there.
	Missing int
	// Encrypted says whether the part is.
	Encrypted bool
}

// Write writes the items of ds that belong to a part of it, for the dataset
// output in the named format. Where the part is there already, from the same
// input and with the same options, it reads the input to the end and changes
// nothing; a part from another input is replaced. Several processes may be at
// work on one part: the first to end leaves it.
func Write(ctx context.Context, ds *datum.Dataset, output, format string, p Part, o Options) (Result, error) {
	output, err := localOutput(output)
	if err != nil {
		return Result{}, err
	}
	f, err := checkJob(output, format, p, &o)
	if err == nil {
		err = checkPlaces(ds.Path(), output)
	}
	if err != nil {
		return Result{}, err
	}
	w := &writer{ds: ds, part: p, opts: o, plan: newPlan(format, o)}
	parts := filepath.Clean(output) + Suffix
	name := fmt.Sprintf("%d-of-%d", p.Index, p.Count)
	w.final = filepath.Join(parts, name)
	if old := w.existing(); old != nil {
		input, err := w.digestOf(ctx)
		if err != nil || input == old.Input && w.missing == old.Missing {
			return w.result(old, true), err
		}
	}
	if err := os.MkdirAll(parts, 0o777); err != nil {
		return Result{}, err
	}
	defer os.Remove(parts) // which there is nothing in, if this fails as the first
	a, err := begin(parts, name)
	if err != nil {
		return Result{}, err
	}
	defer a.end()
	if err := tryExporter(ctx, f, filepath.Join(a.path, "trial"), &o); err != nil {
		return Result{}, err
	}
	return w.write(ctx, a)
}

// localOutput returns the path of the output, since the parts lie beside it.
func localOutput(output string) (string, error) {
	local, err := formats.LocalName(output)
	switch {
	case err != nil:
		return "", err
	case local == "" || local == datum.Stdin:
		return "", formats.Reason(formats.ErrUsage, "shards lie beside the output, which has to be a folder or an archive")
	case files.IsURL(local):
		return "", formats.WithHint(formats.Reason(formats.ErrUsage, "%s: shards lie beside the output, on a disk that all processes share", files.URLName(local)),
			"name a folder there, and the URL when they are merged: datum merge-shards -i FOLDER%s -o URL", Suffix)
	}
	return local, nil
}

// checkJob finds what would go wrong in the end before anything is done. It
// returns the format of the output.
func checkJob(output, format string, p Part, o *Options) (*formats.Format, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	switch {
	case o.Encrypt && o.ExportOptions.Key == nil:
		return nil, formats.WithHint(formats.Reason(formats.ErrKey, "each shard would make a key of its own"), "make one with datum key new FILE, and give it to all with --encryption-key-file")
	case o.SaveMedia && o.Media == formats.MediaSymlink:
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "shards cannot have links to media elsewhere"), "--media copy or hardlink")
	case o.DryRun:
		return nil, formats.Reason(formats.ErrUsage, "a shard cannot be rehearsed; rehearse the whole conversion")
	}
	if err := atomicdir.Check(output, o.Overwrite); err != nil {
		if errors.Is(err, atomicdir.ErrExists) {
			err = formats.WithHint(formats.Reason(formats.ErrExists, "%w", err), "--overwrite lets the merge replace it")
		}
		return nil, err
	}
	f, err := registry(o.Registry).Lookup(format)
	if err != nil {
		return nil, err
	}
	if f.Export == nil {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "the format %s can be read, not written", f.Name), "datum formats lists those that can be written")
	}
	return f, o.ExportOptions.Values.Check(f)
}

// checkPlaces refuses an output that the merge could only write over the input:
// both have to be there until then.
func checkPlaces(input, output string) error {
	if input == "" || !atomicdir.Inside(input, output) && !atomicdir.Inside(output, input) {
		return nil
	}
	return formats.WithHint(formats.Reason(formats.ErrUsage, "%s: the output would lie in the input, or the input in the output", output), "name another folder for the output")
}

// tryExporter looks whether the output's format takes the options at all, in a
// folder that is removed again.
func tryExporter(ctx context.Context, f *formats.Format, dir string, o *Options) error {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	opts := o.ExportOptions.ExportOptions
	opts.DropMedia = true
	exp, err := f.Export(ctx, dir, opts)
	if err != nil {
		return err
	}
	exp.Abort()
	return os.RemoveAll(dir)
}

// writer writes one part.
type writer struct {
	ds    *datum.Dataset
	part  Part
	opts  Options
	plan  plan
	final string

	digest  *digester
	picked  int64
	total   int64
	first   map[string]int64
	ordinal int64 // of the item that was picked last
	lost    []loss
	missing int
}

// existing returns the manifest of the part if it is there and of the same
// options.
func (w *writer) existing() *manifest {
	m, err := readManifest(w.final, w.opts.key())
	if err != nil || m.Options != w.plan.digest() || m.Part != w.part || m.Tool != w.opts.Tool {
		return nil
	}
	return m
}

// skipMissing counts the media files of an item that are not there.
func (w *writer) skipMissing(it *dataset.Item) {
	if w.opts.SkipMissing != nil {
		w.missing += w.opts.SkipMissing(it)
	}
}

// digestOf reads the input only to see what it is, and how many media files of
// the part are not there.
func (w *writer) digestOf(ctx context.Context) (string, error) {
	d := newDigester(w.plan.ImageExt != "")
	d.info(w.ds.Info())
	for it, err := range w.ds.Items(ctx) {
		if err != nil {
			return "", err
		}
		d.item(&it)
		if w.part.Has(it.Subset, it.ID) {
			w.skipMissing(&it)
		}
	}
	return d.text(), ctx.Err()
}

func (w *writer) write(ctx context.Context, a *attempt) (Result, error) {
	picked := *w.ds // which keeps where it lies, for the export to look at
	picked.Importer = &selection{w.ds.Importer, w}
	opts := w.partOptions()
	if _, err := datum.Export(ctx, &picked, filepath.Join(a.path, datasetDir), partFormat, opts); err != nil {
		return Result{}, w.elsewhere(err, a.path)
	}
	m := w.manifest()
	var err error
	if m.Stored, err = measure(a.path); err != nil {
		return Result{}, err
	}
	if err := m.write(a.path, w.opts.key()); err != nil {
		return Result{}, err
	}
	stale := func() bool {
		old := w.existing()
		return old == nil || !old.sameRun(m) || old.Missing != m.Missing
	}
	placed, err := a.place(w.final, stale)
	return w.result(m, !placed), err
}

// partOptions are those for the exporter of a part. What is encrypted in the
// input or is to be in the output is encrypted here.
func (w *writer) partOptions() datum.ExportOptions {
	o := datum.ExportOptions{Registry: w.opts.Registry, Progress: w.opts.Progress}
	o.Key = w.opts.key()
	o.SaveMedia, o.Media = w.plan.SaveMedia, w.opts.Media
	o.Workers, o.Limits = w.opts.ExportOptions.Workers, w.opts.ExportOptions.Limits
	o.BlobBytes = max(blobBytes/w.part.Count, leastBlobBytes)
	sealedInput := w.opts.Input.Key != nil
	all, ok := w.ds.Importer.(interface{ AllMediaEncrypted() bool })
	o.EncryptAllMedia = w.plan.EncryptAllMedia || sealedInput && ok && all.AllMediaEncrypted()
	o.PlainMedia = w.plan.PlainMedia && !sealedInput
	if o.Key != nil && !o.PlainMedia {
		o.Media = formats.MediaCopy
	}
	return o
}

// Sizes of the blobs of parts: a merge has a few of each part in memory.
const (
	blobBytes      = 1 << 20
	leastBlobBytes = 32 << 10
)

func (w *writer) manifest() *manifest {
	m := &manifest{
		Version: manifestVersion, Tool: w.opts.Tool, Part: w.part, Plan: w.plan, Options: w.plan.digest(), Input: w.digest.text(),
		Total: w.total, Subsets: subsetsOf(w.ds.Info()), First: w.first, Lost: w.lost, Missing: w.missing,
	}
	notes := w.ds.Notes()
	m.Notes = notes.Entries()
	m.Items = w.picked
	if s := w.opts.Input.Skip; s != nil {
		m.Skipped, m.SkippedFirst = s.Count(), s.Errors()
	}
	return m
}

func (w *writer) result(m *manifest, done bool) Result {
	return Result{Folder: w.final, Items: m.Items, Total: m.Total, Done: done, Missing: m.Missing, Encrypted: w.opts.key() != nil}
}

// elsewhere names the folder of the part in an error, instead of one that is gone
// when the error is read.
func (w *writer) elsewhere(err error, attempt string) error {
	var placed *formats.Error
	if errors.As(err, &placed) {
		if rel, e := filepath.Rel(attempt, placed.Path); e == nil && filepath.IsLocal(rel) {
			placed.Path = filepath.Join(w.final, rel)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		if _, gone := os.Lstat(attempt); gone != nil {
			return formats.WithHint(formats.Reason(formats.ErrExists, "%s: the shards were merged, or removed, while this one was being written", filepath.Dir(w.final)), "if there is no output, run the shard again")
		}
	}
	return err
}
