package datumaro

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
	"datum/formats"
	"datum/internal/nameset"
)

// importer reads one dataset.
type importer struct {
	layout layout
	root   *os.Root
	opts   formats.ImportOptions
	info   dataset.Info
	// opening holds the notes made before items are read, notes those of the
	// latest reading.
	opening, notes formats.Loss
}

func open(_ context.Context, path string, o formats.ImportOptions) (formats.Importer, error) {
	if o.Key != nil {
		return nil, formats.WithHint(formats.Reason(formats.ErrKey, "a key was given, but the format %s is never encrypted", formatName), "leave the key out")
	}
	l, err := locate(path)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(l.dir)
	if err != nil {
		return nil, err
	}
	m := &importer{layout: l, root: root, opts: o}
	if err := m.readHeads(); err != nil {
		root.Close()
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

func (m *importer) path(file string) string {
	return filepath.Join(m.layout.dir, filepath.FromSlash(file))
}

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

func (m *importer) openFile(file string) (*os.File, *text, error) {
	f, err := m.root.Open(file)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, nil, &formats.Error{Format: formatName, Path: m.path(file), Err: err}
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
	e := &formats.Error{Format: formatName, Path: m.path(file), Item: item, Err: plain(err)}
	var io *fs.PathError
	if !errors.As(err, &io) {
		e.Err = corrupt(e.Err)
		place(e, m.root, file, t.offset(err))
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

// Close closes the folder.
func (m *importer) Close() error { return m.root.Close() }

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
		return false, m.readItems(ctx, t, subsetOf(file), &item, yield)
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

// readItems reads the list of items. While it works on one, item is its id.
func (m *importer) readItems(ctx context.Context, t *text, subset string, item *string, yield func(dataset.Item, error) bool) error {
	if err := t.begin(jsontext.KindBeginArray); err != nil {
		return err
	}
	ids := nameset.New()
	for t.dec.PeekKind() != jsontext.KindEndArray {
		if err := ctx.Err(); err != nil {
			return err
		}
		var j itemJSON
		err := json.UnmarshalDecode(t.dec, &j)
		if id, e := j.id(); e == nil {
			*item = id
		}
		if err != nil {
			return err
		}
		it, err := m.item(&j, subset)
		if err != nil {
			return err
		}
		if !ids.Add(it.ID) {
			return formats.Reason(formats.ErrCorrupt, "subset %q has two items of this id", subset)
		}
		if !yield(it, nil) {
			return errStop
		}
		*item = ""
	}
	_, err := t.dec.ReadToken()
	return err
}
