package formatstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// Open opens the dataset in the folder, or the file, at path for reading. The
// importer that it returns closes the folder.
func Open(ctx context.Context, f *formats.Format, path string, o formats.ImportOptions) (formats.Importer, error) {
	folder, err := files.OpenFolder(path)
	if err != nil {
		return nil, formats.Reason(formats.ErrUnknownFormat, "%w", err)
	}
	if o.AllowExternalMedia {
		folder.FollowLinks()
	}
	im, err := f.Import(ctx, folder, o)
	if err != nil {
		folder.Close()
		return nil, err
	}
	return &opened{im, folder}, nil
}

// opened is an importer with its folder.
type opened struct {
	formats.Importer
	folder *files.Folder
}

// Close closes both.
func (o *opened) Close() error { return errors.Join(o.Importer.Close(), o.folder.Close()) }

// Probe asks a format about the folder, or the file, at path.
func Probe(ctx context.Context, f *formats.Format, path string) (formats.Verdict, error) {
	folder, err := files.OpenFolder(path)
	if err != nil {
		return formats.Verdict{}, err
	}
	defer folder.Close()
	return f.Probe(ctx, folder), nil
}

// MustProbe is [Probe] for a path that can be opened.
func MustProbe(t testing.TB, f *formats.Format, path string) formats.Verdict {
	t.Helper()
	v, err := Probe(t.Context(), f, path)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Bytes is a media source in memory.
type Bytes []byte

// Open reads the bytes.
func (b Bytes) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }

// Dataset is a dataset in memory. A pointer to it is a [formats.Importer].
type Dataset struct {
	Meta dataset.Info
	List []dataset.Item
}

// Info returns Meta.
func (d *Dataset) Info() *dataset.Info { return &d.Meta }

// Items streams deep copies of List; media sources are shared.
func (d *Dataset) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		for _, it := range d.List {
			if err := ctx.Err(); err != nil {
				yield(dataset.Item{}, err)
				return
			}
			if !yield(CloneItem(it), nil) {
				return
			}
		}
	}
}

// Notes returns nothing.
func (d *Dataset) Notes() formats.Loss { return formats.Loss{} }

// Close does nothing.
func (d *Dataset) Close() error { return nil }

// CloneItem returns a deep copy of an item; media sources are shared.
func CloneItem(it dataset.Item) dataset.Item {
	it.Media = cloneMedia(it.Media)
	annotations := it.Annotations
	it.Annotations = nil
	for _, a := range annotations {
		it.Annotations = append(it.Annotations, a.Clone())
	}
	it.Attributes = it.Attributes.Clone()
	return it
}

func cloneMedia(m dataset.Media) dataset.Media {
	switch m := m.(type) {
	case *dataset.Image:
		c := *m
		return &c
	case *dataset.PointCloud:
		c := dataset.PointCloud{File: m.File}
		for _, x := range m.Extra {
			e := *x
			c.Extra = append(c.Extra, &e)
		}
		return &c
	case *dataset.Video:
		c := *m
		return &c
	case *dataset.VideoFrame:
		c := *m
		return &c
	}
	return nil
}

// Collect reads all items, up to the first error.
func Collect(ctx context.Context, im formats.Importer) ([]dataset.Item, error) {
	var items []dataset.Item
	for it, err := range im.Items(ctx) {
		if err != nil {
			return items, err
		}
		items = append(items, it)
	}
	return items, nil
}

// LoadMedia reads the media of items and puts [Bytes] in the place of their
// sources, so that [Compare] compares the bytes. A file that the dataset lists
// and does not have becomes one of which only the name is known.
func LoadMedia(items []dataset.Item) error {
	for _, it := range items {
		for _, f := range dataset.Files(it.Media) {
			if f.Source == nil {
				continue
			}
			b, err := content(f)
			if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, formats.ErrAuthentication) {
				f.Source = nil
				continue
			}
			if err != nil {
				return fmt.Errorf("media of item %q: %w", it.ID, err)
			}
			f.Source = Bytes(b)
		}
	}
	return nil
}

func content(f *dataset.File) (b []byte, err error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := r.Close(); err == nil {
			err = e
		}
	}()
	return io.ReadAll(r)
}

// Write exports everything that im holds into the folder dir.
func Write(ctx context.Context, f *formats.Format, dir string, im formats.Importer, o formats.ExportOptions) (formats.Loss, error) {
	ex, err := f.Export(ctx, dir, o)
	if err != nil {
		return formats.Loss{}, err
	}
	defer ex.Abort()
	if err := ex.Begin(im.Info()); err != nil {
		return formats.Loss{}, err
	}
	for it, err := range im.Items(ctx) {
		if err != nil {
			return formats.Loss{}, err
		}
		if err := ex.Write(it); err != nil {
			return formats.Loss{}, err
		}
	}
	return ex.Close()
}
