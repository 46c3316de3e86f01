package openimages

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/workers"
)

// importer reads one dataset. What it holds is bounded by the number of runs
// and pictures, not by what they say.
type importer struct {
	formats.Reading
	folder   *files.Folder
	above    *files.Folder // to be closed, nil where folder is not ours
	opts     formats.ImportOptions
	hash     hasher
	tables   []*table
	classes  *classes
	sizes    sizes
	pictures *pictures
	runs     []run    // by hash
	listed   []uint64 // hashes of subset and id, sorted
	twice    map[uint64]bool
	subsets  []*subset
	salts    []uint64 // of the subsets that lists speak of
}

// subset is where the items of a subset come from, in this order.
type subset struct {
	name   string
	lists  []*table
	extras []run // the first about an image that is in no list
	roots  []int // with pictures that are nowhere else
	items  int
}

func open(ctx context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	if err := o.OnlyPlain(formatName, f); err != nil {
		return nil, err
	}
	m := &importer{folder: base(f), opts: o, hash: newHasher()}
	if m.folder != f {
		m.above = m.folder
	}
	err := m.open(ctx)
	if err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

func (m *importer) open(ctx context.Context) (err error) {
	f := m.folder
	if m.tables, err = openTables(f, &m.Opening); err != nil {
		return err
	}
	if len(m.tables) == 0 {
		return formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: there is no %s", f.Path("."), strings.TrimPrefix(needTable, "a ")),
			"datum detect says what a folder holds")
	}
	byDisplay := m.opts.Values.Of(optionNames) == "display"
	if m.classes, err = readClasses(f, byDisplay, &m.Opening); err != nil {
		return err
	}
	if m.sizes, err = readMeta(f, m.hash); err != nil {
		return err
	}
	if m.pictures, err = findPictures(ctx, f, m.hash); err != nil {
		return formats.At(f, formatName, imagesDir, err)
	}
	if err := m.scanAll(ctx); err != nil {
		return err
	}
	if err := m.classes.readHierarchy(f, m.opts.Limits.WithDefaults().RecordBytes, &m.Opening); err != nil {
		return err
	}
	m.plan()
	m.Meta.MediaKind = dataset.MediaImage
	m.Meta.Categories.Labels = &dataset.LabelCategories{Labels: m.classes.list}
	for _, s := range m.subsets {
		m.Meta.Subsets = append(m.Meta.Subsets, dataset.Subset{Name: s.name, Items: s.items, Attributes: m.carriedColumns(s.name)})
	}
	return nil
}

// scanAll reads all tables once, several at a time.
func (m *importer) scanAll(ctx context.Context) error {
	numbers := func(yield func(int, error) bool) {
		for i := range m.tables {
			if !yield(i, nil) {
				return
			}
		}
	}
	labels := map[string]bool{}
	i := 0
	for s, err := range workers.Map(ctx, workers.Count(m.opts.Workers), numbers, func(i int) (*scanned, error) { return m.scan(ctx, i) }) {
		if err != nil {
			return err
		}
		t := m.tables[i]
		m.runs = append(m.runs, s.runs...)
		m.listed = append(m.listed, s.listed...)
		for l := range s.labels {
			labels[l] = true
		}
		if t.kind == kindImages && len(s.subsets) == 0 && t.subset != "" {
			s.subsets = []string{t.subset}
		}
		for _, name := range s.subsets {
			sub := m.subset(name)
			sub.lists = append(sub.lists, t)
			sub.items += s.counts[name]
		}
		i++
	}
	sortRuns(m.runs)
	slices.Sort(m.listed)
	m.twice = map[uint64]bool{}
	for i := 1; i < len(m.listed); i++ {
		if m.listed[i] == m.listed[i-1] {
			m.twice[m.listed[i]] = true
		}
	}
	m.classes.addUnknown(labels, &m.Opening)
	return nil
}

func (m *importer) subset(name string) *subset {
	for _, s := range m.subsets {
		if s.name == name {
			return s
		}
	}
	s := &subset{name: name}
	m.subsets = append(m.subsets, s)
	return s
}

// Close closes the files.
func (m *importer) Close() error {
	var err error
	for _, t := range m.tables {
		err = errors.Join(err, t.file.Close())
	}
	if m.above != nil {
		err = errors.Join(err, m.above.Close())
		m.above = nil
	}
	m.tables = nil
	return err
}

// key is an item to be made.
type key struct {
	id, subset string
	table      *table // the list that it is in
	line       int
	columns    dataset.Attributes // carried from the list
	file       picture
	hasFile    bool
	err        error // why there is none
}

// Items streams the items, subset after subset.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return formats.Stream(ctx, &m.Reading, &m.opts, m.keys(ctx), m.item)
}

// keys streams what items there are.
func (m *importer) keys(ctx context.Context) iter.Seq2[key, error] {
	return func(yield func(key, error) bool) {
		for _, s := range m.subsets {
			w := walk{m: m, ctx: ctx, s: s, yield: func(k key) bool { return yield(k, nil) }}
			for _, part := range []func() error{w.listed, w.unlisted, w.bare} {
				if err := part(); err != nil {
					if err != errStop {
						yield(key{}, err)
					}
					return
				}
			}
		}
	}
}
