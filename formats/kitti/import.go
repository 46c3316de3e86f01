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
	"datum/internal/workers"
)

// importer reads a dataset; between two streams it keeps the names of files.
type importer struct {
	folder  *files.Folder
	close   func() error
	opts    formats.ImportOptions
	limits  files.Limits
	layout  *layout
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
	im.opening.Add("names listed in ImageSets that have no file", l.firstListed, l.listedOnly)
	im.opening.Add("names in several lists of ImageSets, taken for the first of them", l.firstTwice, l.twice)
	noteIgnored(im.folder, l.parts, &im.opening)
	if err := im.findLabels(ctx); err != nil {
		return err
	}
	im.notes.Merge(im.opening)
	im.byColor = im.table.colorIndex()
	im.info = dataset.Info{MediaKind: dataset.MediaImage, Categories: im.table.categories()}
	for _, s := range l.subsets {
		im.info.Subsets = append(im.info.Subsets, dataset.Subset{Name: s.name, Items: len(s.entries)})
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
	found, err := im.collect(ctx, t)
	if err != nil {
		return err
	}
	if declared && len(found) > 0 {
		im.opening.Add("labels of label_2 that the file of labels does not list, added to them", found[0], len(found))
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

// collect returns the types in label_2 that t lacks, in alphabetical order.
func (im *importer) collect(ctx context.Context, t *table) ([]string, error) {
	files := func(yield func(string, error) bool) {
		for e := range im.entries() {
			if e.label != "" && !yield(e.label, nil) {
				return
			}
		}
	}
	found := map[string]bool{}
	for names, err := range workers.Map(ctx, workers.Count(im.opts.Workers), files, im.typesOf) {
		if err != nil {
			return nil, err
		}
		for _, name := range names {
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
	return out, nil
}

// entries are those of all subsets.
func (im *importer) entries() iter.Seq[*entry] {
	return func(yield func(*entry) bool) {
		for _, s := range im.layout.subsets {
			for _, e := range s.entries {
				if !yield(e) {
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
	for _, s := range im.layout.subsets {
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
		name := path.Join(e.part, imageDir, e.image)
		r.item.Media = &dataset.Image{File: dataset.File{
			Name: e.image, Source: formats.MediaIn(im.folder, formatName, name, im.opts.AllowExternalMedia),
		}}
		if e.second {
			r.notes.Add("pictures with the name of another one, without its annotations", name, 1)
		}
	}
	if e.label != "" {
		if r.item.Annotations, err = im.readBoxes(e); err != nil {
			return r, err
		}
	}
	if e.masks != "" {
		masks, err := im.readMasks(e)
		if err != nil {
			return r, err
		}
		r.item.Annotations = append(r.item.Annotations, masks...)
	}
	return r, nil
}
