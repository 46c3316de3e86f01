package datum

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"datum/dataset"
	"datum/detect"
	"datum/files"
	"datum/formats"
	"datum/formats/all"
)

// Options say how to open a dataset. The zero value finds out the format and
// opens a plain dataset.
type Options struct {
	formats.ImportOptions
	// Format is the name of the format; empty means to find out.
	Format string
	// Depth is how many folders with nothing but a folder in them are gone
	// through to find a dataset; 0 means [detect.Depth].
	Depth int
	// Registry holds the formats to choose from; nil means all that there
	// are.
	Registry *formats.Registry
	// Stdin is what the path [Stdin] reads, an archive; nil means that there
	// is none.
	Stdin io.Reader
	// Store opens paths that are URLs; nil means that there is none.
	Store Store
}

func (o *Options) registry() *formats.Registry {
	if o.Registry != nil {
		return o.Registry
	}
	return all.Registry()
}

// Folder opens the folder, file or archive at path without looking into it, as
// [Find] does first. Errors match ErrUnknownFormat where there is none, and
// ErrCorrupt of an archive.
func (o *Options) Folder(ctx context.Context, path string) (*files.Folder, error) {
	path, err := formats.LocalName(path)
	if err != nil {
		return nil, err
	}
	if files.IsURL(path) {
		store, err := storeOf(o.Store, path)
		if err != nil {
			return nil, err
		}
		f, err := store.Open(ctx, path, o.Limits)
		return f, notThere(files.URLName(path), err)
	}
	if path == Stdin && o.Stdin != nil {
		f, err := files.OpenStream(o.Stdin, "standard input", o.Limits)
		return f, notThere("standard input", err)
	}
	f, err := files.Open(path, o.Limits)
	if err != nil {
		return nil, notThere(path, err)
	}
	if o.AllowExternalMedia {
		f.FollowLinks()
	}
	return f, nil
}

// notThere says in the words of package formats what keeps a path from being
// opened.
func notThere(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return formats.Reason(formats.ErrUnknownFormat, "%s: there is no such file or folder", path)
	case errors.Is(err, files.ErrLimit):
		return formats.WithHint(formats.Reason(formats.ErrCorrupt, "%w", err), "--max-archive-ratio and --max-archive-entries raise the limits, where you trust the archive")
	case errors.Is(err, files.ErrArchive), errors.Is(err, files.ErrLeaves):
		return formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	return err
}

// Stdin is the path that stands for standard input, or for standard output.
const Stdin = "-"

// Found is a dataset that was found and is not open yet.
type Found struct {
	detect.Match
	opened *files.Folder
}

// Find says which format the dataset at path is in, where it was found, at or
// below path, and whether a key is needed to read it. The path is a folder, an
// annotation file, an archive, a URL of one of them where the options have a
// store, or [Stdin] where they have one. Errors
// match ErrUnknownFormat, ErrAmbiguous, and ErrCorrupt of an archive.
func Find(ctx context.Context, path string, o Options) (*Found, error) {
	folder, err := o.Folder(ctx, path)
	if err != nil {
		return nil, err
	}
	m, err := o.match(ctx, folder)
	if trouble := folder.Trouble(); trouble != nil {
		err = trouble // detection may have taken it for an answer
	}
	if err != nil {
		folder.Close()
		return nil, err
	}
	return &Found{m, folder}, nil
}

func (o *Options) match(ctx context.Context, folder *files.Folder) (detect.Match, error) {
	depth := o.Depth
	if depth == 0 {
		depth = detect.Depth
	}
	if o.Format == "" {
		return detect.One(ctx, o.registry(), folder, depth)
	}
	f, err := o.registry().Lookup(o.Format)
	if err != nil {
		return detect.Match{}, err
	}
	only, err := formats.NewRegistry(f)
	if err != nil {
		return detect.Match{}, err
	}
	res, err := detect.Run(ctx, only, folder, depth)
	if err != nil {
		return detect.Match{}, err
	}
	if len(res.Matches) == 1 {
		return res.Matches[0], nil
	}
	// The user says that it is this format. Its reader knows best what is
	// wrong with it.
	return detect.Match{Format: f, Folder: folder}, nil
}

// Open opens the dataset that was found. It is closed before f is. Errors match
// the sentinels of package formats: ErrKey, ErrCorrupt, ErrAuthentication.
func (f *Found) Open(ctx context.Context, o formats.ImportOptions) (*Dataset, error) {
	if f.Format.Import == nil {
		return nil, formats.Reason(formats.ErrUnknownFormat, "the format %s can be written, not read", f.Format.Name)
	}
	if err := o.Values.Check(f.Format); err != nil {
		return nil, err
	}
	imp, err := f.Format.Import(ctx, f.Folder, o)
	if err != nil {
		return nil, err
	}
	return &Dataset{Importer: imp, format: f.Format, path: f.Path(), folder: f.Folder}, nil
}

// Close closes the folder or archive.
func (f *Found) Close() error { return f.opened.Close() }

// Dataset is an open dataset. It is used by one goroutine at a time.
type Dataset struct {
	formats.Importer
	format *formats.Format
	path   string
	folder *files.Folder // nil in memory
	found  *Found        // nil where another closes it
}

// Items streams the items, see [formats.Importer]. The stream ends with an error
// also where reading seemed to go well, but an error of the disk was met that may
// have been taken for something that is not there.
func (d *Dataset) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		for it, err := range d.Importer.Items(ctx) {
			if !yield(it, err) || err != nil {
				return
			}
		}
		if err := d.trouble(); err != nil {
			yield(dataset.Item{}, err)
		}
	}
}

func (d *Dataset) trouble() error {
	if d.folder == nil {
		return nil
	}
	return d.folder.Trouble()
}

// Open opens the dataset at path, see [Find]. Errors match the sentinels of
// package formats: ErrUnknownFormat, ErrAmbiguous, ErrKey, ErrCorrupt,
// ErrAuthentication.
func Open(ctx context.Context, path string, o Options) (*Dataset, error) {
	found, err := Find(ctx, path, o)
	if err != nil {
		return nil, err
	}
	ds, err := found.Open(ctx, o.ImportOptions)
	if err != nil {
		found.Close()
		return nil, err
	}
	ds.found = found
	return ds, nil
}

// Close closes the dataset.
func (d *Dataset) Close() error {
	err := d.Importer.Close()
	if d.found != nil {
		err = errors.Join(err, d.found.Close())
	}
	return err
}

// Format returns the format that the dataset is in.
func (d *Dataset) Format() *formats.Format { return d.format }

// Path returns where it was found, at or below the path that was opened.
func (d *Dataset) Path() string { return d.path }

// New makes a dataset of items in memory, for tests and for programs that
// make their own.
func New(info *dataset.Info, items []dataset.Item) *Dataset {
	return &Dataset{Importer: inMemory{info, items}, format: &formats.Format{Name: "memory"}}
}

type inMemory struct {
	info  *dataset.Info
	items []dataset.Item
}

func (m inMemory) Info() *dataset.Info { return m.info }

func (m inMemory) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		for _, it := range m.items {
			if err := ctx.Err(); err != nil {
				yield(dataset.Item{}, err)
				return
			}
			if !yield(it, nil) {
				return
			}
		}
	}
}

func (inMemory) Notes() formats.Loss { return formats.Loss{} }

func (inMemory) Close() error { return nil }
