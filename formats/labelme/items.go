package labelme

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/workers"
)

// result is what comes of an item.
type result struct {
	item  dataset.Item
	left  bool // out, since the record is bad
	notes formats.Loss
}

// Items streams the items, subset after subset, by their ids.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		m.notes = formats.Loss{}
		in := func(yield func(*entry, error) bool) {
			for i := range m.entries {
				if !yield(&m.entries[i], nil) {
					return
				}
			}
		}
		for r, err := range workers.Map(ctx, workers.Count(m.opts.Workers), in, m.work) {
			if err != nil {
				yield(dataset.Item{}, err)
				return
			}
			m.notes.Merge(r.notes)
			if !r.left && !yield(r.item, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(dataset.Item{}, err)
		}
	}
}

// reader reads the file of one item.
type reader struct {
	m     *importer
	entry *entry
	doc   *document
	item  *dataset.Item
	notes *noter
	// size is that of the picture, where the file does not say it.
	size *imagesize.Size
	// groups are those of the objects of an XML file, by their ids.
	groups map[string]int64
}

// work reads one item.
func (m *importer) work(e *entry) (r result, err error) {
	r.item = dataset.Item{ID: e.id, Subset: e.subset}
	if e.file == "" {
		r.item.Media = m.image(e, 0, 0)
		return r, nil
	}
	text, err := m.folder.ReadFile(e.file, m.limits.RecordBytes)
	if err != nil {
		return r, formats.At(m.folder, formatName, e.file, err)
	}
	doc, err := m.parse(e.file, text, &r.notes)
	if err != nil {
		r.left = true
		return r, m.opts.Bad(m.at(e.file, text, e.id, err))
	}
	d := &reader{m: m, entry: e, doc: doc, item: &r.item, notes: &noter{&r.notes, e.file}}
	d.head()
	err = d.shapes(text)
	return r, err
}

// at gives an error in a file its place.
func (m *importer) at(name string, text []byte, item string, err error) error {
	var at *placed
	line := 0
	if errors.As(err, &at) {
		err = at.err
		line = 1 + bytes.Count(text[:min(max(0, at.at), int64(len(text)))], []byte{'\n'})
	}
	e := &formats.Error{Format: formatName, Path: m.folder.Path(name), Line: line, Item: item, Err: err}
	if errors.Is(err, files.ErrLimit) {
		return formats.WithHint(e, "where you trust the file, raise the limit: see datum convert --help")
	}
	return e
}

// head takes what the file says of the picture.
func (d *reader) head() {
	doc := d.doc
	if (doc.height == 0 || doc.width == 0) && !doc.xml {
		d.notes.add("files without the size of the picture")
	}
	if d.entry.name != "" {
		d.item.Media = d.m.image(d.entry, doc.height, doc.width)
		if doc.hasData && d.entry.media == "" {
			d.item.Media.Main().Source = embedded{d.m, d.entry.file}
		}
	}
	list := slices.Clone(doc.flags)
	for _, x := range doc.attributes {
		list.SetRaw(x.Name, x.Value)
	}
	if doc.version != "" && doc.version != writtenVersion {
		carry(&list, carryVersion, doc.version)
	}
	if len(doc.other) > 0 {
		list.SetRaw(carryOther, doc.other.AppendJSON(nil))
	}
	d.item.Attributes = list
}

// image returns the media of an item.
func (m *importer) image(e *entry, height, width int32) *dataset.Image {
	img := &dataset.Image{File: dataset.File{Name: e.name}, Height: height, Width: width}
	if height == 0 || width == 0 {
		img.Height, img.Width = 0, 0
	}
	if e.media != "" {
		img.Source = formats.MediaIn(m.folder, formatName, e.media)
	}
	return img
}

// shapes reads the shapes. A bad one is left out where that is wanted.
func (d *reader) shapes(text []byte) error {
	var groups []json.RawMessage
	for i := range d.doc.shapes {
		raw := &d.doc.shapes[i]
		a, group, err := d.shape(raw)
		if err != nil {
			if err := d.m.opts.Bad(d.m.at(d.entry.file, text, d.item.ID, &placed{raw.at, err})); err != nil {
				return err
			}
			continue
		}
		d.item.Annotations = append(d.item.Annotations, a)
		groups = append(groups, group)
	}
	setGroups(d.item.Annotations, groups)
	return nil
}

// shape reads a shape of either kind of file.
func (d *reader) shape(raw *rawShape) (dataset.Annotation, json.RawMessage, error) {
	if d.doc.xml {
		return d.oldShape(raw)
	}
	return d.annotation(raw)
}

// label returns the label of a shape, for the first pass.
func (doc *document) label(i int) string {
	if doc.xml {
		return oldLabel(doc.shapes[i].text)
	}
	return labelOf(doc.shapes[i].text)
}

// setGroups numbers the groups of an item. Ids from 1 on are kept. Others, such
// as 0, which the model has for none, get numbers above, and travel along.
func setGroups(list []dataset.Annotation, groups []json.RawMessage) {
	highest := int64(0)
	for _, g := range groups {
		var n int64
		if json.Unmarshal(g, &n) == nil {
			highest = max(highest, n)
		}
	}
	others := map[string]int64{}
	for i, g := range groups {
		base := list[i].Common()
		var n int64
		switch {
		case len(g) == 0 || string(g) == "null":
			continue
		case json.Unmarshal(g, &n) == nil && n > 0:
			base.Group = n
			continue
		}
		text := string(compact(g))
		if others[text] == 0 {
			others[text] = highest + int64(len(others)) + 1
		}
		base.Group = others[text]
		base.Attributes.SetRaw(carryGroup, []byte(text))
	}
}

// pictureSize is the size for a mask: what the file says, or the picture, or
// what is needed.
func (d *reader) pictureSize(w *window) (height, width int64) {
	if d.doc.height > 0 && d.doc.width > 0 {
		return int64(d.doc.height), int64(d.doc.width)
	}
	if d.size == nil {
		d.size = &imagesize.Size{}
		if img, ok := d.item.Media.(*dataset.Image); ok && img.Source != nil {
			if size, err := imagesize.Of(&img.File); err == nil {
				d.size = &size
			}
		}
	}
	if w, h := d.size.Shown(); w > 0 && h > 0 {
		return int64(h), int64(w)
	}
	d.notes.add("masks made as large as need be, since the size of the picture is not known")
	return w.y2 + 1, w.x2 + 1
}
