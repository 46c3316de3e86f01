package dota

import (
	"context"
	"errors"
	"iter"
	"path"
	"slices"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/workers"
)

// importer reads a dataset; between two streams it keeps the names of files.
type importer struct {
	folder *files.Folder
	close  func() error
	opts   formats.ImportOptions
	limits files.Limits
	parts  []*part
	table  *table
	// fractions says that coordinates are parts of the picture's size.
	fractions bool
	info      dataset.Info
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
	if im.parts, err = find(im.folder, &im.opening); err != nil {
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
	im.notes.Merge(im.opening)
	labels := make([]dataset.LabelCategory, len(im.table.names))
	for i, name := range im.table.names {
		labels[i].Name = name
	}
	im.info = dataset.Info{MediaKind: dataset.MediaImage, Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: labels}}}
	for _, p := range im.parts {
		if len(p.entries) > 0 {
			im.info.Subsets = append(im.info.Subsets, dataset.Subset{Name: p.name, Items: len(p.entries)})
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
		im.opening.Add("labels that the list of classes does not have, added to it", found[0], len(found))
	}
	im.table = newTable(append(names, found...))
	switch im.opts.Values.Of(coordinates) {
	case "fractions":
		im.fractions = true
	case "auto":
		if im.fractions = values.areFractions(); im.fractions {
			im.opening.Add("files of labels whose coordinates were taken for fractions of the picture", im.parts[0].name, values.files)
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
	for s, err := range workers.Map(ctx, workers.Count(im.opts.Workers), im.labelFiles(), im.lookInto) {
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
	var out []string
	for name := range found {
		out = append(out, name)
	}
	slices.Sort(out)
	return out, all, nil
}

func (im *importer) labelFiles() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, p := range im.parts {
			for _, e := range p.entries {
				if e.label != "" && !yield(e.label, nil) {
					return
				}
			}
		}
	}
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
	var picture *dataset.Image
	if j.entry.image != "" {
		name := path.Join(j.part.dir, imageDir, j.entry.image)
		picture = &dataset.Image{File: dataset.File{
			Name: j.entry.image, Source: formats.MediaIn(im.folder, formatName, name, im.opts.AllowExternalMedia),
		}}
		r.item.Media = picture
		if j.entry.second {
			r.notes.Add("pictures with the name of another one, without its annotations", name, 1)
		}
	}
	if j.entry.label == "" {
		return r, nil
	}
	return r, im.readLabels(&r, j.entry.label, picture)
}
