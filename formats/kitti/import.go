package kitti

import (
	"context"
	"errors"
	"iter"
	"path"
	"slices"

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
	layout  *layout
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
	if im.layout, err = find(im.folder, im.limits); err != nil {
		return err
	}
	if only := im.folder.Only(); only != "" {
		im.layout.only(only)
	}
	if len(im.layout.parts) == 0 || im.folder.Only() != "" && len(im.layout.subsets) == 0 {
		return formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s is no KITTI dataset", im.folder.Path(".")),
			"it needs label_2/ or instance/ beside image_2/, perhaps in training/ and testing/")
	}
	l := im.layout
	im.Opening.Add("names listed in ImageSets that have no file", l.firstListed, l.listedOnly)
	im.Opening.Add("names in several lists of ImageSets, taken for the first of them", l.firstTwice, l.twice)
	noteIgnored(im.folder, l.parts, &im.Opening)
	if err := im.findLabels(ctx); err != nil {
		return err
	}
	im.byColor = im.table.colorIndex()
	im.Meta = dataset.Info{MediaKind: dataset.MediaImage, Categories: im.table.categories()}
	for _, s := range l.subsets {
		im.Meta.Subsets = append(im.Meta.Subsets, dataset.Subset{Name: s.name, Items: len(s.entries)})
	}
	return nil
}

// findLabels takes the declared labels and adds those of label_2.
func (im *importer) findLabels(ctx context.Context) error {
	dirs := []string{"."}
	for _, part := range im.layout.parts {
		dirs = append(dirs, part)
		if up := path.Dir(part); !slices.Contains(dirs, up) {
			dirs = append(dirs, up)
		}
	}
	t, err := readTable(im.folder, dirs, im.limits)
	if err != nil {
		return err
	}
	declared := t != nil
	switch {
	case !declared && im.hasMasks():
		t = standardTable()
	case !declared:
		t = newTable(nil, nil)
	}
	found, err := formats.NewNames(ctx, &im.opts, im.jobs(), im.typesIn, t.knows)
	if err != nil {
		return err
	}
	if declared && len(found) > 0 {
		im.Opening.Add("labels of label_2 that the file of labels does not list, added to them", found[0], len(found))
	}
	for _, name := range found {
		t.labels = append(t.labels, dataset.LabelCategory{Name: name})
	}
	im.table = newTable(t.labels, t.colors)
	return nil
}

func (im *importer) hasMasks() bool {
	return slices.ContainsFunc(im.layout.subsets, func(s subset) bool {
		return slices.ContainsFunc(s.entries, func(e *entry) bool { return e.masks != "" })
	})
}

// Close closes the folder above, where that was opened.
func (im *importer) Close() error { return im.close() }

// job is an item to read.
type job = formats.Job[subset, *entry]

// Items streams the items, subset after subset.
func (im *importer) Items(ctx context.Context) dataset.Items {
	return formats.Stream(ctx, &im.Reading, &im.opts, im.jobs(), im.read)
}

func (im *importer) jobs() iter.Seq2[job, error] {
	return formats.Jobs(im.layout.subsets, func(s subset) []*entry { return s.entries })
}

// read makes an item; it runs on several goroutines.
func (im *importer) read(j job) (r formats.Record, err error) {
	e := j.Entry
	r.Item = dataset.Item{ID: e.id, Subset: j.Part.name}
	if e.image != "" {
		name := path.Join(e.part, imageDir, e.image)
		r.Item.Media = &dataset.Image{File: dataset.File{
			Name: e.image, Source: formats.MediaIn(im.folder, formatName, name),
		}}
		if e.second {
			r.Notes.Add("pictures with the name of another one, without its annotations", name, 1)
		}
	}
	if e.label != "" {
		if r.Item.Annotations, err = im.readBoxes(e); err != nil {
			return r, err
		}
	}
	if e.masks != "" {
		masks, err := im.readMasks(e)
		if err != nil {
			return r, err
		}
		r.Item.Annotations = append(r.Item.Annotations, masks...)
	}
	return r, nil
}
