package coco

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

type rawJSON = json.RawMessage

// importer reads one dataset.
type importer struct {
	dir     *files.Folder
	opts    formats.ImportOptions
	subsets []*subset
	info    dataset.Info
	opening formats.Loss // notes made while opening
	notes   formats.Loss // notes made by the last stream
	// pictures knows the names in the folders of pictures.
	pictures *pictureNames
	readers  itemReaders
}

// subset is the annotation files of one subset.
type subset struct {
	name  string
	files []*source
	dirs  []string // where pictures may be
	media string   // where the first picture is, empty where it is nowhere
	// places are the indices of each image in each file, -1 where the file
	// does not list it: those of image i begin at i × len(files).
	places []int32
	// renamed are the names of images whose file_name another has too.
	renamed map[int32]string
}

// source is one annotation file, scanned.
type source struct {
	jsonFile
	number     int // among the files of its subset
	file       files.File
	index      *index
	labels     map[string]int32 // id of a category → label
	byNumber   map[int64]int32  // the same of the ids that are numbers
	usual      usualFiles
	categories []*categoryRecord
	// The images, or the annotations, of the file are in the order in which
	// the items of the subset come.
	imagesInOrder, annotationsInOrder bool
}

// usualFiles are the files that annotations of a kind are of, unless they say
// otherwise.
type usualFiles struct{ object, keypoints, caption int }

// maxFiles bounds the annotation files of one subset.
const maxFiles = 64

func open(ctx context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	dir, found, err := find(f)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: it holds no COCO annotations", f.Path(f.Only())), "COCO needs "+need)
	}
	if err := o.OnlyPlain(formatName, f); err != nil {
		return nil, err
	}
	m := &importer{dir: dir, opts: o, pictures: newPictureNames()}
	if err := m.load(ctx, found); err != nil {
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
		if err := m.loadFile(f, &table); err != nil {
			return m.inFile(f.path, "", err)
		}
	}
	m.info.MediaKind = dataset.MediaImage
	m.info.Categories = table.cats
	for _, s := range m.subsets {
		m.unite(s)
		carried, err := m.carried(s)
		if err != nil {
			return err
		}
		m.info.Subsets = append(m.info.Subsets, dataset.Subset{Name: s.name, Items: s.len(), Attributes: carried})
	}
	const many = 100_000 // images
	if m.info.Total() > many {
		// What the first reading needed besides the index is as large as that.
		// Left to itself, the collector would let items pile up to the size of
		// both before it looks.
		runtime.GC()
	}
	return nil
}

// len is the number of images.
func (s *subset) len() int { return len(s.places) / len(s.files) }

// of returns the places of image i.
func (s *subset) of(i int) []int32 { return s.places[i*len(s.files) : (i+1)*len(s.files)] }

func (m *importer) loadFile(f jsonFile, table *categoryTable) error {
	file, err := m.openFile(f.path)
	if err != nil {
		return err
	}
	s := m.subset(f)
	src := &source{jsonFile: f, number: len(s.files), file: file, labels: map[string]int32{}, byNumber: map[int64]int32{}}
	s.files = append(s.files, src)
	if len(s.files) > maxFiles {
		return corrupt("subset %q has more than %d annotation files", s.name, maxFiles)
	}
	if src.index, err = scan(file, m.opts.AllowExternalMedia, func(err error) error {
		if left := m.opts.Bad(m.inFile(f.path, "", err)); left == nil {
			return nil
		}
		return err
	}); err != nil {
		return err
	}
	if src.index.unclean > 0 {
		m.opening.Add("numbers that are NaN or infinite, read as null", f.path, src.index.unclean)
	}
	if src.index.marked {
		m.opening.Add("files that begin with a byte order mark", f.path, 1)
	}
	for _, x := range src.index.members {
		if x.name != "categories" {
			continue
		}
		raw, err := src.index.record(file, x.span)
		if err != nil {
			return err
		}
		if src.categories, err = table.add(raw, f.task, &m.opening, f.path); err != nil {
			return &recordError{x.at, err}
		}
	}
	for _, c := range src.categories {
		src.labels[c.id] = c.label
		if n, ok := integer([]byte(c.id)); ok {
			src.byNumber[n] = c.label
		}
	}
	return nil
}

// openFile opens an annotation file.
func (m *importer) openFile(p string) (files.File, error) {
	f, err := m.dir.OpenFile(p)
	return f, formats.At(m.dir, formatName, p, err)
}

func (m *importer) subset(f jsonFile) *subset {
	for _, s := range m.subsets {
		if s.name == f.subset {
			return s
		}
	}
	s := &subset{name: f.subset, dirs: pictureDirs(m.dir, f), renamed: map[int32]string{}}
	m.subsets = append(m.subsets, s)
	return s
}

// carriedFile is what a subset carries of one of its files. A member is its
// name and its value; the lists of images, annotations and categories have
// none.
type carriedFile struct {
	Path       string            `json:"path"`
	Task       string            `json:"task"`
	Members    [][]rawJSON       `json:"members"`
	Categories []carriedCategory `json:"categories"`
}

// carried is what the writer needs to make the files of a subset again.
func (m *importer) carried(s *subset) (a dataset.Attributes, err error) {
	var files []carriedFile
	for _, f := range s.files {
		c := carriedFile{Path: f.path, Task: f.task, Members: [][]rawJSON{}}
		for _, x := range f.index.members {
			entry := []rawJSON{dataset.AppendString(nil, x.name)}
			if !x.list && (x.name != "categories" || f.categories == nil) {
				raw, err := f.index.record(f.file, x.span)
				if err != nil {
					return nil, m.inFile(f.path, "", err)
				}
				entry = append(entry, compact(raw))
			}
			c.Members = append(c.Members, entry)
		}
		c.Categories = carriedList(&m.info.Categories, f.categories, f.task)
		f.categories = nil
		files = append(files, c)
	}
	if err := a.Set(carryFiles, files); err != nil {
		return nil, err
	}
	if s.len() == 0 {
		return a, nil
	}
	if s.media, err = m.firstFolder(s); err != nil || s.media == "" {
		return a, err
	}
	return a, a.Set(carryMedia, s.media)
}

// firstFolder finds out where the first picture of a subset is.
func (m *importer) firstFolder(s *subset) (string, error) {
	for k, f := range s.files {
		place := s.of(0)[k]
		if place < 0 {
			continue
		}
		raw, err := f.index.record(f.file, f.index.span(f.index.images[place]))
		if err != nil {
			return "", m.inFile(f.path, "", err)
		}
		name, _ := text(member(raw, "file_name"))
		clean, _ := cleanName(name, m.opts.AllowExternalMedia)
		_, found := m.locate(s, clean, name)
		return found, nil
	}
	return "", nil
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
	var errs []error
	for _, s := range m.subsets {
		for _, f := range s.files {
			errs = append(errs, f.file.Close())
		}
	}
	return errors.Join(errs...)
}

// inFile gives an error its place.
func (m *importer) inFile(file, item string, err error) error {
	var placed *formats.Error
	if errors.As(err, &placed) {
		return err
	}
	e := &formats.Error{Format: formatName, Path: m.dir.Path(file), Item: item, Err: err}
	var at *recordError
	if errors.As(err, &at) {
		if f, ferr := m.openFile(file); ferr == nil {
			e.Line = lineAt(f, at.at)
			f.Close()
		}
	}
	return e
}
