package segmentation

import (
	"context"
	"errors"
	"maps"
	"path"
	"slices"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/raster"
	"datum/internal/workers"
)

// importer reads a dataset; between two streams it keeps the names of files.
type importer struct {
	folder         *files.Folder
	close          func() error
	opts           formats.ImportOptions
	limits         files.Limits
	parts          []*part
	info           dataset.Info
	opening, notes formats.Loss
}

// open finds the files and the labels.
func open(_ context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	if err := o.OnlyPlain(formatName, f); err != nil {
		return nil, err
	}
	folder, closer := datasetFolder(f)
	im := &importer{folder: folder, close: closer, opts: o, limits: o.Limits.WithDefaults()}
	if err := im.look(); err != nil {
		return nil, errors.Join(err, closer())
	}
	return im, nil
}

func (im *importer) look() (err error) {
	if im.parts, err = find(im.folder, im.limits); err != nil {
		return err
	}
	if name := im.folder.Only(); name != "" {
		im.parts = only(im.parts, name)
	}
	if len(im.parts) == 0 {
		return formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s has no masks/ beside images/", im.folder.Path(".")),
			"it needs images/, masks/ and %s, perhaps in a folder for each subset", metaFile)
	}
	im.info = dataset.Info{MediaKind: dataset.MediaImage, Categories: merge(im.parts, &im.opening)}
	im.notes.Merge(im.opening)
	for _, p := range im.parts {
		im.info.Subsets = append(im.info.Subsets, dataset.Subset{Name: p.name, Items: len(p.entries)})
	}
	return nil
}

// Info returns what is known before the items.
func (im *importer) Info() *dataset.Info { return &im.info }

// Notes returns what was tolerated.
func (im *importer) Notes() formats.Loss { return im.notes }

// Close closes the folder above, where that was opened.
func (im *importer) Close() error { return im.close() }

// job is an item to read.
type job struct {
	part  *part
	entry *entry
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
	for _, p := range im.parts {
		for _, e := range p.entries {
			if !yield(job{p, e}, nil) {
				return
			}
		}
	}
}

// read makes an item; it runs on several goroutines.
func (im *importer) read(j job) (r read, err error) {
	r.item = dataset.Item{ID: j.entry.id, Subset: j.part.name}
	if j.entry.image != "" {
		name := path.Join(j.part.dir, imageDir, j.entry.image)
		r.item.Media = &dataset.Image{File: dataset.File{
			Name: j.entry.image, Source: formats.MediaIn(im.folder, formatName, name, im.opts.AllowExternalMedia),
		}}
		if j.entry.second {
			r.notes.Add("pictures with the name of another one, without its annotations", name, 1)
		}
	}
	if j.entry.mask == "" {
		return r, nil
	}
	return r, im.readMasks(&r, j)
}

// readMasks reads the masks of an item, in the order of their numbers.
func (im *importer) readMasks(r *read, j job) error {
	name := j.entry.mask
	var colors map[[3]uint8]uint32
	if len(j.part.table.colors) > 0 {
		colors = j.part.colors
	}
	p, err := readPlane(im.folder, name, im.limits, colors)
	if err != nil {
		return im.opts.Bad(err)
	}
	masks := raster.Labels32(p.height, p.width, p.pixels)
	for _, number := range slices.Sorted(maps.Keys(masks)) {
		label, known := j.part.labels[number]
		switch {
		case j.part.table.isNothing(number):
			continue
		case !known:
			err := placed(im.folder, name, formats.Reason(formats.ErrCorrupt, "no label has the number of pixels of value %d", number))
			if err := im.opts.Bad(err); err != nil {
				return formats.WithHint(err, "label_map in %s says what the numbers are", metaFile)
			}
			continue
		}
		r.item.Annotations = append(r.item.Annotations, &dataset.Mask{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: label, RLE: masks[number]})
	}
	return nil
}
