package cityscapes

import (
	"context"
	"errors"
	"iter"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// importer reads a dataset; between two streams it keeps the names of files.
type importer struct {
	formats.Reading
	folder  *files.Folder
	close   func() error
	opts    formats.ImportOptions
	limits  files.Limits
	subsets []*subset
	table   *table
	byColor map[[3]uint8]uint32
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
	if im.subsets, err = find(im.folder, &im.Opening); err != nil {
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
	im.byColor = im.table.colorIndex()
	im.Meta = dataset.Info{MediaKind: dataset.MediaImage, Categories: im.table.categories()}
	for _, s := range im.subsets {
		im.Meta.Subsets = append(im.Meta.Subsets, dataset.Subset{Name: s.name, Items: len(s.entries)})
	}
	return nil
}

// addLabels adds the labels of polygons that the table lacks, in alphabetical
// order.
func (im *importer) addLabels(ctx context.Context) error {
	names, err := formats.NewNames(ctx, &im.opts, im.jobs(), im.labelsIn, im.table.knows)
	if err != nil || len(names) == 0 {
		return err
	}
	im.Opening.Add("labels of polygons that are not listed, added to the labels", names[0], len(names))
	im.table = im.table.with(names)
	return nil
}

// Close closes the folders above, where these were opened.
func (im *importer) Close() error { return im.close() }

// job is an item to read.
type job = formats.Job[*subset, *entry]

// Items streams the items, subset after subset.
func (im *importer) Items(ctx context.Context) dataset.Items {
	return formats.Stream(ctx, &im.Reading, &im.opts, im.jobs(), im.read)
}

func (im *importer) jobs() iter.Seq2[job, error] {
	return formats.Jobs(im.subsets, func(s *subset) []*entry { return s.entries })
}

// read makes an item; it runs on several goroutines.
func (im *importer) read(j job) (r formats.Record, err error) {
	e := j.Entry
	r.Item = dataset.Item{ID: e.id, Subset: j.Part.name}
	if e.image != "" {
		r.Item.Media = &dataset.Image{File: dataset.File{
			Name: e.id + e.ext, Source: formats.MediaIn(im.folder, formatName, e.image),
		}}
		if e.second {
			r.Notes.Add("pictures with the name of another one, without its annotations", e.image, 1)
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
