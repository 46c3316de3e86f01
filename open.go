package datum

import (
	"context"

	"datum/dataset"
	"datum/detect"
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
}

func (o *Options) registry() *formats.Registry {
	if o.Registry != nil {
		return o.Registry
	}
	return all.Registry()
}

// Dataset is an open dataset. It is used by one goroutine at a time.
type Dataset struct {
	formats.Importer
	format *formats.Format
	path   string
}

// Open opens the dataset at path. Errors match the sentinels of package
// formats: ErrUnknownFormat, ErrAmbiguous, ErrKey, ErrCorrupt,
// ErrAuthentication.
func Open(ctx context.Context, path string, o Options) (*Dataset, error) {
	m, err := Find(ctx, path, o)
	if err != nil {
		return nil, err
	}
	if m.Format.Import == nil {
		return nil, formats.Reason(formats.ErrUnknownFormat, "the format %s can be written, not read", m.Format.Name)
	}
	imp, err := m.Format.Import(ctx, m.Path, o.ImportOptions)
	if err != nil {
		return nil, err
	}
	return &Dataset{imp, m.Format, m.Path}, nil
}

// Find says which format the dataset at path is in, where it was found, at or
// below path, and whether a key is needed to read it. Errors match
// ErrUnknownFormat and ErrAmbiguous.
func Find(ctx context.Context, path string, o Options) (detect.Match, error) {
	depth := o.Depth
	if depth == 0 {
		depth = detect.Depth
	}
	if o.Format == "" {
		return detect.One(ctx, o.registry(), path, depth)
	}
	f, err := o.registry().Lookup(o.Format)
	if err != nil {
		return detect.Match{}, err
	}
	only, err := formats.NewRegistry(f)
	if err != nil {
		return detect.Match{}, err
	}
	res, err := detect.Run(ctx, only, path, depth)
	if err != nil {
		return detect.Match{}, err
	}
	if len(res.Matches) == 1 {
		return res.Matches[0], nil
	}
	// The user says that it is this format. Its reader knows best what is
	// wrong with it.
	return detect.Match{Format: f, Path: path}, nil
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
