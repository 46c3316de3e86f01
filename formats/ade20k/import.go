package ade20k

import (
	"context"
	"iter"
	"path"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/workers"
)

// importer reads a dataset; between two streams it keeps the names of files.
type importer struct {
	formats.Reading
	folder  *files.Folder
	opts    formats.ImportOptions
	limits  files.Limits
	classes bool   // labels are those of the dataset
	shapes  string // a value of optionShapes
	layout  *layout
	labels  *labels
}

// open finds the files, and the labels in them.
func open(ctx context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	if err := o.OnlyPlain(formatName, f); err != nil {
		return nil, err
	}
	if err := o.Values.Check(Format()); err != nil {
		return nil, err
	}
	im := &importer{
		folder: f, opts: o, limits: o.Limits.WithDefaults(),
		classes: o.Values.Of(optionLabels) == "class", shapes: o.Values.Of(optionShapes),
	}
	if err := im.look(ctx); err != nil {
		return nil, err
	}
	return im, nil
}

func (im *importer) look(ctx context.Context) (err error) {
	if im.layout, err = find(im.folder, &im.Opening); err != nil {
		return err
	}
	if only := im.folder.Only(); only != "" {
		im.Opening = formats.Loss{} // of other files
		im.layout.only(only)
	}
	if err := im.findLabels(ctx); err != nil {
		return err
	}
	if !im.layout.hasAnnotations() {
		return formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s is no ADE20K dataset", im.folder.Path(".")),
			"it needs x.json or x_atr.txt, and x_seg.png, beside each picture x.jpg")
	}
	im.Meta = dataset.Info{MediaKind: dataset.MediaImage, Categories: im.labels.categories()}
	for _, s := range im.layout.subsets {
		im.Meta.Subsets = append(im.Meta.Subsets, dataset.Subset{Name: s.name, Items: len(s.entries)})
	}
	return nil
}

// findLabels takes the declared labels and adds those of the files, in the
// order in which they come.
func (im *importer) findLabels(ctx context.Context) error {
	l, err := readMeta(im.folder, im.limits, ".", im.layout.base)
	if err != nil {
		return err
	}
	declared := l != nil
	if !declared {
		l = newLabels(nil)
	}
	foreign := map[*entry]bool{}
	for found, err := range workers.Map(ctx, workers.Count(im.opts.Workers), im.jobs(), im.namesOf) {
		if err != nil {
			return err
		}
		if found.foreign {
			foreign[found.entry] = true
			im.Opening.Add("files of other kinds not read", path.Join(found.entry.dir, found.entry.json), 1)
		}
		for _, name := range found.names {
			if l.add(name) && declared {
				im.Opening.Add("labels that "+metaFile+" does not list, added to them", name, 1)
			}
		}
	}
	im.labels = l
	im.layout.drop(foreign)
	return nil
}

// found is what the first look at an item gives.
type found struct {
	entry   *entry
	names   []string
	foreign bool
}

// namesOf returns the labels in the file of an item; what cannot be read is
// found out later. A JSON file alone that is not about a picture is no item.
func (im *importer) namesOf(j job) (found, error) {
	e := j.Entry
	out := found{entry: e}
	r, err := im.record(e, func(int, error) error { return nil })
	if err != nil || r == nil {
		return out, nil
	}
	out.foreign = e.json != "" && !r.found && e.picture == "" && e.text == "" && len(e.levels) == 0
	seen := map[string]bool{}
	for _, o := range r.objects {
		if name := o.label(im.classes); !seen[name] {
			seen[name] = true
			out.names = append(out.names, name)
		}
	}
	return out, nil
}

// record reads the file that describes an item, nil where there is none.
func (im *importer) record(e *entry, bad badRecord) (*record, error) {
	name, parse := path.Join(e.dir, e.json), parseJSON
	switch {
	case e.json != "":
	case e.text != "":
		name, parse = path.Join(e.dir, e.text), parseText
	default:
		return nil, nil
	}
	content, err := im.folder.ReadFile(name, im.limits.RecordBytes)
	if err != nil {
		return nil, formats.At(im.folder, formatName, name, err)
	}
	return parse(name, content, bad)
}

// Close has nothing to close.
func (im *importer) Close() error { return nil }

// job is an item to read.
type job = formats.Job[subset, *entry]

// Items streams the items, subset after subset.
func (im *importer) Items(ctx context.Context) dataset.Items {
	return formats.Stream(ctx, &im.Reading, &im.opts, im.jobs(), im.read)
}

func (im *importer) jobs() iter.Seq2[job, error] {
	return formats.Jobs(im.layout.subsets, func(s subset) []*entry { return s.entries })
}
