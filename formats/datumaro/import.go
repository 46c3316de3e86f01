package datumaro

import (
	"context"
	"errors"
	"io/fs"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/nameset"
)

// importer reads one dataset.
type importer struct {
	layout layout
	folder *files.Folder
	opts   formats.ImportOptions
	info   dataset.Info
	// opening holds the notes made before items are read, notes those of the
	// latest reading.
	opening, notes formats.Loss
}

func open(_ context.Context, folder *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	if err := o.OnlyPlain(formatName, folder); err != nil {
		return nil, err
	}
	l, err := locate(folder)
	if err != nil {
		return nil, err
	}
	m := &importer{layout: l, folder: l.folder, opts: o}
	if err := m.readHeads(); err != nil {
		return nil, err
	}
	return m, nil
}

// readHeads reads the head of each file. Datumaro repeats it in all of them.
func (m *importer) readHeads() error {
	var first *head
	for _, file := range m.layout.files {
		h, err := m.readHead(file)
		if err != nil {
			return err
		}
		if first == nil {
			first = h
			m.info.MediaKind, m.info.Attributes, m.info.Categories = h.kind, h.infos, h.categories
		} else if !sameHead(first, h) {
			return formats.WithHint(&formats.Error{Format: formatName, Path: m.path(file), Err: formats.Reason(formats.ErrCorrupt,
				"infos, categories or media type are not those of %s", m.path(m.layout.files[0]))},
				"open the files one by one, by their own paths")
		}
		for _, name := range h.ignored {
			m.opening.Add("members of files ignored, since the format does not define them and they are too large or too many", name+" in "+file, 1)
		}
		m.info.Subsets = append(m.info.Subsets, dataset.Subset{Name: subsetOf(file), Items: h.items, Attributes: h.carried})
	}
	return nil
}

func (m *importer) path(file string) string { return m.folder.Path(file) }

func (m *importer) readHead(file string) (*head, error) {
	f, t, err := m.openFile(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, err := readHead(t)
	if err != nil {
		return nil, m.failed(file, t, "", err)
	}
	return h, nil
}

func (m *importer) openFile(file string) (files.File, *text, error) {
	f, err := m.folder.OpenFile(file)
	if err != nil {
		return nil, nil, formats.At(m.folder, formatName, file, err)
	}
	t, err := newText(f)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, t, nil
}

// failed gives an error its place. Errors of the operating system stay what
// they are.
func (m *importer) failed(file string, t *text, item string, err error) error {
	var placed *formats.Error
	if errors.As(err, &placed) {
		return err
	}
	e := &formats.Error{Format: formatName, Path: m.path(file), Item: item, Err: plain(err)}
	var io *fs.PathError
	if !errors.As(err, &io) {
		e.Err = corrupt(e.Err)
		place(e, m.folder, file, t.offset(err))
	}
	if hint := formats.Hint(err); hint != "" {
		return formats.WithHint(e, "%s", hint)
	}
	return e
}

// Info returns what the heads say.
func (m *importer) Info() *dataset.Info { return &m.info }

// Notes says what was tolerated.
func (m *importer) Notes() formats.Loss {
	var all formats.Loss
	all.Merge(m.opening)
	all.Merge(m.notes)
	return all
}

// Close does nothing: the folder belongs to the caller.
func (m *importer) Close() error { return nil }

// Items streams the items, subset after subset.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		m.notes = formats.Loss{}
		for _, file := range m.layout.files {
			if more := m.itemsOf(ctx, file, yield); !more {
				return
			}
		}
	}
}

// errStop ends the reading of a file when the receiver has enough.
var errStop = errors.New("enough")

func (m *importer) itemsOf(ctx context.Context, file string, yield func(dataset.Item, error) bool) (more bool) {
	fail := func(err error) bool {
		yield(dataset.Item{}, err)
		return false
	}
	f, t, err := m.openFile(file)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	item := ""
	err = eachMember(t, map[string]bool{}, func(name string) (bool, error) {
		if name != memberItems {
			return false, t.dec.SkipValue()
		}
		return false, m.readItems(ctx, t, file, &item, yield)
	})
	switch {
	case err == nil:
		return true
	case errors.Is(err, errStop):
		return false
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return fail(err)
	}
	return fail(m.failed(file, t, item, err))
}

// nextItem reads one item. While it works on it, item is its id.
func (m *importer) nextItem(t *text, subset string, ids *nameset.Set, item *string) (dataset.Item, error) {
	var j itemJSON
	err := t.decode(&j, m.opts.Skip != nil)
	if id, e := j.id(); e == nil {
		*item = id
	}
	if err != nil {
		return dataset.Item{}, err
	}
	it, err := m.item(&j, subset)
	if err == nil && !ids.Add(it.ID) {
		err = formats.Reason(formats.ErrCorrupt, "subset %q has two items of this id", subset)
	}
	return it, err
}

// readItems reads the list of items. While it works on one, item is its id.
func (m *importer) readItems(ctx context.Context, t *text, file string, item *string, yield func(dataset.Item, error) bool) error {
	if err := t.begin(jsontext.KindBeginArray); err != nil {
		return err
	}
	ids := nameset.New()
	for t.dec.PeekKind() != jsontext.KindEndArray {
		if err := ctx.Err(); err != nil {
			return err
		}
		it, err := m.nextItem(t, subsetOf(file), ids, item)
		if err != nil {
			if m.opts.Skip == nil || !t.between() {
				return err
			}
			if err := m.opts.Bad(m.failed(file, t, *item, err)); err != nil {
				return err
			}
			continue
		}
		if !yield(it, nil) {
			return errStop
		}
		*item = ""
	}
	_, err := t.dec.ReadToken()
	return err
}
