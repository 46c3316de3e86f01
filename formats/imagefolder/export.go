package imagefolder

import (
	"context"
	"fmt"
	"path"
	"slices"

	"datum/dataset"
	"datum/formats"
)

// exporter writes pictures into folders.
type exporter struct {
	*formats.FolderWriter
	places  places
	subsets []string // in the order in which they were named
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
		w, err := formats.NewFolderWriter(ctx, format, dir, o)
		if err != nil {
			return nil, err
		}
		return &exporter{FolderWriter: w, places: p()}, nil
	}
}

// Begin takes what is known of the dataset.
func (e *exporter) Begin(info *dataset.Info) error {
	e.Info = *info
	for _, s := range info.Subsets {
		if _, err := e.subset(s.Name); err != nil {
			return e.At("", err)
		}
	}
	return e.places.begin(e)
}

// subset returns the name of the folder of a subset.
func (e *exporter) subset(name string) (string, error) {
	name, err := e.Subset(name, func(name string) bool { return isHidden(name) || name == maskDir }, "is that of a folder which is no subset")
	if err != nil {
		return "", err
	}
	if !slices.Contains(e.subsets, name) {
		e.subsets = append(e.subsets, name)
	}
	return name, nil
}

// Write saves the picture of an item.
func (e *exporter) Write(it dataset.Item) error { return e.Item(&it, e.write) }

func (e *exporter) write(it *dataset.Item) error {
	subset, err := e.subset(it.Subset)
	if err != nil {
		return err
	}
	if err := e.CheckMediaName(it); err != nil {
		return err
	}
	if why := e.refuses(it); why != "" {
		e.Drop(it, why)
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
		case !e.Opts.SaveMedia:
			return "items dropped: this format is its pictures, and they are not saved (--save-media)"
		case !e.Media.Saves(it, &m.File, &e.Loss):
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
		return err
	}
	f := it.Media.Main()
	ext := path.Ext(f.Name)
	taken, err := e.Names.Take(it, subset+"\x00"+ext, id, &e.Loss)
	if err != nil {
		return err
	}
	if taken == id && id != it.ID {
		e.Lost(it, "items given another id: the folder of the class becomes part of it", 1)
	}
	name := e.places.path(folder, taken) + ext
	e.Loss.AddItemAttributes(it)
	if err := e.places.write(e, it, subset, taken, name); err != nil {
		return err
	}
	return e.Media.Save(it, f, name, &e.Loss)
}

// mkdir makes a folder that has no pictures. An archive has no such folders.
func (e *exporter) mkdir(name, what string) error {
	if e.Opts.Archive != nil {
		e.Loss.Add(what, name, 1)
		return nil
	}
	return e.MkdirAll(name)
}

// Close waits for all pictures.
func (e *exporter) Close() (formats.Loss, error) {
	return e.Finish(func() error { return e.places.finish(e) })
}
