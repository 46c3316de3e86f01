package coco

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
)

const formatName = "coco"

// importer reads one dataset.
type importer struct {
	dir     string
	root    *os.Root
	opts    formats.ImportOptions
	subsets []*subset
	info    dataset.Info
	ids     []string // label → category id
	opening formats.Loss
	notes   formats.Loss
}

// subset is the annotation files of one subset.
type subset struct {
	name   string
	files  []*source
	images []union
	finder imageFinder
	// folder of the last picture that was found, index into finder.dirs
	last atomic.Int32
}

// source is one annotation file, scanned.
type source struct {
	jsonFile
	file   *os.File
	index  *index
	labels map[string]int32
}

// union is an image in all files of a subset: its index in each, -1 where a
// file does not list it.
type union []int32

func open(ctx context.Context, p string, o formats.ImportOptions) (formats.Importer, error) {
	dir, files, err := find(p)
	if err != nil {
		return nil, formats.Reason(formats.ErrUnknownFormat, "%w", err)
	}
	if len(files) == 0 {
		return nil, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: no COCO annotation file is in it", p),
			"a COCO file is JSON with the lists images, annotations and categories, in annotations/ or beside the pictures")
	}
	if o.Key != nil {
		return nil, formats.WithHint(formats.Reason(formats.ErrKey, "a key was given, but COCO datasets are never encrypted"), "leave the key out")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	m := &importer{dir: dir, root: root, opts: o}
	if err := m.load(ctx, files); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

func (m *importer) load(ctx context.Context, files []jsonFile) error {
	var table categoryTable
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if f.task == taskPanoptic {
			m.opening.Add("panoptic files, not read", f.path, 1)
			continue
		}
		if err := m.loadFile(f, &table); err != nil {
			return m.inFile(f.path, "", err)
		}
	}
	if len(m.subsets) == 0 {
		return formats.Reason(formats.ErrUnknownFormat, "%s: it holds panoptic annotations only, which are not read yet", m.dir)
	}
	m.info.MediaKind = dataset.MediaImage
	m.info.Categories = table.cats
	m.ids = categoryIDs(&m.info.Categories)
	for _, s := range m.subsets {
		s.unite()
		m.info.Subsets = append(m.info.Subsets, dataset.Subset{Name: s.name, Items: len(s.images), Attributes: s.carried()})
	}
	return nil
}

func (m *importer) loadFile(f jsonFile, table *categoryTable) error {
	file, err := m.root.Open(f.path)
	if err != nil {
		return err
	}
	src := &source{jsonFile: f, file: file}
	s := m.subset(f)
	s.files = append(s.files, src)
	if src.index, err = scan(file); err != nil {
		return err
	}
	if src.index.unclean > 0 {
		m.opening.Add("NaN and infinite numbers, read as missing", f.path, src.index.unclean)
	}
	var raw []byte
	for _, x := range src.index.members {
		if x.name == "categories" {
			raw = x.value
		}
	}
	src.labels, err = table.add(raw, &m.opening, f.path)
	return err
}

func (m *importer) subset(f jsonFile) *subset {
	for _, s := range m.subsets {
		if s.name == f.subset {
			return s
		}
	}
	s := &subset{name: f.subset, finder: imageFinder{m.root, imageDirs(m.root, f)}}
	m.subsets = append(m.subsets, s)
	return s
}

// unite lists the images of all files: those of the first in its order, then
// what the others have besides.
func (s *subset) unite() {
	n := len(s.files)
	places := make([]int32, 0, n*len(s.files[0].index.images))
	known := map[string]int{}
	for k, f := range s.files {
		byPlace := make([]string, len(f.index.images))
		for id, i := range f.index.ids {
			byPlace[i] = id
		}
		for i, id := range byPlace {
			at, ok := known[id]
			if !ok {
				at = len(places) / n
				for range n {
					places = append(places, -1)
				}
				if n > 1 {
					known[id] = at
				}
			}
			places[at*n+k] = int32(i)
		}
	}
	s.images = make([]union, len(places)/n)
	for i := range s.images {
		s.images[i] = places[i*n : (i+1)*n : (i+1)*n]
	}
	for _, f := range s.files {
		f.index.ids = nil // only needed to bring things together
	}
}

// carried is what the writer needs to make the files again.
func (s *subset) carried() dataset.Attributes {
	b := []byte{'['}
	for i, f := range s.files {
		if i > 0 {
			b = append(b, ',')
		}
		b = dataset.AppendString(append(b, `{"path":`...), f.path)
		b = dataset.AppendString(append(b, `,"task":`...), f.task)
		b = append(b, `,"members":[`...)
		for k, x := range f.index.members {
			if k > 0 {
				b = append(b, ',')
			}
			b = dataset.AppendString(append(b, '['), x.name)
			if x.value != nil {
				b = append(append(b, ','), x.value...)
			}
			b = append(b, ']')
		}
		b = append(b, ']', '}')
	}
	return dataset.Attributes{{Name: carryFiles, Value: append(b, ']')}}
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

// Close closes the files.
func (m *importer) Close() error {
	errs := []error{m.root.Close()}
	for _, s := range m.subsets {
		for _, f := range s.files {
			errs = append(errs, f.file.Close())
		}
	}
	return errors.Join(errs...)
}

// inFile gives an error its place.
func (m *importer) inFile(file, item string, err error) error {
	e := &formats.Error{Format: formatName, Path: filepath.Join(m.dir, file), Item: item, Err: err}
	var at *recordError
	if errors.As(err, &at) {
		e.Line = lineAt(e.Path, at.at)
	}
	return e
}

// job is one image to be read.
type job struct {
	s *subset
	i int
}

// done is an item with the notes made on it.
type done struct {
	item  dataset.Item
	notes formats.Loss
}

// Items streams the images, subset after subset, in file order.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		m.notes = formats.Loss{}
		names := nameSet{}
		items := workers.Map(ctx, workers.Count(m.opts.Workers), m.jobs, m.read)
		for d, err := range items {
			if err != nil {
				yield(dataset.Item{}, err)
				return
			}
			m.notes.Merge(d.notes)
			m.distinct(names, &d.item)
			if !yield(d.item, nil) {
				return
			}
		}
	}
}

func (m *importer) jobs(yield func(job, error) bool) {
	for _, s := range m.subsets {
		for i := range s.images {
			if !yield(job{s, i}, nil) {
				return
			}
		}
	}
}

// distinct gives an image whose file_name another of the subset has an id of
// its own.
func (m *importer) distinct(names nameSet, it *dataset.Item) {
	f := it.Media.Main()
	if names.add(it.Subset, f.Name) {
		return
	}
	m.notes.Add("images listed twice under one file_name, kept apart by their ids", it.Subset+"/"+f.Name, 1)
	ext := path.Ext(f.Name)
	for n := 2; ; n++ {
		id := it.ID + "~" + strconv.Itoa(n)
		if names.add(it.Subset, id+ext) {
			carryName(it, f.Name)
			it.ID, f.Name = id, id+ext
			return
		}
	}
}

// read runs on the pool.
func (m *importer) read(j job) (d done, err error) {
	places := j.s.images[j.i]
	var made dataset.Attributes
	for k, f := range j.s.files {
		if places[k] < 0 {
			continue
		}
		if err := m.readFrom(&d, j.s, k, f, places, &made); err != nil {
			return d, m.inFile(f.path, d.item.ID, err)
		}
	}
	if slices.Contains(places, -1) {
		d.item.Attributes.SetRaw(carryIn, filesJSON(places))
	}
	return d, nil
}

func filesJSON(places union) []byte {
	b := []byte{'['}
	for k, i := range places {
		if i >= 0 {
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(k), 10)
		}
	}
	return append(b, ']')
}

// readFrom adds what one file says of an image.
func (m *importer) readFrom(d *done, s *subset, k int, f *source, places union, made *dataset.Attributes) error {
	at := f.index.images[places[k]]
	raw, err := f.index.record(f.file, at)
	if err != nil {
		return err
	}
	r, err := members(raw)
	if err != nil {
		return atRecord(at.at, "%w", err)
	}
	if *made == nil {
		if err := m.image(&d.item, s, r); err != nil {
			return atRecord(at.at, "%w", err)
		}
		*made = imageRecord(&d.item)
		if diff := difference(r, *made); diff != nil {
			d.item.Attributes.SetRaw(carryImage, diff.AppendJSON(nil))
			*made = applyDifference(*made, diff.AppendJSON(nil))
		}
	} else if diff := difference(r, *made); diff != nil {
		d.item.Attributes.SetRaw(carryImage+strconv.Itoa(k), diff.AppendJSON(nil))
	}
	image, _ := d.item.Attributes.Get(attrID)
	for _, a := range f.index.of(places[k]) {
		if err := m.annotation(d, s, k, f, string(image), a); err != nil {
			return err
		}
	}
	return nil
}

const attrID = "id"

// image makes the item of an image record.
func (m *importer) image(it *dataset.Item, s *subset, r dataset.Attributes) error {
	id, _ := r.Get("id")
	var raw string
	if !r.Decode("file_name", &raw) || raw == "" {
		return formats.Reason(formats.ErrCorrupt, "image %s has no file_name", id)
	}
	name, ok := cleanName(raw)
	if !ok {
		return formats.Reason(formats.ErrCorrupt, "file_name %q leaves the dataset", raw)
	}
	p, err := s.locate(name)
	if err != nil {
		return formats.Reason(formats.ErrCorrupt, "file_name %q leaves the dataset through a link", raw)
	}
	img := &dataset.Image{File: dataset.File{Name: name, Source: picture{m.root, m.dir, p}}}
	h, _ := r.Get("height")
	w, _ := r.Get("width")
	if h, ok1 := integer(h); ok1 {
		if w, ok2 := integer(w); ok2 && h > 0 && w > 0 && int64(int32(h)) == h && int64(int32(w)) == w {
			img.Height, img.Width = int32(h), int32(w)
		}
	}
	it.ID = name[:len(name)-len(path.Ext(name))]
	if it.ID == "" || path.Base(it.ID) == "." || it.ID[len(it.ID)-1] == '/' {
		it.ID = name // a name that is all extension
	}
	it.Subset, it.Media = s.name, img
	if raw, ok := r.Get("attributes"); ok {
		if a, err := dataset.ParseAttributes(raw); err == nil && !a.Has(attrID) {
			it.Attributes = a
		}
	}
	it.Attributes.SetRaw(attrID, []byte(idText(id)))
	return nil
}

// locate finds a picture; several images are looked for at once.
func (s *subset) locate(name string) (string, error) {
	f := imageFinder{s.finder.root, slices.Clone(s.finder.dirs)}
	first := int(s.last.Load())
	f.dirs[0], f.dirs[first] = f.dirs[first], f.dirs[0]
	p, found, err := f.find(name)
	if found != "" {
		s.last.Store(int32(slices.Index(s.finder.dirs, found)))
	}
	return p, err
}

// picture is a picture in the dataset folder.
type picture struct {
	root *os.Root
	dir  string
	path string
}

// Open opens the picture.
func (s picture) Open() (io.ReadCloser, error) {
	f, err := s.root.Open(s.path)
	if err == nil {
		return f, nil
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	if escapes(err) {
		err = formats.Reason(formats.ErrCorrupt, "the path leaves the dataset through a link")
	}
	return nil, &formats.Error{Format: formatName, Path: filepath.Join(s.dir, s.path), Err: err}
}

func (m *importer) annotation(d *done, s *subset, k int, f *source, image string, at annotationAt) error {
	raw, err := f.index.record(f.file, at.span)
	if err != nil {
		return err
	}
	r, err := members(raw)
	if err != nil {
		return atRecord(at.at, "%w", err)
	}
	p := parser{task: f.task, labels: f.labels, ids: m.ids, notes: &d.notes, where: fmt.Sprintf("%s/%s", s.name, d.item.ID)}
	anns, err := p.annotations(r, image, at.order)
	if err != nil {
		return atRecord(at.at, "%w", err)
	}
	first := anns[0].Common()
	carry := func(name string, value int) {
		first.Attributes = append(first.Attributes, dataset.Attribute{Name: name, Value: strconv.AppendInt(nil, int64(value), 10)})
	}
	if len(s.files) > 1 {
		carry(carryFile, k)
	} else if begins(d.item.Annotations, first.Group) && !first.Attributes.Has(carryRecord) {
		first.Attributes = append(first.Attributes, dataset.Attribute{Name: carryRecord, Value: []byte("{}")})
	}
	if !f.index.grouped {
		carry(carryOrder, int(at.order))
	}
	d.item.Annotations = append(d.item.Annotations, anns...)
	return nil
}

// begins reports whether an annotation of this group must be marked as the
// beginning of a new record, because an earlier one has the same id.
func begins(before []dataset.Annotation, group int64) bool {
	return slices.ContainsFunc(before, func(a dataset.Annotation) bool { return a.Common().Group == group })
}
