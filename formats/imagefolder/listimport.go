package imagefolder

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/nameset"
)

// listImporter reads lists.
type listImporter struct {
	formats.Reading
	folder *files.Folder
	opts   formats.ImportOptions
	lists  []string
}

func openLists(_ context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	if err := o.OnlyPlain(nameImageNetTxt, f); err != nil {
		return nil, err
	}
	names, err := lists(f)
	if err != nil {
		return nil, formats.At(f, nameImageNetTxt, ".", err)
	}
	if !f.Has(synsetsFile) || len(names) == 0 {
		return nil, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: there is no list of pictures with %s beside it", f.Path("."), synsetsFile),
			"datum detect says what a folder holds")
	}
	m := &listImporter{folder: f, opts: o, lists: names}
	m.Meta.MediaKind = dataset.MediaImage
	if m.Meta.Categories.Labels, err = m.readSynsets(); err != nil {
		return nil, err
	}
	for _, l := range names {
		m.Meta.Subsets = append(m.Meta.Subsets, dataset.Subset{Name: stem(path.Base(l)), Items: -1})
	}
	return m, nil
}

func (m *listImporter) readSynsets() (*dataset.LabelCategories, error) {
	text, err := m.folder.ReadFile(synsetsFile, m.opts.Limits.WithDefaults().RecordBytes)
	if err != nil {
		return nil, formats.At(m.folder, nameImageNetTxt, synsetsFile, err)
	}
	c := &dataset.LabelCategories{}
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		c.Labels = append(c.Labels, dataset.LabelCategory{Name: strings.ToValidUTF8(strings.TrimSpace(line), "\ufffd")})
	}
	return c, nil
}

// Close has nothing to close.
func (m *listImporter) Close() error { return nil }

// Items streams the lines of the lists.
func (m *listImporter) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		for i, list := range m.lists {
			if !m.list(ctx, list, m.Meta.Subsets[i].Name, yield) {
				return
			}
		}
	}
}

// list streams the lines of one list.
func (m *listImporter) list(ctx context.Context, list, subset string, yield func(dataset.Item, error) bool) (more bool) {
	file, err := m.folder.OpenFile(list)
	if err != nil {
		yield(dataset.Item{}, formats.At(m.folder, nameImageNetTxt, list, err))
		return false
	}
	defer file.Close()
	place := func(line int, item string, err error) error {
		return &formats.Error{Format: nameImageNetTxt, Path: m.folder.Path(list), Line: line, Item: item, Err: err}
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLine)
	names := nameset.New()
	for n := 1; lines.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			yield(dataset.Item{}, err)
			return false
		}
		line := strings.TrimPrefix(lines.Text(), "\ufeff")
		if strings.TrimSpace(line) == "" {
			continue
		}
		it, err := m.item(line, subset, names)
		if err != nil {
			if err = m.opts.Bad(place(n, it.ID, err)); err == nil {
				continue
			}
			it = dataset.Item{}
		}
		if !yield(it, err) || err != nil {
			return false
		}
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = formats.Reason(formats.ErrCorrupt, "a line of more than %d bytes", maxLine)
		}
		yield(dataset.Item{}, place(0, "", err))
		return false
	}
	return true
}

// item makes the item of a line.
func (m *listImporter) item(line, subset string, names *nameset.Set) (it dataset.Item, err error) {
	x, err := parseLine(line)
	if err != nil {
		return it, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	name := path.Clean(x.name)
	it = dataset.Item{ID: stem(name), Subset: subset}
	if name != x.name || !utf8.ValidString(name) || strings.HasPrefix(name, "/") || slices.Contains(strings.Split(name, "/"), "..") || it.ID == "" {
		return it, formats.Reason(formats.ErrCorrupt, "%q is no path of a picture in a dataset", x.name)
	}
	if !names.Add(name) {
		return it, formats.Reason(formats.ErrCorrupt, "the picture is listed twice")
	}
	image := &dataset.Image{File: dataset.File{Name: name}}
	at := path.Join(imagesDir, name)
	if _, err := m.folder.Stat(at); !errors.Is(err, fs.ErrNotExist) {
		image.Source = formats.MediaIn(m.folder, nameImageNetTxt, at)
	}
	it.Media = image
	for _, l := range x.labels {
		if int(l) >= m.Meta.Categories.Len() {
			return it, formats.Reason(formats.ErrCorrupt, "label %d does not exist, %s has %d lines", l, synsetsFile, m.Meta.Categories.Len())
		}
		it.Annotations = append(it.Annotations, &dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: l})
	}
	return it, nil
}
