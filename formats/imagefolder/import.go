package imagefolder

import (
	"context"
	"io/fs"
	"iter"
	"path"
	"strings"
	"unicode/utf8"

	"datum/dataset"
	"datum/formats"
)

// importer reads a dataset of folders. It lists one folder at a time, so that
// Info does not say how many items there are.
type importer struct {
	formats.Reading
	t *tree
}

func newImporter(t *tree) *importer {
	m := &importer{t: t, Reading: formats.Reading{Meta: dataset.Info{MediaKind: dataset.MediaImage}, Opening: t.notes}}
	if t.format != nameImageDir {
		m.Meta.Categories.Labels = &dataset.LabelCategories{}
		for _, c := range t.classes {
			m.Meta.Categories.Labels.Labels = append(m.Meta.Categories.Labels.Labels, dataset.LabelCategory{Name: c})
		}
	}
	for _, s := range t.subsets {
		m.Meta.Subsets = append(m.Meta.Subsets, dataset.Subset{Name: s.name, Items: -1})
	}
	return m
}

// Close has nothing to close.
func (m *importer) Close() error { return nil }

// entry is a picture that was found, or why a folder could not be listed.
type entry struct {
	subset string
	place  *place
	path   string
	err    error
}

// Items streams the items: of each subset, the pictures beside the class
// folders, and then class after class.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return formats.Stream(ctx, &m.Reading, &m.t.opts, m.entries(ctx), m.read)
}

// read makes an item; it runs on several goroutines.
func (m *importer) read(e entry) (r formats.Record, err error) {
	if e.err != nil {
		return r, e.err
	}
	if r.Item, err = m.item(e); err == nil && m.t.masks {
		err = m.t.addMask(e, &r.Item)
	}
	return r, err
}

// entries streams the pictures.
func (m *importer) entries(ctx context.Context) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for _, s := range m.t.subsets {
			for i := range s.places {
				w := walk{m: m, ctx: ctx, subset: s.name, place: &s.places[i], yield: func(e entry) bool { return yield(e, nil) }}
				if !w.dir(s.places[i].dir) {
					return
				}
			}
		}
	}
}

// walk goes through the folders of a place.
type walk struct {
	m      *importer
	ctx    context.Context
	subset string
	place  *place
	yield  func(entry) bool
}

// dir yields the pictures of a folder and then those of the folders in it.
func (w *walk) dir(dir string) (more bool) {
	if err := w.ctx.Err(); err != nil {
		w.yield(entry{err: err})
		return false
	}
	entries, err := w.m.t.folder.ReadDir(dir)
	if err != nil {
		return w.yield(entry{err: w.m.t.at(dir, err)})
	}
	var dirs []string
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if w.place.deep && e.IsDir() {
			dirs = append(dirs, name)
		} else if !e.IsDir() && !w.file(name, e) {
			return false
		}
	}
	for _, d := range dirs {
		if !w.dir(d) {
			return false
		}
	}
	return true
}

// file yields a picture and counts other files.
func (w *walk) file(name string, e fs.DirEntry) (more bool) {
	notes := &w.m.Latest
	if e.Type()&fs.ModeSymlink != 0 && w.m.t.folder.HasDir(name) {
		if w.place.deep {
			notes.Add("links to folders not followed", w.m.t.folder.Path(name), 1)
		}
		return true
	}
	if !isPicture(name) {
		if !isAbout(name) {
			notes.Add("files that are no pictures ignored", w.m.t.folder.Path(name), 1)
		}
		return true
	}
	if w.place.stray {
		notes.Add("pictures beside the class folders, read without a label", w.m.t.folder.Path(name), 1)
	}
	return w.yield(entry{subset: w.subset, place: w.place, path: name})
}

// item makes the item of a picture.
func (m *importer) item(e entry) (dataset.Item, error) {
	t := m.t
	name := e.path
	if e.place.root != "." {
		name = strings.TrimPrefix(name, e.place.root+"/")
	}
	if bare, ok := strings.CutPrefix(name, noLabelDir+"/"); ok && e.place.class == "" && t.format == nameImageNet && !t.folder.Has(path.Join(e.place.root, bare)) {
		name = bare
	}
	it := dataset.Item{ID: stem(name), Subset: e.subset}
	if !utf8.ValidString(name) || !utf8.ValidString(e.subset) {
		return it, t.bad(e.path, it.ID, "the name is not UTF-8")
	}
	if it.ID == "" || strings.HasSuffix(it.ID, "/") {
		return it, t.bad(e.path, it.ID, "the picture has no name but an extension")
	}
	if e.place.second && t.folder.Has(name) {
		return it, t.bad(e.path, it.ID, "the subset %s has another picture of this name", e.subset)
	}
	it.Media = &dataset.Image{File: dataset.File{Name: name, Source: formats.MediaIn(t.folder, t.format, e.path)}}
	if e.place.class != "" {
		it.Annotations = []dataset.Annotation{&dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: t.label(e.place.class)}}
	}
	return it, nil
}

// bad is an error about one picture.
func (t *tree) bad(name, item, format string, args ...any) error {
	return &formats.Error{Format: t.format, Path: t.folder.Path(name), Item: item, Err: formats.Reason(formats.ErrCorrupt, format, args...)}
}
