package cityscapes

import (
	"context"
	"errors"
	"slices"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/workers"
)

// importer reads a dataset; between two streams it keeps the names of files.
type importer struct {
	folder  *files.Folder
	close   func() error
	opts    formats.ImportOptions
	limits  files.Limits
	subsets []*subset
	table   *table
	byColor map[[3]uint8]uint32
	info    dataset.Info
	// opening are the notes made before the items were read.
	opening, notes formats.Loss
}

// open finds the files, and the labels in them.
func open(ctx context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	if err := o.OnlyPlain(formatName, f); err != nil {
		return nil, err
	}
	folder, closer := datasetFolder(f)
	im := &importer{folder: folder, close: closer, opts: o, limits: o.Limits.WithDefaults()}
	if err := im.look(ctx); err != nil {
		return nil, errors.Join(err, closer())
	}
	return im, nil
}

func (im *importer) look(ctx context.Context) (err error) {
	if im.subsets, err = find(im.folder, &im.opening); err != nil {
		return err
	}
	if file := im.folder.Only(); file != "" {
		im.subsets = only(im.folder, im.subsets, file)
	} else {
		choose(im.subsets, im.opts.Values.Of(source))
	}
	if len(im.subsets) == 0 {
		return formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s is no Cityscapes dataset", im.folder.Path(".")),
			"it needs gtFine/<split>/… and leftImg8bit/<split>/…")
	}
	if im.table, err = readTable(im.folder, im.limits); err != nil {
		return err
	}
	if err := im.addLabels(ctx); err != nil {
		return err
	}
	im.notes.Merge(im.opening)
	im.byColor = im.table.colorIndex()
	im.info = dataset.Info{MediaKind: dataset.MediaImage, Categories: im.table.categories()}
	for _, s := range im.subsets {
		im.info.Subsets = append(im.info.Subsets, dataset.Subset{Name: s.name, Items: len(s.entries)})
	}
	return nil
}

// addLabels adds the labels of polygons that the table lacks, in alphabetical
// order.
func (im *importer) addLabels(ctx context.Context) error {
	files := func(yield func(string, error) bool) {
		for _, s := range im.subsets {
			for _, e := range s.entries {
				if e.polygons != "" && !yield(e.polygons, nil) {
					return
				}
			}
		}
	}
	found := map[string]bool{}
	for labels, err := range workers.Map(ctx, workers.Count(im.opts.Workers), files, im.labelsOf) {
		if err != nil {
			return err
		}
		for _, name := range labels {
			_, known := im.table.index[name]
			if _, isGroup := im.table.group(name); !known && !isGroup {
				found[name] = true
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	var names []string
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	im.opening.Add("labels of polygons that are not listed, added to the labels", names[0], len(names))
	im.table = im.table.with(names)
	return nil
}

// Info returns what is known before the items.
func (im *importer) Info() *dataset.Info { return &im.info }

// Notes returns what was tolerated.
func (im *importer) Notes() formats.Loss { return im.notes }

// Close closes the folders above, where these were opened.
func (im *importer) Close() error { return im.close() }

// job is an item to read.
type job struct {
	subset string
	entry  *entry
}

// read is what came of a job.
type read struct {
	item  dataset.Item
	notes formats.Loss
}

// Items streams the items, subset after subset.
func (im *importer) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		im.notes = formats.Loss{}
		im.notes.Merge(im.opening)
		for r, err := range workers.Map(ctx, workers.Count(im.opts.Workers), im.jobs, im.read) {
			if err == nil {
				im.notes.Merge(r.notes)
			}
			if !yield(r.item, err) || err != nil {
				return
			}
		}
	}
}

func (im *importer) jobs(yield func(job, error) bool) {
	for _, s := range im.subsets {
		for _, e := range s.entries {
			if !yield(job{s.name, e}, nil) {
				return
			}
		}
	}
}

// read makes an item; it runs on several goroutines.
func (im *importer) read(j job) (r read, err error) {
	e := j.entry
	r.item = dataset.Item{ID: e.id, Subset: j.subset}
	if e.image != "" {
		r.item.Media = &dataset.Image{File: dataset.File{
			Name: e.id + e.ext, Source: formats.MediaIn(im.folder, formatName, e.image, im.opts.AllowExternalMedia),
		}}
		if e.second {
			r.notes.Add("pictures with the name of another one, without its annotations", e.image, 1)
		}
	}
	switch {
	case e.polygons != "":
		err = im.readPolygons(&r, e.polygons)
	case e.masks != "":
		err = im.readMasks(&r, e)
	}
	return r, err
}
