package voc

import (
	"context"
	"errors"
	"slices"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// importer reads one dataset.
type importer struct {
	source
	opts     formats.ImportOptions
	limits   files.Limits
	oneBased bool
	parts    []*part
	subsets  []*subset
	table    labelTable
	flags    map[*part]map[int32][]flag
	info     dataset.Info
	opening  formats.Loss // notes made while opening
	notes    formats.Loss // notes made by the last stream
}

func open(ctx context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	if err := o.OnlyPlain(formatName, f); err != nil {
		return nil, err
	}
	m := &importer{
		source: locate(f), opts: o, limits: o.Limits.WithDefaults(), flags: map[*part]map[int32][]flag{},
		oneBased: o.Values.Of(optionCoordinates) == oneBased,
	}
	if err := m.load(ctx); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

func (m *importer) load(ctx context.Context) error {
	if m.only != "" && !isXML(m.only) {
		return m.unknown()
	}
	var beside []string
	m.parts, beside = findParts(m.Folder)
	for _, dir := range beside {
		m.opening.Add("folders beside VOC datasets not read", dir, 1)
	}
	for _, p := range m.parts {
		if err := errors.Join(ctx.Err(), p.load(m.Folder, &m.opening)); err != nil {
			return err
		}
		if err := p.loadLists(m.Folder, &m.opening, m.limits.RecordBytes); err != nil {
			return err
		}
	}
	if m.only != "" {
		if err := m.keepOnly(); err != nil {
			return err
		}
	}
	if err := m.findLabels(ctx); err != nil {
		return err
	}
	if !slices.ContainsFunc(m.parts, (*part).speaks) {
		return m.unknown()
	}
	m.subsets = makeSubsets(m.parts, &m.opening)
	m.info = dataset.Info{MediaKind: dataset.MediaImage, Categories: m.table.cats}
	for _, s := range m.subsets {
		n := len(s.refs)
		if m.opts.Skip != nil {
			n = -1
		}
		m.info.Subsets = append(m.info.Subsets, dataset.Subset{Name: s.name, Items: n})
	}
	return nil
}

func (m *importer) unknown() error {
	return formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: it holds no Pascal VOC annotations", m.Path(".")), "VOC needs %s, or %s", needXML, needLists)
}

// speaks tells whether a part is of VOC at all: it has XML files, or what only
// VOC has.
func (p *part) speaks() bool {
	return len(p.lists) > 0 || p.class != "" || slices.ContainsFunc(p.entries, func(e entry) bool { return e.xml != "" })
}

// keepOnly leaves nothing but the one XML file that was named, and what belongs
// to it.
func (m *importer) keepOnly() error {
	for _, p := range m.parts {
		i := slices.IndexFunc(p.entries, func(e entry) bool { return e.xml == m.only })
		if i < 0 {
			continue
		}
		e := p.entries[i]
		others := slices.DeleteFunc(slices.Clone(p.entries), func(o entry) bool { return o.xml != "" })
		p.entries = append([]entry{e}, others...)
		p.byID, p.byBase, p.lists, p.subset = map[string]int32{e.id: 0}, nil, nil, ""
		for i := 1; i < len(p.entries); i++ {
			p.byID[p.entries[i].id] = int32(i)
			p.entries[i].listed = true // not an item, but perhaps the picture of one
		}
		m.parts = []*part{p}
		return nil
	}
	return m.unknown()
}

// Info says what was found by the first reading.
func (m *importer) Info() *dataset.Info { return &m.info }

// Notes says what was tolerated.
func (m *importer) Notes() formats.Loss {
	var all formats.Loss
	all.Merge(m.opening)
	all.Merge(m.notes)
	return all
}

// readText reads a text file of the dataset.
func (m *importer) readText(name string) ([]byte, error) {
	text, err := m.ReadFile(name, m.limits.RecordBytes)
	return text, at(m.Folder, name, "", err)
}

// sortedNames returns the names of a set in alphabetical order.
func sortedNames[V any](set map[string]V) []string {
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.SortFunc(names, strings.Compare)
	return names
}
