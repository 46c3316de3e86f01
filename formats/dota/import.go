package dota

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
	"datum/internal/workers"
)

// importer reads a dataset; between two streams it keeps the names of files.
type importer struct {
	formats.Reading
	folder *files.Folder
	close  func() error
	opts   formats.ImportOptions
	limits files.Limits
	parts  []*part
	table  *table
	// fractions says that coordinates are parts of the picture's size.
	fractions bool
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
	if im.parts, err = find(im.folder, &im.Opening); err != nil {
		return err
	}
	if file := im.folder.Only(); file != "" {
		im.parts = only(im.parts, file)
	}
	if len(im.parts) == 0 {
		return formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s is no DOTA dataset", im.folder.Path(".")),
			"it needs a folder labelTxt, perhaps in train/ and val/")
	}
	if err := im.findLabels(ctx); err != nil {
		return err
	}
	labels := make([]dataset.LabelCategory, len(im.table.names))
	for i, name := range im.table.names {
		labels[i].Name = name
	}
	im.Meta = dataset.Info{MediaKind: dataset.MediaImage, Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: labels}}}
	for _, p := range im.parts {
		if len(p.entries) > 0 {
			im.Meta.Subsets = append(im.Meta.Subsets, dataset.Subset{Name: p.name, Items: len(p.entries)})
		}
	}
	return nil
}

// findLabels takes the declared labels and adds those that are found, and finds
// out what the coordinates are.
func (im *importer) findLabels(ctx context.Context) error {
	names, declared, err := readLabels(im.folder, im.limits)
	if err != nil {
		return err
	}
	known := newTable(names)
	found, values, err := im.collect(ctx, known)
	if err != nil {
		return err
	}
	if declared && len(found) > 0 {
		im.Opening.Add("labels that the list of classes does not have, added to it", found[0], len(found))
	}
	im.table = newTable(append(names, found...))
	switch im.opts.Values.Of(coordinates) {
	case "fractions":
		im.fractions = true
	case "auto":
		if im.fractions = values.areFractions(); im.fractions {
			im.Opening.Add("files of labels whose coordinates were taken for fractions of the picture", im.parts[0].name, values.files)
		}
	}
	return nil
}

// seen is what a look at files of labels gives.
type seen struct {
	labels []string
	files  int // with boxes
	within bool
	whole  bool
}

// areFractions tells whether no coordinate can be one in pixels.
func (s *seen) areFractions() bool { return s.files > 0 && s.within && !s.whole }

// collect returns the labels in the files that t lacks, in alphabetical order,
// and what the coordinates are like.
func (im *importer) collect(ctx context.Context, t *table) ([]string, *seen, error) {
	all := &seen{within: true, whole: true}
	found := map[string]bool{}
	for s, err := range workers.Map(ctx, workers.Count(im.opts.Workers), im.jobs(), im.lookInto) {
		if err != nil {
			return nil, nil, err
		}
		all.files += s.files
		all.within = all.within && s.within
		all.whole = all.whole && s.whole
		for _, name := range s.labels {
			if _, known := t.index[name]; !known {
				found[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), all, nil
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
	var picture *dataset.Image
	if j.Entry.image != "" {
		name := path.Join(j.Part.dir, imageDir, j.Entry.image)
		picture = &dataset.Image{File: dataset.File{
			Name: j.Entry.image, Source: formats.MediaIn(im.folder, formatName, name),
		}}
		r.Item.Media = picture
		if j.Entry.second {
			r.Notes.Add("pictures with the name of another one, without its annotations", name, 1)
		}
	}
	if j.Entry.label != "" {
		err = im.readLabels(&r, j.Entry.label, picture)
	}
	return r, err
}
