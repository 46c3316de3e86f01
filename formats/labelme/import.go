package labelme

import (
	"cmp"
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/nameset"
	"datum/internal/workers"
)

// entry is an item: its annotation file, or its picture, or both.
type entry struct {
	subset string
	id     string
	file   string // empty: a picture alone
	media  string // path of the picture, empty where it is not there
	name   string // of the media, empty where there is none
}

// importer reads one dataset. It holds the names of the files.
type importer struct {
	folder *files.Folder
	above  []*files.Folder // that we opened ourselves
	opts   formats.ImportOptions
	limits files.Limits
	info   dataset.Info
	layout layout

	entries []entry
	labels  map[string]int32
	// opening holds the notes made before items are read, notes those of the
	// latest reading.
	opening, notes formats.Loss
}

func open(ctx context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	if err := o.OnlyPlain(formatName, f); err != nil {
		return nil, err
	}
	m := &importer{folder: f, opts: o, limits: o.Limits.WithDefaults(), layout: layout{base: "."}, labels: map[string]int32{}}
	err := m.moveUp()
	if err == nil {
		err = m.read(ctx)
	}
	if err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// moveUp takes the folder above for the dataset's where a single file or a
// folder of annotations was named: pictures may lie in a folder beside it.
func (m *importer) moveUp() error {
	only := m.folder.Only()
	if only != "" && !isAnnotation(only) {
		return m.notFound(only)
	}
	for up := only != ""; up || isOneOf(annotationDirs, m.folder.Base()); up = false {
		if len(m.above) > 2 || m.folder.HasDir(pictureNames[0]) {
			return nil
		}
		above, name, err := m.folder.Parent()
		if err != nil {
			return nil // at the top of an archive
		}
		m.above = append(m.above, above)
		m.folder, m.layout.base = above, path.Join(name, m.layout.base)
	}
	return nil
}

func (m *importer) notFound(where string) error {
	return formats.WithHint(&formats.Error{Format: formatName, Path: m.folder.Path(where),
		Err: formats.Reason(formats.ErrUnknownFormat, "there is no JSON file with shapes in it, nor an XML file with polygons, as LabelMe writes them")},
		"the files lie beside the pictures, or in a folder of their own")
}

// read finds the files and makes the first pass over them.
func (m *importer) read(ctx context.Context) error {
	var annotations, pictures []string
	if only := m.folder.Only(); only != "" {
		annotations = []string{only}
	} else if err := walk(ctx, m.folder, m.layout.base, 0, func(name string) {
		switch {
		case isAnnotation(name):
			annotations = append(annotations, name)
		case imagesize.IsImage(name):
			pictures = append(pictures, name)
		}
	}); err != nil {
		return err
	}
	listed, err := m.readLists()
	if err != nil {
		return err
	}
	m.layout.findLayout(append(slices.Clone(annotations), pictures...))
	used, ours, err := m.firstPass(ctx, annotations)
	if err != nil {
		return err
	}
	if ours == 0 && !m.layout.listed {
		return m.notFound(".")
	}
	m.addPictures(pictures)
	m.fillInfo(listed, used)
	return nil
}

// peeked is what the first pass finds in a file.
type peeked struct {
	entry  entry
	labels []string
	ours   bool
	notes  formats.Loss
}

// firstPass finds the pictures and the labels of all files.
func (m *importer) firstPass(ctx context.Context, names []string) (used map[string]bool, ours int, err error) {
	used = map[string]bool{}
	taken := nameset.New()
	in := func(yield func(string, error) bool) {
		for _, name := range names {
			if !yield(name, nil) {
				return
			}
		}
	}
	for p, err := range workers.Map(ctx, workers.Count(m.opts.Workers), in, m.peek) {
		if err != nil {
			return nil, 0, err
		}
		m.opening.Merge(p.notes)
		if !p.ours {
			continue
		}
		ours++
		if !taken.Add(p.entry.key()) {
			err := &formats.Error{Format: formatName, Path: m.folder.Path(p.entry.file), Item: p.entry.id,
				Err: bad("an earlier file is about the same picture, %q", cmp.Or(p.entry.name, p.entry.id))}
			if err := m.opts.Bad(err); err != nil {
				return nil, 0, err
			}
			continue
		}
		for _, l := range p.labels {
			used[l] = true
		}
		m.entries = append(m.entries, p.entry)
	}
	return used, ours, ctx.Err()
}

// key is what tells items apart.
func (e *entry) key() string { return e.subset + "\x00" + cmp.Or(e.name, e.id) }

// peek reads a file for the first pass. Files of other kinds are left alone.
func (m *importer) peek(name string) (p peeked, err error) {
	text, err := m.folder.ReadFile(name, m.limits.RecordBytes)
	if err != nil {
		err = formats.At(m.folder, formatName, name, err)
		return p, m.opts.Bad(err)
	}
	doc, err := m.parse(name, text, &formats.Loss{})
	if errors.Is(err, errNotOurs) {
		p.notes.Add("JSON and XML files ignored, since they are not LabelMe's", name, 1)
		return p, nil
	}
	if err != nil {
		return p, m.opts.Bad(m.at(name, text, "", err))
	}
	p.ours = true
	p.entry = m.entryOf(name, doc, &p.notes)
	seen := map[string]bool{}
	for i := range doc.shapes {
		if l := doc.label(i); l != "" && !seen[l] {
			seen[l] = true
			p.labels = append(p.labels, l)
		}
	}
	return p, nil
}

// parse reads an annotation file of either kind.
func (m *importer) parse(name string, text []byte, loss *formats.Loss) (*document, error) {
	n := &noter{loss, name}
	if isXML(name) {
		return parseXML(text, n)
	}
	return parseJSON(text, n)
}

// addPictures adds the pictures that no file is about: those in or below the
// folders of annotation files and of their pictures, and in subsets. Others,
// such as drawings of the annotations, are none of the dataset.
func (m *importer) addPictures(pictures []string) {
	taken, homes, masks := map[string]bool{}, map[string]bool{}, false
	for i := range m.entries {
		e := &m.entries[i]
		taken[e.media], homes[path.Dir(e.file)] = true, true
		if e.media != "" {
			homes[path.Dir(e.media)] = true
		}
		masks = masks || isXML(e.file)
	}
	for _, p := range pictures {
		if taken[p] || masks && isOldMask(p) {
			continue
		}
		subset, name := m.layout.split(p)
		if subset == dataset.DefaultSubset && !below(homes, p) {
			m.opening.Add("pictures ignored, since there are no annotation files in their folder or above", p, 1)
			continue
		}
		m.entries = append(m.entries, entry{subset: subset, id: stem(name), media: p, name: name})
	}
}

// below reports whether a path is below one of some folders.
func below(dirs map[string]bool, name string) bool {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if dirs[dir] {
			return true
		}
		if dir == "." || dir == "/" {
			return false
		}
	}
}

func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// fillInfo sorts the items and lists labels and subsets.
func (m *importer) fillInfo(listed []string, used map[string]bool) {
	m.info.MediaKind = dataset.MediaImage
	m.fillLabels(listed, used)
	place := map[string]int{}
	add := func(name string) int {
		i, ok := place[name]
		if !ok {
			i = len(m.info.Subsets)
			place[name] = i
			m.info.Subsets = append(m.info.Subsets, dataset.Subset{Name: name})
		}
		return i
	}
	if m.layout.listed {
		for _, s := range m.layout.subsets {
			add(s)
		}
	}
	var names []string
	for i := range m.entries {
		names = append(names, m.entries[i].subset)
	}
	slices.SortFunc(names, bySubsetOrder)
	for _, s := range slices.Compact(names) {
		add(s)
	}
	for i := range m.entries {
		m.info.Subsets[place[m.entries[i].subset]].Items++
	}
	slices.SortFunc(m.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(place[a.subset], place[b.subset]), cmp.Compare(a.id, b.id), cmp.Compare(a.name, b.name))
	})
}

// Info returns what the first pass found.
func (m *importer) Info() *dataset.Info { return &m.info }

// Notes says what was tolerated.
func (m *importer) Notes() formats.Loss {
	var all formats.Loss
	all.Merge(m.opening)
	all.Merge(m.notes)
	return all
}

// Close closes the folders above, where they were opened.
func (m *importer) Close() error {
	var err error
	for _, f := range m.above {
		err = errors.Join(err, f.Close())
	}
	m.above = nil
	return err
}
