package segmentation

import (
	"context"
	"errors"
	"iter"
	"maps"
	"path"
	"slices"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/planes"
)

// importer reads a dataset; between two streams it keeps the names of files.
type importer struct {
	formats.Reading
	folder *files.Folder
	close  func() error
	opts   formats.ImportOptions
	limits files.Limits
	parts  []*part
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
	im.Meta = dataset.Info{MediaKind: dataset.MediaImage, Categories: merge(im.parts, &im.Opening)}
	for _, p := range im.parts {
		im.Meta.Subsets = append(im.Meta.Subsets, dataset.Subset{Name: p.name, Items: len(p.entries)})
	}
	return nil
}

// Close closes the folder above, where that was opened.
func (im *importer) Close() error { return im.close() }

// job is an item to read.
type job = formats.Job[*part, *entry]

// Items streams the items, subset after subset.
func (im *importer) Items(ctx context.Context) dataset.Items {
	return formats.Stream(ctx, &im.Reading, &im.opts, im.jobs(), im.read)
}

func (im *importer) jobs() iter.Seq2[job, error] {
	return formats.Jobs(im.parts, func(p *part) []*entry { return p.entries })
}

// read makes an item; it runs on several goroutines.
func (im *importer) read(j job) (r formats.Record, err error) {
	r.Item = dataset.Item{ID: j.Entry.id, Subset: j.Part.name}
	if j.Entry.image != "" {
		name := path.Join(j.Part.dir, imageDir, j.Entry.image)
		r.Item.Media = &dataset.Image{File: dataset.File{
			Name: j.Entry.image, Source: formats.MediaIn(im.folder, formatName, name),
		}}
		if j.Entry.second {
			r.Notes.Add("pictures with the name of another one, without its annotations", name, 1)
		}
	}
	if j.Entry.mask != "" {
		err = im.readMasks(&r, j)
	}
	return r, err
}

// readMasks reads the masks of an item, in the order of their numbers.
func (im *importer) readMasks(r *formats.Record, j job) error {
	name := j.Entry.mask
	var colors map[[3]uint8]uint32
	if len(j.Part.table.colors) > 0 {
		colors = j.Part.colors
	}
	p, err := planes.Read(im.folder, formatName, name, im.limits, colors)
	if err != nil {
		return err
	}
	masks := p.Masks()
	for _, number := range slices.Sorted(maps.Keys(masks)) {
		label, known := j.Part.labels[number]
		switch {
		case j.Part.table.isNothing(number):
			continue
		case !known:
			err := placed(im.folder, name, formats.Reason(formats.ErrCorrupt, "no label has the number of pixels of value %d", number))
			if err := im.opts.Bad(err); err != nil {
				return formats.WithHint(err, "label_map in %s says what the numbers are", metaFile)
			}
			continue
		}
		r.Item.Annotations = append(r.Item.Annotations, &dataset.Mask{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: label, RLE: masks[number]})
	}
	return nil
}
