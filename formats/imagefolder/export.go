package imagefolder

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"datum/dataset"
	"datum/formats"
)

// exporter writes pictures into folders.
type exporter struct {
	ctx     context.Context
	format  string
	dir     string
	root    *os.Root
	opts    formats.ExportOptions
	info    dataset.Info
	media   *formats.MediaWriter
	names   *formats.FileNames
	places  places
	loss    losses
	subsets []string // in the order in which they were named
	failed  error    // the first error of Write
}

// places says where the pictures of a format go.
type places interface {
	// begin is told of the dataset.
	begin(e *exporter) error
	// place returns the folder of an item, its id when read again, and the
	// path of its picture below the folder, without extension.
	place(e *exporter, it *dataset.Item, subset string) (folder, id string, err error)
	// path is where the picture of an item goes that was given an id.
	path(folder, id string) string
	// write counts what is lost of an item, or writes it elsewhere. The
	// picture is at name.
	write(e *exporter, it *dataset.Item, subset, id, name string) error
	// finish makes what no item has made.
	finish(e *exporter) error
}

func exporterOf(format string, p func() places) func(context.Context, string, formats.ExportOptions) (formats.Exporter, error) {
	return func(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
		if err := o.OnlyPlain(format); err != nil {
			return nil, err
		}
		media, err := formats.NewMediaWriter(ctx, format, dir, o)
		if err != nil {
			return nil, err
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			media.Abort()
			return nil, err
		}
		return &exporter{ctx: ctx, format: format, dir: dir, root: root, opts: o, media: media, names: formats.NewFileNames(o.OnCollision), places: p()}, nil
	}
}

// Begin takes what is known of the dataset.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = *info
	for _, s := range info.Subsets {
		if _, err := e.subset(s.Name); err != nil {
			return err
		}
	}
	return e.places.begin(e)
}

// subset returns the name of the folder of a subset.
func (e *exporter) subset(name string) (string, error) {
	name, err := formats.SubsetFileName(name)
	if err == nil && (isHidden(name) || name == maskDir) {
		err = formats.Reason(formats.ErrCorrupt, "the subset name %q is that of a folder which is no subset", name)
	}
	if err != nil {
		return "", e.at("", err)
	}
	if !slices.Contains(e.subsets, name) {
		e.subsets = append(e.subsets, name)
	}
	return name, nil
}

func (e *exporter) at(item string, err error) error {
	return &formats.Error{Format: e.format, Path: e.dir, Item: item, Err: err}
}

// Write saves the picture of an item.
func (e *exporter) Write(it dataset.Item) error {
	if e.failed == nil {
		e.failed = e.write(&it)
	}
	return e.failed
}

func (e *exporter) write(it *dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := formats.CheckItem(&e.info, it); err != nil {
		return e.at(it.ID, err)
	}
	subset, err := e.subset(it.Subset)
	if err != nil {
		return err
	}
	if it.Media != nil {
		if name := it.Media.Main().Name; name != "" && !filepath.IsLocal(name) {
			return e.at(it.ID, formats.Reason(formats.ErrCorrupt, "the media name %q is no path inside a dataset", name))
		}
	}
	if why := e.refuses(it); why != "" {
		e.loss.lost(it, why, 1)
		for _, a := range it.Annotations {
			e.loss.dropped(it, a)
		}
		return nil
	}
	return e.save(it, subset)
}

// refuses says why an item cannot be written at all.
func (e *exporter) refuses(it *dataset.Item) string {
	switch m := it.Media.(type) {
	case nil:
		return "items without media dropped"
	case *dataset.Image:
		switch {
		case !e.opts.SaveMedia:
			return "items dropped: this format is its pictures, and they are not saved (--save-media)"
		case !e.media.Saves(it, &m.File, &e.loss.Loss):
			return "items dropped, since there is no picture to save"
		case !isPicture(m.Name):
			return "items dropped, since the names of their media do not end like those of pictures"
		case isHidden(path.Clean(it.ID)):
			return "items dropped, since their names are those of hidden files"
		}
		return ""
	}
	return fmt.Sprintf("items with a %s dropped", it.Media.MediaKind())
}

func (e *exporter) save(it *dataset.Item, subset string) error {
	folder, id, err := e.places.place(e, it, subset)
	if err != nil {
		return e.at(it.ID, err)
	}
	f := it.Media.Main()
	ext := path.Ext(f.Name)
	taken, err := e.names.Take(it, subset+"\x00"+ext, id, &e.loss.Loss)
	if err != nil {
		return e.at(it.ID, err)
	}
	if taken == id && id != it.ID {
		e.loss.lost(it, "items given another id: the folder of the class becomes part of it", 1)
	}
	name := e.places.path(folder, taken) + ext
	e.loss.item(it)
	if err := e.places.write(e, it, subset, taken, name); err != nil {
		return err
	}
	return e.media.Save(it, f, name, &e.loss.Loss)
}

// mkdir makes a folder that has no pictures. An archive has no such folders.
func (e *exporter) mkdir(name, what string) error {
	if e.opts.Archive != nil {
		e.loss.Add(what, name, 1)
		return nil
	}
	return e.root.MkdirAll(name, 0o777)
}

// Close waits for all pictures.
func (e *exporter) Close() (formats.Loss, error) {
	err := e.failed
	if err == nil {
		err = e.places.finish(e)
	}
	if err == nil {
		err = e.media.Close()
	}
	if err == nil {
		err = e.ctx.Err()
	}
	e.Abort()
	return e.loss.Loss, err
}

// Abort stops the workers.
func (e *exporter) Abort() {
	e.media.Abort()
	if e.root != nil {
		e.root.Close()
		e.root = nil
	}
}
